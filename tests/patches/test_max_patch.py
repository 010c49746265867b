"""latentbridge.maxpat and its abstractions, walked by the interpreter against the real instrument."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import soundfile

from runtime.contract import Axis, read_decoder_metadata
from runtime.model_files import find_model
from tests.patches.max_interpreter import Patcher, World
from tests.patches.max_object import Object
from tests.patches.pd_rig import free_port
from tests.patches.stage import Theatre, Witness

PATCHES = Path(__file__).resolve().parents[2] / "max_patches"
AXES = read_decoder_metadata(find_model("drums")).axes
ABSTRACTIONS = ("lb.connect", "lb.axis", "lb.map", "lb.note", "lb.capture")
SETTLED_SECONDS = 0.15
"""Longer than the instrument takes to tell of a change, four rounds."""


@pytest.fixture
def world() -> Iterator[World]:
    """An empty Max."""
    made = World()
    yield made
    made.close()


def linked(world: World, name: str, port: int) -> Patcher:
    """Open a patch, point its link to the instrument, and wait for the light."""
    patch = world.open(PATCHES / name)
    connect = boxes_of(patch, "lb.connect")[0]
    connect.take(0, ("reply", free_port()))
    connect.take(0, ("port", port))
    light = patch.box("led")
    world.until(lambda: light.value == 1)
    world.run(SETTLED_SECONDS)
    world.sent.clear()
    return patch


@pytest.fixture
def patch(world: World, theatre: Theatre) -> Patcher:
    """latentbridge.maxpat, linked."""
    return linked(world, "latentbridge.maxpat", theatre.port)


def boxes_of(patch: Patcher, name: str) -> list[Object]:
    """Return the object boxes whose text begins so."""
    objects = [o for o in patch.objects.values() if o.box["maxclass"] == "newobj"]
    return [o for o in objects if str(o.box["text"]).startswith(name)]


def said(world: World) -> list[tuple[object, ...]]:
    """What has been sent, the link's own messages left out."""
    return [message for message in world.sent if message[0] not in ("/lb/ping", "/lb/hello")]


def errors_shown(patch: Patcher) -> tuple[object, ...]:
    """What the patch shows of /lb/error."""
    return tuple(patch.fed_by("r /lb/error").cords[1][0][0].cords[0][0][0].value)


@pytest.mark.parametrize("axis", AXES, ids=lambda axis: axis.name)
def test_an_axis_dial_moves_its_axis_and_is_moved_with_it(
    patch: Patcher, world: World, witness: Witness, axis: Axis
) -> None:
    dial = patch.parameter(axis.name.replace("_", " ").title())
    assert (dial.low, dial.high, dial.value) == (axis.minimum, axis.maximum, pytest.approx(axis.default))
    dial.take(0, (axis.minimum + 0.75 * (axis.maximum - axis.minimum),))
    witness.is_told(f"/lb/axis/{axis.name}", 0.75)
    world.sent.clear()
    witness.say(f"/lb/axis/{axis.name}", 0.25)
    there = axis.minimum + 0.25 * (axis.maximum - axis.minimum)
    world.until(lambda: dial.value == pytest.approx(there))
    assert said(world) == [], "what is shown is not said again"


@pytest.mark.parametrize(("title", "value"), [("Gain", -12.0), ("Variation", 0.5), ("Glide", 250.0), ("Tempo", 90.0)])
def test_the_other_dials_say_and_show(patch: Patcher, world: World, witness: Witness, title: str, value: float) -> None:
    dial, address = patch.parameter(title), f"/lb/{title.lower()}"
    dial.take(0, (value,))
    witness.is_told(address, value)
    world.sent.clear()
    witness.say(address, value + 1 if title != "Variation" else 0.25)
    world.until(lambda: dial.value != value)
    assert said(world) == []


def test_the_sliders_of_z_say_the_whole_place_and_follow_it(patch: Patcher, world: World, witness: Witness) -> None:
    sliders = patch.box("multislider")
    place = [0.5, -1.0] * 8
    sliders.take(0, tuple(place))
    witness.is_told("/lb/z", *place)
    witness.say("/lb/z", *([1.5] * 16))
    world.until(lambda: sliders.value == [1.5] * 16)
    witness.say("/lb/z/3", -2)
    world.until(lambda: sliders.value[2] == -2.0)
    assert len(said(world)) == 1


def test_the_map_is_a_square_that_goes_there_and_shows_where_it_is(
    patch: Patcher, world: World, witness: Witness
) -> None:
    square = patch.box("bpatcher").inner.box("pictslider")  # type: ignore[attr-defined]
    square.take(1, (750,))
    square.take(0, (250,))
    witness.is_told("/lb/map", 0.25, 0.75)
    witness.say("/lb/map", 0.5, 0.125)
    world.until(lambda: square.value == [500, 125])
    far = patch.box("flonum")
    world.until(lambda: 0 < far.value < 10)


def test_a_morph_goes_from_a_to_b(patch: Patcher, world: World, witness: Witness) -> None:
    for letter, value in (("A", -1.0), ("B", 1.0)):
        witness.say("/lb/z", *([value] * 16))
        witness.settle()
        patch.box(f"/lb/morph/store {letter}").take(0, ("bang",))
        witness.until("/lb/morph/stored", lambda told, letter=letter: told == [letter])
    slider = patch.box("slider")
    slider.take(0, (0.5,))
    witness.is_told("/lb/morph", 0.5, 0)
    witness.say("/lb/morph", 0.25, 0)
    world.until(lambda: slider.value == pytest.approx(0.25))


