"""Harmonics that are locked to the played pitch: partial k sounds at k·f₀·√(1 + B·k²), whatever the network writes.

A few of them stand below and between the others, as the low stops of an organ do (16', 32', 5⅓').

The network writes amplitudes, in an attack several times per hop; frequencies come from the pitch and from B
(inharmonicity, Fletcher 1964), so that no training can put a note out of tune. Each partial keeps its phase, in turns,
wrapped at every hop: after half an hour it is as exact as at the beginning.

Sines are not computed sample by sample. A hop has segments of 16 frames; in the middle of each every partial has a
complex amplitude of exact phase, and a slope. From there the hop's mean frequency carries it to both sides by angle
addition, e^{i(a+b)} = e^{ia}·e^{ib}, so that a voice costs a small matrix product and a fifth of the sines.
A steady partial is a pure tone. While a pitch glides, the slope also turns the phase by how far the frequency of the
segment is from the hop's mean, so that what is wrong at a segment's ends is of second order.
"""

import math

import torch
from torch import Tensor, nn

from trainer.decoders.noise_bands import ERB_PER_HZ, erb_rate
from trainer.decoders.note_features import PITCH_FEATURES
from trainer.decoders.stereo import Placing
from trainer.settings import ModelSettings

LOUDEST = 2.0
"""Limit of the logarithm of an amplitude."""
SEGMENT_FRAMES = 16
FADE_BEGINS, FADE_ENDS = 0.42, 0.47
"""Where partials fade out, as a share of the sample rate: half of it is never reached."""
STRETCH_CHANNELS = 32
USUAL_LOG_B = -13.0
STRETCH_REACH = 10.0
"""How much further a step of training moves the stretch than other outputs: it has to go through powers of ten."""
LEAST_LOG_B, MOST_LOG_B = -30.0, -5.3
LOWEST_BAND_HZ = 30.0
OCTAVES_PER_NOTE = math.log(2) / 12
MORE_NUMBERS = (0.25, 0.5, 1.5, 2.5)
"""Partials besides the harmonics proper, in multiples of the pitch; they come last."""
_QUIETER_AT_FIRST = 3.0
"""By how much, in nepers, these are before anything is learnt."""
Turns = tuple[Tensor, Tensor]
"""Frequencies in turns per frame, and phases in turns, each [rows, harmonics]."""


