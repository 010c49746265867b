"""From trained weights to files a musician can play: export, calibration, figures, picture, and all into place.

Everything is made in the run's own folder first. What is to be seen under the name that was asked for is complete.
"""

import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from runtime.contract import (
    DecoderMetadata,
    EncoderMetadata,
    EncoderReference,
    read_decoder_metadata,
    read_hash,
    write_metadata,
)
from trainer.calibration import calibrate, some_of
from trainer.evaluation import evaluate
from trainer.export import PARITY_HOPS, export_decoder, export_encoder
from trainer.exported import VOICES_TOGETHER, ExportedModel
from trainer.fingerprints import out_of
from trainer.named_axes import LISTENED_TOGETHER, is_enough, listening
from trainer.pictures import write_reconstructions
from trainer.provenance import Provenance
from trainer.samples import Clip, Split
from trainer.settings import AxisSettings, Settings, settings_hash
from trainer.vae import HARMONIC, VariationalAutoencoder

EVALUATION_SHARE = 0.05
"""The most of a run's time that figures, the reading of sounds for calibration, and listening for the named axes may
each take."""
MAPPING_SECONDS = 0.006
"""Per sound, to find its place on the map."""
VARYING_SECONDS = 0.02
"""Per variation of a note, to make it."""


_DRUMS: dict[str, Any] = {"pitched": False, "release": "envelope", "velocity": "engine"}
_NOTES: dict[str, Any] = {
    "pitched": True,
    "time_rate_range": (0.0, 1.0),
    "sustain_seconds": 1.0,
    "release": "model",
    "release_seconds": 3.0,
    "velocity": "model",
}
"""What a decoder of each kind does itself."""


@dataclass(frozen=True)
class OutputFiles:
    """Where a run's files are: what it makes, and the folder of its checkpoints and TensorBoard files."""

    decoder: Path
    encoder: Path
    picture: Path
    run_folder: Path
    checkpoint: Path

    @classmethod
    def beside(cls, out: Path) -> "OutputFiles":
        """Return the files that belong to ``--out NAME.onnx``: beside it, and in ``runs/NAME``."""
        folder = out.parent / "runs" / out.stem
        return cls(out, out.with_suffix(".encoder.onnx"), out.with_suffix(".png"), folder, folder / "checkpoint.ckpt")


@dataclass(frozen=True)
class FinishPlan:
    """How long the end of a run takes.

    ``seconds`` is all of it; figures are taken until ``picture_seconds`` are left, which drawing and moving files need.
    ``calibrated_sounds`` are read, and ``named_axes`` says how much is listened to for the named axes.
    """

    seconds: float
    calibrated_sounds: int
    picture_seconds: float
    named_axes: AxisSettings


def preliminary_metadata(settings: Settings, channels: int, provenance: Provenance) -> DecoderMetadata:
    """Return the metadata of a decoder that is not calibrated yet."""
    model = settings.model
    return DecoderMetadata(
        name=provenance.name,
        family=model.family,
        sample_rate=model.sample_rate,
        hop_frames=model.hop_frames,
        channels=channels,
        latent_size=model.latent_size,
        longest_note_seconds=model.longest_seconds,
        default_latent=(0.0,) * model.latent_size,
        training_data=provenance.sources,
        training_settings=provenance.training_settings(settings),
        settings_hash=settings_hash(settings),
        **(_NOTES if model.family == HARMONIC else _DRUMS),
    )


def export_pair(
    vae: VariationalAutoencoder,
    metadata: DecoderMetadata,
    decoder: Path,
    encoder: Path,
    parity_hops: int = PARITY_HOPS,
) -> None:
    """Export decoder and encoder and make each name the other's hash.

    Raises LatentbridgeError if over ``parity_hops`` the exported decoder does not sound as it does in torch.
    """
    export_decoder(vae, metadata, decoder, parity_hops)
    export_encoder(
        vae,
        EncoderMetadata(
            name=metadata.name,
            sample_rate=metadata.sample_rate,
            channels=metadata.channels,
            frames=vae.settings.encoder_frames,
            latent_size=metadata.latent_size,
            decoder_hash=read_hash(decoder),
        ),
        encoder,
    )
    written = read_decoder_metadata(decoder)
    reference = EncoderReference(file=encoder.name, hash=read_hash(encoder))
    write_metadata(decoder, written.model_copy(update={"encoder": reference}))


