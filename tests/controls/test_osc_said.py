"""OSC messages as programs send them, and what the engine is told. Real sockets throughout."""

import math
import struct
from typing import Any

import numpy as np
import pytest

from runtime.controls.osc_commands import COMMANDS, TRAINING_COMMANDS
from runtime.controls.osc_schema import BEND_LIMIT_SEMITONES, Action, ErrorCode
from runtime.controls.osc_table import TABLE, destinations
from runtime.events import Event, Kind, decode, encode
from runtime.latent.motion import Motion
from runtime.latent.prior import draw
from tests.controls.osc_rig import INFO, Rig, bundle, osc
from tests.tiny_decoder import TinySettings, tiny_metadata

METADATA = tiny_metadata(TinySettings())
DESTINATIONS = destinations(METADATA)
PRESETS = {"horn": (1.0, 0.0, 0.0, 0.0), "pluck": (0.1, -0.7, 0.25, 0.0)}

SAID: list[tuple[str, list[float], Event]] = [
    ("/lb/z", [1, 2, -3, 0], Event(Kind.LATENT, values=(1.0, 2.0, -3.0, 0.0))),
    ("/lb/z", [99, -99, 0, 0], Event(Kind.LATENT, values=(10.0, -10.0, 0.0, 0.0))),
    ("/lb/part/16/z", [1, 2, 3, 4], Event(Kind.LATENT, part=16, values=(1.0, 2.0, 3.0, 4.0))),
    ("/lb/z/1", [1], Event(Kind.LATENT_DIMENSION, index=0, value=1.0)),
    ("/lb/z/4", [-2], Event(Kind.LATENT_DIMENSION, index=3, value=-2.0)),
    ("/lb/part/2/z/3", [1], Event(Kind.LATENT_DIMENSION, part=2, index=2, value=1.0)),
    ("/lb/axis/tone", [1], Event(Kind.AXIS, index=0, value=1.0)),
    ("/lb/axis/decay", [7], Event(Kind.AXIS, index=3, value=1.0)),
    ("/lb/part/3/axis/noise", [0], Event(Kind.AXIS, part=3, index=1, value=0.0)),
    ("/lb/note", [60, 127], Event(Kind.NOTE_ON, note=60, value=1.0)),
    ("/lb/note", [60, 0], Event(Kind.NOTE_OFF, note=60)),
    ("/lb/note", [60, 127, 10], Event(Kind.NOTE_ON, part=10, note=60, value=1.0)),
    ("/lb/note", [200, 127], Event(Kind.NOTE_ON, note=127, value=1.0)),
    ("/lb/part/4/note", [36, 127], Event(Kind.NOTE_ON, part=4, note=36, value=1.0)),
    ("/lb/bend", [2, -1], Event(Kind.BEND, part=2, value=-1.0)),
    ("/lb/bend", [1, 1000], Event(Kind.BEND, value=BEND_LIMIT_SEMITONES)),
    ("/lb/part/5/bend", [12], Event(Kind.BEND, part=5, value=12.0)),
    ("/lb/pressure", [16, 1], Event(Kind.PRESSURE, part=16, value=1.0)),
    ("/lb/slide", [3, 2], Event(Kind.SLIDE, part=3, value=1.0)),
    ("/lb/glide", [250], Event(Kind.GLIDE, value=0.25)),
    ("/lb/part/6/glide", [0], Event(Kind.GLIDE, part=6, value=0.0)),
    ("/lb/mode", [2], Event(Kind.PLAY_MODE, value=2.0)),
    ("/lb/part/7/mode", [9], Event(Kind.PLAY_MODE, part=7, value=2.0)),
    ("/lb/portamento", [80], Event(Kind.PORTAMENTO, value=0.08)),
    ("/lb/unison", [3], Event(Kind.UNISON, value=3.0)),
    ("/lb/unison", [50], Event(Kind.UNISON, value=7.0)),
    ("/lb/spread", [20], Event(Kind.UNISON_SPREAD, value=20.0)),
    ("/lb/part/8/width", [1], Event(Kind.UNISON_WIDTH, part=8, value=1.0)),
    ("/lb/variation", [1], Event(Kind.VARIATION, value=1.0)),
    ("/lb/tempo", [500], Event(Kind.TEMPO, part=0, value=300.0)),
    ("/lb/axis/noise/lfo", [-2], Event(Kind.MOTION, index=1, note=Motion.LFO, value=-1.0)),
    ("/lb/axis/noise/lfo", [1, 2, 4, 1], Event(Kind.MOTION, index=1, note=Motion.LFO, value=1.0, values=(2, 4, 1))),
    ("/lb/part/9/axis/tone/drift", [1, 3], Event(Kind.MOTION, part=9, note=Motion.DRIFT, value=1.0, values=(3.0,))),
    ("/lb/axis/level/velocity", [-1], Event(Kind.MOTION, index=2, note=Motion.VELOCITY, value=-1.0)),
    ("/lb/axis/level/strike", [1], Event(Kind.MOTION, index=2, note=Motion.STRIKE, value=1.0)),
    ("/lb/axis/level/key", [1], Event(Kind.MOTION, index=2, note=Motion.KEY, value=1.0)),
    ("/lb/axis/level/pressure", [1], Event(Kind.MOTION, index=2, note=Motion.PRESSURE, value=1.0)),
    ("/lb/axis/level/slide", [0], Event(Kind.MOTION, index=2, note=Motion.SLIDE)),
    ("/lb/key/choke", [42, 3], Event(Kind.CHOKE, note=42, index=3)),
    ("/lb/part/2/key/choke", [42, 99], Event(Kind.CHOKE, part=2, note=42, index=16)),
    ("/lb/gain", [-6], Event(Kind.GAIN, part=0, value=-6.0)),
    ("/lb/gain", [40], Event(Kind.GAIN, part=0, value=6.0)),
]


