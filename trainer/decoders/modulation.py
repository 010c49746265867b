"""How a note goes on while it is held: vibrato of its pitch, beating or tremolo of its partials, and its dying away.

A small network says from latent and pitch how such a note moves; it learns that from what was measured of the
recordings (trainer/modulation.py), not from their spectra, whose errors cannot tell a vibrato of another phase from
none. It moves with the time that is heard, not with note time: a held note goes on. What it dies away by is that of a
piano's string at the end of what was recorded: from where note time stands still the level falls on at that rate.

Partials swing as the level of a tone with a second tone of ``swing`` times its amplitude does, |1 + m·e^{ia}|, the mean
logarithm of which is 0 for any m below 1 (Jensen's formula): the level that was learnt is kept on average. All begin at
that level, so that an attack is as it was learnt.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from trainer.decoders.harmonics import partial_numbers
from trainer.decoders.note_features import PITCH_FEATURES
from trainer.modulation import Modulation
from trainer.settings import ModelSettings

HIDDEN_CHANNELS = 32
UNIT_CENTS, UNIT_VIBRATO_HZ, UNIT_TREMOLO_HZ, UNIT_BEATING_HZ = 10.0, 5.0, 4.0, 1.0
"""What 1, or 0 of a logarithm, stands for in the numbers the network writes."""
WIDEST_VIBRATO_CENTS, DEEPEST_SWING = 60.0, 0.9
SHORTEST_RISE_SECONDS = 0.02
FULL_SWING_HZ = 20.0
"""Partials that swing faster do so less deeply, and not at all from twice this on: levels are written once per hop."""
UNIT_DECAY_DB_PER_SECOND = 10.0
STANDING = 0.15
"""Numbers up to this are no decay: what stands has to stand for ever, and no network writes an exact 0."""
NUMBERS = 8
PHASES = 3
_GOLDEN = (math.sqrt(5) - 1) / 2


@dataclass(frozen=True)
class Moves:
    """Where the movements of each row are at the end of a hop, [rows, 1] each; ``phases`` [rows, PHASES] in turns.

    In this order: those of the vibrato, the tremolo and the beating. ``tremolo_share`` is 1 where partials swing as
    one, 0 where partial k does so k times as fast as the first.
    """

    semitones: Tensor
    phases: Tensor
    swing: Tensor
    tremolo_share: Tensor
    tremolo_hz: Tensor
    beating_hz: Tensor


class NoteModulation(nn.Module):
    """Latent, pitch and time since the onset → how far pitch and partials are from their means at the end of a hop."""

    def __init__(self, settings: ModelSettings) -> None:
        super().__init__()
        self.hop_seconds = settings.hop_frames / settings.sample_rate
        self.listen = nn.Linear(settings.latent_size + PITCH_FEATURES, HIDDEN_CHANNELS)
        self.write = nn.Linear(HIDDEN_CHANNELS, NUMBERS)
        # Whole numbers, so that phases may be wrapped.
        numbers = partial_numbers(settings.harmonics).ceil()
        self.register_buffer("numbers", numbers, persistent=False)
        # Which partials begin by rising and which by falling: as good as random, and the same for every note.
        side = torch.sign((numbers.double() * _GOLDEN).frac() - 0.5).float()
        self.register_buffer("side", side, persistent=False)
        with torch.no_grad():
            # Nothing moves before something was learnt of it.
            self.write.weight.zero_()
            self.write.bias.zero_()

    def forward(self, latent: Tensor, pitch_features: Tensor) -> Tensor:
        """Return the numbers that :func:`targets` describes, [rows, NUMBERS], as they are written."""
        return self.write(torch.tanh(self.listen(torch.cat([latent, pitch_features], dim=-1))))

    def moves(self, written: Tensor, hop_index: Tensor, fresh: Tensor, phases: Tensor, noise: Tensor) -> Moves:
        """Return where the movements of a hop have come to by its end.

        Args:
            written: as :meth:`forward` gives it.
            hop_index: hops heard before this one, [rows, 1].
            fresh: 1 in a note's first hop, else 0, [rows, 1].
            phases: at the end of the hop before, in turns, [rows, PHASES].
            noise: uniform in −1…1, [rows, 1]: where a vibrato begins.
        """
        cents, vibrato, rise, swing, tremolo, beating, share, _ = written.split(1, dim=-1)
        cents = torch.clamp(cents * UNIT_CENTS, min=0.0, max=WIDEST_VIBRATO_CENTS)
        share = torch.clamp(share, min=0.0, max=1.0)
        vibrato_hz, tremolo_hz, beating_hz = (
            unit * torch.exp(torch.clamp(number, min=-2.5, max=1.5))
            for unit, number in ((UNIT_VIBRATO_HZ, vibrato), (UNIT_TREMOLO_HZ, tremolo), (UNIT_BEATING_HZ, beating))
        )
        tremolo_hz, beating_hz = share * tremolo_hz, (1 - share) * beating_hz
        onward = torch.cat([vibrato_hz, tremolo_hz, beating_hz], dim=-1) * self.hop_seconds
        begin = torch.cat([0.5 + 0.5 * noise, torch.zeros_like(noise), torch.zeros_like(noise)], dim=-1)
        phases = (1 - fresh) * (phases + onward) + fresh * begin
        phases = phases - torch.floor(phases)
        rise = torch.clamp(rise, min=SHORTEST_RISE_SECONDS)
        risen = torch.clamp(hop_index * self.hop_seconds / rise, max=1.0)
        semitones = 0.01 * cents * risen * torch.sin(2 * math.pi * phases[:, :1])
        swing = torch.clamp(swing, min=0.0, max=DEEPEST_SWING)
        return Moves(semitones, phases, swing, share, tremolo_hz, beating_hz)

    def fall(self, written: Tensor) -> Tensor:
        """By how many nepers a note falls in a hop in which its time stands still, [rows, 1].

        ``written`` is what :meth:`forward` gives, [rows, NUMBERS].
        """
        nepers = UNIT_DECAY_DB_PER_SECOND * math.log(10) / 20 * self.hop_seconds
        return torch.relu(written[:, -1:] - STANDING) * nepers

    def levels(self, moves: Moves) -> Tensor:
        """Return by how much the amplitude of each harmonic is multiplied at the end of the hop, [rows, harmonics]."""
        rates = moves.tremolo_hz + self.numbers * moves.beating_hz
        depth = moves.swing * torch.clamp(2 - rates * (1 / FULL_SWING_HZ), min=0.0, max=1.0)
        turns = moves.phases[:, 1:2] + self.numbers * moves.phases[:, 2:3]
        # Here cos(angle) is about −depth / 2, where |1 + depth·e^{i·angle}| is 1, on either side.
        side = torch.where(moves.tremolo_share < 0.5, self.side, 1.0)
        begin = (0.5 * math.pi + 0.5 * depth) * side
        return torch.sqrt(1 + depth * depth + 2 * depth * torch.cos(2 * math.pi * turns + begin))


def targets(known: Modulation) -> tuple[list[float], list[float]]:
    """What the network is to write for a note, and how much each of the numbers counts; each of length NUMBERS.

    In this order: depth of the vibrato (1 is ``UNIT_CENTS``), logarithm of its rate beside ``UNIT_VIBRATO_HZ``, its
    rise in seconds; swing; logarithms of the rates of tremolo and beating beside theirs; share of the tremolo; and by
    how much the held note dies away (1 is ``UNIT_DECAY_DB_PER_SECOND``, above ``STANDING``). What is not known does not
    count; rates and rise count by how much there is that has them.
    """
    is_tremolo = known.tremolo_hz > 0
    cents, swing = known.vibrato_cents / UNIT_CENTS, known.swing
    rates = [
        math.log(hz / unit) if hz > 0 else math.nan
        for hz, unit in (
            (known.vibrato_hz, UNIT_VIBRATO_HZ),
            (known.tremolo_hz, UNIT_TREMOLO_HZ),
            (known.beating_hz, UNIT_BEATING_HZ),
        )
    ]
    tremolo_share = float(is_tremolo) if math.isfinite(known.tremolo_hz) else math.nan
    falls = known.decay_db_per_second / UNIT_DECAY_DB_PER_SECOND
    decay = falls + STANDING if falls > 0 else falls
    wanted = [cents, rates[0], known.vibrato_rise_seconds, swing, rates[1], rates[2], tremolo_share, decay]
    counts = [1.0, min(cents, 1.0), min(cents, 1.0), 1.0, swing, swing, swing, 1.0]
    is_known = [math.isfinite(number) and math.isfinite(count) for number, count in zip(wanted, counts, strict=True)]
    return (
        [number if known_one else 0.0 for number, known_one in zip(wanted, is_known, strict=True)],
        [count if known_one else 0.0 for count, known_one in zip(counts, is_known, strict=True)],
    )
