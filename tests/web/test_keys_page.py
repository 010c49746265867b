"""Pads and keyboard in a real browser: what a hand does on the page is what the engine does, and nothing goes on alone.

The engine's own account is its log, and what leaves it is its meter.
"""

import base64
import contextlib
import os
import re
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.event_log import read_event_log
from runtime.events import Event, Kind
from tests.system.playing import eventually
from tests.web.conftest import open_in
from tests.web.serving import PlainPage, Serving, serving

SILENT_DB = -59.0
HEARD_DB = -40.0
HELD_IN_TESTS = ("KeyZ",)


@dataclass
class Hearing:
    """What the engine has done since a test began."""

    log: Path
    skipped: int = 0

    def events(self) -> list[Event]:
        with contextlib.suppress(LatentbridgeError):
            return read_event_log(self.log).events[self.skipped :]
        return []

    def notes(self) -> list[tuple[int, bool]]:
        """Every note, and whether it began or was let go."""
        kinds = (Kind.NOTE_ON, Kind.NOTE_OFF)
        return [(event.note, event.kind == Kind.NOTE_ON) for event in self.events() if event.kind in kinds]

    def velocities(self) -> list[int]:
        return [round(127 * event.value) for event in self.events() if event.kind == Kind.NOTE_ON]

    def awaits(self, *notes: tuple[int, bool]) -> None:
        assert eventually(lambda: self.notes() == list(notes)), self.notes()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log") / "events.jsonl"


@pytest.fixture(scope="module")
def served(drums: Path, log: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(drums, tmp_path_factory.mktemp("captures"), "--log", str(log)) as running:
        yield running


@pytest.fixture
def hearing(served: Serving, log: Path) -> Hearing:
    return Hearing(log, len(Hearing(log).events()))


@pytest.fixture
def playing(opened_once: tuple[Page, list[str]], hearing: Hearing) -> Iterator[Page]:
    """The page with the view of pads and keyboard open, and nothing held."""
    page, complaints = opened_once
    page.get_by_role("tab", name="Play").click()
    page.get_by_label("Computer keys play").select_option("the pads")
    page.locator("main").focus()
    yield page
    page.mouse.up()
    for key in HELD_IN_TESTS:
        page.keyboard.up(key)
    assert complaints == []


def pad(page: Page, number: int) -> Locator:
    return page.get_by_role("button", name=f"Pad {number},")


def level_db(page: PlainPage) -> float:
    page.send(["/lb/level"])
    return max(page.until("/lb/level")[-1][1:3])


def press(page: Page, place: Locator, down: float = 0.5) -> None:
    """Press the mouse on something, at a share of its height from above."""
    box = place.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + down * box["height"])
    page.mouse.down()


# Pads ----------------------------------------------------------------------------------------------------------------


def test_a_pad_that_is_struck_sounds_and_is_let_go_with_the_mouse(
    playing: Page, plain: PlainPage, hearing: Hearing
) -> None:
    assert eventually(lambda: level_db(plain) < SILENT_DB)
    press(playing, pad(playing, 3))
    assert eventually(lambda: level_db(plain) > HEARD_DB)
    hearing.awaits((38, True))
    playing.mouse.up()
    hearing.awaits((38, True), (38, False))


def test_lower_on_a_pad_is_louder(playing: Page, hearing: Hearing) -> None:
    for down in (0.1, 0.5, 0.95):
        press(playing, pad(playing, 1), down)
        playing.mouse.up()
    assert eventually(lambda: len(hearing.velocities()) == 3)
    soft, middle, hard = hearing.velocities()
    assert 20 <= soft < middle - 20 < hard - 40 <= 127


def test_pads_are_struck_by_the_keyboard_of_a_computer_with_and_without_the_focus(
    playing: Page, hearing: Hearing
) -> None:
    playing.keyboard.press("KeyX")
    hearing.awaits((37, True), (37, False))
    pad(playing, 1).focus()
    playing.keyboard.press("ArrowUp")
    expect(pad(playing, 5)).to_be_focused()
    playing.keyboard.press("Space")
    playing.keyboard.press("Enter")
    hearing.awaits((37, True), (37, False), *[(40, True), (40, False)] * 2)


def test_what_is_typed_is_not_played(playing: Page, hearing: Hearing) -> None:
    playing.get_by_label("Name", exact=True).fill("")
    playing.get_by_label("Name", exact=True).press_sequentially("zx cv")
    expect(playing.get_by_label("Name", exact=True)).to_have_value("zx cv")
    playing.get_by_label("Computer keys play").select_option("nothing")
    playing.locator("main").focus()
    playing.keyboard.press("KeyX")
    playing.get_by_label("Computer keys play").select_option("the pads")
    pad(playing, 1).click()
    hearing.awaits((36, True), (36, False))