@pytest.mark.parametrize(("address", "numbers", "expected"), SAID, ids=lambda v: str(v) if isinstance(v, str) else "")
@pytest.mark.parametrize("kind", "ifhd")
def test_pd_with_floats_and_max_with_ints_say_the_same(
    rig: Rig, kind: str, address: str, numbers: list[float], expected: Event
) -> None:
    values: list[Any] = [float(n) if kind in "fd" else int(n) for n in numbers]
    rig.client(hello=False).send(address, *values, kinds=kind * len(values))
    assert rig.event() == expected


def test_every_row_that_is_one_event_is_among_those_said_here() -> None:
    of_several = {None, Action.HELLO, Action.PING, Action.STATE, Action.CAPTURE, Action.MODEL, Action.ALL_OFF}
    of_several |= {
        Action.LIST_DEVICES,
        Action.OUTPUT,
        Action.MIDI,
        Action.BYE,
        Action.WATCH,
        Action.LEVELS,
        Action.MOVED,
        Action.LIST_MODELS,
        Action.EXPORT_KIT,
        Action.TELL,
    }
    of_several |= {Action.ENCODE, Action.CAPTURE_VARIATIONS, *COMMANDS.keys() - {Action.CHOKE_KEY}}
    of_several |= TRAINING_COMMANDS.keys()
    moving = [row for row in TABLE if row.action not in of_several]
    destinations_said = {DESTINATIONS[address].row.address for address, _, _ in SAID}
    assert {row.address for row in moving} <= destinations_said


def test_booleans_count_as_one_and_zero(rig: Rig) -> None:
    client = rig.client(hello=False)
    client.send("/lb/axis/tone", True, kinds="T")
    client.send("/lb/axis/tone", False, kinds="F")
    assert [rig.event().value, rig.event().value] == [1.0, 0.0]


@pytest.mark.parametrize(("address", "part"), [("/lb/alloff", 0), ("/lb/part/7/alloff", 7)])
def test_alloff_lets_go_of_everything_and_silences_it(rig: Rig, address: str, part: int) -> None:
    rig.client(hello=False).send(address)
    assert [rig.event(), rig.event()] == [Event(Kind.ALL_NOTES_OFF, part=part), Event(Kind.ALL_SOUND_OFF, part=part)]


