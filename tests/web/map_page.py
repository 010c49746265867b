"""The map in a browser, by what a user sees, and what the instrument did, by its log."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from playwright.sync_api import Locator, Page, expect

from runtime.contract import DecoderMetadata, read_decoder_metadata
from runtime.event_log import read_event_log
from runtime.events import Event, Kind
from runtime.offline import render
from tests.system.playing import eventually
from tests.web.serving import Serving

# A camera as the page has one before anybody has zoomed: where is a place of the map in the area?
_TO_SCREEN = """([width, height, zoom, x, y]) => import("/views/map/camera.js").then(({ Camera }) => {
  const camera = new Camera();
  camera.resize(width, height);
  camera.zoomIn(zoom);
  return camera.toScreen(x, y);
})"""


@dataclass
class Instrument:
    """What plays behind the page."""

    model: Path
    serving: Serving
    log: Path

    @property
    def metadata(self) -> DecoderMetadata:
        return read_decoder_metadata(self.model)

    def played(self) -> list[Event]:
        """All that has happened so far."""
        return read_event_log(self.log).events

    def since(self, count: int, *kinds: Kind) -> list[Event]:
        """What has happened after so many events, of some kinds."""
        return [event for event in self.played()[count:] if event.kind in kinds]

    def await_event(self, count: int, kind: Kind) -> Event:
        """The first event of a kind after so many events, once it has happened."""
        assert eventually(lambda: bool(self.since(count, kind))), f"no {kind.name}"
        return self.since(count, kind)[0]

    def sound(self, folder: Path) -> NDArray[np.float64]:
        """What the engine has played so far, to the sample, [frames]: its log, rendered."""
        target = folder / "played.wav"
        target.unlink(missing_ok=True)
        render(str(self.model), self.log, target)
        audio, _ = soundfile.read(target, always_2d=True)
        return np.asarray(audio.mean(axis=1))


class MapPage:
    """The open map."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.get_by_role("tab", name="Map").click()
        expect(self.area).to_be_visible()
        expect(page.get_by_role("button", name="Child 1")).to_be_visible()

    @property
    def area(self) -> Locator:
        return self.page.get_by_role("application", name="Map of sounds")

    def at(self, x: float, y: float, zoom: float = 1.0) -> tuple[float, float]:
        """Where on the screen a place of the map is, when zoomed about the middle."""
        box = self.area.bounding_box()
        assert box
        inside = self.area.evaluate("(area) => [area.clientWidth, area.clientHeight]")
        left, top = self.page.evaluate(_TO_SCREEN, [*inside, zoom, x, y])
        return box["x"] + 1 + left, box["y"] + 1 + top


def centroid(sound: NDArray[np.float64], sample_rate: int) -> float:
    """Middle of a sound's spectrum in Hz: low for a kick, high for a hat."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
    frequencies = np.fft.rfftfreq(len(sound), 1 / sample_rate)
    return float((spectrum * frequencies).sum() / spectrum.sum())


def pair_of_points(metadata: DecoderMetadata, first: str, others: Sequence[str], apart: float) -> tuple[int, int]:
    """A sound of one class and one of some others, as far apart on the map as wanted, as nearly as there are any."""
    places = np.array([(point.x, point.y) for point in metadata.map_points])
    names = [metadata.class_of(point.label) for point in metadata.map_points]
    own = [index for index, name in enumerate(names) if name == first]
    theirs = [index for index, name in enumerate(names) if name in others]
    distances = np.linalg.norm(places[own, None] - places[None, theirs], axis=2)
    best = np.unravel_index(np.abs(distances - apart).argmin(), distances.shape)
    return own[int(best[0])], theirs[int(best[1])]


def lonely_point(metadata: DecoderMetadata, name: str = "", margin: float = 0.0) -> int:
    """The sound, of a class or of any, that is farthest from all others on the map: no neighbour is meant instead."""
    places = np.array([(point.x, point.y) for point in metadata.map_points])
    inside = ((places >= margin) & (places <= 1 - margin)).all(axis=1)
    own = [
        index
        for index, point in enumerate(metadata.map_points)
        if inside[index] and name in ("", metadata.class_of(point.label))
    ]
    distances = np.linalg.norm(places[own, None] - places[None], axis=2)
    distances[np.arange(len(own)), own] = np.inf
    return own[int(distances.min(axis=1).argmax())]
