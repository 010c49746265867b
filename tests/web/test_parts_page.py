"""One page, sixteen parts: what it shows and moves is the part that is chosen, and no other."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from runtime.controls.osc_rows import keys
from runtime.controls.osc_schema import Action
from runtime.controls.osc_table import TABLE, of_part
from runtime.event_log import read_event_log
from runtime.events import Kind
from tests.system.playing import eventually
from tests.web.conftest import open_in
from tests.web.serving import PlainPage, serving
from tests.web.test_page import knob, type_value

BRIGHTNESS = "/lb/part/10/axis/brightness"
TO_EVERY_PART = {Action.ALL_OFF, Action.CAPTURE, Action.CAPTURE_VARIATIONS}
ADDRESSES = """(addresses) => import("/parts.js").then(({ addressOf, heardBy }) => addresses.map(
  (address) => [addressOf(3, address), heardBy(3, address) ?? ""]))"""


def choose(page: Page, part: int) -> None:
    page.get_by_label("Part", exact=True).select_option(str(part))


def moved(page: Page, to: str) -> None:
    expect(knob(page, "brightness")).to_have_attribute("aria-valuenow", to)


def test_the_page_knows_which_addresses_are_a_parts_as_the_table_has_it(opened: Page) -> None:
    sent = {row.address: row.is_of_part and row.action not in TO_EVERY_PART for row in TABLE if row.action}
    told = opened.evaluate(ADDRESSES, list(sent))
    assert {address: one[0] == of_part(address, 3) for address, one in zip(sent, told, strict=True)} == sent
    of_all = [feedback.address for row in TABLE if not row.is_of_part for feedback in row.feedback]
    # Everybody hears of kits, presets and voices, whichever part they came from.
    of_all += [row.address for row in keys.ROWS if row.action is Action.LIST_KITS]
    assert [one[1] for one in opened.evaluate(ADDRESSES, of_all)] == of_all


def test_another_part_is_shown_and_moved_and_only_by_those_who_chose_it(
    opened: Page, plain: PlainPage, open_another: Callable[[], Page]
) -> None:
    type_value(opened, "brightness", "75")
    plain.send([BRIGHTNESS, 0.25], ["/lb/part/10/axis/brightness/lock", 1], ["/lb/part/10/axis/decay/lfo", 0.5, 2])
    other = open_another()
    choose(opened, 10)
    moved(opened, "0.25")
    moved(other, "0.75")
    expect(opened.locator(".knob.is-locked")).to_have_count(1)
    expect(opened.locator(".motion.is-moving")).to_have_count(1)
    type_value(opened, "brightness", "37.5")
    while plain.until(BRIGHTNESS)[-1][1] != 0.375:
        pass
    choose(opened, 11)
    moved(opened, "0.5")
    expect(opened.locator(".knob.is-locked")).to_have_count(0)
    expect(opened.locator(".motion.is-moving")).to_have_count(0)
    choose(other, 10)
    moved(other, "0.375")
    other.reload()
    expect(other.get_by_label("Part", exact=True)).to_have_value("10")
    moved(other, "0.375")
    choose(other, 1)
    moved(other, "0.75")
    plain.send(["/lb/axis/brightness", 0.5], [BRIGHTNESS, 0.5], ["/lb/part/10/axis/decay/lfo", 0])


def test_pads_play_and_change_the_part_that_is_chosen_and_let_go_before_another_is(
    page: Page, complaints: list[str], drums: Path, tmp_path: Path
) -> None:
    log = tmp_path / "played.log"
    with serving(drums, tmp_path, "--log", str(log)) as served:

        def notes() -> list[tuple[Kind, int]]:
            events = read_event_log(log).events
            return [(one.kind, one.part) for one in events if one.kind in (Kind.NOTE_ON, Kind.NOTE_OFF)]

        open_in(page, served.link)
        page.get_by_role("tab", name="Play").click()
        choose(page, 10)
        page.locator("main").focus()
        page.keyboard.down("KeyX")
        assert eventually(lambda: notes() == [(Kind.NOTE_ON, 10)])
        choose(page, 2)
        assert eventually(lambda: notes() == [(Kind.NOTE_ON, 10), (Kind.NOTE_OFF, 10)])
        page.keyboard.up("KeyX")
        other = served.page().settle()
        page.get_by_role("button", name="Lock", exact=True).click()
        assert other.until("/lb/part/2/key/lock")[-1][1:] == [37, 1]
        # A new connection is told of part 1; the page asks for its own.
        os.kill(served.instrument.child("page_process"), signal.SIGKILL)
        expect(page.get_by_role("button", name="Pad 2, rim, C♯1, locked")).to_be_visible()
        choose(page, 1)
        expect(page.get_by_role("button", name="Pad 2, rim, C♯1", exact=True)).to_be_visible()


def test_a_page_that_comes_late_sees_which_corners_of_the_morph_are_kept(
    opened: Page, plain: PlainPage, open_another: Callable[[], Page]
) -> None:
    opened.get_by_role("button", name="Keep as C").click()
    plain.until("/lb/morph/stored")
    expect(open_another().locator(".is-stored")).to_have_text(["Keep as C"])
