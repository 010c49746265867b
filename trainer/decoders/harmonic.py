"""The decoder of notes: one trunk, harmonics locked to the played pitch, shaped noise, and a written attack.

``step`` is the streaming form of runtime/contract.py and is what gets exported; ``forward`` gives the same samples for
a stretch of a note at once and is what gets trained. Both are written from the same parts.

Pitch, velocity and the time since the key went up steer the trunk as latent and note time do. What must hold for every
sound, learnt or not, is built in: the tuning; that loudness goes with the square of the velocity; that a released note
dies away, at a rate that the latent says and never slower than ``SLOWEST_RELEASE_DB_PER_SECOND``. ``time_rate`` 0 stops
note time alone: phases, noise and modulation go on, so a held note is a living tone and fresh noise, not a loop.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812  the name everybody knows it by

from trainer.decoders.attack import Attack
from trainer.decoders.harmonics import Harmonics
from trainer.decoders.modulation import PHASES, NoteModulation
from trainer.decoders.noise_bands import NoiseBands, band_interpolation
from trainer.decoders.note_features import NOTE_FEATURES, PITCH_FEATURES, NoteFeatures, clamped
from trainer.decoders.stereo import Image, Placing, left_and_right
from trainer.decoders.trunk import Trunk
from trainer.partials import Partials
from trainer.settings import ModelSettings

FAMILY = "harmonic"
SLOWEST_RELEASE_DB_PER_SECOND = 30.0
_USUAL_RELEASE = 0.06
"""Nepers per hop that a released note falls by before anything is learnt: about 100 dB per second."""
_STEREO_NOTE_HZ = 261.6
"""Harmonics of this note say which band of the image each number belongs to."""
_CLOCK, _MODULATION, _FREQUENCIES, _PHASES, _AMPLITUDES, _TAIL = range(6)
_STATES_BEFORE_TRUNK = 6


class HarmonicDecoder(nn.Module):
    """Latent coordinate, pitch, velocity and gate → sound, hop by hop."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.hop_frames = channels, settings.hop_frames
        self.note_features = NoteFeatures()
        self.trunk = Trunk(settings, NOTE_FEATURES)
        self.harmonics = Harmonics(settings, channels)
        self.noise_bands = NoiseBands(settings, channels)
        self.attack = Attack(settings, channels, self.noise_bands.interpolation)
        self.modulation = NoteModulation(settings)
        self.release = nn.Linear(settings.latent_size + PITCH_FEATURES, 1)
        hop_seconds = settings.hop_frames / settings.sample_rate
        self.slowest_release = SLOWEST_RELEASE_DB_PER_SECOND * math.log(10) / 20 * hop_seconds
        if channels == 2:
            at_hz = self.harmonics.numbers.double() * _STEREO_NOTE_HZ
            over = band_interpolation(settings.noise_bands, self.noise_bands.coefficients, settings.sample_rate, at_hz)
            self.image = Image(settings.latent_size, settings.trunk_channels, self.noise_bands.interpolation, over)
        with torch.no_grad():
            self.release.weight.mul_(0.1)
            self.release.bias.fill_(math.log(math.expm1(_USUAL_RELEASE)))

    def state_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the states of ``step`` without the voices axis.

        In order: the clock (started flag, hops heard, note time in hops, hops since the release, nepers by which a held
        note has fallen since its time stood still); the phases of the modulation; of every harmonic the frequency, the
        phase and the amplitude at the end of the last hop; the falling half of the last noise window; the past of every
        block of the trunk.
        """
        count = self.harmonics.count
        tail = (self.channels, self.noise_bands.coefficients)
        of_harmonics = [(count,), (count,), (self.channels, 1, count)]
        return [(5,), (PHASES,), *of_harmonics, tail, *self.trunk.state_shapes()]

    def zero_states(self, voices: int) -> tuple[Tensor, ...]:
        """States that say: a note begins at this hop, in every one of ``voices``."""
        device = self.harmonics.numbers.device
        return tuple(torch.zeros(voices, *shape, device=device) for shape in self.state_shapes())

    def written_modulation(self, latent: Tensor, pitch: Tensor) -> Tensor:
        """What is said of how a note moves, [rows, NUMBERS]; ``latent`` [rows, latent_size], ``pitch`` [rows, 1]."""
        return self.modulation(latent, self._pitch_features(pitch))

    def log_inharmonicity(self, latent: Tensor, pitch: Tensor) -> Tensor:
        """Logarithm of B of the harmonics, [rows, 1]; ``latent`` [rows, latent_size], ``pitch`` [rows, 1]."""
        return self.harmonics.log_inharmonicity(latent, self._pitch_features(pitch))

    def _pitch_features(self, pitch: Tensor) -> Tensor:
        still = torch.zeros_like(pitch)
        return self.note_features(clamped(pitch), still, still)[:, :PITCH_FEATURES]

    def _placings(self, latent: Tensor, hidden: Tensor) -> tuple[Placing | None, Placing | None]:
        """Where noise and harmonics stand and how wide they are; a mono sound has no sides."""
        if self.channels == 1:
            return None, None
        noise, partials = self.image(latent, hidden)
        return noise, Placing(partials.width.unsqueeze(2), partials.lean.unsqueeze(2))

    def _released_gain(self, latent: Tensor, pitch_features: Tensor, released_hops: Tensor) -> Tensor:
        """What the release has left of a note, [rows, 1]."""
        rate = self.slowest_release + F.softplus(self.release(torch.cat([latent, pitch_features], dim=-1)))
        return torch.exp(-rate * released_hops)

    def step(
        self,
        latent: Tensor,
        pitch: Tensor,
        velocity: Tensor,
        gate: Tensor,
        time_rate: Tensor,
        noise: Tensor,
        *states: Tensor,
    ) -> tuple[Tensor, ...]:
        """One hop of every voice, shapes as in runtime/contract.py: audio, then the next states.

        A control holds for the end of the hop. What it steers runs on straight lines from the values of the hop before,
        which the states hold; a note's first hop has its values from its first sample on.
        """
        started, hop_index, time_hops, released_hops, fallen = states[_CLOCK].split(1, dim=-1)
        hop_index = hop_index + started
        time_hops = time_hops + started * time_rate
        released_hops = (released_hops + 1) * (1 - gate)
        fresh = 1 - started
        pitch = clamped(pitch)
        features = self.note_features(pitch, velocity, released_hops)
        hidden, next_past = self.trunk.step(
            torch.cat([latent, features], dim=-1), time_hops, states[_STATES_BEFORE_TRUNK:]
        )
        pitch_features = features[:, :PITCH_FEATURES]
        written = self.modulation(latent, pitch_features)
        gain = self._released_gain(latent, pitch_features, released_hops) * (velocity * velocity)
        fallen = fallen + started * gate * (1 - time_rate) * self.modulation.fall(written)
        gain = gain * torch.exp(-fallen)
        noise_placing, placing = self._placings(latent, hidden)

        moves = self.modulation.moves(written, hop_index, fresh, states[_MODULATION], noise[:, 0, :1])
        frequency = self.harmonics.frequencies(latent, pitch + moves.semitones, pitch_features)
        start = (states[_FREQUENCIES] + fresh * frequency, states[_PHASES] + fresh * self.harmonics.first_phases)
        amplitudes = self.harmonics.amplitudes(hidden, frequency, gain, placing)
        amplitudes = amplitudes * self.modulation.levels(moves)[:, None, None]
        before = states[_AMPLITUDES] + fresh[:, None, None] * amplitudes
        freedom = self.attack.freedom(hop_index)
        tone = self.harmonics.synthesise(start, frequency, self.harmonics.course(hidden, before, amplitudes, freedom))
        first, second = self._noise(hidden, noise, noise_placing, gain, freedom)
        tails = torch.cat([states[_TAIL].unsqueeze(2), second[:, :, :-1]], dim=2)
        audio = self._sum(tone, first, tails, fresh.unsqueeze(1))

        clock = torch.cat([torch.ones_like(started), hop_index, time_hops, released_hops, fallen], dim=-1)
        phases = self.harmonics.following(start, frequency)
        return audio, clock, moves.phases, frequency, phases, amplitudes, second[:, :, -1], *next_past

    def _noise(
        self, hidden: Tensor, noise: Tensor, placing: Placing | None, gain: Tensor, freedom: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Halves of the windows of noise and attack, as NoiseBands gives them."""
        written = self.attack(hidden, freedom)
        wide_gain, wide_freedom = gain[:, None, None], freedom[:, None, None]
        return self.noise_bands.unwindowed(hidden, noise, placing, written, wide_gain, wide_freedom)

    def _sum(self, tone: Tensor, first: Tensor, tails: Tensor, fresh: Tensor) -> Tensor:
        """Sound of tone and noise windows, left and right if stereo, [rows, channels, hop_frames]."""
        noise = (first * self.noise_bands.rise_at(fresh) + tails).reshape(-1, self.channels, self.hop_frames)
        return left_and_right(tone + noise)

    def forward(
        self,
        latent: Tensor,
        pitch: Tensor,
        velocity: Tensor,
        held_hops: Tensor,
        noise: Tensor,
        first_hop: Tensor,
        hops: int,
        frozen_hop: Tensor | None = None,
    ) -> tuple[Tensor, Partials]:
        """Sound of ``hops`` hops of notes, from hop ``first_hop`` of each on, as loud as at full velocity.

        The samples are those of ``step`` run from the note's beginning, divided by the square of the velocity, but for
        modulation, which the pitch that is given has already, and two things where ``first_hop`` is not 0: the last hop
        of ``noise`` stands in for what sounded before, in the first half window; and phases begin anew.

        Args:
            latent: [batch, latent_size].
            pitch: MIDI notes with fractions, [batch, 1], or one for each hop and the one before, [batch, 1 + hops]: in
                training the course that the recording's pitch took.
            velocity: 0…1, [batch, 1]; it steers the timbre.
            held_hops: how many hops each key is held, [batch]; infinite where it is not known to go up.
            noise: [batch, channels, hops × hop_frames].
            first_hop: whole numbers, [batch].
            hops: how many hops.
            frozen_hop: note time in hops at which it stands still throughout, [batch]; infinite, or left out, where it
                goes on. It is how a held note sounds, with no onset in its past.

        Returns:
            Audio [batch, channels, hops × hop_frames], and the harmonics that it has.
        """
        past = self.trunk.past_hops
        index = first_hop[:, None] - 1 - past + torch.arange(past + 1 + hops, device=latent.device)
        time_hops = index.unsqueeze(-1).to(latent.dtype)
        released = torch.clamp(time_hops - held_hops.to(latent.dtype)[:, None, None] + 1, min=0.0)
        pitch = clamped(pitch).expand(-1, 1 + hops)
        # Before the stretch pitch is taken to have been what it is at its beginning.
        pitch = torch.cat([pitch[:, :1].expand(-1, past), pitch], dim=1).unsqueeze(-1)
        features = self.note_features(pitch, velocity.unsqueeze(1).expand_as(pitch), released)
        latents = latent.unsqueeze(1).expand(-1, features.shape[1], -1)
        note_time = time_hops
        if frozen_hop is not None:
            is_frozen = torch.isfinite(frozen_hop)[:, None, None]
            note_time = torch.where(is_frozen, frozen_hop[:, None, None], time_hops)
        hidden = self.trunk(torch.cat([latents, features], dim=-1), note_time)

        # One row per hop, the hop before the stretch included; below, that one is only ever the past of another.
        rows = (len(latent), hops + 1)
        hidden, hop_index, pitch, released, features, latents = (
            x[:, past:].flatten(0, 1) for x in (hidden, time_hops, pitch, released, features, latents)
        )
        pitch_features = features[:, :PITCH_FEATURES]
        gain = self._released_gain(latents, pitch_features, released)
        noise_placing, placing = self._placings(latents, hidden)
        frequency = self.harmonics.frequencies(latents, pitch, pitch_features)
        amplitudes = self.harmonics.amplitudes(hidden, frequency, gain, placing)
        by_hop = noise.reshape(-1, self.channels, hops, self.hop_frames).transpose(1, 2)
        by_hop = torch.cat([by_hop[:, -1:], by_hop], dim=1).flatten(0, 1)
        freedom = self.attack.freedom(hop_index)
        first, second = self._noise(hidden, by_hop, noise_placing, gain, freedom)

        def now(x: Tensor) -> Tensor:
            return x.unflatten(0, rows)[:, 1:].flatten(0, 1)

        def before(x: Tensor) -> Tensor:
            return x.unflatten(0, rows)[:, :-1].flatten(0, 1)

        fresh = (now(hop_index) == 0).to(latent.dtype)
        start = (torch.lerp(before(frequency), now(frequency), fresh), self._phases(frequency, fresh, rows))
        amplitudes_before = torch.lerp(before(amplitudes), now(amplitudes), fresh[:, None, None])
        course = self.harmonics.course(now(hidden), amplitudes_before, now(amplitudes), now(freedom))
        tone = self.harmonics.synthesise(start, now(frequency), course)
        past_tail = before(second)[:, :, -1:] * (1 - fresh[:, None, None])
        tails = torch.cat([past_tail, now(second)[:, :, :-1]], dim=2)
        audio = self._sum(tone, now(first), tails, fresh.unsqueeze(1))
        audio = audio.reshape(-1, hops, self.channels, self.hop_frames).transpose(1, 2).flatten(2)
        middle = now(amplitudes)[:, 0, 0].unflatten(0, (-1, hops))
        return audio, Partials(middle, now(frequency).unflatten(0, (-1, hops)))

    def _phases(self, frequency: Tensor, fresh: Tensor, rows: tuple[int, int]) -> Tensor:
        """Phases of harmonics where each hop begins, [batch × hops, harmonics], added up from the stretch's beginning.

        ``frequency`` [batch × (1 + hops), harmonics]; ``fresh`` [batch × hops, 1] is 1 in a note's first hop.
        """
        by_hop, is_first = frequency.unflatten(0, rows), fresh.unflatten(0, (rows[0], rows[1] - 1))
        begins = torch.lerp(by_hop[:, :-1], by_hop[:, 1:], is_first)
        turns = (begins + by_hop[:, 1:]) * (0.5 * self.hop_frames)
        # The first hop begins at the first phases; each other where the one before has ended.
        turns = torch.cat([torch.zeros_like(turns[:, :1]), turns[:, :-1]], dim=1)
        phase = self.harmonics.first_phases + torch.cumsum(turns - torch.floor(turns), dim=1)
        return (phase - torch.floor(phase)).flatten(0, 1)
