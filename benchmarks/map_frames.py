"""How evenly the page's map moves with ten thousand sounds on it, in a browser without a graphics card.

    python -m benchmarks.map_frames [--points 10000] [--seconds 5] [--json OUT.json]

A real `latentbridge play` of the drums, whose map is filled up with sounds between those it has, and Debian's chromium,
headless, so that the processor draws everything. The mouse hovers, drags, pans and zooms without a pause while the page
notes when each frame begins. The goal is a median of 17 ms: every frame of a screen at 60 Hz.
"""

import argparse
import itertools
import math
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

from benchmarks.result import Benchmark, Figure, Goal, figure, record
from runtime.contract import MapPoint, read_decoder_metadata, write_metadata
from runtime.model_files import find_model
from tests.web.conftest import CHROMIUM, CHROMIUM_OPTIONS, open_in
from tests.web.map_page import MapPage
from tests.web.serving import serving

BENCHMARK = Benchmark(
    name="map_frames",
    title="Map on the page",
    what=(
        "The page's map with ten thousand sounds in headless chromium at 1600 × 1000, drawn by the processor, which "
        "also plays the instrument and moves the mouse: time from one frame to the next while the mouse does one "
        "thing without a pause. Panning and zooming draw all points anew in each frame. Chromium makes 60 frames a "
        "second at most. Below that how long the points alone take to draw, at the whole map and zoomed in."
    ),
    reasons={
        "*": "two cores draw, play, serve the page and drive the browser, and there is no graphics card",
    },
)
GOAL_MS = 17.0
JITTER = 0.012
SIZE = {"width": 1600, "height": 1000}
# Counts frames until it is asked for the times between them.
_BEGIN = """() => {
  window.frames_ms = [];
  const note = (now) => { window.frames_ms.push(now); window.frame_request = requestAnimationFrame(note); };
  window.frame_request = requestAnimationFrame(note);
}"""
_END = """() => {
  cancelAnimationFrame(window.frame_request);
  return window.frames_ms.slice(1).map((ms, index) => ms - window.frames_ms[index]);
}"""
_DRAW = """([zoom, times]) => Promise.all([
  import("/views/map/camera.js"), import("/views/map/cloud.js"), import("/views/map/points.js"),
  fetch("/api/document/model").then((answer) => answer.json()),
]).then(([{ Camera }, { Cloud }, { Points }, model]) => {
  const camera = new Camera(), cloud = new Cloud(document.createElement("canvas")), points = new Points(model);
  camera.resize(1230, 660);
  camera.zoomIn(zoom);
  return Array.from({ length: times }, () => {
    const began = performance.now();
    cloud.draw(points, camera, 1);
    return performance.now() - began;
  });
})"""

Move = Callable[[Page, MapPage, float], None]


def filled_up(model: Path, count: int, folder: Path) -> Path:
    """Write a model whose map has ``count`` sounds: its own, and others close to them."""
    metadata = read_decoder_metadata(model)
    generator = np.random.default_rng(1)
    points = list(metadata.map_points)[:count]
    for point in itertools.islice(itertools.cycle(metadata.map_points), count - len(points)):
        x, y = np.clip(generator.normal((point.x, point.y), JITTER), 0, 1).tolist()
        points.append(MapPoint(x=x, y=y, latent=point.latent, label=point.label))
    target = folder / "many.onnx"
    target.write_bytes(model.read_bytes())
    write_metadata(target, metadata.model_copy(update={"map_points": tuple(points)}))
    return target


def hover(page: Page, map_page: MapPage, turns: float) -> None:
    """Let the mouse go about, touching nothing."""
    page.mouse.move(*_around(turns, 0.4))


def zoom(page: Page, map_page: MapPage, turns: float) -> None:
    """Turn the wheel in and out again."""
    page.mouse.wheel(0, -40 if math.sin(0.7 * turns) > 0 else 40)


def _around(turns: float, size: float) -> tuple[float, float]:
    return 600 + 900 * size * math.cos(turns), 450 + 600 * size * math.sin(1.7 * turns)


def measure(page: Page, map_page: MapPage, move: Move, seconds: float, key: str = "") -> list[float]:
    """Return the times between frames in ms while a hand does one thing, with ``key`` held and the mouse pressed."""
    page.mouse.move(*_around(0.0, 0.4))
    if key:
        if key != "Mouse":
            page.keyboard.down(key)
        page.mouse.down()
    page.evaluate(_BEGIN)
    began = time.monotonic()
    while (passed := time.monotonic() - began) < seconds:
        move(page, map_page, 2 * passed)
    intervals: list[float] = page.evaluate(_END)
    if key:
        page.mouse.up()
        if key != "Mouse":
            page.keyboard.up(key)
    return intervals


def frames(name: str, intervals: list[float]) -> list[Figure]:
    """Median and 95th percentile of the time from frame to frame."""
    return [
        figure(f"{name}, frame to frame", "ms", intervals, Goal(at_most=GOAL_MS)),
        figure(f"{name}, 95 of 100 frames within", "ms", [float(np.percentile(intervals, 95))]),
    ]


def measured(link: str, seconds: float) -> list[Figure]:
    """Open the map in a browser and measure everything."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(CHROMIUM_OPTIONS))
        page = browser.new_context(viewport=SIZE).new_page()
        map_page = MapPage(open_in(page, link))
        figures = []
        for name, move, key in (
            ("hover", hover, ""),
            ("drag with a trail", hover, "Mouse"),
            ("pan", hover, "Shift"),
            ("zoom", zoom, ""),
        ):
            page.get_by_role("button", name="Show the whole map").click()
            figures += frames(name, measure(page, map_page, move, seconds, key))
        for level, words in ((1, "the whole map"), (6, "zoomed in six times")):
            figures.append(figure(f"drawing all points, {words}", "ms", page.evaluate(_DRAW, [level, 60])[10:]))
        browser.close()
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description="Time the frames of the page's map.")
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        model = filled_up(find_model("drums"), arguments.points, Path(folder))
        with serving(model, Path(folder) / "captures") as instrument:
            figures = measured(instrument.link, arguments.seconds)
    record(BENCHMARK, figures, arguments.json)


if __name__ == "__main__":
    main()
