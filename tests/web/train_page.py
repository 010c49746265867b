"""The view that trains, as somebody finds the way about it by its labels."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import in_the_way
from tests.web.serving import PlainPage

NAME = "My_kit"
LONG_MS = 200_000
"""For what the trainer takes its time for: it gives way to everybody, and other tests may run beside this one."""


def look_at(page: Page, path: object) -> None:
    page.get_by_label("Folder of sounds").fill(str(path))
    page.get_by_role("button", name="Look at it").click()


def run_in(page: Page, name: str = NAME) -> Locator:
    return page.get_by_role("region", name=name, exact=True)


def is_in_stage(page: Page, stage: str, name: str = NAME) -> None:
    expect(run_in(page, name).get_by_role("status").first).to_have_text(stage, timeout=LONG_MS)


def nothing_stands_in_the_way(page: Page) -> None:
    """Neither of a screen reader nor of eyes, in light and dark; nor of a thumb on a phone."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert in_the_way(page) == []
    page.emulate_media(color_scheme="light")
    size = page.viewport_size
    assert size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size(size)


def seconds_of(sound: Locator) -> float:
    found = re.search(r"([0-9.]+) s", sound.inner_text())
    assert found
    return float(found[1])


def strike(plain: PlainPage) -> None:
    """Play a note, and wait until it sounds."""
    plain.send(["/lb/note", 36, 127])
    while plain.until("/lb/voices")[-1][1] == 0:
        pass


def hearing_in(run: Locator) -> int:
    found = re.search("Hearing ([0-9]+) plays", run.inner_text())
    assert found
    return int(found[1])
