"""The shipped model's training set: only sounds that may be shipped, each with its licence, class and group."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from runtime.audio_files import trim
from runtime.errors import LatentbridgeError
from trainer import sources
from trainer.features import ClipCache
from trainer.samples import load_folder
from trainer.settings import SampleSettings
from trainer.soundfont import SoundFont, Strike

RATE = 48_000


def chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) & 1)


def tiny_soundfont(path: Path) -> Path:
    """Two kits of three samples: a snare in two velocity layers on key 38, shared by both kits; toms by pitch."""
    names = [b"Snare soft", b"Snare hard", b"Tom"]
    key = lambda low, high: (43, low | high << 8)  # noqa: E731
    velocity = lambda low, high: (44, low | high << 8)  # noqa: E731
    instrument = [
        [(8, 9000)],  # the global zone: a filter for all
        [key(38, 38), velocity(0, 63), (53, 0)],
        [key(38, 38), velocity(64, 127), (53, 1)],
        [key(41, 43), (53, 2)],
    ]
    # The second kit is the first at another level and place in the stereo field: no new sounds.
    kits = [[[(41, 0)]], [[(17, 250), (48, 60), (41, 0)]]]

    def zones(groups: list[list[list[tuple[int, int]]]]) -> tuple[list[int], bytes, bytes]:
        starts, bags, generators, count = [], b"", b"", 0
        for group in groups:
            starts.append(len(bags) // 4)
            for zone in group:
                bags += struct.pack("<HH", count, 0)
                generators += b"".join(struct.pack("<HH", *generator) for generator in zone)
                count += len(zone)
        starts.append(len(bags) // 4)
        return starts, bags + struct.pack("<HH", count, 0), generators + bytes(4)

    kit_bags, pbag, pgen = zones(kits)
    instrument_bags, ibag, igen = zones([instrument])
    phdr = b"".join(
        struct.pack("<20sHHHIII", name, program, bank, bag, 0, 0, 0)
        for name, program, bank, bag in zip((b"Kit", b"Kit 2", b"EOP"), (0, 8, 0), (128, 128, 0), kit_bags, strict=True)
    )
    inst = b"".join(struct.pack("<20sH", n, bag) for n, bag in zip((b"All", b"EOI"), instrument_bags, strict=True))
    shdr = b"".join(
        struct.pack("<20sIIIIIBbHH", n, 9 * i, 9 * i + 9, 0, 0, 44_100, 60, 0, 0, 1) for i, n in enumerate(names)
    )
    tables = {b"phdr": phdr, b"pbag": pbag, b"pmod": bytes(10), b"pgen": pgen, b"inst": inst, b"ibag": ibag}
    tables |= {b"imod": bytes(10), b"igen": igen, b"shdr": shdr + bytes(46)}
    pdta = chunk(b"LIST", b"pdta" + b"".join(chunk(name, data) for name, data in tables.items()))
    path.write_bytes(chunk(b"RIFF", b"sfbk" + chunk(b"LIST", b"INFO") + pdta))
    return path


def test_a_soundfont_is_struck_once_for_every_sound_that_differs(tmp_path: Path) -> None:
    strikes = SoundFont(tiny_soundfont(tmp_path / "tiny.sf2")).strikes()
    assert {(s.kit, s.key) for s in strikes} == {("Kit", 38), ("Kit", 41), ("Kit", 42), ("Kit", 43)}
    snares = {s.velocity: s.samples for s in strikes if s.key == 38}
    assert snares[24] == snares[48] == ("Snare soft",)
    assert snares[72] == snares[120] == ("Snare hard",)


def test_what_is_no_soundfont_is_refused(tmp_path: Path) -> None:
    for content in (b"", b"junk" * 100, b"RIFF\0\0\0\0sfbk"):
        (tmp_path / "broken.sf2").write_bytes(content)
        with pytest.raises(LatentbridgeError, match="is no SoundFont"):
            SoundFont(tmp_path / "broken.sf2")


def test_strikes_that_share_a_sample_share_a_group() -> None:
    def strike(*samples: str) -> Strike:
        return Strike(0, "Kit", 38, 100, samples)

    together = [("Snare",), ("Snare", "Room"), ("Room", "Tom"), ("Kick",)]
    takes = [("MTnr-1 hit 4",), ("MTnr-1 hit 2",), ("MTnr-2 hit 1",), ("Piccolo 1-1",), ("Piccolo 1-2",)]
    others = [("Std Kick 1",), ("Std Kick 2",)]
    groups = sources._groups_of([strike(*samples) for samples in together + takes + others])
    assert groups["Snare"] == groups["Room"] == groups["Tom"] != groups["Kick"]
    assert groups["MTnr-1 hit 4"] == groups["MTnr-1 hit 2"] != groups["MTnr-2 hit 1"]
    assert groups["Piccolo 1-1"] == groups["Piccolo 1-2"]
    assert groups["Std Kick 1"] != groups["Std Kick 2"]


@pytest.mark.parametrize(
    ("name", "rules", "expected"),
    [
        ("Std Kick 3 key36", sources.FONT_RULES, "kick"),
        ("Sine Wave key36", sources.FONT_RULES, "kick"),
        ("Sine Wave key45", sources.FONT_RULES, "tom"),
        ("Snr 1-2 key38", sources.FONT_RULES, "snare"),
        ("Hi-Hat Half-Open key46", sources.FONT_RULES, "hat"),
        ("58_76_HIHAT1 key76", sources.FONT_RULES, "hat"),
        ("BellRide key53", sources.FONT_RULES, "cymbal"),
        ("Bongo Rim key60", sources.FONT_RULES, "percussion"),
        ("Rim Tap key37", sources.FONT_RULES, "rim"),
        ("MTnr-mallet click 4 key43", sources.FONT_RULES, "rim"),
        ("Bell Tree key84", sources.FONT_RULES, ""),
        ("MSnr-rim 1 key53", sources.FONT_RULES, "rim"),
        ("MBass-5 rim 1 key39", sources.FONT_RULES, "rim"),
        ("MBass-5 hit 1 key49", sources.FONT_RULES, "kick"),
        ("Claps 808ish key39", sources.FONT_RULES, "clap"),
        ("Timpani 2 key41", sources.FONT_RULES, "percussion"),
        ("Scratch Push key29", sources.FONT_RULES, ""),
        ("MTnr-3 roll F key50", sources.FONT_RULES, ""),
        ("bd_808", sources.SUPERSONIC_RULES, "kick"),
        ("elec_hollow_kick", sources.SUPERSONIC_RULES, "kick"),
        ("elec_filt_snare", sources.SUPERSONIC_RULES, "snare"),
        ("drum_cymbal_open", sources.SUPERSONIC_RULES, "hat"),
        ("drum_cymbal_soft", sources.SUPERSONIC_RULES, "cymbal"),
        ("elec_fuzz_tom", sources.SUPERSONIC_RULES, "tom"),
        ("drum_cowbell", sources.SUPERSONIC_RULES, "percussion"),
        ("drum_roll", sources.SUPERSONIC_RULES, ""),
        ("loop_amen", sources.SUPERSONIC_RULES, ""),
        ("ambi_choir", sources.SUPERSONIC_RULES, ""),
    ],
)
def test_a_name_tells_the_class_or_that_it_is_no_single_drum(name: str, rules: sources.Rules, expected: str) -> None:
    assert sources.class_of(name, rules) == expected


def test_a_missing_package_is_named_with_the_line_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LatentbridgeError) as caught:
        list(sources.gather(tmp_path, 0, 0))
    assert caught.value.remedy == f"Type: npm install --prefix {tmp_path} supersonic-scsynth-samples@0.84.2"
    package = tmp_path / "node_modules" / sources.NPM_PACKAGE
    (package / "samples").mkdir(parents=True)
    (package / "PROVENANCE.md").touch()
    for name, place, line in (
        ("HYDROGEN_KITS", tmp_path / "kits", "sudo apt-get install hydrogen-drumkits"),
        ("MUSESCORE_FONT", tmp_path / "a.sf3", "sudo apt-get install musescore-general-soundfont fluidsynth"),
        ("CSOUND_FONT", tmp_path / "b.sf2", "sudo apt-get install csound-soundfont fluidsynth"),
    ):
        monkeypatch.setattr(sources, name, place)
        with pytest.raises(LatentbridgeError) as caught:
            list(sources.gather(tmp_path, 0, 0))
        assert caught.value.remedy == f"Type: {line}"
        if name == "HYDROGEN_KITS":
            (place / "Audiophob").mkdir(parents=True)
            (place / "rumpf_kit_z01_h2").mkdir()
        else:
            tiny_soundfont(place)
            monkeypatch.setattr("trainer.soundfont.render", lambda *_: iter(()))


def test_what_is_written_is_loaded_with_its_class_group_and_licence(tmp_path: Path) -> None:
    tone = np.sin(np.arange(4800) / 9)[None].astype(np.float32) * np.exp(-np.arange(4800) / 900, dtype=np.float32)
    made = [
        sources.Sound("hat", "one", tone, sources.RUMPF, "rumpf/a"),
        sources.Sound("hat", "two", tone[:, ::-1].copy(), sources.RUMPF, "rumpf/a"),
        sources.Sound("kick", "three", -tone[:, :3000], sources.AUDIOPHOB, "audiophob/b"),
    ]
    counts = sources.write(made, tmp_path / "out")
    assert counts["hat"] == {sources.RUMPF.name: 2}
    settings = SampleSettings()
    loaded = load_folder(tmp_path / "out", settings, cache=ClipCache(settings, folder=tmp_path / "cache"))
    assert loaded.classes == ("hat", "kick")
    assert {clip.group for clip in loaded.clips if clip.label == 0} == {"rumpf/a"}
    licences = {source.name: (source.licence, source.sounds) for source in loaded.sources}
    assert licences == {sources.RUMPF.name: ("CC-BY-3.0", 2), sources.AUDIOPHOB.name: ("CC0-1.0", 1)}
    assert "Emanuel Rumpf" in next(s.attribution for s in loaded.sources if s.name == sources.RUMPF.name)


def test_only_licences_that_allow_shipping_are_named() -> None:
    packages = (sources.SUPERSONIC, sources.MUSESCORE, sources.AUDIOPHOB, sources.RUMPF, sources.CSOUND)
    for source in (*packages, sources.PROCEDURAL):
        assert source.attribution
        assert "GPL" not in source.licence
        assert "SA" not in source.licence


def test_the_command_writes_made_sounds_and_refuses_a_full_folder(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.wav").touch()
    command = [sys.executable, "-m", "trainer.sources", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1
    assert "is not empty" in done.stderr
    assert "Traceback" not in done.stderr
    sounds = list(sources._procedural(16, seed=3))
    sources.write(sounds, tmp_path / "made")
    document = json.loads((tmp_path / "made" / "SOURCES.json").read_text())
    assert len(document["files"]) == 16
    for path in document["files"]:
        audio, rate = soundfile.read(tmp_path / "made" / path)
        assert rate == RATE
        assert trim(audio[None].astype(np.float32), RATE).first_frame < 0.002 * RATE