class Harmonics(nn.Module):
    """Hidden vectors, latent and pitch → sum of harmonics; one row is one hop of one sound."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.count, self.hop_frames = channels, settings.harmonics, settings.hop_frames
        self.points, self.bands = settings.harmonic_points_per_hop, settings.envelope_bands
        self.sample_rate = settings.sample_rate
        self.segments = settings.hop_frames // SEGMENT_FRAMES
        self.write = nn.Linear(settings.trunk_channels, channels * self.count)
        self.envelope = nn.Linear(settings.trunk_channels, channels * self.bands)
        self.swerve = nn.Linear(settings.trunk_channels, channels * (self.points - 1) * self.count)
        self.stretch_hidden = nn.Linear(settings.latent_size + PITCH_FEATURES, STRETCH_CHANNELS)
        self.stretch = nn.Linear(STRETCH_CHANNELS, 1)
        self._register_constants()
        with torch.no_grad():
            for layer, scale in ((self.write, 0.5), (self.envelope, 0.5), (self.swerve, 0.2)):
                layer.weight.mul_(scale)
            quieter = _QUIETER_AT_FIRST * (self.numbers != self.numbers.round())
            self.write.bias.copy_((-3.0 - torch.log(self.numbers.clamp(min=1)) - quieter).repeat(channels))
            self.envelope.bias.zero_()
            self.swerve.bias.zero_()
            self.stretch.weight.mul_(0.1)
            self.stretch.bias.zero_()

    def _register_constants(self) -> None:
        numbers = partial_numbers(self.count)
        self.register_buffer("numbers", numbers, persistent=False)
        self.register_buffer("squares", numbers**2, persistent=False)
        self.register_buffer("fourth_powers", numbers**4, persistent=False)
        self.log_turns_at_0 = math.log(440 / self.sample_rate) - 69 * OCTAVES_PER_NOTE
        # Sines that begin together would begin with a click; these phases spread it (Schroeder 1970).
        phases = (0.25 - numbers.double() * (numbers.double() - 1) / (2 * self.count)).frac()
        self.register_buffer("first_phases", (phases - torch.floor(phases)).float(), persistent=False)
        # Bands are equally wide on the ERB-rate scale (Glasberg and Moore 1990).
        low, high = (float(erb_rate(torch.tensor(hz))) for hz in (LOWEST_BAND_HZ, self.sample_rate / 2))
        self.bands_per_neper = (
            float(erb_rate(torch.tensor((math.e - 1) / ERB_PER_HZ))) * (self.bands - 1) / (high - low)
        )
        centres = torch.arange(self.bands)[:, None] + low * (self.bands - 1) / (high - low)
        self.register_buffer("centres", centres, persistent=False)
        self.register_buffer("bends", bends_of(self.bands), persistent=False)
        self.register_buffer("lines", self._lines(), persistent=False)
        shares = torch.arange(1, self.points, dtype=torch.float32)[:, None] / self.points
        self.register_buffer("shares", shares, persistent=False)
        middle = (torch.arange(self.segments, dtype=torch.float64) + 0.5) * SEGMENT_FRAMES
        turns = torch.stack([torch.ones_like(middle), middle, middle**2 / (2 * self.hop_frames)], dim=1)
        self.register_buffer("radians_at", (turns * 2 * math.pi).float(), persistent=False)
        off_mean = (middle / self.hop_frames - 0.5) * 2 * math.pi
        self.register_buffer("off_mean", off_mean.float()[:, None], persistent=False)
        # Half a segment from its middle outwards; the other half is its mirror image (cosine even, sine odd).
        frames = torch.arange(SEGMENT_FRAMES // 2, dtype=torch.float32) + 0.5
        self.register_buffer("outwards", frames * (2 * math.pi), persistent=False)
        self.register_buffer("frames", frames, persistent=False)

    def _lines(self) -> Tensor:
        """Amplitudes at the points of a hop, its beginning included → those in the middle of segments, and slopes."""
        points = torch.arange(self.points + 1, dtype=torch.float32)
        ends = torch.arange(self.segments + 1, dtype=torch.float32) * self.points / self.segments
        at_ends = torch.relu(1 - torch.abs(ends[:, None] - points))
        return torch.cat([(at_ends[1:] + at_ends[:-1]) / 2, (at_ends[1:] - at_ends[:-1]) / SEGMENT_FRAMES])

    def log_inharmonicity(self, latent: Tensor, pitch_features: Tensor) -> Tensor:
        """Logarithm of B as it is written, [rows, 1]; arguments as of :meth:`frequencies`."""
        written = self.stretch(torch.tanh(self.stretch_hidden(torch.cat([latent, pitch_features], dim=-1))))
        return USUAL_LOG_B + STRETCH_REACH * written

    def frequencies(self, latent: Tensor, pitch: Tensor, pitch_features: Tensor) -> Tensor:
        """Turns per frame of every harmonic, [rows, harmonics].

        Args:
            latent: [rows, latent_size].
            pitch: MIDI note with fractions, [rows, 1].
            pitch_features: [rows, PITCH_FEATURES].
        """
        # It is learnt from what was measured: a spectrum pulls a partial that is beside its place anywhere.
        written = self.log_inharmonicity(latent, pitch_features).detach()
        inharmonicity = torch.exp(torch.clamp(written, min=LEAST_LOG_B, max=MOST_LOG_B))
        ratio = torch.sqrt(self.squares + inharmonicity * self.fourth_powers)
        # The first partial is the pitch that is heard and measured.
        first = torch.exp(pitch * OCTAVES_PER_NOTE + self.log_turns_at_0) / torch.sqrt(1 + inharmonicity)
        return ratio * first

    def amplitudes(self, hidden: Tensor, frequency: Tensor, gain: Tensor, placing: Placing | None = None) -> Tensor:
        """Amplitudes at the end of a hop, [rows, channels, 1, harmonics].

        Args:
            hidden: [rows, trunk_channels].
            frequency: at the end of the hop, turns per frame, [rows, harmonics].
            gain: [rows, 1], of all.
            placing: where the sound stands and how wide it is, for harmonics; stereo only.
        """
        rate = (torch.log(1 + frequency * (ERB_PER_HZ * self.sample_rate)) * self.bands_per_neper).unsqueeze(1)
        written = self.envelope(hidden).reshape(-1, self.channels, self.bands)
        over_bands = (written @ self.bends) @ torch.relu(rate - self.centres)
        level = self.write(hidden).reshape(-1, self.channels, self.count) + over_bands
        fade = torch.clamp((FADE_ENDS - frequency) * (1 / (FADE_ENDS - FADE_BEGINS)), min=0.0, max=1.0)
        heard = (torch.exp(torch.clamp(level, max=LOUDEST)) * (fade * gain).unsqueeze(1)).unsqueeze(2)
        return heard if placing is None else placing(heard)

    def course(self, hidden: Tensor, before: Tensor, after: Tensor, freedom: Tensor) -> Tensor:
        """Amplitudes at the points of a hop, its beginning included, [rows, channels, 1 + points, harmonics].

        They run on a straight line, from which an attack may swerve. A tone may not: what is written alike in every
        hop would sound at the hop rate beside every partial of a held note.

        Args:
            hidden: [rows, trunk_channels].
            before: amplitudes where the hop begins, [rows, channels, 1, harmonics].
            after: those where it ends.
            freedom: how far they may swerve, 1 at an onset and 0 once the tone stands, [rows, 1].
        """
        swerve = self.swerve(hidden).reshape(-1, self.channels, self.points - 1, self.count)
        factor = torch.exp(torch.clamp(swerve, max=LOUDEST) * freedom[:, None, None])
        between = (before + (after - before) * self.shares) * factor
        return torch.cat([before, between, after], dim=2)

    def following(self, start: Turns, frequency: Tensor) -> Tensor:
        """Phases at the end of a hop whose frequencies go from those of ``start`` to ``frequency``, wrapped to 0…1."""
        phase = start[1] + (start[0] + frequency) * (0.5 * self.hop_frames)
        return phase - torch.floor(phase)

    def synthesise(self, start: Turns, frequency: Tensor, course: Tensor) -> Tensor:
        """Sound of a hop, [rows, channels, hop_frames].

        Args:
            start: frequencies and phases where the hop begins.
            frequency: frequencies where it ends; between the two they run on a straight line.
            course: amplitudes, as :meth:`course` gives them.
        """
        change = frequency - start[0]
        angle = self.radians_at @ torch.stack([start[1], start[0], change], dim=1)
        angle = angle.unsqueeze(1)
        level, slope = (self.lines @ course).split(self.segments, dim=2)
        cosine, sine = torch.cos(angle), torch.sin(angle)
        turning = (change.unsqueeze(1) * self.off_mean).unsqueeze(1)
        real, imaginary = level * cosine, level * sine
        slope_real, slope_imaginary = slope * cosine - turning * imaginary, slope * sine + turning * real

        onward = (0.5 * (start[0] + frequency)).unsqueeze(-1) * self.outwards
        across, along = torch.cos(onward), -torch.sin(onward)
        even = torch.cat([real, slope_imaginary], dim=-1).flatten(1, 2)
        even = even @ torch.cat([across, along * self.frames], dim=1)
        odd = torch.cat([slope_real, imaginary], dim=-1).flatten(1, 2)
        odd = odd @ torch.cat([across * self.frames, along], dim=1)
        sound = torch.cat([torch.flip(even - odd, dims=(-1,)), even + odd], dim=-1)
        return sound.reshape(-1, self.channels, self.hop_frames)


def partial_numbers(count: int) -> Tensor:
    """Which multiples of the pitch ``count`` partials are, [count]: 1, 2, 3 … and then ``MORE_NUMBERS``."""
    return torch.cat([torch.arange(1.0, count + 1 - len(MORE_NUMBERS)), torch.tensor(MORE_NUMBERS)])


def bends_of(bands: int) -> Tensor:
    """Matrix [bands, bands]: values at equally spaced points → how much a line through them bends at each point.

    The line is then the sum of bends × max(0, x − point), which takes half the operators of adding triangles. It begins
    at 0 below the first point and is level beyond the last.
    """
    triangles = torch.eye(bands, dtype=torch.float64)
    slopes = torch.diff(triangles, dim=0, append=triangles[-1:])
    return torch.diff(slopes, dim=0, prepend=torch.zeros(1, bands, dtype=torch.float64)).T.float()