def test_messages_of_a_bundle_happen_in_order_and_at_once_whatever_its_time(rig: Rig) -> None:
    in_the_year_2100 = b"\xff\xff\xff\xf0\0\0\0\0"
    notes = [osc("/lb/note", note, 127) for note in range(60, 70)]
    packet = bundle([notes[0], bundle(notes[1:5], in_the_year_2100), *notes[5:]], in_the_year_2100)
    rig.client(hello=False).send_raw(packet)
    assert [rig.event().note for _ in range(10)] == list(range(60, 70))


@pytest.mark.parametrize(
    ("address", "arguments", "expected"),
    [
        ("/lb/capture", [], (0, "", 0)),
        ("/lb/capture", ["kick"], (0, "kick", 0)),
        ("/lb/part/9/capture", [], (9, "", 0)),
        ("/lb/capture/variations", [5], (0, "", 5)),
        ("/lb/part/9/capture/variations", [32, "kick"], (9, "kick", 32)),
    ],
)
def test_a_capture_is_passed_on(
    rig: Rig, address: str, arguments: list[str | int], expected: tuple[int, str, int]
) -> None:
    rig.client(hello=False).send(address, *arguments)
    assert rig.captures.get(timeout=20) == expected


@pytest.mark.parametrize(
    ("address", "name", "expected"),
    [
        ("/lb/kit/export", None, (1, "")),
        ("/lb/kit/export", "my kit", (1, "my kit")),
        ("/lb/part/3/kit/export", "other", (3, "other")),
    ],
)
def test_the_pads_of_a_part_are_written_as_a_kit(
    rig: Rig, address: str, name: str | None, expected: tuple[int, str]
) -> None:
    rig.client(hello=False).send(address, *([] if name is None else [name]))
    assert rig.kits.get(timeout=20) == expected


def test_random_draws_from_the_prior_and_stays_for_amount_zero(rig: Rig) -> None:
    client = rig.client()
    generator = np.random.default_rng(1)
    client.send("/lb/random", 1.0)
    first = rig.event()
    assert first == Event(Kind.LATENT, values=draw(METADATA, generator))
    client.send("/lb/random", 0.25)
    second = rig.event()
    assert second == Event(Kind.LATENT, values=draw(METADATA, generator, 0.25, first.values))
    client.send("/lb/random", 0.0)
    assert rig.event().values == pytest.approx(second.values)
    client.send("/lb/part/2/random", 1)
    assert rig.event().part == 2


@pytest.mark.parametrize("wanted", ["pluck", 2, 2.0, "2"])
def test_a_preset_is_found_by_name_or_number_and_the_sender_hears_where_it_is(rig: Rig, wanted: object) -> None:
    rig.set_model(METADATA.model_copy(update={"presets": PRESETS}), INFO)
    client = rig.client()
    client.send("/lb/part/3/preset", wanted)
    event = rig.event()
    assert (event.kind, event.part, event.values) == (Kind.LATENT, 3, pytest.approx(PRESETS["pluck"]))
    assert decode(encode(event)).values == event.values, "an echo is recognised by its values"
    assert client.until("/lb/part/3/z")[-1][1] == pytest.approx(PRESETS["pluck"])


@pytest.mark.parametrize("wanted", ["drum", 0, 3, -1, "1.5", ""])
def test_a_preset_that_is_not_there_moves_nothing_and_those_that_are_there_are_named(rig: Rig, wanted: object) -> None:
    rig.set_model(METADATA.model_copy(update={"presets": PRESETS}), INFO)
    client = rig.client()
    client.send("/lb/preset", wanted)
    code, text = client.until("/lb/error")[-1][1]
    assert code == ErrorCode.NOT_POSSIBLE
    assert "horn, pluck" in text
    assert rig.events.empty()


def test_the_rest_of_a_bundle_happens_though_one_message_is_wrong(rig: Rig) -> None:
    rig.client(hello=False).send_raw(bundle([osc("/lb/zz"), osc("/lb/note", 60, 127)]))
    assert rig.event().note == 60


def test_a_number_that_is_not_finite_moves_nothing(rig: Rig) -> None:
    client = rig.client()
    for value in (math.nan, math.inf):
        client.send_raw(b"/lb/z/1\0,f\0\0" + struct.pack(">f", value))
    client.send("/lb/z/1", 1.0)
    assert rig.event().value == 1.0
    assert rig.service.bad_packets == 2
