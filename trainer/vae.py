"""The variational autoencoder: an encoder that hears whole sounds and a decoder that plays them hop by hop.

Kingma and Welling 2014, arXiv:1312.6114.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.decoders.harmonic import FAMILY as HARMONIC
from trainer.decoders.harmonic import HarmonicDecoder
from trainer.decoders.spectral_noise import FAMILY, SpectralNoiseDecoder
from trainer.encoder import FIRST_CYCLES_FRAMES, Encoder
from trainer.settings import ModelSettings

__all__ = ["FAMILY", "HARMONIC", "Decoder", "VariationalAutoencoder"]

Decoder = SpectralNoiseDecoder | HarmonicDecoder


def make_decoder(settings: ModelSettings, channels: int) -> Decoder:
    """Return an untrained decoder of the family that the settings name."""
    if settings.family == FAMILY:
        return SpectralNoiseDecoder(settings, channels)
    if settings.family == HARMONIC:
        return HarmonicDecoder(settings, channels)
    raise ValueError(f"no such family of decoders: {settings.family!r}")


class VariationalAutoencoder(nn.Module):
    """Encoder and decoder of one model; ``channels`` is 1 (mono) or 2 (stereo)."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        if channels not in (1, 2):
            raise ValueError(f"channels must be 1 or 2, not {channels}")
        self.settings, self.channels = settings, channels
        self.encoder = Encoder(settings, channels)
        self.decoder = make_decoder(settings, channels)

    def inner_matrices(self) -> list[nn.Parameter]:
        """Return the decoder's weights that lead from hidden vectors to hidden vectors, [outputs, inputs] each."""
        trunk = self.decoder.trunk
        layers = [trunk.condition_hidden, trunk.film]
        for block in trunk.blocks:
            layers += [block.expand, block.contract]
        return [layer.weight for layer in layers]

    def encode(self, audio: Tensor, kept: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """Where a sound lies.

        Args:
            audio: [batch, channels, frames], from the onset on, peak 1. Silence follows it, or the end is cut, to make
                ``settings.encoder_frames``.
            kept: factors of dropout, as in :class:`trainer.encoder.Encoder`; none are dropped if left out.

        Returns:
            Mean and log variance of the latent coordinate, each [batch, latent_size].
        """
        missing = max(0, FIRST_CYCLES_FRAMES - audio.shape[-1])
        return self.encoder(F.pad(audio[..., : self.settings.encoder_frames], (0, missing)), kept)

    @staticmethod
    def sample(mean: Tensor, log_variance: Tensor) -> Tensor:
        """Draw a latent coordinate from the encoder's Gaussian, so that gradients pass through."""
        return mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)

    def decode(
        self,
        latent: Tensor,
        velocity: Tensor,
        pitch: Tensor,
        noise: Tensor,
        first_hop: Tensor,
        hops: int,
        held_hops: Tensor | None = None,
        frozen_hop: Tensor | None = None,
    ) -> Tensor:
        """A stretch of notes with steady controls, as the streaming decoder would play it.

        Args:
            latent: [batch, latent_size].
            velocity: 0…1, [batch, 1]; drums leave it to the engine.
            pitch: MIDI note number, [batch, 1], or its course, [batch, 1 + hops], as in :class:`HarmonicDecoder`;
                unpitched sounds do not hear it.
            noise: uniform in −1…1, [batch, channels, hops × hop_frames].
            first_hop: hop of each note at which the stretch begins, whole numbers [batch].
            hops: length of the stretch.
            held_hops: how many hops each key is held, [batch]; for ever if left out. Unpitched sounds do not hear it.
            frozen_hop: note time at which each note stands still, [batch], infinite where it goes on; so do all if
                left out. Unpitched sounds do not hear it.

        Returns:
            Audio [batch, channels, hops × hop_frames].
        """
        if isinstance(self.decoder, HarmonicDecoder):
            held_hops = torch.full_like(latent[:, 0], torch.inf) if held_hops is None else held_hops
            return self.decoder(latent, pitch, velocity, held_hops, noise, first_hop, hops, frozen_hop)[0]
        return self.decoder(latent, noise, first_hop, hops)

    def forward(
        self, audio: Tensor, velocity: Tensor, pitch: Tensor, noise: Tensor, first_hop: Tensor, hops: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """One training pass: output of ``decode`` at a sampled coordinate, mean, log variance."""
        mean, log_variance = self.encode(audio)
        latent = self.sample(mean, log_variance)
        return self.decode(latent, velocity, pitch, noise, first_hop, hops), mean, log_variance
