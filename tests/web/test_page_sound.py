"""Knobs, bars, the morph pad and what moves by itself, in a real browser: each moves the instrument as it says."""

import math
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.web.serving import PlainPage
from tests.web.test_page import knob, type_value

BRIGHTNESS = "/lb/axis/brightness"


@pytest.fixture
def sound(opened: Page, plain: PlainPage) -> Iterator[Page]:
    """The page, with all that a test has moved put back afterwards."""
    yield opened
    plain.send([BRIGHTNESS, 0.5], ["/lb/axis/brightness/lfo", 0], ["/lb/axis/brightness/lock", 0])


def last(plain: PlainPage, address: str) -> list[float]:
    """What is told of an address in the end."""
    return plain.until(address)[-1][1:]


def test_a_knob_is_dragged_finely_with_shift_and_set_back_by_a_double_click(sound: Page, plain: PlainPage) -> None:
    type_value(sound, "brightness", "50")
    box = knob(sound, "brightness").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    moved = []
    for keys in ((), ("Shift",)):
        before = value(sound)
        sound.mouse.move(x, y)
        for key in keys:
            sound.keyboard.down(key)
        sound.mouse.down()
        sound.mouse.move(x, y - 44, steps=4)
        sound.mouse.up()
        for key in keys:
            sound.keyboard.up(key)
        moved.append(value(sound) - before)
    assert moved[0] == pytest.approx(0.2, abs=0.01)
    assert moved[1] == pytest.approx(0.02, abs=0.002)
    told = value(sound)
    assert math.isclose(last_now(plain), told, abs_tol=1e-3)
    knob(sound, "brightness").dblclick()
    expect(knob(sound, "brightness")).to_have_attribute("aria-valuenow", str(rest_of(sound)))


def value(page: Page) -> float:
    return float(knob(page, "brightness").get_attribute("aria-valuenow") or "nan")


def rest_of(page: Page) -> float:
    axes = page.evaluate("fetch('/api/document/model').then((answer) => answer.json()).then((model) => model.axes)")
    axis = next(one for one in axes if one["name"] == "brightness")
    return round((axis["default"] - axis["minimum"]) / (axis["maximum"] - axis["minimum"]), 4)


def last_now(plain: PlainPage) -> float:
    """Where brightness stands once everything has been told."""
    plain.send(["/lb/hello", 1])
    plain.until("/lb/info")
    return float(last(plain, BRIGHTNESS)[0])


def test_a_knob_obeys_arrow_home_and_end_keys(sound: Page, plain: PlainPage) -> None:
    knob(sound, "brightness").focus()
    pressed = {"Home": "0", "ArrowUp": "0.01", "PageUp": "0.11", "End": "1", "Shift+ArrowDown": "0.999"}
    for key, expected in pressed.items():
        sound.keyboard.press(key)
        expect(knob(sound, "brightness")).to_have_attribute("aria-valuenow", expected)


def test_what_is_typed_beyond_the_range_stays_within_and_nonsense_changes_nothing(sound: Page) -> None:
    type_value(sound, "brightness", "400")
    expect(knob(sound, "brightness")).to_have_attribute("aria-valuenow", "1")
    type_value(sound, "brightness", "-")
    expect(knob(sound, "brightness")).to_have_attribute("aria-valuenow", "1")


def test_a_right_click_lets_a_midi_control_be_learned(sound: Page, plain: PlainPage) -> None:
    knob(sound, "brightness").click(button="right")
    sound.get_by_role("menuitem", name="Learn a MIDI control").click()
    expect(sound.locator("#notices")).to_contain_text("Move a MIDI control now")
    knob(sound, "brightness").click(button="right")
    sound.get_by_role("menuitem", name="Wait for no MIDI control").click()
    knob(sound, "brightness").click(button="right")
    expect(sound.get_by_role("menuitem", name="Learn a MIDI control")).to_be_visible()
    sound.keyboard.press("Escape")


def test_the_menu_of_a_knob_is_reached_and_left_by_keys(sound: Page, plain: PlainPage) -> None:
    knob(sound, "brightness").focus()
    knob(sound, "brightness").press("Shift+F10")
    sound.get_by_role("menuitem", name="Keep it in random moves").press("Enter")
    assert last(plain, "/lb/axis/brightness/lock") == [1]
    expect(knob(sound, "brightness")).to_be_focused()


