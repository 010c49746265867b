"""The map by mouse and by keyboard: what is pointed at, zoom, children, locks, steps and favourites."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from runtime.contract import read_decoder_metadata
from runtime.model_files import shipped_models
from tests.web.conftest import in_the_way, open_in
from tests.web.map_page import MapPage, lonely_point
from tests.web.serving import PlainPage, Serving

DRUMS = read_decoder_metadata(shipped_models()["drums"])


@pytest.fixture
def on_map(opened: Page) -> MapPage:
    return MapPage(opened)


def last_map(plain: PlainPage) -> list[float]:
    """Where on the map the place is, once everything has been told."""
    plain.send(["/lb/hello", 1])
    told = plain.until("/lb/info") + plain.until("/lb/voices")
    return next(args for address, *args in reversed(told) if address == "/lb/map")


def litter(plain: PlainPage, other_than: int | None = None) -> tuple[int, list[list[float]]]:
    """Seed and children that are told next, of another seed: a page may ask for the same ones twice."""
    while True:
        seed = plain.until("/lb/children")[-1][2]
        children = [plain.until("/lb/child")[-1] for _ in range(8)]
        if seed != other_than:
            return seed, children


def test_a_click_jumps_to_the_very_sound_and_everybody_is_told(on_map: MapPage, plain: PlainPage) -> None:
    point = DRUMS.map_points[lonely_point(DRUMS, "snare")]
    left, top = on_map.at(point.x, point.y)
    on_map.page.mouse.click(left + 3, top - 3)
    assert plain.until("/lb/map")[-1][1:] == pytest.approx([point.x, point.y], abs=1e-6)


@pytest.mark.parametrize("way", ["wheel", "keys", "button"])
def test_zoomed_in_a_sound_is_where_it_is_seen(on_map: MapPage, way: str) -> None:
    point = DRUMS.map_points[lonely_point(DRUMS, margin=0.3)]
    on_map.page.mouse.move(*on_map.at(0.5, 0.5))
    if way == "wheel":
        left, top = on_map.at(point.x, point.y)
        on_map.page.mouse.move(left + 1, top)
        on_map.page.mouse.wheel(0, -900)
        on_map.page.mouse.move(left, top)
    else:
        if way == "keys":
            on_map.area.press("+")
            on_map.area.press("+")
        else:
            on_map.page.get_by_role("button", name="Zoom in").click()
        on_map.page.mouse.move(*on_map.at(point.x, point.y, zoom=1.69 if way == "keys" else 1.5))
    expect(on_map.area).to_have_attribute("title", DRUMS.class_of(point.label))


def test_with_keys_alone_a_sound_is_found_named_and_jumped_to(on_map: MapPage, plain: PlainPage) -> None:
    on_map.area.focus()
    on_map.area.press("Control+ArrowRight")
    spoken = on_map.page.locator(".map-spoken")
    expect(spoken).to_have_text(re.compile(r"^\w+, sound \d+ of 634$"))
    found = re.search(r"sound (\d+)", spoken.inner_text())
    assert found
    point = DRUMS.map_points[int(found[1]) - 1]
    on_map.area.press("Enter")
    assert plain.until("/lb/map")[-1][1:] == pytest.approx([point.x, point.y], abs=1e-6)
    on_map.area.press("PageDown")
    expect(spoken).not_to_contain_text("Playing")


def test_with_shift_arrows_move_the_place(on_map: MapPage, plain: PlainPage) -> None:
    on_map.page.mouse.click(*on_map.at(0.5, 0.5))
    x, y = plain.until("/lb/map")[-1][1:]
    on_map.area.press("Shift+ArrowRight")
    moved = plain.until("/lb/map")[-1][1:]
    assert moved[0] > x + 0.01
    assert moved[1] == pytest.approx(y, abs=1e-6)


def test_a_class_can_be_hidden_and_is_not_pointed_at_then(on_map: MapPage) -> None:
    point = DRUMS.map_points[lonely_point(DRUMS, "kick")]
    entry = on_map.page.get_by_role("group", name="Classes on the map").get_by_role("button", name="kick")
    expect(entry).to_have_attribute("aria-pressed", "true")
    entry.press("Enter")
    expect(entry).to_have_attribute("aria-pressed", "false")
    on_map.page.mouse.move(*on_map.at(point.x, point.y))
    expect(on_map.area).not_to_have_attribute("title", "kick")


def test_children_come_are_taken_by_a_click_and_undone(
    on_map: MapPage, plain: PlainPage, open_another: Callable[[], Page]
) -> None:
    on_map.page.mouse.click(*on_map.at(0.3, 0.3))
    start = plain.until("/lb/z")[-1][1:]
    children = {told[1]: told[4:] for told in (plain.until("/lb/child")[-1] for _ in range(8))}
    assert len(children) == 8
    child = on_map.page.get_by_role("button", name=re.compile("^Child 3"))
    words = child.get_attribute("aria-label")
    assert words
    assert re.search("more|less", words)
    other = MapPage(open_another())
    expect(other.page.get_by_role("button", name=re.compile("^Child 3"))).to_have_attribute("aria-label", words)
    child.focus()
    child.press("Enter")
    assert plain.until("/lb/z")[-1][1:] == pytest.approx(children[3], abs=1e-6)
    on_map.page.keyboard.press("Control+z")
    assert plain.until("/lb/z")[-1][1:] == pytest.approx(start, abs=1e-6)
    on_map.page.get_by_role("button", name="Redo").click()
    assert plain.until("/lb/z")[-1][1:] == pytest.approx(children[3], abs=1e-6)


def test_the_seed_brings_the_same_children_back(on_map: MapPage, plain: PlainPage) -> None:
    on_map.page.mouse.click(*on_map.at(0.6, 0.6))
    plain.until("/lb/z")
    seed, first = litter(plain)
    on_map.page.get_by_role("button", name="Others").click()
    other, others = litter(plain, other_than=seed)
    assert all(child not in first for child in others)
    on_map.page.get_by_label("Seed").fill(str(seed))
    on_map.page.get_by_label("Seed").press("Enter")
    assert litter(plain, other_than=other) == (seed, first)


def test_arrows_walk_around_the_square_of_children(on_map: MapPage) -> None:
    on_map.page.get_by_role("button", name=re.compile("^Child 1")).focus()
    for key, number in (("ArrowRight", 2), ("ArrowLeft", 1), ("ArrowLeft", 1), ("ArrowDown", 4)):
        on_map.page.keyboard.press(key)
        expect(on_map.page.get_by_role("button", name=re.compile(f"^Child {number}"))).to_be_focused()
    on_map.page.keyboard.press("ArrowRight")
    expect(on_map.page.get_by_role("button", name="Hear the present sound")).to_be_focused()


def test_a_lock_is_shared_and_shown(on_map: MapPage, plain: PlainPage) -> None:
    lock = on_map.page.get_by_role("group", name="Locked axes").get_by_role("button", name="decay")
    lock.click()
    assert plain.until("/lb/axis/decay/lock")[-1][1] == 1
    expect(lock).to_have_attribute("aria-pressed", "true")
    plain.send(["/lb/axis/decay/lock", 0])
    expect(lock).to_have_attribute("aria-pressed", "false")


def test_a_favourite_is_kept_as_text_recalled_and_deleted(on_map: MapPage, plain: PlainPage) -> None:
    name = "my <b>kick</b>"
    kept = DRUMS.map_points[lonely_point(DRUMS, "kick")]
    on_map.page.mouse.click(*on_map.at(kept.x, kept.y))
    on_map.page.get_by_label("Name", exact=True).fill(name)
    on_map.page.get_by_label("Name", exact=True).press("Enter")
    favourites = on_map.page.get_by_role("list", name="Favourites")
    recall = favourites.get_by_role("button", name=name, exact=True)
    expect(recall).to_be_visible()
    on_map.page.mouse.click(*on_map.at(0.9, 0.1))
    recall.click()
    plain.until("/lb/preset")
    assert last_map(plain) == pytest.approx([kept.x, kept.y], abs=1e-4)
    favourites.get_by_role("button", name=f"Delete {name}").dblclick()
    expect(recall).to_have_count(0)


@pytest.mark.parametrize("options", [{"color_scheme": "light"}, {"color_scheme": "dark", "reduced_motion": "reduce"}])
def test_nothing_serious_stands_in_the_way_of_a_screen_reader_on_the_map(
    new_context: Callable[..., Any], served: Serving, options: dict[str, str]
) -> None:
    map_page = MapPage(open_in(new_context(**options).new_page(), served.link))
    map_page.page.mouse.click(*map_page.at(0.5, 0.5))
    expect(map_page.page.get_by_role("button", name=re.compile("^Child 8: "))).to_be_visible()
    assert in_the_way(map_page.page) == []
