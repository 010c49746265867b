"""The Max for Live devices, walked by the interpreter against the real instrument."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.contract import Axis, read_decoder_metadata
from runtime.model_files import find_model
from tests.patches.max_interpreter import Patcher, World
from tests.patches.max_object import Message
from tests.patches.pd_rig import free_port, running_pd
from tests.patches.stage import Theatre, Witness, instrument

PATCHES = Path(__file__).resolve().parents[2] / "max_patches"
AXES = read_decoder_metadata(find_model("drums")).axes
INSTRUMENT, MODULATOR, SAMPLER = "LB Instrument.amxd", "LB Modulator.amxd", "LB Sampler.amxd"
PLAYERS = (INSTRUMENT, MODULATOR)
SETTLED_SECONDS = 0.15


class Live(World):
    """A Live set with devices in it."""

    def add(self, name: str, port: int, part: int = 1) -> Patcher:
        """Put a device into the set, pointed to an instrument, for a part; wait for its light."""
        device = self.open(PATCHES / name)
        device.parameter("Port").take(0, (port,))
        device.parameter("Part").take(0, (part,))
        light = device.box("led")
        self.run(SETTLED_SECONDS)
        self.until(lambda: light.value == 1)
        self.run(SETTLED_SECONDS)
        self.sent.clear()
        return device

    def said(self) -> list[Message]:
        """What the devices have said, the link's own messages left out."""
        return [message for message in self.sent if message[0] not in ("/lb/ping", "/lb/hello")]


@pytest.fixture
def live() -> Iterator[Live]:
    """An empty set."""
    made = Live()
    yield made
    made.close()


def title_of(axis: Axis) -> str:
    return axis.name.replace("_", " ").title()


@pytest.mark.parametrize("part", [1, 3])
@pytest.mark.parametrize("name", PLAYERS)
def test_every_axis_dial_moves_its_part_and_is_moved_with_it(
    live: Live, theatre: Theatre, witness: Witness, name: str, part: int
) -> None:
    device = live.add(name, theatre.port, part)
    prefix = "/lb" if part == 1 else f"/lb/part/{part}"
    for axis in AXES:
        dial, address = device.parameter(title_of(axis)), f"{prefix}/axis/{axis.name}"
        assert (dial.low, dial.high) == (axis.minimum, axis.maximum)
        width = axis.maximum - axis.minimum
        dial.take(0, (axis.minimum + 0.75 * width,))
        witness.is_told(address, 0.75)
        live.sent.clear()
        witness.say(address, 0.25)
        live.until(lambda dial=dial, axis=axis, width=width: dial.value == pytest.approx(axis.minimum + 0.25 * width))
        assert live.said() == [], "what is shown is not said again"


@pytest.mark.parametrize(("title", "value", "other"), [("Variation", 0.5, 0.25), ("Glide", 250.0, 90.0)])
@pytest.mark.parametrize("name", PLAYERS)
def test_what_concerns_the_whole_part_is_said_and_shown(
    live: Live, theatre: Theatre, witness: Witness, name: str, title: str, value: float, other: float
) -> None:
    device = live.add(name, theatre.port, 2)
    dial, address = device.parameter(title), f"/lb/part/2/{title.lower()}"
    dial.take(0, (value,))
    witness.is_told(address, value)
    witness.say(address, other)
    live.until(lambda: dial.value == pytest.approx(other))


def test_the_gain_is_that_of_the_whole_mix(live: Live, theatre: Theatre, witness: Witness) -> None:
    dial = live.add(INSTRUMENT, theatre.port, 4).parameter("Gain")
    dial.take(0, (-12.0,))
    witness.is_told("/lb/gain", -12)
    witness.say("/lb/gain", -3)
    live.until(lambda: dial.value == pytest.approx(-3))


@pytest.mark.parametrize("part", [1, 5])
@pytest.mark.parametrize("name", PLAYERS)
def test_the_map_moves_by_its_square_and_by_automation(
    live: Live, theatre: Theatre, witness: Witness, name: str, part: int
) -> None:
    device = live.add(name, theatre.port, part)
    address = "/lb/map" if part == 1 else f"/lb/part/{part}/map"
    square, x, y = device.box("pictslider"), device.parameter("Map X"), device.parameter("Map Y")
    square.take(1, (750,))
    square.take(0, (250,))
    witness.is_told(address, 0.25, 0.75)
    assert (x.value, y.value) == (0.25, 0.75)
    x.take(0, (0.5,))
    witness.is_told(address, 0.5, 0.75)
    live.sent.clear()
    witness.say(address, 0.125, 0.25)
    live.until(lambda: (x.value, y.value) == (0.125, 0.25) and square.value == [125, 250])
    assert live.said() == []
    y.take(0, (0.5,))
    witness.is_told(address, 0.125, 0.5)


