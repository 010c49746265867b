"""The page on a phone: what is played is under the fingers, and they reach all that a mouse does."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from tests.system.playing import eventually
from tests.web.conftest import complaints_of, open_in
from tests.web.serving import PlainPage, Serving
from tests.web.test_page import knob

UPRIGHT: ViewportSize = {"width": 390, "height": 844}
LYING: ViewportSize = {"width": 844, "height": 390}


class Fingers:
    """The browser's own touches: Playwright's have one finger, and never rest."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context.new_cdp_session(page)

    def lie(self, *places: tuple[float, float]) -> None:
        """Fingers lie on some places now; those that lay elsewhere have slid there."""
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._browser.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points})

    def slide(self, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self._browser.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": points})

    def lift(self) -> None:
        self._browser.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture(scope="module")
def once(browser: Browser, served: Serving) -> Iterator[tuple[Page, list[str]]]:
    context = browser.new_context(viewport=UPRIGHT, has_touch=True, is_mobile=True)
    page = context.new_page()
    complaints = complaints_of(page)
    yield open_in(page, served.link), complaints
    context.close()


@pytest.fixture
def phone(once: tuple[Page, list[str]]) -> Iterator[Page]:
    """The page on a phone that is held upright, at its first view."""
    page, complaints = once
    page.set_viewport_size(UPRIGHT)
    page.get_by_role("tab", name="Sound").click()
    yield page
    assert complaints == []


def test_all_pads_are_on_the_screen_and_no_view_is_wider_than_it(phone: Page) -> None:
    for tab in phone.get_by_role("tab").all():
        tab.click()
        assert phone.evaluate("document.documentElement.scrollWidth") == UPRIGHT["width"], tab.inner_text()
        expect(phone.get_by_role("tab").last).to_be_in_viewport(ratio=1)
    phone.get_by_role("tab", name="Sound").click()
    phone.mouse.wheel(0, 600)
    assert eventually(lambda: phone.evaluate("scrollY") > 0)
    phone.get_by_role("tab", name="Play").click()
    for pad in phone.locator(".drum-pad").all():
        expect(pad).to_be_in_viewport(ratio=1)


def test_on_a_low_screen_the_bar_goes_away_with_the_page(phone: Page) -> None:
    phone.set_viewport_size(LYING)
    expect(phone.get_by_role("button", name="Panic")).to_be_in_viewport()
    phone.mouse.wheel(0, 300)
    expect(phone.get_by_role("button", name="Panic")).not_to_be_in_viewport()


def test_two_knobs_are_turned_at_once_and_a_finger_that_rests_opens_the_menu(phone: Page, plain: PlainPage) -> None:
    fingers, places = Fingers(phone), [middle(knob(phone, name)) for name in ("brightness", "decay")]
    fingers.lie(*places)
    fingers.slide(*[(x, y - 44) for x, y in places])
    fingers.lift()
    for name in ("brightness", "decay"):
        expect(knob(phone, name)).to_have_attribute("aria-valuenow", "0.7")
    fingers.lie(places[1])
    phone.get_by_role("menuitem", name="Back to its default").wait_for()
    fingers.lift()
    phone.get_by_role("menuitem", name="Back to its default").tap()
    expect(knob(phone, "decay")).to_have_attribute("aria-valuenow", "0.5")
    plain.send(["/lb/axis/brightness", 0.5])


def test_two_fingers_zoom_the_map_and_leave_the_place_and_one_moves_it(phone: Page, plain: PlainPage) -> None:
    phone.get_by_role("tab", name="Map").click()
    area = phone.get_by_role("application", name="Map of sounds")
    x, y = middle(area)
    before = area.screenshot()
    fingers = Fingers(phone)
    fingers.lie((x - 30, y), (x + 30, y))
    fingers.slide((x - 90, y), (x + 90, y))
    fingers.lift()
    phone.wait_for_timeout(100)
    assert area.screenshot() != before
    plain.send(["/lb/ping", 1], ["/lb/tell"])
    stood = plain.until("/lb/map")[-1]
    fingers.lie((x, y))
    fingers.slide((x + 40, y - 40))
    fingers.lift()
    assert plain.until("/lb/map")[-1] != stood


def test_a_notice_is_played_through_and_can_be_dismissed(phone: Page, plain: PlainPage) -> None:
    phone.get_by_role("tab", name="Play").click()
    phone.locator(".keyboard").scroll_into_view_if_needed()
    phone.evaluate("import('/main.js').then(({ page }) => page.notices.say('Something happened'))")
    notice = phone.locator(".notice")
    fingers = Fingers(phone)
    x, y = middle(notice)
    fingers.lie((x - 60, y))
    expect(phone.locator(".keyboard .held")).to_have_count(1)
    fingers.lift()
    notice.get_by_role("button", name="Dismiss").tap()
    expect(notice).to_have_count(0)