def test_every_message_box_says_something_the_instrument_understands(
    patch: Patcher, world: World, witness: Witness
) -> None:
    texts = {box: str(box.box.get("text", "")) for box in patch.every("message")}
    boxes = [box for box, text in texts.items() if text.startswith("/lb/") and "$" not in text]
    assert len(boxes) > 12
    for box in boxes:
        box.take(0, ("bang",))
    witness.settle()
    world.run(SETTLED_SECONDS)
    assert len(said(world)) == len(boxes)
    assert errors_shown(patch) == ()


def test_words_and_presets_are_said_and_what_is_wrong_is_shown(patch: Patcher, world: World, witness: Witness) -> None:
    patch.box("textedit").give(0, "text", "short", "snare")
    assert witness.until("/lb/found")[1] == ""
    number = next(o for o in patch.every("number") if o.box.get("minimum") == 1)
    number.take(0, (99,))
    world.until(lambda: "preset" in str(errors_shown(patch)))


def test_keys_sound_and_what_sounded_is_kept_and_loaded(
    patch: Patcher, world: World, witness: Witness, theatre: Theatre
) -> None:
    count = next(o for o in patch.every("number") if "minimum" not in o.box)
    patch.box("36 100").take(0, ("bang",))
    world.until(lambda: count.value > 0)
    patch.box("button").take(0, ("bang",))
    buffer = patch.box("buffer~ lb.sound")
    world.until(lambda: bool(buffer.taken))
    verb, path = buffer.taken[-1][1]
    assert verb == "replace"
    assert Path(str(path)).parent == theatre.captures
    assert soundfile.info(path).frames > 0
    patch.box("/lb/alloff").take(0, ("bang",))


def test_midi_goes_through_only_if_it_is_asked_to(patch: Patcher, world: World) -> None:
    world.play("notein", 38, 90, 1)
    assert said(world) == []
    patch.box("toggle").take(0, (1,))
    world.play("notein", 38, 90, 5)
    world.play("xbendin", 12288, 5)
    world.play("touchin", 127, 5)
    world.play("ctlin 74", 0, 5)
    assert said(world) == [
        ("/lb/note", 38, 90, 1),
        ("/lb/bend", 1, 1.0),
        ("/lb/pressure", 1, 1.0),
        ("/lb/slide", 1, 0.0),
    ]
    world.run(SETTLED_SECONDS)
    assert errors_shown(patch) == ()


def test_the_link_light_goes_out_and_comes_on_again(world: World, theatre: Theatre) -> None:
    patch = linked(world, "latentbridge.maxpat", theatre.port)
    connect, light = patch.box("lb.connect 127.0.0.1 9000 9001"), patch.box("led")
    model = patch.fed_by("r /lb/info", 3)
    world.until(lambda: model.value == ("drums",))
    connect.take(0, ("port", free_port()))
    world.until(lambda: light.value == 0)
    connect.take(0, ("port", theatre.port))
    world.until(lambda: light.value == 1)


# Abstractions, in the help patches that show them -------------------------------------------------------------------


def test_an_axis_box_speaks_for_its_part_and_hears_only_that(world: World, theatre: Theatre, witness: Witness) -> None:
    patch = linked(world, "lb.axis.maxhelp", theatre.port)
    first, second = boxes_of(patch, "lb.axis ")
    first.take(0, (0.75,))
    witness.is_told("/lb/axis/brightness", 0.75)
    second.take(0, (0.25,))
    witness.is_told("/lb/part/2/axis/brightness", 0.25)
    shown = [box.cords[0][0][0] for box in (first, second)]
    witness.say("/lb/part/2/axis/brightness", 0.5)
    world.until(lambda: shown[1].value == pytest.approx(0.5))
    assert shown[0].value == pytest.approx(0.75)


def test_a_note_box_plays_bends_presses_and_slides(world: World, theatre: Theatre) -> None:
    patch = linked(world, "lb.note.maxhelp", theatre.port)
    for words in ("36 100", "bend 0.5", "pressure 0.8", "slide 0.2", "36 0"):
        patch.box(words).take(0, ("bang",))
    assert said(world) == [
        ("/lb/note", 36, 100.0, 1),
        ("/lb/bend", 1, 1.0),
        ("/lb/pressure", 1, 0.8),
        ("/lb/slide", 1, 0.2),
        ("/lb/note", 36, 0.0, 1),
    ]
    voices = patch.box("number")
    world.until(lambda: voices.value > 0)


def test_with_part_0_every_channel_plays_its_own_part(world: World, theatre: Theatre) -> None:
    patch = linked(world, "lb.note.maxhelp", theatre.port)
    inner = patch.box("lb.note 1 2.").inner  # type: ignore[attr-defined]
    inner.box("unpack i f").take(0, (0, 48.0))
    patch.box("toggle").take(0, (1,))
    world.play("notein", 60, 100, 3)
    world.play("xbendin", 0, 3)
    assert said(world) == [("/lb/note", 60, 100, 3), ("/lb/bend", 3, -48.0)]


def test_a_capture_box_keeps_under_a_name(world: World, theatre: Theatre) -> None:
    patch = linked(world, "lb.capture.maxhelp", theatre.port)
    world.receives["lb.send"][0].give(0, "/lb/note", 38, 100)
    time.sleep(0.2)
    patch.box("mysnare").take(0, ("bang",))
    buffer = patch.box("buffer~ lb.help")
    world.until(lambda: bool(buffer.taken))
    assert Path(str(buffer.taken[-1][1][1])).name.startswith("mysnare")


@pytest.mark.parametrize("name", [*ABSTRACTIONS, "latentbridge"])
def test_a_help_patch_opens_and_links(world: World, theatre: Theatre, name: str) -> None:
    linked(world, f"{name}.maxhelp", theatre.port)
