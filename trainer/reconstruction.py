"""Real sounds through an exported model: encoded, decoded again, and measured against what they were."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from runtime.errors import LatentbridgeError
from trainer.calibration import evenly_spaced
from trainer.exported import VOICES_TOGETHER, ExportedModel, Floats
from trainer.figures import Figures, at_figure_rate, compare
from trainer.note_figures import note_figures
from trainer.pitched_clips import PitchedClip, Playing


class EvaluatedClip(Protocol):
    """A real sound: ``audio`` float32 [channels, frames], onset at frame 0, peak 1.

    Variants of one source sample share a group.
    """

    @property
    def path(self) -> Path:
        """Its file."""
        ...

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...

    @property
    def group(self) -> str:
        """The source sample it was made from."""
        ...


def reconstruct(model: ExportedModel, clips: Sequence[EvaluatedClip], seconds: float) -> Floats:
    """Encode sounds and decode them again: [sounds, channels, frames], frames as ``seconds`` ask for.

    Raises LatentbridgeError if the model gives numbers that are not finite.
    """
    means, _ = model.encode([np.asarray(clip.audio, np.float32) for clip in clips])
    decoded = model.decode(means, seconds, Playing.of(clips))
    if not np.isfinite(decoded).all():
        raise LatentbridgeError(
            f"The model {model.metadata.name} gives samples that are not numbers.",
            "Every sample was expected to be finite.",
            "Train it again, from nothing (--from none).",
        )
    return decoded


def in_mixed_order(clips: Sequence[EvaluatedClip], most: int) -> list[EvaluatedClip]:
    """Return at most ``most`` clips from everywhere, in an order of which every beginning is a fair sample."""
    chosen = evenly_spaced(len(clips), most)
    return [clips[chosen[i]] for i in np.random.default_rng(0).permutation(len(chosen))]


def judge(
    model: ExportedModel, clips: Sequence[EvaluatedClip], may_go_on: Callable[[], bool] = lambda: True
) -> list[Figures]:
    """Return the figures of each clip's reconstruction, in their order.

    ``may_go_on`` is asked before each batch; once it says no, only the figures so far are returned.
    """
    metadata = model.metadata
    rate, figures = metadata.sample_rate, []
    for begin in range(0, len(clips), VOICES_TOGETHER):
        if not may_go_on():
            break
        batch = clips[begin : begin + VOICES_TOGETHER]
        longest = max(np.asarray(clip.audio).shape[1] for clip in batch) / rate
        # A hop more than the longest needs, so that resampling has no end to ring at.
        decoded = reconstruct(model, batch, min(longest + metadata.hop_seconds, metadata.longest_note_seconds))
        for clip, made in zip(batch, decoded, strict=True):
            both = at_figure_rate(clip.audio, rate), at_figure_rate(made, rate)
            found = compare(*both, rate / metadata.hop_frames)
            of_notes = asdict(note_figures(clip, made, rate)) if isinstance(clip, PitchedClip) else {}
            figures.append(replace(found, **of_notes))
    return figures
