"""An exported model, played as the runtime plays it: through onnxruntime, hop by hop, with nothing but its files.

Calibration, the numbers and the pictures look at sounds through this, so that they speak of what is shipped.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from runtime.contract import DecoderMetadata, read_decoder_metadata, read_encoder_metadata
from trainer.pitched_clips import Playing

Floats = npt.NDArray[np.float32]

VOICES_TOGETHER = 16


def cpu_session(model: Path | bytes) -> onnxruntime.InferenceSession:
    """Open a model, a file or its bytes, on the CPU.

    With one thread: threads that wait for each other cost more than they bring.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(
        model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
    )


class ExportedModel:
    """A decoder and its encoder, opened for a while.

    Args:
        decoder_path: decoder file.
        encoder_path: encoder file that belongs to it.

    Raises ContractError if one of them is not what it should be.
    """

    def __init__(self, decoder_path: Path, encoder_path: Path) -> None:
        self.metadata: DecoderMetadata = read_decoder_metadata(decoder_path)
        self._encoder_metadata = read_encoder_metadata(encoder_path)
        self._decoder = cpu_session(decoder_path)
        self._encoder = cpu_session(encoder_path)

    def encode(self, clips: Sequence[Floats]) -> tuple[Floats, Floats]:
        """Return posterior means and variances, each [clips, latent_size].

        Args:
            clips: waveforms [channels, frames], onset at frame 0, peak 1.
        """
        frames, channels = self._encoder_metadata.frames, self._encoder_metadata.channels
        means, variances = [], []
        for clip in clips:
            padded = np.zeros((1, channels, frames), np.float32)
            padded[0, :, : min(clip.shape[1], frames)] = clip[:, :frames]
            latent, log_variance = self._encoder.run(["latent", "log_variance"], {"audio": padded})
            means.append(latent[0])
            variances.append(np.exp(log_variance[0]))
        return np.stack(means), np.stack(variances)

    def decode(self, latents: Floats, seconds: float, playing: Playing | None = None, seed: int = 0) -> Floats:
        """Play each latent once and return [sounds, channels, frames], before ``gain_db``.

        Args:
            latents: [sounds, latent_size].
            seconds: how long to play, rounded up to whole hops.
            playing: pitch, velocity and length of each; middle C at full velocity, held, if left out. What they were
                played more softly comes out as loud as at full velocity, as clips have their peak at 1.
            seed: of the noise; every sound gets its own stream.
        """
        playing = playing or Playing.of([None] * len(latents))
        hops = int(np.ceil(seconds / self.metadata.hop_seconds))
        noise = np.random.Generator(np.random.Philox(seed))
        batches = [slice(i, i + VOICES_TOGETHER) for i in range(0, len(latents), VOICES_TOGETHER)]
        parts = [Playing(playing.pitch[b], playing.velocity[b], playing.held_seconds[b]) for b in batches]
        together = zip(batches, parts, strict=True)
        return np.concatenate([self._decode_together(latents[batch], hops, part, noise) for batch, part in together])

    def _decode_together(self, latents: Floats, hops: int, playing: Playing, noise: np.random.Generator) -> Floats:
        voices, hop, channels = len(latents), self.metadata.hop_frames, self.metadata.channels
        inputs: dict[str, Any] = {"latent": np.ascontiguousarray(latents, np.float32)}
        inputs |= {"pitch": playing.pitch[:, None], "velocity": playing.velocity[:, None]}
        inputs["time_rate"] = np.ones((voices, 1), np.float32)
        held_hops = playing.held_seconds[:, None] / np.float32(self.metadata.hop_seconds)
        states = [tensor for tensor in self._decoder.get_inputs() if tensor.name.startswith("state_")]
        inputs |= {tensor.name: np.zeros((voices, *tensor.shape[1:]), np.float32) for tensor in states}
        audio = np.zeros((voices, channels, hops * hop), np.float32)
        for k in range(hops):
            inputs["gate"] = (k < held_hops).astype(np.float32)
            inputs["noise"] = noise.uniform(-1, 1, (voices, channels, hop)).astype(np.float32)
            audio[:, :, k * hop : (k + 1) * hop], *next_states = self._decoder.run(None, inputs)
            inputs |= {tensor.name: state for tensor, state in zip(states, next_states, strict=True)}
        is_level_in_model = self.metadata.velocity == "model"
        return audio / np.maximum(playing.velocity, 0.05)[:, None, None] ** 2 if is_level_in_model else audio
