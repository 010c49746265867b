"""The decoder of unpitched sounds: one trunk, and three branches whose sum is the sound.

``step`` is the streaming form of runtime/contract.py and is what gets exported; ``forward`` gives the same samples for
a stretch of a note at once and is what gets trained. Both are written from the same parts. A branch for pitched sounds
would stand beside the other three and read the same hidden vectors. Of a stereo sound the branches write the middle and
the side (stereo.py).
"""

import torch
from torch import Tensor, nn

from trainer.decoders.noise_bands import NoiseBands, band_interpolation
from trainer.decoders.oscillators import Oscillators
from trainer.decoders.stereo import Image, Placing, left_and_right
from trainer.decoders.transient import Transient
from trainer.decoders.trunk import Trunk
from trainer.settings import ModelSettings

FAMILY = "spectral-noise"
_CLOCK, _AMPLITUDES, _DETUNED, _TAIL = range(4)
_STATES_BEFORE_TRUNK = 4


class SpectralNoiseDecoder(nn.Module):
    """Latent coordinate → sound, hop by hop; pitch, velocity and gate are accepted and not heard."""

    def __init__(self, settings: ModelSettings, channels: int) -> None:
        super().__init__()
        self.channels, self.hop_frames = channels, settings.hop_frames
        self.trunk = Trunk(settings)
        self.oscillators = Oscillators(settings, channels)
        self.noise_bands = NoiseBands(settings, channels)
        self.transient = Transient(settings, channels)
        if channels == 2:
            frequency = self.oscillators.frequency_hz
            over = band_interpolation(
                settings.noise_bands, self.noise_bands.coefficients, settings.sample_rate, frequency
            )
            self.image = Image(settings.latent_size, settings.trunk_channels, self.noise_bands.interpolation, over)

    def _placings(self, latent: Tensor, hidden: Tensor) -> tuple[Placing | None, Placing | None]:
        """Where noise and partials stand and how wide they are; a mono sound has no sides."""
        return self.image(latent, hidden) if self.channels == 2 else (None, None)

    def state_shapes(self) -> list[tuple[int, ...]]:
        """Shapes of the states of ``step`` without the voices axis.

        In order: the clock (started flag, hops heard, note time in hops), amplitudes of the oscillators at the end of
        the last hop, turns that detuning has added to them, falling half of the last noise window, and the past of
        every block of the trunk.
        """
        oscillators = self.oscillators.count
        amplitudes, detuned = (self.channels, 2 * oscillators), (self.channels, oscillators)
        return [(3,), amplitudes, detuned, (self.channels, self.noise_bands.coefficients), *self.trunk.state_shapes()]

    def zero_states(self, voices: int) -> tuple[Tensor, ...]:
        """States that say: a note begins at this hop, in every one of ``voices``."""
        device = self.transient.fade.device
        return tuple(torch.zeros(voices, *shape, device=device) for shape in self.state_shapes())

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

        A control holds for the end of the hop. What it steers runs on straight lines (oscillators) or in overlapping
        windows (noise) from the values of the hop before, which the states hold.
        """
        started, hop_index, time_hops = states[_CLOCK].split(1, dim=-1)
        # The clock holds the time of the hop before: note time does not move in a note's first hop.
        hop_index = hop_index + started
        time_hops = time_hops + started * time_rate
        hidden, next_past = self.trunk.step(latent, time_hops, states[_STATES_BEFORE_TRUNK:])

        fresh = (1 - started).unsqueeze(1)
        noise_placing, placing = self._placings(latent, hidden)
        detuned = states[_DETUNED] + self.oscillators.detuned_turns(hidden)
        detuned = detuned - torch.floor(detuned)
        real, imaginary = self.oscillators.amplitudes(hidden, hop_index, detuned, placing)
        before = self.oscillators.turned(*states[_AMPLITUDES].split(self.oscillators.count, dim=-1))
        # Turned zeros are zeros: a fresh note's first amplitudes hold from its first sample on.
        start = (before[0] + fresh * real, before[1] + fresh * imaginary)
        first, second = self.noise_bands.unwindowed(hidden, noise, noise_placing)
        tails = torch.cat([states[_TAIL].unsqueeze(2), second[:, :, :-1]], dim=2)
        audio = self._sum(hidden, hop_index, fresh, (start, (real, imaginary)), (first, tails))

        clock = torch.cat([torch.ones_like(started), hop_index, time_hops], dim=-1)
        return audio, clock, torch.cat([real, imaginary], dim=-1), detuned, second[:, :, -1], *next_past

    def _sum(
        self,
        hidden: Tensor,
        hop_index: Tensor,
        fresh: Tensor,
        amplitudes: tuple[tuple[Tensor, Tensor], tuple[Tensor, Tensor]],
        halves: tuple[Tensor, Tensor],
    ) -> Tensor:
        """Sound of the three branches, [rows, channels, hop_frames].

        ``amplitudes`` are those at start and end of the hop; ``halves`` the first halves of its noise windows and the
        second halves that they overlap with.
        """
        first, tails = halves
        noise = (first * self.noise_bands.rise_at(fresh) + tails).reshape(-1, self.channels, self.hop_frames)
        return left_and_right(self.oscillators.synthesise(*amplitudes) + noise + self.transient(hidden, hop_index))

    def forward(self, latent: Tensor, noise: Tensor, first_hop: Tensor, hops: int) -> Tensor:
        """Sound of ``hops`` hops of notes with steady controls, from hop ``first_hop`` of each note on.

        The samples are those of ``step`` run from the note's beginning, but for two things where ``first_hop`` is not
        0: which noise sounded before is not known, so the last hop of ``noise`` stands in for it in the first half
        window; and the oscillators' phases are those that they would have if nothing had been detuned until then.

        Args:
            latent: [batch, latent_size].
            noise: [batch, channels, hops × hop_frames].
            first_hop: whole numbers, [batch].
            hops: how many hops.

        Returns:
            Audio [batch, channels, hops × hop_frames].
        """
        past = self.trunk.past_hops + 1
        index = first_hop[:, None] - past + torch.arange(past + hops, device=latent.device)
        time_hops = index.unsqueeze(-1).to(latent.dtype)
        hidden = self.trunk(latent.unsqueeze(1).expand(-1, past + hops, -1), time_hops)[:, past - 1 :]
        hop_index = time_hops[:, past - 1 :]
        by_hop = noise.reshape(-1, self.channels, hops, self.hop_frames).transpose(1, 2)
        by_hop = torch.cat([by_hop[:, -1:], by_hop], dim=1)

        # One row per hop, the hop before the stretch included; below, that one is only ever the past of another.
        rows = (len(latent), hops + 1)
        in_note = (hop_index >= 0).to(latent.dtype).unsqueeze(-1)
        noise_placing, placing = self._placings(latent.repeat_interleave(hops + 1, dim=0), hidden.flatten(0, 1))
        detuned = self.oscillators.detuned_turns(hidden.flatten(0, 1)).unflatten(0, rows) * in_note
        detuned = torch.cumsum(detuned, dim=1).flatten(0, 1)
        real, imaginary = self.oscillators.amplitudes(hidden.flatten(0, 1), hop_index.flatten(0, 1), detuned, placing)
        turned = self.oscillators.turned(real, imaginary)
        first, second = self.noise_bands.unwindowed(hidden.flatten(0, 1), by_hop.flatten(0, 1), noise_placing)

        def now(x: Tensor) -> Tensor:
            return x.unflatten(0, rows)[:, 1:].flatten(0, 1)

        def before(x: Tensor) -> Tensor:
            return x.unflatten(0, rows)[:, :-1].flatten(0, 1)

        fresh = (now(hop_index.flatten(0, 1)) == 0).to(latent.dtype).unsqueeze(1)
        end = (now(real), now(imaginary))
        start = (torch.lerp(before(turned[0]), end[0], fresh), torch.lerp(before(turned[1]), end[1], fresh))
        past_tail = before(second)[:, :, -1:] * (1 - fresh.unsqueeze(-1))
        tails = torch.cat([past_tail, now(second)[:, :, :-1]], dim=2)
        heard = now(hidden.flatten(0, 1)), now(hop_index.flatten(0, 1))
        audio = self._sum(*heard, fresh, (start, end), (now(first), tails))
        return audio.reshape(-1, hops, self.channels, self.hop_frames).transpose(1, 2).flatten(2)
