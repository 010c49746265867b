"""What has been learnt so far, made audible and playable while a run goes on.

A hearing exports the averaged weights as the end of the run does, calibrates them in little, and sets some sounds
beside what the model makes of them. It takes a few seconds, in which nothing is learnt.
"""

import copy
import io
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import soundfile
import torch
from matplotlib.image import imsave

from runtime.atomic_file import replace_file
from runtime.contract import DecoderMetadata, write_metadata
from trainer.calibration import audible_seconds, calibrate, some_of
from trainer.exported import ExportedModel, Floats
from trainer.figures import at_figure_rate, compare
from trainer.finishing import export_pair
from trainer.pictures import spectrogram_image
from trainer.progress import HeardSound, Hearing, printable
from trainer.reconstruction import reconstruct
from trainer.samples import Split
from trainer.settings import AxisSettings, CalibrationSettings, RunSettings
from trainer.vae import VariationalAutoencoder

PLAYABLE = "playable"
SOUNDS = 6
"""How many are set beside what the model makes of them; a third of them held out, where some are."""
KEPT = 4
"""Playable instruments that are kept: one that plays may be opened once more, for a kit or a capture."""
PARITY_HOPS = 100
"""Over how many hops the exported decoder is held against torch; at the end of the run it is ten times as many."""
_CALIBRATED_SOUNDS = 160
_CALIBRATION = CalibrationSettings(
    named_axes=AxisSettings().within(0), note_variations=1, level_sounds=96, most_map_points=_CALIBRATED_SOUNDS
)
_LONGEST_SECONDS = 2.0
_SHORTEST_SECONDS = 0.1


class Hearings:
    """Hears a run every so often.

    Args:
        folder: the run's; ``playable`` and ``sounds`` are made in it.
        metadata: of the decoder, uncalibrated.
        clips: what is trained on and what is held out.
        classes: names that the clips' labels index.
        settings: how often.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        folder: Path,
        metadata: DecoderMetadata,
        clips: Split,
        classes: Sequence[str],
        settings: RunSettings,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._playable, self._sounds = folder, folder / PLAYABLE, folder / "sounds"
        self._metadata, self._classes, self._settings, self._clock = metadata, classes, settings, clock
        self._known = some_of(clips.training, _CALIBRATED_SOUNDS)
        held_out = some_of(clips.held_out, SOUNDS // 3)
        self._shown = [*some_of(clips.training, SOUNDS - len(held_out)), *held_out]
        self._held_out = {clip.path for clip in held_out}
        self._number = max((int(path.name) for path in _numbered(self._playable)), default=0)
        self._due_seconds = clock() + settings.hearing_seconds
        self._longest_seconds = 0.0
        self._has_heard = False

    def is_due(self, seconds_left: float) -> bool:
        """Whether it is time for one, and whether enough of the training is left that it is of use."""
        return self._clock() >= self._due_seconds and seconds_left > 4 * self._longest_seconds

    def take(self, vae: VariationalAutoencoder, average: dict[str, torch.Tensor], step: int) -> Hearing:
        """Export, calibrate and hear the averaged weights. Raises LatentbridgeError or OSError if that fails."""
        began = self._clock()
        learnt = copy.deepcopy(vae)
        learnt.load_state_dict(average)
        self._number += 1
        folder = self._playable / f"{self._number:04d}"
        folder.mkdir(parents=True, exist_ok=True)
        decoder = folder / f"{self._metadata.name}.onnx"
        encoder = decoder.with_suffix(".encoder.onnx")
        export_pair(learnt, self._metadata, decoder, encoder, PARITY_HOPS)
        model = ExportedModel(decoder, encoder)
        write_metadata(decoder, calibrate(model, self._known, self._classes, _CALIBRATION))
        sounds = self._set_side_by_side(model)
        forget_all_but(KEPT, self._folder)
        now = self._clock()
        self._longest_seconds = max(self._longest_seconds, now - began)
        # So that hearings take their share of the time: a slow machine hears less often. The first one loads what all
        # need, and says nothing of the next.
        share_seconds = (now - began) / self._settings.hearing_share if self._has_heard else 0.0
        self._has_heard = True
        self._due_seconds = now + max(self._settings.hearing_seconds, share_seconds)
        return Hearing(self._number, step, decoder, sounds)

    def of_the_finished(self, decoder: Path, encoder: Path, step: int) -> Hearing:
        """Hear the instrument that a run has written in the end."""
        self._number += 1
        return Hearing(self._number, step, decoder, self._set_side_by_side(ExportedModel(decoder, encoder)))

    def _set_side_by_side(self, model: ExportedModel) -> tuple[HeardSound, ...]:
        """Write the shown sounds and what the model makes of them, to be heard and seen."""
        self._sounds.mkdir(exist_ok=True)
        rate = model.metadata.sample_rate
        longest = max(np.asarray(clip.audio).shape[1] for clip in self._shown) / rate
        seconds = min(longest + model.metadata.hop_seconds, model.metadata.longest_note_seconds)
        decoded = reconstruct(model, self._shown, seconds)
        heard = []
        for number, (clip, made) in enumerate(zip(self._shown, decoded, strict=True), start=1):
            original = np.asarray(clip.audio, np.float32)
            both = at_figure_rate(original, rate), at_figure_rate(made, rate)
            distance_db = compare(*both, rate / model.metadata.hop_frames).log_mel_db
            self._write(f"sound_{number}.original", original, original, rate)
            self._write(f"sound_{number}.decoded", made[:, : original.shape[1]], original, rate)
            heard.append(
                HeardSound(
                    number,
                    printable(clip.path.stem),
                    printable(self._classes[clip.label]) if clip.label >= 0 else "",
                    clip.path in self._held_out,
                    round(original.shape[1] / rate, 3),
                    round(distance_db, 2),
                )
            )
        return tuple(heard)

    def _write(self, name: str, waveform: Floats, original: Floats, rate: int) -> None:
        """Write a sound [channels, frames] with its peak at 1, and its spectrogram as long as ``original`` is heard."""
        wave = waveform / max(float(np.abs(waveform).max(initial=0.0)), 1e-4)
        buffer = io.BytesIO()
        soundfile.write(buffer, 0.9 * wave.T, rate, format="WAV", subtype="PCM_16")
        replace_file(self._sounds / f"{name}.wav", buffer.getvalue())
        seconds = min(_LONGEST_SECONDS, max(_SHORTEST_SECONDS, audible_seconds(original.mean(0), rate, -50.0)))
        shown = np.zeros(round(seconds * rate), np.float32)
        middle = wave.mean(0)[: len(shown)]
        shown[: len(middle)] = middle
        image = io.BytesIO()
        imsave(image, spectrogram_image(shown, rate).transpose(1, 2, 0), format="png")
        replace_file(self._sounds / f"{name}.png", image.getvalue())


def forget_all_but(kept: int, folder: Path) -> None:
    """Remove all but the latest playable instruments of the run in ``folder``."""
    for old in _numbered(folder / PLAYABLE)[:-kept]:
        shutil.rmtree(old, ignore_errors=True)


def _numbered(folder: Path) -> list[Path]:
    """Folders named by a number, in its order; none if there is no such folder."""
    return sorted((path for path in folder.glob("[0-9]*") if path.name.isdecimal()), key=lambda path: int(path.name))
