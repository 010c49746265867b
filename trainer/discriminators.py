"""Judges of sound: small networks that tell real from decoded sounds by their spectra, at several resolutions.

Each hears the complex spectrum, real and imaginary parts side by side (Défossez et al. 2022, arXiv:2210.13438), and its
magnitude (Jang et al. 2021, arXiv:2106.07889): the phase tells clicks from smears, the magnitude spares the network
from having to find out what loudness is. All audio channels of a sound go in together, so that width is judged too.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu
from torch.nn.utils.parametrizations import weight_norm

from trainer.settings import AdversarialSettings

WINDOWS_OVERLAP = 4
"""Each window steps by this part of itself."""
TIME_DILATIONS = (1, 2, 4)
"""Steps of time between the rows of a kernel, layer by layer, so that a judge hears decays and not only moments."""
SLOPE = 0.2


class SpectralDiscriminator(nn.Module):
    """A judge at one resolution.

    Args:
        window_frames: size of the Hann window.
        channels: audio channels of the sounds.
        settings: width of the network, compression of the spectrum.
    """

    def __init__(self, window_frames: int, channels: int, settings: AdversarialSettings) -> None:
        super().__init__()
        window = torch.hann_window(window_frames)
        # Unit power: white noise of level 1 has bins of magnitude about 1 at every size.
        self.register_buffer("window", window / torch.sqrt((window * window).sum()), persistent=False)
        self._compression, self._floor = settings.compression, settings.level_floor
        width = settings.channels
        self.entry = weight_norm(nn.Conv2d(3 * channels, width, (3, 9), stride=(1, 2), padding=(1, 4)))
        self.layers = nn.ModuleList(
            weight_norm(nn.Conv2d(width, width, (3, 9), stride=(1, 2), dilation=(dilation, 1), padding=(dilation, 4)))
            for dilation in TIME_DILATIONS
        )
        self.last = weight_norm(nn.Conv2d(width, width, 3, padding=1))
        self.score = weight_norm(nn.Conv2d(width, 1, 3, padding=1))

    def forward(self, audio: Tensor) -> list[Tensor]:
        """Judge sounds.

        Args:
            audio: [sounds, channels, frames], of level about 1.

        Returns:
            What each layer finds, [sounds, width, time, frequency]; last the scores, [sounds, 1, time, frequency]: the
            higher, the more real.
        """
        found = [leaky_relu(self.entry(self._spectrum(audio)), SLOPE)]
        for layer in (*self.layers, self.last):
            found.append(leaky_relu(layer(found[-1]), SLOPE))
        return [*found, self.score(found[-1])]

    def _spectrum(self, audio: Tensor) -> Tensor:
        """Compressed spectrum [sounds, 3 · channels, time, bins]: real, imaginary, magnitude of each channel."""
        frames = len(self.window)
        stft = torch.stft(
            audio.flatten(0, 1),
            frames,
            frames // WINDOWS_OVERLAP,
            window=self.window,
            center=True,
            pad_mode="constant",
            return_complex=True,
        ).transpose(-1, -2)
        # Compressed, quiet partials and tails are as plain to a network as they are to an ear.
        squared = stft.real**2 + stft.imag**2 + self._floor**2
        factor = squared ** ((self._compression - 1) / 2)
        parts = torch.stack([stft.real * factor, stft.imag * factor, squared ** (self._compression / 2)], dim=1)
        return parts.unflatten(0, audio.shape[:2]).flatten(1, 2)


class Discriminators(nn.Module):
    """One judge per window of ``settings``; ``channels`` is the number of audio channels of the sounds."""

    def __init__(self, channels: int, settings: AdversarialSettings) -> None:
        super().__init__()
        self.judges = nn.ModuleList(
            SpectralDiscriminator(frames, channels, settings) for frames in settings.window_frames
        )

    def forward(self, audio: Tensor) -> list[list[Tensor]]:
        """Return what every judge finds in sounds [sounds, channels, frames] of level about 1, scores last."""
        return [judge(audio) for judge in self.judges]