@dataclass(frozen=True)
class EndCosts:
    """How long the parts of a run's end take on this machine, in seconds."""

    export: float
    encode: float
    """Per sound."""
    hop: float
    """Per hop of ``VOICES_TOGETHER`` voices."""
    axis_sound: float
    """Per sound that is heard for the named axes."""

    def plan(self, metadata: DecoderMetadata, sounds: int, settings: Settings, minutes: float) -> FinishPlan:
        """Return what the end of a run of so many minutes is to do, trained on ``sounds``."""
        share_seconds = max(EVALUATION_SHARE * minutes * 60, 1.0)
        variations = settings.calibration.note_variations if metadata.pitched else 0
        read_seconds = self.encode + 0.002 + variations * (self.encode + VARYING_SECONDS)
        calibrated = min(sounds, max(64, int(share_seconds / read_seconds)))
        mapped = min(calibrated, settings.calibration.most_map_points)
        heard = settings.calibration.level_sounds + mapped
        played = self._decode(metadata, heard, settings.calibration.level_seconds)
        calibration_seconds = calibrated * read_seconds + played + mapped * MAPPING_SECONDS
        # A model with random weights is silent or loud, not costly: it takes as long to hear as a trained one.
        axes = settings.calibration.named_axes.within(int(share_seconds / self.axis_sound))
        axes_seconds = share_seconds if is_enough(axes, metadata.latent_size) else 0.0
        longest = self._decode(metadata, VOICES_TOGETHER, settings.model.longest_seconds)
        per_sound = self.encode + longest / VOICES_TOGETHER + 0.1
        evaluation_seconds = min(share_seconds, 2 * settings.run.evaluated_sounds * per_sound)
        picture_seconds = 2.0 + self._decode(metadata, 12, 1.0)
        needed = 1.1 * (self.export + calibration_seconds) + axes_seconds + evaluation_seconds + picture_seconds
        return FinishPlan(needed, calibrated, picture_seconds, axes)

    def _decode(self, metadata: DecoderMetadata, sounds: int, seconds: float) -> float:
        return math.ceil(sounds / VOICES_TOGETHER) * seconds / metadata.hop_seconds * self.hop


def rehearse(
    vae: VariationalAutoencoder,
    metadata: DecoderMetadata,
    files: OutputFiles,
    clips: Sequence[Clip],
    settings: Settings,
) -> EndCosts:
    """Do the end of the run once with untrained weights, to know how long it takes, and that it works at all."""
    decoder, encoder = (files.run_folder / f"rehearsal{suffix}" for suffix in (".onnx", ".encoder.onnx"))
    began = time.monotonic()
    export_pair(vae, metadata, decoder, encoder)
    model = ExportedModel(decoder, encoder)
    export_seconds = time.monotonic() - began
    encode_seconds = _seconds(lambda: model.encode([np.asarray(clips[0].audio, np.float32)]), 3)
    hops = 8
    latents = np.zeros((VOICES_TOGETHER, metadata.latent_size), np.float32)
    hop_seconds = _seconds(lambda: model.decode(latents, hops * metadata.hop_seconds), 2) / hops
    began = time.monotonic()
    listening(model, settings.calibration.named_axes)
    axis_sound_seconds = (time.monotonic() - began) / LISTENED_TOGETHER
    decoder.unlink()
    encoder.unlink()
    return EndCosts(export_seconds, encode_seconds, hop_seconds, axis_sound_seconds)


def _seconds(work: Any, times: int) -> float:
    """Return how long ``work`` takes, in seconds: the mean of some calls after one that warms up."""
    work()
    began = time.monotonic()
    for _ in range(times):
        work()
    return (time.monotonic() - began) / times


def write_model(
    vae: VariationalAutoencoder,
    metadata: DecoderMetadata,
    files: OutputFiles,
    clips: Split,
    classes: Sequence[str],
    settings: Settings,
    plan: FinishPlan,
    seconds_left: Callable[[], float],
) -> dict[str, dict[str, float]]:
    """Export, calibrate, measure, draw, and put decoder, encoder and picture into place. Returns the figures.

    Raises LatentbridgeError if the exported files do not sound like the model in torch.
    """
    decoder, encoder, picture = (files.run_folder / path.name for path in (files.decoder, files.encoder, files.picture))
    export_pair(vae, metadata, decoder, encoder)
    known = some_of(clips.training, plan.calibrated_sounds)
    calibration = replace(settings.calibration, named_axes=plan.named_axes)
    calibrated = out_of(len(clips.training), calibrate(ExportedModel(decoder, encoder), known, classes, calibration))
    write_metadata(decoder, calibrated)
    model = ExportedModel(decoder, encoder)
    figures = evaluate(
        model,
        clips.training,
        clips.held_out,
        settings.run.evaluated_sounds,
        may_go_on=lambda: seconds_left() > plan.picture_seconds,
    )
    write_metadata(
        decoder,
        calibrated.model_copy(update={"training_settings": calibrated.training_settings | {"figures": figures}}),
    )
    half = 6 if clips.held_out else 12
    shown = [*some_of(clips.training, half), *some_of(clips.held_out, half)]
    write_reconstructions(model, shown, picture)
    # The encoder first: whoever finds the new decoder finds its encoder as well.
    for made, place in ((picture, files.picture), (encoder, files.encoder), (decoder, files.decoder)):
        os.replace(made, place)
    return figures
