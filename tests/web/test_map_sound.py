"""The map is heard: what hands do on it changes what the engine plays, measured in its output."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from runtime.events import Kind
from runtime.model_files import shipped_models
from tests.system.playing import eventually
from tests.web.conftest import open_in
from tests.web.map_page import Instrument, MapPage, centroid, lonely_point, pair_of_points
from tests.web.serving import serving

STRIKE_FRAMES = 6000


def instrument(name: str, folder: Path) -> Iterator[Instrument]:
    log = folder / "played.log"
    model = shipped_models()[name]
    with serving(model, folder / "captures", "--log", str(log)) as running:
        yield Instrument(model, running, log)


@pytest.fixture(scope="module")
def drum_map(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instrument]:
    yield from instrument("drums", tmp_path_factory.mktemp("drums"))


@pytest.fixture(scope="module")
def note_map(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instrument]:
    yield from instrument("notes", tmp_path_factory.mktemp("notes"))


@pytest.fixture
def on_drums(page: Page, drum_map: Instrument, complaints: list[str]) -> MapPage:
    return MapPage(open_in(page, drum_map.serving.link))


def drag(map_page: MapPage, start: tuple[float, float], end: tuple[float, float], steps: int = 24) -> None:
    """Drag slowly enough for several strikes; the button stays down."""
    mouse = map_page.page.mouse
    mouse.move(*start)
    mouse.down()
    for place in np.linspace(start, end, steps):
        mouse.move(*place)
        time.sleep(0.03)


def test_a_drag_from_a_kick_to_a_hat_is_heard_on_its_way(
    on_drums: MapPage, drum_map: Instrument, tmp_path: Path
) -> None:
    metadata = drum_map.metadata
    kick, hat = (metadata.map_points[lonely_point(metadata, name)] for name in ("kick", "hat"))
    on_drums.page.get_by_label("Hear what is pointed at").uncheck()
    before = len(drum_map.played())
    drag(on_drums, on_drums.at(kick.x, kick.y), on_drums.at(hat.x, hat.y))
    on_drums.page.mouse.up()
    on_drums.page.mouse.click(*on_drums.at(hat.x, hat.y))
    assert eventually(lambda: drum_map.since(before, Kind.NOTE_ON)[-1:] and _is_at(drum_map, before, hat.latent))
    places = {event.values for event in drum_map.since(before, Kind.LATENT)}
    assert len(places) > 10, "the place travels, it does not jump"
    strikes = drum_map.since(before, Kind.NOTE_ON)
    assert len(strikes) >= 4
    sound = drum_map.sound(tmp_path)
    heard = [sound[one.time : one.time + STRIKE_FRAMES] for one in strikes]
    centroids = [centroid(one, metadata.sample_rate) for one in heard if len(one) == STRIKE_FRAMES]
    assert centroids[0] < 600, "it begins as a kick"
    assert max(centroids[1:]) > 4 * centroids[0], "and becomes brighter on the way to the hat"
    assert all(np.sqrt((one**2).mean()) > 1e-4 for one in heard[:-1]), "each strike is heard"


def _is_at(instrument: Instrument, before: int, latent: tuple[float, ...]) -> bool:
    moves = instrument.since(before, Kind.LATENT)
    return bool(moves) and np.allclose(moves[-1].values, latent, atol=1e-6)


def test_a_sound_that_is_pointed_at_is_heard_and_the_place_stays(
    on_drums: MapPage, drum_map: Instrument, tmp_path: Path
) -> None:
    metadata = drum_map.metadata
    on_drums.page.mouse.move(*on_drums.at(0.001, 0.999))
    before = len(drum_map.played())
    point = metadata.map_points[lonely_point(metadata, "kick")]
    on_drums.page.mouse.move(*on_drums.at(point.x, point.y))
    struck = drum_map.await_event(before, Kind.NOTE_ON)
    assert struck.values == pytest.approx(point.latent, abs=1e-6)
    expect(on_drums.area).to_have_attribute("title", "kick")
    time.sleep(STRIKE_FRAMES / metadata.sample_rate)
    on_drums.page.mouse.click(*on_drums.at(0.999, 0.001))
    assert eventually(lambda: bool(drum_map.since(before, Kind.LATENT)))
    moved = drum_map.since(before, Kind.LATENT)[0]
    assert moved.time > struck.time + STRIKE_FRAMES / 2, "only the click has moved the place"
    sound = drum_map.sound(tmp_path)[struck.time : struck.time + STRIKE_FRAMES]
    assert centroid(sound, metadata.sample_rate) < 600


def test_the_present_sound_is_heard_itself_wherever_it_is(on_drums: MapPage, drum_map: Instrument) -> None:
    before = len(drum_map.played())
    on_drums.page.get_by_role("button", name="Hear the present sound").click()
    struck = drum_map.await_event(before, Kind.NOTE_ON)
    assert not struck.values, "a place of the map, which is only near"


def test_a_sweep_over_the_map_strikes_only_so_often(on_drums: MapPage, drum_map: Instrument) -> None:
    before, rate = len(drum_map.played()), drum_map.metadata.sample_rate
    for x in np.linspace(0, 1, 60):
        on_drums.page.mouse.move(*on_drums.at(float(x), 0.4 + 0.2 * float(x)))
    on_drums.page.mouse.move(0, 0)
    frames = [event.time for event in drum_map.since(before, Kind.NOTE_ON)]
    assert len(frames) >= 2
    # Two that were sent 90 ms apart may meet a busy moment of the page's process.
    assert np.median(np.diff(frames)) >= 0.06 * rate


def test_a_pressed_note_travels_along_and_is_let_go(
    page: Page, note_map: Instrument, complaints: list[str], tmp_path: Path
) -> None:
    metadata = note_map.metadata
    map_page = MapPage(open_in(page, note_map.serving.link))
    # All of them last as long as their key is held.
    pair = pair_of_points(metadata, "flute", ("clarinet", "oboe", "trumpet", "church_organ", "violin"), 0.1)
    start, end = (metadata.map_points[index] for index in pair)
    before = len(note_map.played())
    drag(map_page, map_page.at(start.x, start.y), map_page.at(end.x, end.y), steps=12)
    expect(map_page.area).to_have_attribute("data-voices", "1")
    page.mouse.up()
    note_map.await_event(before, Kind.NOTE_OFF)
    struck = [event for event in note_map.since(before, Kind.NOTE_ON) if not event.values]
    assert len(struck) == 1, "one note, held all the way"
    moves = note_map.since(before, Kind.LATENT)
    assert len({move.values for move in moves}) > 4
    sound = note_map.sound(tmp_path)
    first, last = moves[2].time, note_map.since(before, Kind.NOTE_OFF)[-1].time
    early, late = (np.abs(np.fft.rfft(sound[at : at + 4096] * np.hanning(4096))) for at in (first, last - 4096))
    likeness = float((early * late).sum() / np.sqrt((early**2).sum() * (late**2).sum()))
    assert late.max() > 1e-3, "it still sounds at the end"
    assert likeness < 0.98, "as something else"


def test_a_note_that_sounds_is_seen_by_every_page_and_gone_with_it(
    on_drums: MapPage, drum_map: Instrument, new_context: Callable[..., object]
) -> None:
    other = MapPage(open_in(new_context().new_page(), drum_map.serving.link))  # type: ignore[attr-defined]
    plain = drum_map.serving.page().settle()
    plain.send(["/lb/note", 49, 127])
    for one in (on_drums, other):
        expect(one.area).not_to_have_attribute("data-voices", "0")
    plain.send(["/lb/alloff"])
    for one in (on_drums, other):
        expect(one.area).to_have_attribute("data-voices", "0")
    plain.close()


def test_what_a_page_lets_be_heard_ends_with_the_page(note_map: Instrument) -> None:
    gone = note_map.serving.page().settle()
    before = len(note_map.played())
    gone.send(["/lb/children", 0.3, 1], ["/lb/map/note", 0.5, 0.5, 61, 100], ["/lb/child/note", 3, 62, 100])
    assert eventually(lambda: len(note_map.since(before, Kind.NOTE_ON)) == 2)
    gone.close()
    assert eventually(lambda: [event.note for event in note_map.since(before, Kind.NOTE_OFF)] == [61, 62])


def test_a_note_that_travels_is_let_go_when_the_page_loses_the_focus(
    page: Page, note_map: Instrument, complaints: list[str]
) -> None:
    map_page = MapPage(open_in(page, note_map.serving.link))
    map_page.page.get_by_label("Hear what is pointed at").uncheck()
    before = len(note_map.played())
    drag(map_page, map_page.at(0.4, 0.4), map_page.at(0.5, 0.5), steps=3)
    note_map.await_event(before, Kind.NOTE_ON)
    assert not note_map.since(before, Kind.NOTE_OFF)
    page.evaluate("window.dispatchEvent(new Event('blur'))")
    note_map.await_event(before, Kind.NOTE_OFF)
    page.mouse.up()
