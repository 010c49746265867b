"""The page in a real browser: what it shows follows the instrument, and what is touched on it moves the instrument."""

import base64
import os
import re
import signal
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import in_the_way, open_in
from tests.web.serving import PlainPage, serving


def knob(page: Page, name: str) -> Locator:
    return page.get_by_role("slider", name=name, exact=True)


def type_value(page: Page, name: str, text: str) -> None:
    """Type a value at a knob, as somebody does who has only a keyboard."""
    page.keyboard.press("Tab")
    knob(page, name).focus()
    page.keyboard.type(text)
    page.keyboard.press("Enter")


def test_the_page_names_the_model_and_shows_its_axes(opened: Page) -> None:
    expect(opened).to_have_title(re.compile("drums"))
    expect(knob(opened, "brightness")).to_be_visible()


def test_a_knob_on_the_page_moves_the_instrument_and_another_page(
    opened: Page, plain: PlainPage, open_another: Callable[[], Page]
) -> None:
    other = open_another()
    type_value(opened, "brightness", "75")
    assert plain.until("/lb/axis/brightness")[-1][1] == 0.75
    expect(knob(other, "brightness")).to_have_attribute("aria-valuenow", "0.75")


def test_what_others_move_is_seen_on_the_page(opened: Page, plain: PlainPage) -> None:
    plain.send(["/lb/gain", -11.5])
    expect(opened.locator("#bar-tools")).to_contain_text("-11.5 dB")
    plain.send(["/lb/gain", 0])


def test_a_server_that_goes_is_noticed_and_one_that_comes_back_is_found(
    page: Page, drums: Path, tmp_path: Path
) -> None:
    with serving(drums, tmp_path) as served:
        port = served.port
        open_in(page, served.link)
        knob(page, "decay").click(button="right")
        page.get_by_role("menuitem", name="Keep it in random moves").click()
        expect(page.locator(".knob.is-locked")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text("does not answer")
    with serving(drums, tmp_path, web=f"127.0.0.1:{port}") as again:
        assert again.port == port
        expect(page.get_by_role("alert")).to_be_hidden()
        other = again.page().settle()
        type_value(page, "brightness", "25")
        assert other.until("/lb/axis/brightness")[-1][1] == 0.25
        expect(page.locator(".knob.is-locked")).to_have_count(0)


def test_a_stuck_interface_is_noticed_and_found_again(page: Page, drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path) as served:
        open_in(page, served.link)
        os.kill(served.instrument.process.pid, signal.SIGSTOP)
        try:
            expect(page.get_by_role("alert")).to_contain_text("does not answer")
        finally:
            os.kill(served.instrument.process.pid, signal.SIGCONT)
        expect(page.get_by_role("alert")).to_be_hidden()


def test_tabs_and_everything_in_them_are_reached_by_the_keyboard(opened: Page) -> None:
    opened.keyboard.press("Tab")
    expect(opened.get_by_text("Skip to the instrument")).to_be_focused()
    opened.keyboard.press("Tab")
    expect(opened.get_by_role("tab", selected=True)).to_be_focused()


def test_nothing_serious_stands_in_the_way_of_a_screen_reader(opened: Page) -> None:
    for tab in opened.get_by_role("tab").all():
        tab.click()
        assert in_the_way(opened) == []


def test_a_note_moves_the_meter_and_the_count_of_voices(opened: Page, plain: PlainPage) -> None:
    meter = opened.get_by_role("meter", name="Left level")
    expect(meter).to_have_attribute("aria-valuetext", "silent")
    plain.send(["/lb/note", 38, 127])
    expect(meter).to_have_attribute("aria-valuetext", re.compile(r"^-?[0-9]+ dB$"))
    expect(opened.locator(".voices")).not_to_have_text("0")


RIGHTMOST = """async (picture) => {
  const image = new Image();
  image.src = `data:image/png;base64,${picture}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d", { willReadFrequently: true });
  canvas.drawImage(image, 0, 0);
  for (let x = image.width - 2; x > 0; x--) {
    const [red, green, blue] = canvas.getImageData(x, image.height >> 1, 1, 1).data;
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) return [red, green];
  }
}"""


def test_a_meter_is_red_only_where_it_is_loud(opened: Page) -> None:
    opened.evaluate("""import("/main.js").then(({ page }) => {
      page.state.hear = () => {};
      page.state.move("/lb/level", [-20, -1, 0, 0]);
    })""")
    quiet, loud = (
        opened.evaluate(RIGHTMOST, base64.b64encode(opened.locator(".bar").nth(side).screenshot()).decode())
        for side in (0, 1)
    )
    assert quiet[1] > quiet[0], "green"
    assert loud[0] > loud[1], "red"


def test_an_address_without_its_token_says_what_is_missing(page: Page, drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path, web="0.0.0.0:0") as served:
        page.goto(f"http://127.0.0.1:{served.port}/")
        expect(page.get_by_role("alert")).to_contain_text("lacks its token")
        page.goto(f"http://127.0.0.1:{served.port}/#{urlsplit(served.link).fragment}")
        expect(page.locator("#model-name")).to_have_text("drums")
        expect(page.get_by_role("alert")).to_be_hidden()
        assert "#" not in page.url
        page.get_by_text("Skip to the instrument").press("Enter")
        assert "#panels" in page.url
        page.reload()
        expect(page.locator("#model-name")).to_have_text("drums")


def test_another_model_is_chosen_on_the_page_and_one_that_is_not_there_is_told(
    page: Page, complaints: list[str], drums: Path, tmp_path: Path
) -> None:
    with serving(drums, tmp_path) as served:
        open_in(page, served.link)
        page.get_by_role("tab", name="Setup").click()
        expect(page.get_by_role("button", name="drums", pressed=True)).to_be_visible()
        page.get_by_role("button", name="notes").click()
        expect(page.get_by_role("button", name="notes", pressed=True)).to_be_visible()
        expect(page.locator("#model-name")).to_have_text("notes")
        page.get_by_label("Another file").fill("/nowhere/<b>x</b>.onnx")
        page.get_by_role("button", name="Play it").click()
        expect(page.locator("#notices")).to_contain_text("There is no model '/nowhere/<b>x</b>.onnx'")
        expect(page.locator("#model-name")).to_have_text("notes")


def test_an_engine_that_dies_is_told_until_it_is_back(
    page: Page, complaints: list[str], drums: Path, tmp_path: Path
) -> None:
    with serving(drums, tmp_path) as served:
        open_in(page, served.link)
        os.kill(served.instrument.child("engine_process"), signal.SIGKILL)
        expect(page.get_by_role("alert")).to_contain_text("The engine has ended unexpectedly")
        expect(page.get_by_role("alert")).to_be_hidden()
