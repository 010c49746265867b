"""How loud a sound is in mel bands over time, as the encoder hears it.

Stereo is heard from the middle: the level of the middle as a mono model hears it, the level of what the sides do not
share, and how much louder the left is than the right. A sound that is the same on both sides has nothing in the last
two, so that mono models and stereo models understand each other.
"""

import math

import torch
from torch import Tensor, nn

LOG_FLOOR = 1e-5
"""Mel amplitude (full scale 1) below which everything counts as silence: −100 dB."""
STEREO_VIEWS = 3
BALANCE = 4.0
"""How much finer the difference of left and right is heard than the levels: 9 dB are 1."""


def mel_filters(bands: int, window_frames: int, sample_rate: int, lowest_hz: float = 20.0) -> Tensor:
    """Triangular filters, [window_frames // 2 + 1, bands], each with weights that sum to 1 where it has any.

    Mel scale of O'Shaughnessy 1987: 2595 log10(1 + f / 700). Bands narrower than a bin take the bin nearest to them.
    """
    frequency = torch.linspace(0, sample_rate / 2, window_frames // 2 + 1, dtype=torch.float64)
    limits = [2595 * math.log10(1 + f / 700) for f in (lowest_hz, sample_rate / 2)]
    edges = 700 * (10 ** (torch.linspace(limits[0], limits[1], bands + 2, dtype=torch.float64) / 2595) - 1)
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (frequency[:, None] - low) / (centre - low)
    falling = (high - frequency[:, None]) / (high - centre)
    filters = torch.relu(torch.minimum(rising, falling))
    nearest = torch.argmin(torch.abs(frequency[:, None] - centre), dim=0)
    empty = filters.sum(dim=0) == 0
    filters[nearest[empty], torch.nonzero(empty).flatten()] = 1.0
    return (filters / filters.sum(dim=0)).float()


def middle_and_side(audio: Tensor) -> Tensor:
    """Half the sum and half the difference of left and right, [batch, 2, …]; mono [batch, 1, …] stays as it is."""
    if audio.shape[1] == 1:
        return audio
    left, right = audio[:, :1], audio[:, 1:]
    return torch.cat([left + right, left - right], dim=1) * 0.5


def _unit_size(amplitude: Tensor) -> Tensor:
    return torch.log(amplitude + LOG_FLOOR) * 0.25 + 1.5


_SILENCE = float(_unit_size(torch.zeros(())))


class _MatrixTransform(nn.Module):
    """Discrete Fourier transform of real windows as two matrix products, for graphs without a transform operator.

    One step of the general factorisation of Cooley and Tukey 1965 (doi:10.1090/S0025-5718-1965-0178586-1): a window of
    rows × columns samples is transformed along the rows, turned, and transformed along the columns. For 2,048 samples
    that takes 10,000 numbers where the whole matrix has 4 million, and a tenth of its products.
    """

    def __init__(self, window_frames: int) -> None:
        super().__init__()
        self.rows = 2 ** (int(math.log2(window_frames)) // 2)
        self.columns = window_frames // self.rows
        self.bins = window_frames // 2 + 1
        row, column = (torch.arange(count, dtype=torch.float64) for count in (self.rows, self.columns))
        # Bins k1 + rows · k2; half of them are enough for real samples.
        over_rows = 2 * math.pi / self.rows * row[:, None] * row
        turn = 2 * math.pi / window_frames * row[:, None] * column
        over_columns = 2 * math.pi / self.columns * column[:, None] * column[: self.columns // 2 + 1]
        for name, angle in (("first", over_rows), ("turn", turn), ("second", over_columns)):
            self.register_buffer(f"{name}_cosine", torch.cos(angle).float(), persistent=False)
            self.register_buffer(f"{name}_sine", torch.sin(angle).float(), persistent=False)

    def forward(self, windows: Tensor) -> tuple[Tensor, Tensor]:
        """Real and imaginary parts, each [..., window_frames // 2 + 1], of ``windows`` [..., window_frames]."""
        grid = windows.unflatten(-1, (self.rows, self.columns))
        real, imaginary = self.first_cosine @ grid, -(self.first_sine @ grid)
        real, imaginary = (
            real * self.turn_cosine + imaginary * self.turn_sine,
            imaginary * self.turn_cosine - real * self.turn_sine,
        )
        parts = (
            real @ self.second_cosine + imaginary @ self.second_sine,
            imaginary @ self.second_cosine - real @ self.second_sine,
        )
        real, imaginary = (part.transpose(-1, -2).flatten(-2)[..., : self.bins] for part in parts)
        return real, imaginary


class LogMel(nn.Module):
    """Audio [batch, channels, frames] → log-mel levels of about unit size, [batch, views × bands, times].

    One view of mono, three of stereo. Windows step by half of themselves.
    """

    def __init__(self, window_frames: int, times: int, bands: int, sample_rate: int, channels: int) -> None:
        super().__init__()
        self.window_frames, self.hop_frames, self.times = window_frames, window_frames // 2, times
        self.levels = bands * (STEREO_VIEWS if channels == 2 else 1)
        window = torch.hann_window(window_frames, dtype=torch.float64)
        self.register_buffer("window", (window * 2 / window.sum()).float(), persistent=False)
        self.register_buffer("filters", mel_filters(bands, window_frames, sample_rate), persistent=False)
        self.matrix_transform = _MatrixTransform(window_frames)

    def forward(self, audio: Tensor) -> Tensor:
        """Windows are centred on multiples of the hop; what lies outside the sound is silence.

        A sound may be shorter than ``times`` windows: the silence after it costs nothing.
        """
        amplitude = self._in_export(audio) if torch.onnx.is_in_onnx_export() else self._in_training(audio)
        levels = _unit_size(amplitude @ self.filters).transpose(-1, -2)
        if levels.shape[-1] < self.times:
            levels = torch.nn.functional.pad(levels, (0, self.times - levels.shape[-1]), value=_SILENCE)
        if levels.shape[1] > 1:
            middle, side, left, right = levels.unbind(1)
            levels = torch.stack([middle, side - _SILENCE, (left - right) * BALANCE], dim=1)
        return levels.flatten(1, 2)

    def _in_training(self, audio: Tensor) -> Tensor:
        """Amplitudes of windows that hear any of the sound, [batch, 1 or 4, windows, bins]."""
        half, whole_hops = self.hop_frames, -audio.shape[-1] % self.hop_frames
        padded = torch.nn.functional.pad(audio, (half, half + whole_hops))
        frames = padded.unfold(-1, self.window_frames, self.hop_frames)[:, :, : self.times]
        return _sides(torch.fft.rfft(frames * self.window)).abs()

    def _in_export(self, audio: Tensor) -> Tensor:
        """The same from matrices, for sounds of the greatest length."""
        after = self.times * self.hop_frames - audio.shape[-1]
        hops = torch.nn.functional.pad(audio, (self.hop_frames, after)).unflatten(-1, (self.times + 1, self.hop_frames))
        frames = torch.cat([hops[:, :, :-1], hops[:, :, 1:]], dim=-1)
        real, imaginary = map(_sides, self.matrix_transform(frames * self.window))
        return torch.sqrt(real * real + imaginary * imaginary)


def _sides(spectrum: Tensor) -> Tensor:
    """Mono as it is; of left and right also middle and side: [batch, 4, …] in the order middle, side, left, right."""
    if spectrum.shape[1] == 1:
        return spectrum
    return torch.cat([middle_and_side(spectrum), spectrum], dim=1)