def test_who_plays_has_done_with_what_was_typed_chosen_or_turned_before(playing: Page, hearing: Hearing) -> None:
    struck = [(36, True), (36, False)]
    playing.get_by_label("Name", exact=True).click()
    pad(playing, 1).click()
    hearing.awaits(*struck)
    playing.keyboard.press("Digit2")
    struck += [(49, True), (49, False)]
    hearing.awaits(*struck)
    choice = playing.get_by_label("Computer keys play")
    choice.click()
    choice.select_option("the pads")
    playing.keyboard.press("Digit2")
    hearing.awaits(*struck, *struck[2:])
    playing.get_by_role("tab", name="Sound").click()
    knob = playing.get_by_role("slider", name="decay", exact=True)
    press(playing, knob)
    playing.mouse.move(700, 300)
    playing.mouse.up()
    expect(knob).to_be_focused()
    playing.keyboard.press("Digit2")
    hearing.awaits(*struck, *struck[2:] * 2)
    playing.keyboard.press("Enter")
    expect(playing.get_by_label("decay, value")).to_be_focused()


def test_the_last_move_is_undone_by_keys_in_every_view(playing: Page, plain: PlainPage) -> None:
    plain.send(["/lb/z", *[0.25] * 16])
    plain.until("/lb/map")
    # So that the next move is another gesture.
    playing.wait_for_timeout(600)
    plain.send(["/lb/z", *[0.5] * 16])
    playing.keyboard.press("Control+z")
    assert plain.until("/lb/z")[-1][1:] == [0.25] * 16
    playing.keyboard.press("Control+Shift+z")
    assert plain.until("/lb/z")[-1][1:] == [0.5] * 16
    playing.get_by_label("Name", exact=True).press("Control+z")
    plain.send(["/lb/undo"])
    assert plain.until("/lb/z")[-1][1:] == [0.25] * 16


def test_a_key_that_is_held_down_strikes_once(playing: Page, hearing: Hearing) -> None:
    for _ in range(5):
        playing.keyboard.down("KeyZ")
    playing.keyboard.up("KeyZ")
    hearing.awaits((36, True), (36, False))


def test_a_pad_is_drawn_anew_and_heard_and_a_locked_one_keeps_its_sound(
    playing: Page, plain: PlainPage, hearing: Hearing
) -> None:
    press(playing, pad(playing, 3))
    playing.mouse.up()
    playing.get_by_role("button", name="Re-roll", exact=True).click()
    told = plain.until("/lb/key")[-1]
    assert told[1] == 38
    hearing.awaits((38, True), (38, False), (38, True), (38, False))
    playing.get_by_role("button", name="Lock", exact=True).click()
    expect(playing.get_by_role("button", name="Re-roll", exact=True)).to_be_disabled()
    expect(pad(playing, 3)).to_have_accessible_name(re.compile("^Pad 3, .*, D1, locked$"))
    playing.get_by_role("button", name="Re-roll all").click()
    changed = [told[1]]
    while len(changed) < 16:
        changed.append(plain.until("/lb/key")[-1][1])
    assert changed.count(38) == 1
    assert len(set(changed)) == 16
    playing.get_by_role("button", name="Lock", exact=True).click()
    expect(pad(playing, 3)).to_have_accessible_name(re.compile("^Pad 3, .*, D1$"))


def test_a_kit_that_was_drawn_anew_by_mistake_comes_back(playing: Page, plain: PlainPage, drums: Path) -> None:
    keys = len(read_decoder_metadata(drums).key_map)

    def kit_after(name: str) -> dict[int, list[float]]:
        playing.get_by_role("button", name=name, exact=True).last.click()
        told: dict[int, list[float]] = {}
        while len(told) < keys:
            _, note, *told[note] = plain.until("/lb/key")[-1]
        return told

    ours, other = kit_after("Re-roll all"), kit_after("Re-roll all")
    assert all(ours[note] != other[note] for note in ours)
    assert kit_after("Undo") == ours
    assert kit_after("Redo") == other
    expect(playing.locator("#notices")).to_contain_text("Undo brings the kit before back")


def test_pads_of_one_choke_group_are_told_to_everybody(playing: Page, plain: PlainPage) -> None:
    expect(pad(playing, 7)).to_have_accessible_name(re.compile("^Pad 7, .*, F♯1, choke 1$"))
    press(playing, pad(playing, 2))
    playing.mouse.up()
    playing.get_by_label("Choke group").select_option("5")
    assert plain.until("/lb/key/choke")[-1] == ["/lb/key/choke", 37, 5]
    plain.send(["/lb/key/choke", 37, 0])
    expect(playing.get_by_label("Choke group")).to_have_value("0")


