"""Moving about by OSC: random, map, morph, undo, locks, presets, motion, keys and kits. Real sockets throughout."""

from collections.abc import Iterator

import pytest

from runtime.controls.osc_schema import ErrorCode
from runtime.events import Kind
from tests.controls.osc_rig import Rig
from tests.steering.rig import HATS, KICKS, drums

DRUMS = drums()


@pytest.fixture
def drum_rig() -> Iterator[Rig]:
    rig = Rig(DRUMS)
    yield rig
    rig.close()


def test_a_place_on_the_map_is_told_with_the_latent_and_how_far_outside_it_is(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.hears_outside = other.hears_outside = True
    point = DRUMS.map_points[6]
    client.send("/lb/map", point.x, point.y)
    heard = dict(other.until("/lb/map"))
    assert heard["/lb/z"] == pytest.approx(point.latent)
    assert heard["/lb/map"] == pytest.approx([point.x, point.y])
    assert dict([*heard.items(), *other.settle_quietly()])["/lb/outside"][0] < 1
    mine = client.settle_quietly()
    assert ("/lb/z", pytest.approx(list(point.latent))) in mine
    assert not [address for address, _ in mine if address == "/lb/map"], "who touches the map knows where"


def test_random_takes_a_temperature_and_a_class(drum_rig: Rig) -> None:
    client = drum_rig.client()
    client.send("/lb/part/2/random", 1.0, 0.0, "hat")
    middle = [sum(values) / len(HATS) for values in zip(*HATS, strict=True)]
    assert drum_rig.event().values == pytest.approx(middle), "temperature 0 is the middle of the class"
    client.send("/lb/random", 1.0, 1.0, "cowbell")
    code, text = client.until("/lb/error")[-1][1]
    assert code == ErrorCode.NOT_POSSIBLE
    assert "kick, hat" in text


def test_corners_morph_undo_and_redo(drum_rig: Rig) -> None:
    client = drum_rig.client()
    client.send("/lb/morph/store", "a", "low")
    assert client.until("/lb/morph/stored")[-1][1] == ["A"]
    client.send("/lb/morph/store", "B", "high")
    client.settle_quietly()
    assert [corner for address, corner in drum_rig.client(hello=False).hello() if address == "/lb/morph/stored"] == [
        ["A"],
        ["B"],
    ]
    client.send("/lb/morph", 1.0, 0.0)
    assert drum_rig.event().values == pytest.approx(HATS[0])
    client.send("/lb/undo")
    assert drum_rig.event().values == pytest.approx(DRUMS.default_latent)
    client.send("/lb/redo")
    assert drum_rig.event().values == pytest.approx(HATS[0])
    client.send("/lb/part/9/morph", 0.5, 0.5)
    assert "/lb/part/9/morph/store" in client.until("/lb/error")[-1][1][1], "each part has corners of its own"


def test_locks_are_told_to_the_others_and_to_those_who_come_later(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/axis/tone/lock", 1)
    client.send("/lb/part/3/key/lock", 42, 1)
    client.ping()
    heard = [*other.until("/lb/part/3/key/lock")]
    assert ("/lb/axis/tone/lock", [1]) in heard
    assert heard[-1] == ("/lb/part/3/key/lock", [42, 1])
    later = drum_rig.client(hello=False).hello()
    assert ("/lb/axis/tone/lock", [1]) in later
    assert ("/lb/part/3/key/lock", [42, 1]) in later


def test_presets_are_listed_saved_recalled_and_deleted(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/presets")
    listed = [client.hear() for _ in range(3)]
    assert listed == [
        ("/lb/presets", [2]),
        ("/lb/presetinfo", [1, "low", 0]),
        ("/lb/presetinfo", [2, "high", 0]),
    ]
    client.send("/lb/z", *KICKS[3])
    client.send("/lb/axis/noise", 0.75)
    client.send("/lb/axis/noise/lfo", 0.5, 2.0)
    client.send("/lb/preset/save", "my kick")
    assert ("/lb/presetinfo", [3, "my kick", 1]) in other.settle()
    for _ in range(3):
        drum_rig.event()
    client.send("/lb/part/5/preset", 3)
    events = [drum_rig.event() for _ in range(3)]
    assert [(event.kind, event.part) for event in events] == [(Kind.LATENT, 5), (Kind.AXIS, 5), (Kind.MOTION, 5)]
    assert events[0].values == pytest.approx(KICKS[3])
    assert (events[1].index, events[1].value) == (1, 0.75)
    assert (events[2].index, events[2].value, events[2].values[0]) == (1, 0.5, 2.0)
    assert ("/lb/part/5/axis/noise/lfo", [0.5, 2.0, 0, 0, 0.0]) in other.until("/lb/part/5/axis/noise/lfo")
    client.send("/lb/preset/delete", "low")
    assert "model's own" in client.until("/lb/error")[-1][1][1]
    client.send("/lb/preset/delete", "my kick")
    client.send("/lb/preset", "my kick")
    assert "There is no preset" in client.until("/lb/error")[-1][1][1]


def test_motion_is_told_whole_with_the_numbers_that_were_left_out(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/axis/decay/lfo", 0.25)
    assert other.until("/lb/axis/decay/lfo")[-1][1] == [0.25, 1.0, 0, 0, 0.0]
    client.send("/lb/axis/decay/lfo", 0.25, 4.0, 3, 1)
    client.send("/lb/axis/decay/lfo", 0.5)
    assert other.until("/lb/axis/decay/lfo")[-1][1] in ([0.25, 4.0, 3, 1, 0.0], [0.5, 4.0, 3, 1, 0.0])
    later = dict(drum_rig.client(hello=False).hello())
    assert later["/lb/axis/decay/lfo"] == [0.5, 4.0, 3, 1, 0.0]


def test_keys_are_stored_swapped_and_kept_as_kits(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/z", *KICKS[2])
    drum_rig.event()
    client.send("/lb/key/store", 61)
    event = drum_rig.event()
    assert (event.kind, event.note, event.values) == (Kind.KEY_LATENT, 61, pytest.approx(KICKS[2]))
    assert other.until("/lb/key")[-1][1] == pytest.approx([61, *KICKS[2]])
    client.send("/lb/kit/save", "mine")
    heard = client.until("/lb/kitinfo")
    assert heard[-2:] == [("/lb/kits", [1]), ("/lb/kitinfo", [1, "mine"])]
    client.send("/lb/key/swap", 61, 42)
    swapped = [drum_rig.event() for _ in range(4)]
    assert {(e.note, e.values[:1]) for e in swapped if e.kind is Kind.KEY_LATENT} == {(61, (1.0,)), (42, (-0.75,))}
    client.send("/lb/key/clear", 61)
    assert drum_rig.event().values == ()
    assert ("/lb/key", [61]) in other.settle_quietly()
    client.send("/lb/part/4/kit", "mine")
    assert drum_rig.event().part == 4
    client.send("/lb/key/choke", 61, 3)
    assert other.until("/lb/key/choke")[-1][1] == [61, 3]


def test_keys_that_there_are_not_move_nothing(drum_rig: Rig) -> None:
    client = drum_rig.client()
    client.send("/lb/key/store", 128)
    assert client.until("/lb/error")[-1][1][0] == ErrorCode.NOT_POSSIBLE
    assert drum_rig.events.empty()


def test_a_file_to_encode_is_handed_on_with_its_part(drum_rig: Rig) -> None:
    client = drum_rig.client()
    client.send("/lb/part/2/encode", "/sounds/my snare.wav", 1)
    assert drum_rig.encodings.get(timeout=20) == (2, "/sounds/my snare.wav", True)


def test_words_lead_to_a_sound_and_it_is_told_how_they_were_understood(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/find", "a hat like glass")
    understood, unknown = other.until("/lb/found")[-1][1]
    assert "hat" in understood
    assert "glass" in unknown
    assert drum_rig.event().values[0] > 0.5
    client.send("/lb/find", "xyzzy")
    code, text = client.until("/lb/error")[-1][1]
    assert code == ErrorCode.NOT_POSSIBLE
    assert "hat" in text, "what would be understood is named"