@pytest.mark.parametrize("part", [1, 6])
@pytest.mark.parametrize("name", PLAYERS)
def test_buttons_and_morph_speak_to_the_part(
    live: Live, theatre: Theatre, witness: Witness, name: str, part: int
) -> None:
    device = live.add(name, theatre.port, part)
    prefix = "/lb" if part == 1 else f"/lb/part/{part}"
    for letter, value in (("A", -1.0), ("B", 1.0)):
        witness.say(f"{prefix}/z", *([value] * 16))
        witness.settle()
        device.parameter(f"Store {letter}").take(0, ("bang",))
        witness.until(f"{prefix}/morph/stored", lambda told, letter=letter: told == [letter])
    morph = device.parameter("Morph")
    morph.take(0, (0.5,))
    witness.is_told(f"{prefix}/morph", 0.5, 0)
    witness.say(f"{prefix}/morph", 0.25, 0)
    live.until(lambda: morph.value == pytest.approx(0.25))
    witness.say(f"{prefix}/z", *([0.5] * 16))
    time.sleep(0.6)
    witness.settle()
    device.parameter("Amount").take(0, (0.5,))
    device.parameter("Random").take(0, ("bang",))
    away = witness.until(f"{prefix}/z")
    device.parameter("Undo").take(0, ("bang",))
    witness.until(f"{prefix}/z", lambda told: told == [0.5] * 16)
    device.parameter("Redo").take(0, ("bang",))
    witness.until(f"{prefix}/z", lambda told: told == away)
    assert (f"{prefix}/random", 0.5) in live.said()


def test_pd_and_a_set_that_were_there_first_find_the_instrument_and_the_set_decides_how_it_stands(
    live: Live, tmp_path: Path
) -> None:
    port, place = free_port(), tuple(number / 10 for number in range(16))
    device = live.open(PATCHES / INSTRUMENT)
    for title, value in (("Port", port), ("Part", 7), ("Decay", 1.5), ("Variation", 0.25)):
        device.parameter(title).take(0, (value,))
    device.box("pattr place").take(0, place)
    with running_pd(PATCHES / "latentbridge.pd", tmp_path, ("lb.link", "lb.show.model")) as pd:
        pd.say("lb.server", "127.0.0.1", port)
        pd.say("lb.reply", free_port())
        with instrument(tmp_path / "captures", port):
            light = device.box("led")
            live.until(lambda: light.value == 1)
            pd.until("lb.show.model", "drums")
            live.run(SETTLED_SECONDS)
            told = state_told(port)
    assert told["/lb/part/7/z"] == pytest.approx(place)
    assert told["/lb/part/7/axis/decay"] == pytest.approx([0.75])
    assert told["/lb/part/7/variation"] == pytest.approx([0.25])
    assert device.parameter("Decay").value == 1.5


def state_told(port: int) -> dict[str, list[object]]:
    """What somebody is told who comes now."""
    late, told = Witness(port, knows_the_state=False), {}
    while "/lb/voices" not in told:
        message = late.hear()
        told[message.address] = list(message.params)
    late.close()
    return told


def test_the_place_of_the_sound_is_kept_with_the_set(live: Live, theatre: Theatre, witness: Witness) -> None:
    device = live.add(INSTRUMENT, theatre.port, 8)
    kept, place = device.box("pattr place"), [0.5, -0.25] * 8
    witness.say("/lb/part/8/z", *place)
    live.until(lambda: kept.value == tuple(place))
    assert live.said() == []


def test_two_devices_of_two_parts_leave_each_other_alone(live: Live, theatre: Theatre, witness: Witness) -> None:
    first, second = (live.add(INSTRUMENT, theatre.port, part) for part in (9, 10))
    first.parameter("Attack").take(0, (1.5,))
    witness.is_told("/lb/part/9/axis/attack", 0.75)
    second.parameter("Attack").take(0, (-1.5,))
    witness.is_told("/lb/part/10/axis/attack", 0.25)
    live.run(SETTLED_SECONDS)
    assert (first.parameter("Attack").value, second.parameter("Attack").value) == (1.5, -1.5)
    modulator = live.add(MODULATOR, theatre.port, 9)
    modulator.parameter("Attack").take(0, (0.0,))
    live.until(lambda: first.parameter("Attack").value == 0.0)


