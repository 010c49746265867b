"""What a run writes down while it trains, for TensorBoard: losses often, spectrograms and sounds now and then."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch.utils.tensorboard import SummaryWriter

from trainer.batches import padded_batch
from trainer.calibration import evenly_spaced
from trainer.pictures import spectrogram_image
from trainer.pitched_clips import Playing
from trainer.training_loop import StepResult
from trainer.vae import VariationalAutoencoder


class HeardClip(Protocol):
    """A sound to listen to along the way: ``audio`` float32 [channels, frames]."""

    @property
    def audio(self) -> Any:
        """Waveform [channels, frames]."""
        ...


class Journal:
    """Losses, spectrograms and audio of a few fixed sounds.

    Args:
        folder: where TensorBoard's files go.
        clips: sounds to choose a few from.
        sample_rate: in Hz.
        step: steps that are already done; what an interrupted run wrote after it is hidden.
    """

    def __init__(self, folder: Path, clips: Sequence[HeardClip], sample_rate: int, step: int) -> None:
        self._writer = SummaryWriter(str(folder), purge_step=step or None)
        self._clips = [clips[i] for i in evenly_spaced(len(clips), 4)]
        self._sample_rate = sample_rate

    def losses(self, result: StepResult) -> None:
        """Write the loss terms, the learning rate and the time of one step."""
        for name, term in result.terms.items():
            self._writer.add_scalar(f"loss/{name}", float(term), result.step)
        self._writer.add_scalar("run/learning_rate", result.learning_rate, result.step)
        self._writer.add_scalar("run/step_seconds", result.seconds, result.step)

    @torch.no_grad()
    def sounds(self, vae: VariationalAutoencoder, step: int, most_hops: int = 128) -> None:
        """Write spectrograms and audio of the fixed sounds: originals once, what the model makes of them each time."""
        device = next(vae.parameters()).device
        was_training = vae.training
        vae.eval()
        whole = padded_batch(self._clips, vae.settings.encoder_frames)
        frames = min(
            most_hops * vae.settings.hop_frames, whole.shape[-1] // vae.settings.hop_frames * vae.settings.hop_frames
        )
        mean, _ = vae.encode(whole.to(device))
        playing = Playing.of(self._clips)
        velocity, pitch = (torch.from_numpy(x).to(device)[:, None] for x in (playing.velocity, playing.pitch))
        held_hops = torch.from_numpy(playing.held_seconds).to(device) * (self._sample_rate / vae.settings.hop_frames)
        noise = 2 * torch.rand(len(whole), whole.shape[1], frames, generator=torch.Generator().manual_seed(0)) - 1
        start = torch.zeros(len(whole), dtype=torch.long, device=device)
        hops = frames // vae.settings.hop_frames
        made = vae.decode(mean, velocity, pitch, noise.to(device), start, hops, held_hops)
        for number, (real, decoded) in enumerate(zip(whole[..., :frames], made.cpu(), strict=True), start=1):
            if step == 0:
                self._sound(f"sound_{number}/original", real.mean(0).numpy(), step)
            self._sound(f"sound_{number}/decoded", decoded.mean(0).numpy(), step)
        vae.train(was_training)

    def _sound(self, name: str, waveform: np.ndarray[Any, np.dtype[np.float32]], step: int) -> None:
        self._writer.add_audio(name, np.clip(waveform, -1, 1)[None], step, sample_rate=self._sample_rate)
        self._writer.add_image(f"{name}_spectrogram", spectrogram_image(waveform, self._sample_rate), step)

    def close(self) -> None:
        """Write what is left and close the files."""
        self._writer.close()