def test_a_bar_moves_one_number_of_the_place_and_says_when_that_is_outside_the_data(
    sound: Page, plain: PlainPage
) -> None:
    type_value(sound, "Latent 2", "-1.5")
    assert last(plain, "/lb/zi") == [2, -1.5]
    expect(sound.get_by_role("slider", name="Latent 2", exact=True)).to_have_attribute("aria-valuetext", "-1.50")
    for number in range(1, 7):
        type_value(sound, f"Latent {number}", "4")
    outside = sound.get_by_role("meter", name="Outside the data")
    expect(outside).to_have_attribute("aria-valuetext", re.compile("outside the data"))
    sound.get_by_role("button", name="Undo").click()


def test_the_morph_pad_goes_from_corner_to_corner(sound: Page, plain: PlainPage) -> None:
    plain.send(["/lb/z", *[0.0] * 16])
    sound.get_by_role("button", name="Keep as A").click()
    plain.until("/lb/morph/stored")
    plain.send(["/lb/z", *[1.0] * 16])
    expect(sound.get_by_role("slider", name="Latent 1", exact=True)).to_have_attribute("aria-valuenow", "1")
    sound.get_by_role("button", name="Keep as B").click()
    plain.until("/lb/morph/stored")
    pad = sound.locator(".pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box
    sound.mouse.click(box["x"] + 2, box["y"] + box["height"] / 2)
    assert last(plain, "/lb/z") == pytest.approx([0.0] * 16, abs=0.02)
    sound.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert last(plain, "/lb/z") == pytest.approx([0.5] * 16, abs=0.1)


def test_an_oscillator_is_set_on_the_page(sound: Page, plain: PlainPage) -> None:
    sound.locator(".axis", has=knob(sound, "brightness")).get_by_text("Motion").click()
    sound.get_by_label("brightness LFO: Rate").fill("2.5")
    assert last(plain, "/lb/axis/brightness/lfo") == [0, 2.5, 0, 0, 0]
    sound.get_by_label("brightness LFO: Shape").select_option("triangle")
    assert last(plain, "/lb/axis/brightness/lfo") == [0, 2.5, 1, 0, 0]
    sound.get_by_label("brightness LFO: LFO").fill("0.5")
    assert last(plain, "/lb/axis/brightness/lfo") == [0.5, 2.5, 1, 0, 0]


def test_an_axis_that_moves_by_itself_is_seen_moving_and_comes_to_rest(sound: Page, plain: PlainPage) -> None:
    dot = sound.locator(".axis", has=knob(sound, "brightness")).locator("circle.moved")
    expect(dot).to_have_attribute("visibility", "hidden")
    # Neither so far that it stands at the ends most of the time, nor in step with how often the page looks.
    plain.send([BRIGHTNESS + "/lfo", 0.4, 0.73])
    expect(dot).to_have_attribute("visibility", "visible")
    seen = set()
    while len(seen) < 10:
        seen.add(dot.get_attribute("cx"))
    plain.send([BRIGHTNESS + "/lfo", 0])
    expect(dot).to_have_attribute("visibility", "hidden")


def test_presets_are_kept_recalled_and_forgotten_and_their_names_are_text(sound: Page, plain: PlainPage) -> None:
    name = "<img src=x onerror=alert(1)>"
    plain.send(["/lb/z", *[0.25] * 16])
    sound.get_by_label("Keep as", exact=True).fill(name)
    sound.get_by_role("button", name="Keep", exact=True).click()
    recall = sound.get_by_role("button", name=name, exact=True)
    expect(recall).to_be_visible()
    plain.send(["/lb/z", *[0.0] * 16])
    recall.click()
    assert last(plain, "/lb/z") == pytest.approx([0.25] * 16)
    forget = sound.get_by_role("button", name=f"Forget preset {name}")
    forget.click()
    expect(forget).to_have_accessible_name(f"Forget preset {name}: press again")
    plain.send(["/lb/presets"])
    plain.until("/lb/presetinfo")
    expect(recall).to_be_visible()
    forget.dblclick()
    expect(recall).to_have_count(0)


def test_a_sound_is_found_in_words(sound: Page, plain: PlainPage) -> None:
    sound.get_by_label("In words").fill("bright snare")
    sound.get_by_role("button", name="Find").click()
    assert "snare" in last(plain, "/lb/found")[0]  # type: ignore[operator]
    expect(sound.locator("#notices")).to_contain_text("snare")