def test_the_tracks_midi_plays_the_part_and_with_mpe_each_finger_its_own(live: Live, theatre: Theatre) -> None:
    device = live.add(INSTRUMENT, theatre.port, 2)
    live.play("notein", 38, 90, 1)
    live.play("xbendin", 12288, 1)
    live.play("touchin", 127, 1)
    live.play("ctlin 74", 0, 1)
    assert live.said() == [
        ("/lb/note", 38, 90, 2),
        ("/lb/bend", 2, 1.0),
        ("/lb/pressure", 2, 1.0),
        ("/lb/slide", 2, 0.0),
    ]
    live.sent.clear()
    device.parameter("MPE").take(0, (1,))
    device.parameter("Bend Range").take(0, (48.0,))
    live.play("notein", 38, 0, 5)
    live.play("xbendin", 0, 5)
    assert live.said() == [("/lb/note", 38, 0, 5), ("/lb/bend", 5, -48.0)]
    device.parameter("Panic").take(0, ("bang",))
    assert live.said()[-1] == ("/lb/part/2/alloff",)
    live.run(SETTLED_SECONDS)
    assert shown_error(device) is None


def shown_error(device: Patcher) -> object:
    """What the device's line of text says."""
    return device.box("p told").cords[0][0][0].value


def test_a_preset_that_is_not_there_is_told_in_the_device(live: Live, theatre: Theatre) -> None:
    device = live.add(INSTRUMENT, theatre.port)
    device.parameter("Preset").take(0, (0,))
    assert live.said() == []
    device.parameter("Preset").take(0, (99,))
    live.until(lambda: "preset" in str(shown_error(device)))


def test_the_modulator_lets_midi_pass_as_it_came(live: Live, theatre: Theatre) -> None:
    device = live.add(MODULATOR, theatre.port)
    for byte in (0x90, 60, 100):
        live.midi["midiin"][0].give(0, byte)
    assert [message for _, message in device.box("midiout").taken] == [(0x90,), (60,), (100,)]
    assert live.said() == []


def test_the_sampler_loads_what_was_captured_and_plays_it_at_every_pitch(
    live: Live, theatre: Theatre, witness: Witness
) -> None:
    device = live.add(SAMPLER, theatre.port)
    witness.say("/lb/note", 38, 100)
    time.sleep(0.2)
    device.parameter("Capture").take(0, ("bang",))
    buffer = device.box("buffer~ ---sound")
    live.until(lambda: bool(buffer.taken))
    verb, path = buffer.taken[-1][1]
    assert (verb, Path(str(path)).parent) == ("replace", theatre.captures)
    assert device.box("pattr soundfile").value == (path,), "the set keeps where it is"
    device.parameter("Root Key").take(0, (60,))
    live.play("notein", 72, 127, 1)
    voice = device.box("p voices").inner.box("p voice1").inner  # type: ignore[attr-defined]
    assert voice.box("sig~ 1.").taken[-1][1] == (2.0,), "an octave up is twice as fast"
    assert voice.box("groove~ ---sound 1").taken[-1][1] == (0,), "from the beginning"
    assert voice.box("line~ 0.").taken[-1][1] == (1.0, 0.0)
    live.play("notein", 72, 0, 1)
    assert voice.box("line~ 0.").taken[-1][1] == (0.0, 60.0), "let go, it dies away within the release"


def test_the_sampler_plays_a_kit_one_sound_to_a_key(live: Live, theatre: Theatre) -> None:
    device = live.add(SAMPLER, theatre.port)
    device.box("dropfile").give(0, "/somewhere/my kit/")
    assert device.box("polybuffer~ ---kit").taken[-1][1] == ("readfolder", "/somewhere/my kit/")
    device.parameter("Kit").take(0, (1,))
    live.play("notein", 38, 127, 1)
    pads = device.box("p pads").inner  # type: ignore[attr-defined]
    struck = [n for n in range(1, 17) if pads.box(f"p pad{n}").inner.box(f"groove~ ---kit.{n} 1").taken]
    assert struck == [3], "the third sound is two keys above the first"


@pytest.mark.parametrize("name", [INSTRUMENT, MODULATOR, SAMPLER])
def test_parameters_are_named_explained_and_in_banks(name: str) -> None:
    data = (PATCHES / name).read_bytes()
    patcher = json.JSONDecoder().raw_decode(data[data.index(b"{") :].decode())[0]["patcher"]
    boxes = [b["box"] for b in patcher["boxes"] if b["box"]["maxclass"].startswith("live.")]
    values = [b["saved_attribute_attributes"]["valueof"] for b in boxes if b.get("parameter_enable")]
    names = [value["parameter_longname"] for value in values]
    assert len(set(names)) == len(names)
    assert all(len(value["parameter_shortname"]) <= 10 and value["parameter_info"] for value in values)
    in_banks = [n for b in patcher["parameters"]["parameterbanks"].values() for n in b["parameters"] if n != "-"]
    assert set(in_banks) <= set(names)
    assert all(len(b["parameters"]) == 8 for b in patcher["parameters"]["parameterbanks"].values())
