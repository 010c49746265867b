"""One instrument for all tests of a module, and a real browser that tells when something is wrong."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from runtime.model_files import shipped_models
from tests.system.playing import PATIENCE_SECONDS
from tests.web.serving import PlainPage, Serving, serving

CHROMIUM = "/usr/bin/chromium"
# Nothing of its own that it would ask the network for; no sandbox, since tests may run as root in a container.
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)

expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@pytest.fixture(scope="session")
def drums() -> Path:
    return shipped_models()["drums"]


@pytest.fixture(scope="module")
def served(drums: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(drums, tmp_path_factory.mktemp("captures")) as running:
        yield running


@pytest.fixture
def plain(served: Serving) -> Iterator[PlainPage]:
    opened = served.page().settle()
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": list(CHROMIUM_OPTIONS)}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": {"width": 1280, "height": 900}, "accept_downloads": True}


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What a browser has to complain of, which is to be nothing."""
    found = complaints_of(page)
    yield found
    assert found == []


@pytest.fixture
def opened(page: Page, served: Serving, complaints: list[str]) -> Page:
    """The page in a browser, connected."""
    return open_in(page, served.link)


@pytest.fixture(scope="module")
def opened_once(
    browser: Browser, browser_context_args: dict[str, Any], served: Serving
) -> Iterator[tuple[Page, list[str]]]:
    """A page for all tests of a module, and the browser's complaints: for those that leave it as it was."""
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    found = complaints_of(page)
    yield open_in(page, served.link), found
    context.close()


@pytest.fixture
def open_another(new_context: Callable[..., Any], served: Serving) -> Callable[[], Page]:
    """Opens the page once more, as another browser would."""
    return lambda: open_in(new_context().new_page(), served.link)


def complaints_of(page: Page) -> list[str]:
    """A list that fills with what a browser complains of: errors, and requests that leave the machine."""
    found: list[str] = []
    page.set_default_timeout(1000 * PATIENCE_SECONDS)
    page.on("console", lambda line: found.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda one: None if _stays_here(one.url) else found.append(f"asked for {one.url}"))
    return found


def open_in(page: Page, link: str) -> Page:
    """Open the page and wait until it knows the instrument."""
    page.goto(link)
    expect(page.locator("#model-name")).not_to_be_empty()
    return page


def in_the_way(page: Page) -> list[tuple[str, list[str]]]:
    """What stands seriously in the way of a screen reader, by axe's rules: each with the elements it is about."""
    found = Axe().run(page).response["violations"]
    serious = [one for one in found if one["impact"] in ("serious", "critical")]
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in serious]


def _stays_here(url: str) -> bool:
    return url.startswith(("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:"))
