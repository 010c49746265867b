"""Play events on an engine and look at what comes out: what the tests about sound have in common."""

import json
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from runtime.engine.decoder import Decoder
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, Kind
from runtime.mapping import MappingTable
from tests.tiny_decoder import TinySettings, write_tiny_decoder

Audio = NDArray[np.float32]

SAMPLE_RATE = 48_000
HOP = 256
PURE = (-1.0, -1.0, 0.0, 0.0)
"""Latent at which a tiny decoder is a sine without noise."""
STEADY = (-1.0, -1.0, 0.0, 16.0)
"""The same, decaying so slowly that its level stands still."""

_FOLDER = tempfile.TemporaryDirectory(prefix="latentbridge-tests-")


@lru_cache(maxsize=64)
def _load(settings: TinySettings, voices: int, metadata: str) -> Decoder:
    folder = Path(tempfile.mkdtemp(dir=_FOLDER.name))
    return Decoder.load(write_tiny_decoder(folder, settings, **json.loads(metadata)), voices)


def tiny(settings: TinySettings | None = None, voices: int = 16, **metadata: Any) -> Decoder:
    """A loaded tiny decoder with some metadata replaced; the same one for the same arguments."""
    return _load(settings or TinySettings(), voices, json.dumps(metadata, sort_keys=True))


@dataclass
class Performance:
    """What came out, [2, frames], and the engine that made it."""

    audio: Audio
    engine: Engine
    history: NoteHistory


def perform(
    decoder: Decoder,
    events: Iterable[Event],
    frames: int,
    blocks: Iterable[int] = (),
    voices: int | None = None,
    mapping: MappingTable | None = None,
    **settings: Any,
) -> Performance:
    """Post the events and render ``frames`` in blocks of the given sizes, then of 128."""
    history = NoteHistory(decoder.metadata)
    engine = Engine(decoder, EngineSettings(voices or decoder.voices, **settings), mapping, history)
    for event in events:
        engine.post(event)
    sizes = iter(blocks)
    parts = []
    while engine.frame < frames:
        parts.append(engine.render(min(next(sizes, 128), frames - engine.frame)))
    return Performance(np.concatenate(parts, axis=1), engine, history)


def note_on(frame: int, note: int = 60, value: float = 1.0, **fields: Any) -> Event:
    """A note-on at a frame."""
    return Event(Kind.NOTE_ON, frame, note=note, value=value, **fields)


def note_off(frame: int, note: int = 60, **fields: Any) -> Event:
    """A note-off at a frame."""
    return Event(Kind.NOTE_OFF, frame, note=note, **fields)


def largest_step(audio: Audio) -> float:
    """The largest difference between neighbouring samples: a click has one that the sound around it has not."""
    return float(np.abs(np.diff(audio.astype(np.float64))).max(initial=0.0))


def level(audio: Audio) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(audio.astype(np.float64)))))


def frequency(audio: Audio, sample_rate: int = SAMPLE_RATE) -> float:
    """Frequency in Hz of a steady sine, [frames]: the FFT's peak, refined by a parabola through log magnitudes."""
    size = 8 * len(audio)
    spectrum = np.log(np.abs(np.fft.rfft(audio * np.hanning(len(audio)), size)) + 1e-12)
    peak = int(spectrum.argmax())
    left, middle, right = spectrum[peak - 1 : peak + 2]
    return (peak + (left - right) / (2 * (left - 2 * middle + right))) * sample_rate / size
