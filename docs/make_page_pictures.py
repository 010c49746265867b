"""The pictures of the page: ``python docs/make_page_pictures.py`` plays the shipped drums and looks in a browser.

With names, such as ``page-map``, only these are drawn.
"""

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).parent / "pictures"
ONESHOTS = Path(__file__).parent.parent / "tests" / "data" / "oneshots"
sys.path.insert(0, str(Path(__file__).parent.parent))

from runtime.model_files import shipped_models  # noqa: E402
from tests.web.conftest import CHROMIUM, CHROMIUM_OPTIONS, open_in  # noqa: E402
from tests.web.serving import serving  # noqa: E402

SIZE = {"width": 1280, "height": 820}
COLOURS = 64
"""Of a picture: the page has few, and a README is to load quickly."""
SETTLING_MS = 1500


def draw_map(page: Page) -> None:
    """The map, with the trail of a journey."""
    page.get_by_role("tab", name="Map").click()
    page.wait_for_timeout(SETTLING_MS)
    box = page.locator("canvas").first.bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.6
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(30):
        page.mouse.move(x + 6 * step, y - 5 * step + 30 * ((step // 6) % 2))
        page.wait_for_timeout(20)
    page.mouse.up()


def draw_play(page: Page) -> None:
    """Pads and keyboard."""
    page.get_by_role("tab", name="Play").click()


def draw_sound(page: Page) -> None:
    """Knobs, one of them moving, and the numbers of the place."""
    page.get_by_role("tab", name="Sound").click()
    page.evaluate("""async () => {
        const { page } = await import("/main.js");
        page.connection.move("/lb/axis/brightness", 0.72);
        page.connection.move("/lb/axis/decay", 0.3);
        page.connection.move("/lb/axis/noisiness/lfo", 0.5, 0.4, 0, 0, 0);
    }""")


def draw_train(page: Page) -> None:
    """A run that has learnt for a minute."""
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("Folder of sounds").fill(str(ONESHOTS))
    page.get_by_role("button", name="5 minutes").click()
    page.get_by_role("button", name="Train", exact=True).click()
    page.get_by_label("Play what it has learnt so far").check()
    page.get_by_text("Hearing 3 plays").wait_for(timeout=300_000)
    page.evaluate("scrollTo(0, 0)")


VIEWS: dict[str, tuple[Callable[[Page], None], str]] = {
    "page-map": (draw_map, "light"),
    "page-play": (draw_play, "dark"),
    "page-sound": (draw_sound, "light"),
    "page-train": (draw_train, "light"),
}


def main() -> None:
    """Draw the pictures that are named, or every one."""
    with tempfile.TemporaryDirectory() as folder:
        # What the user has trained is left alone.
        os.environ["XDG_DATA_HOME"] = folder
        draw_views(sys.argv[1:] or list(VIEWS), Path(folder) / "captures")


def draw_views(names: list[str], captures: Path) -> None:
    """Play, and look at views in a browser."""
    with serving(shipped_models()["drums"], captures) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS))
        for name in names:
            draw, scheme = VIEWS[name]
            page = browser.new_context(viewport=SIZE, color_scheme=scheme).new_page()  # type: ignore[arg-type]
            draw(open_in(page, served.link))
            page.wait_for_timeout(SETTLING_MS)
            path = PICTURES / f"{name}.png"
            page.screenshot(path=path)
            Image.open(path).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
