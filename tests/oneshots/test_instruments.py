"""The instrument files beside a kit's sounds, read by other programs' parsers and against the formats' schemas."""

import gzip
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
import soundfile
from lxml import etree

from runtime.errors import LatentbridgeError
from runtime.oneshots.instruments import write_instruments
from runtime.oneshots.kit_sound import Kit, KitSound
from tests.oneshots.kits import MadeKit

SCHEMAS = Path(__file__).parent.parent / "data" / "schemas"


def parsed(text: bytes, schema: str = "") -> etree._Element:
    """Parse XML, and check it against one of the schemas, the order of elements included."""
    root = etree.fromstring(text)
    if schema:
        etree.XMLSchema(etree.parse(SCHEMAS / schema)).assertValid(root)
    return root


def multisample_of(made: MadeKit) -> etree._Element:
    with zipfile.ZipFile(made.folder / f"{made.kit.name}.multisample") as archive:
        return parsed(archive.read("multisample.xml"), "multisample.xsd")


def dspreset_of(made: MadeKit) -> etree._Element:
    return parsed((made.folder / f"{made.kit.name}.dspreset").read_bytes(), "dspreset.xsd")


def rack_of(made: MadeKit) -> etree._Element:
    return parsed(gzip.decompress((made.folder / f"{made.kit.name}_experimental.adg").read_bytes()))


def numbers(element: etree._Element, *names: str) -> tuple[int, ...]:
    return tuple(int(element.get(name)) for name in names)


def keys_and_velocities(kit: Kit) -> list[tuple[str, int, int, int, int, int]]:
    return [
        (s.file, s.root_note, s.lowest_note, s.highest_note, s.lowest_velocity, s.highest_velocity) for s in kit.sounds
    ]


def test_a_kit_gets_the_files_that_fit_it(drum_kit: MadeKit, note_kit: MadeKit) -> None:
    for made, endings in ((drum_kit, 4), (note_kit, 3)):
        written = write_instruments(made.folder, made.kit)
        assert len(written) == len(set(written)) == endings
        assert all(path.is_file() and path.parent == made.folder for path in written)
        assert any(path.suffix == ".adg" for path in written) == made.kit.is_drum_kit
        assert not [path for path in made.folder.iterdir() if path.suffix == ".tmp"]


def test_the_same_kit_gives_the_same_bytes(drum_kit: MadeKit) -> None:
    first = [path.read_bytes() for path in write_instruments(drum_kit.folder, drum_kit.kit)]
    assert first == [path.read_bytes() for path in write_instruments(drum_kit.folder, drum_kit.kit)]


def test_a_multisample_holds_the_sounds_as_they_are_uncompressed(drum_kit: MadeKit) -> None:
    with zipfile.ZipFile(drum_kit.folder / "small_drums.multisample") as archive:
        assert archive.testzip() is None
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert archive.namelist() == ["multisample.xml", *drum_kit.audio]
        for name in drum_kit.audio:
            assert archive.read(name) == (drum_kit.folder / name).read_bytes()


def test_a_multisample_maps_each_sound_where_the_kit_has_it(drum_kit: MadeKit, note_kit: MadeKit) -> None:
    for made in (drum_kit, note_kit):
        samples = multisample_of(made).findall("sample")
        found = [
            (
                sample.get("file"),
                *numbers(sample.find("key"), "root", "low", "high"),
                *numbers(sample.find("velocity"), "low", "high"),
            )
            for sample in samples
        ]
        assert found == keys_and_velocities(made.kit)
        for sample, sound in zip(samples, made.kit.sounds, strict=True):
            assert int(sample.get("sample-stop")) == soundfile.info(made.folder / sound.file).frames
            assert (sample.get("zone-logic") == "round-robin") == (sound.round_robins > 1)
            assert (sample.find("loop") is not None) == (sound.loop is not None)
            if sound.loop:
                loop = sample.find("loop")
                assert numbers(loop, "start", "stop") == (sound.loop.first_frame, sound.loop.end_frame)


def test_a_decent_sampler_preset_maps_each_sound_where_the_kit_has_it(drum_kit: MadeKit, note_kit: MadeKit) -> None:
    for made in (drum_kit, note_kit):
        samples = dspreset_of(made).findall("groups/group/sample")
        names = ("rootNote", "loNote", "hiNote", "loVel", "hiVel")
        assert [(s.get("path"), *numbers(s, *names)) for s in samples] == keys_and_velocities(made.kit)
        for sample, sound in zip(samples, made.kit.sounds, strict=True):
            assert (made.folder / sample.get("path")).is_file()
            assert sample.get("seqPosition") == (str(sound.round_robin) if sound.round_robins > 1 else None)
            assert (sample.get("ampEnvEnabled") == "false") == sound.is_one_shot
            assert (sample.get("loopEnabled") == "true") == (sound.loop is not None)
            if sound.loop:
                assert numbers(sample, "loopStart", "loopEnd") == (sound.loop.first_frame, sound.loop.end_frame - 1)