def test_a_kit_is_kept_under_a_name_and_comes_back(playing: Page, plain: PlainPage) -> None:
    playing.get_by_label("Name", exact=True).fill("Mine <b>")
    playing.get_by_role("button", name="Save", exact=True).last.click()
    kits = playing.get_by_role("combobox", name="Kit")
    expect(kits.get_by_role("option", name="Mine <b>")).to_have_count(1)
    plain.send(["/lb/key/clear", 36])
    expect(pad(playing, 1)).to_have_accessible_name("Pad 1, the sound, C1")
    kits.select_option("Mine <b>")
    playing.get_by_role("button", name="Load", exact=True).last.click()
    expect(pad(playing, 1)).not_to_have_accessible_name("Pad 1, the sound, C1")


# The keyboard --------------------------------------------------------------------------------------------------------


def test_a_finger_that_slides_over_the_keys_plays_each_and_holds_one_at_a_time(playing: Page, hearing: Hearing) -> None:
    boxes = [_key(playing, name).bounding_box() for name in ("C1", "D1", "E1")]
    first, *others = [(box["x"] + box["width"] / 2, box["y"] + 0.9 * box["height"]) for box in boxes if box]
    playing.mouse.move(*first)
    playing.mouse.down()
    for place in others:
        playing.mouse.move(*place)
    playing.mouse.up()
    hearing.awaits((36, True), (36, False), (38, True), (38, False), (40, True), (40, False))


def test_two_fingers_hold_two_keys(playing: Page, hearing: Hearing) -> None:
    """By the browser's own touches: Playwright's have one finger."""
    places = []
    for number, name in enumerate(("C1", "F♯1")):
        box = _key(playing, name).bounding_box()
        assert box
        places.append({"x": box["x"] + box["width"] / 2, "y": box["y"] + 0.5 * box["height"], "id": number})
    touch = playing.context.new_cdp_session(playing)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places[:1]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": places})
    hearing.awaits((36, True), (42, True))
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": places[:1]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    hearing.awaits((36, True), (42, True), (36, False), (42, False))


def test_the_octave_may_be_shifted_while_a_key_is_held(playing: Page, hearing: Hearing) -> None:
    playing.get_by_label("Computer keys play").select_option("the keyboard")
    playing.locator("main").focus()
    playing.keyboard.down("KeyD")
    playing.keyboard.press("KeyX")
    expect(_key(playing, "C4")).to_be_visible()
    playing.keyboard.up("KeyD")
    playing.keyboard.press("KeyD")
    playing.keyboard.press("KeyZ")
    hearing.awaits((40, True), (40, False), (52, True), (52, False))


def _key(page: Page, name: str) -> Locator:
    return page.get_by_role("group", name="Keyboard from").get_by_role("button", name=name, exact=True)


# Nothing hangs -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("event", ["blur", "pagehide"])
def test_a_page_that_is_left_lets_go_of_what_it_holds(playing: Page, hearing: Hearing, event: str) -> None:
    playing.keyboard.down("KeyZ")
    press(playing, pad(playing, 3))
    playing.evaluate("name => window.dispatchEvent(new Event(name))", event)
    hearing.awaits((36, True), (38, True), (36, False), (38, False))


def test_a_page_that_is_closed_while_a_key_is_down_leaves_no_note(
    served: Serving, open_another: Callable[[], Page], hearing: Hearing
) -> None:
    other = open_another()
    other.keyboard.down("KeyZ")
    hearing.awaits((36, True))
    other.close()
    hearing.awaits((36, True), (36, False))


def test_a_lost_connection_leaves_no_note_and_no_pressed_key(
    new_context: Callable[..., Any], served: Serving, hearing: Hearing
) -> None:
    page = open_in(new_context().new_page(), served.link)
    page.get_by_role("tab", name="Play").click()
    page.keyboard.down("KeyZ")
    expect(page.locator(".drum-pad.held")).to_have_count(1)
    hearing.awaits((36, True))
    os.kill(served.instrument.child("page_process"), signal.SIGKILL)
    hearing.awaits((36, True), (36, False))
    expect(page.locator(".drum-pad.held")).to_have_count(0)
    expect(page.get_by_role("alert")).to_be_hidden()
    page.keyboard.up("KeyZ")
    page.keyboard.press("KeyX")
    hearing.awaits((36, True), (36, False), (37, True), (37, False))


@pytest.mark.long
def test_a_tablet_that_leaves_the_network_while_a_key_is_down_leaves_no_note(served: Serving, hearing: Hearing) -> None:
    """A socket that nobody closes, and at whose other end nobody answers any more."""
    with socket.create_connection(("127.0.0.1", served.port)) as tablet:
        key = base64.b64encode(os.urandom(16)).decode()
        tablet.sendall(
            f"GET /socket?token={served.token()} HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\n"
            f"Origin: {served.origin}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {key}\r\n\r\n".encode()
        )
        assert b" 101 " in tablet.recv(4096)
        said = b'[["/lb/note", 36, 100]]'
        # A text frame, masked with zeros (RFC 6455, 5.2).
        tablet.sendall(bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said)
        hearing.awaits((36, True))
        hearing.awaits((36, True), (36, False))
