"""Looking around by OSC: children and watched notes. Real sockets throughout."""

from collections.abc import Iterator

import numpy as np
import pytest

from runtime.controls.osc_sounding import SoundingWatch
from runtime.engine.history import Progress
from runtime.events import Kind
from tests.controls.osc_rig import Rig
from tests.steering.rig import drums

DRUMS = drums()


@pytest.fixture
def drum_rig() -> Iterator[Rig]:
    rig = Rig(DRUMS)
    yield rig
    rig.close()
    assert rig.service.faults == 0


def test_children_are_told_to_everybody_and_to_who_comes_late(drum_rig: Rig) -> None:
    client, other = drum_rig.client(), drum_rig.client()
    client.send("/lb/part/3/children", 0.25, 42)
    for one in (client, other):
        heard = one.until("/lb/part/3/child")
        assert heard[-2] == ("/lb/part/3/children", [0.25, 42])
        numbers = [heard[-1], *(one.until("/lb/part/3/child")[-1] for _ in range(7))]
        assert [arguments[0] for _, arguments in numbers] == list(range(1, 9))
        assert all(len(arguments) == 3 + DRUMS.latent_size for _, arguments in numbers)
        assert all(0 <= place <= 1 for _, arguments in numbers for place in arguments[1:3])
    late = dict(drum_rig.client(hello=False).settle())
    assert late["/lb/part/3/children"] == [0.25, 42]


def test_a_child_is_heard_and_taken(drum_rig: Rig) -> None:
    client = drum_rig.client()
    client.send("/lb/child", 3)
    assert "/lb/children" in client.until("/lb/error")[-1][1][1]
    client.send("/lb/children", 0.25)
    places = {heard[1][0]: heard[1][3:] for heard in (client.until("/lb/child")[-1] for _ in range(8))}
    client.send("/lb/child/note", 3, 90, 64)
    struck = drum_rig.event()
    assert (struck.kind, struck.note, struck.values) == (Kind.NOTE_ON, 90, pytest.approx(places[3]))
    client.send("/lb/child", 3)
    assert drum_rig.event().values == pytest.approx(places[3])
    client.send("/lb/child", 9)
    assert "1…8" in client.until("/lb/error")[-1][1][1]


def test_a_place_of_the_map_is_heard(drum_rig: Rig) -> None:
    client = drum_rig.client()
    point = DRUMS.map_points[2]
    client.send("/lb/map/note", point.x, point.y, 90, 127)
    struck = drum_rig.event()
    assert (struck.kind, struck.value, struck.values) == (Kind.NOTE_ON, 1.0, pytest.approx(point.latent))
    client.send("/lb/map/note", point.x, point.y, 90, 0)
    assert drum_rig.event().kind is Kind.NOTE_OFF


class Listener:
    """What the watch needs to know of a client."""

    def __init__(self) -> None:
        self.watches, self.knows_sounding = True, False


def progress(number: int, x: float) -> Progress:
    return Progress(number, 1, 36, 10, np.array([x, 0.5], np.float32))


def test_notes_are_told_when_they_move_and_when_they_end_and_to_who_begins_to_watch() -> None:
    notes = [progress(0, 0.25), progress(1, 0.5)]
    watch = SoundingWatch(lambda: notes, lambda latent: latent)
    first, late = Listener(), Listener()
    assert len(watch.messages([first])) == 2  # type: ignore[list-item]
    assert watch.messages([first]) == []  # type: ignore[list-item]
    notes[1] = progress(1, 0.75)
    told = watch.messages([first, late])  # type: ignore[list-item]
    assert [client is late for client, _ in told] == [False, True, True]
    notes.clear()
    assert len(watch.messages([first])) == 2  # type: ignore[list-item]
    first.watches = False
    notes.append(progress(2, 0.1))
    assert watch.messages([first]) == []  # type: ignore[list-item]


def test_where_more_notes_move_than_are_looked_for_at_once_all_get_their_turn() -> None:
    notes = [progress(number, 0.01) for number in range(20)]
    watch, client = SoundingWatch(lambda: notes, lambda latent: latent), Listener()
    for step in range(8):
        notes[:] = [progress(number, 0.01 * (step + 2)) for number in range(20)]
        watch.messages([client])  # type: ignore[list-item]
        client.knows_sounding = True
    assert set(watch._told) == set(range(20))