def test_decent_sampler_takes_the_level_from_the_velocity_only_where_no_layer_has_it(drum_kit: MadeKit) -> None:
    tracking = {group.get("name"): group.get("ampVelTrack") for group in dspreset_of(drum_kit).iter("group")}
    assert tracking == {"Kick": "1", "Snare": "0", "Hat": "1"}


def test_in_decent_sampler_each_hat_is_silenced_by_the_other_and_not_by_itself(drum_kit: MadeKit) -> None:
    samples = {sample.get("rootNote"): sample for sample in dspreset_of(drum_kit).iter("sample")}
    assert samples["36"].get("silencedByTags") is None
    for key, other in (("42", "46"), ("46", "42")):
        assert samples[key].get("silencedByTags") == samples[other].get("tags") != samples[key].get("tags")


def test_a_flat_sound_is_tuned_in_semitones(drum_kit: MadeKit, tmp_path: Path) -> None:
    sound = replace(drum_kit.kit.sounds[0], tune_cents=-12.5)
    (tmp_path / sound.file).write_bytes((drum_kit.folder / sound.file).read_bytes())
    made = MadeKit(tmp_path, Kit("flat", "drums", (sound,)), {})
    write_instruments(tmp_path, made.kit)
    assert float(multisample_of(made).find("sample/key").get("tune")) == -0.125
    assert float(dspreset_of(made).find("groups/group/sample").get("tuning")) == -0.125


def value(element: etree._Element, path: str) -> str:
    return element.find(path).get("Value")


def test_a_drum_rack_has_a_pad_for_each_key_that_plays_its_file_once(drum_kit: MadeKit) -> None:
    pads = rack_of(drum_kit).findall("GroupDevicePreset/BranchPresets/DrumBranchPreset")
    # A pad stores 128 less its note: C1, the kick, is 92.
    assert [int(value(pad, "ZoneSettings/ReceivingNote")) for pad in pads] == [92, 90, 86, 82]
    assert [int(value(pad, "ZoneSettings/ChokeGroup")) for pad in pads] == [0, 0, 1, 1]
    simpler = "DevicePresets/AbletonDevicePreset/Device/OriginalSimpler"
    for pad in pads:
        assert value(pad, f"{simpler}/Globals/PlaybackMode") == "1"
        for part in pad.findall(f"{simpler}/Player/MultiSampleMap/SampleParts/MultiSamplePart"):
            # The note that the pad hands on is the one at which the file plays as it is.
            assert value(part, "RootKey") == value(pad, "ZoneSettings/SendingNote")
            path = drum_kit.folder / value(part, "SampleRef/FileRef/RelativePath")
            assert int(value(part, "SampleEnd")) == soundfile.info(path).frames
            assert int(value(part, "SampleRef/FileRef/OriginalFileSize")) == path.stat().st_size
            assert value(part, "SampleRef/FileRef/Path") == ""
    snare = pads[1].findall(f"{simpler}/Player/MultiSampleMap/SampleParts/MultiSamplePart/VelocityRange")
    assert [(value(layer, "Min"), value(layer, "Max")) for layer in snare] == [("1", "80"), ("81", "127")]


def test_a_missing_sound_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    lost = KitSound("lost.wav", "Kick", 36, 36, 36, 48_000, 1, 1_000)
    with pytest.raises(LatentbridgeError, match=r"lost\.wav is missing"):
        write_instruments(tmp_path, Kit("lonely", "drums", (lost,)))
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_told_and_leaves_nothing_half(drum_kit: MadeKit, tmp_path: Path) -> None:
    for file in drum_kit.audio:
        (tmp_path / file).write_bytes((drum_kit.folder / file).read_bytes())
    (tmp_path / "small_drums.multisample").mkdir()
    with pytest.raises(LatentbridgeError, match=r"small_drums\.multisample cannot be written"):
        write_instruments(tmp_path, drum_kit.kit)
    assert not [path for path in tmp_path.iterdir() if path.suffix == ".tmp"]
    assert (tmp_path / "small_drums.sfz").read_bytes() == drum_kit.sfz.read_bytes()
