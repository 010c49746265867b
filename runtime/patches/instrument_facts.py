"""What patches take from a model: its axes with names and ranges, its classes, and how it plays."""

from dataclasses import dataclass
from typing import Final

from runtime.contract import Axis, DecoderMetadata

MOST_AXES: Final = 8
"""As many as one bank of a Push, or one row of knobs, has."""
_SHORTEST_WORDS: Final = {
    "brightness": "Bright",
    "noisiness": "Noisy",
    "pitch_drop": "P. Drop",
    "low_end": "Low End",
    "inharmonicity": "Inharm",
    "harmonic_tilt": "Tilt",
    "richness": "Rich",
}
_LONGEST_SHORT_NAME: Final = 8


@dataclass(frozen=True, slots=True)
class Knob:
    """An axis as a knob: from ``low`` to ``high``, ``rest`` changes nothing; latent units."""

    name: str
    title: str
    short_title: str
    low: float
    high: float
    rest: float
    about: str


@dataclass(frozen=True, slots=True)
class InstrumentFacts:
    """A model, as far as a patch knows it."""

    name: str
    knobs: tuple[Knob, ...]
    latent_size: int
    classes: tuple[str, ...]
    presets: tuple[str, ...]
    pitched: bool
    channels: int

    @classmethod
    def of(cls, metadata: DecoderMetadata) -> "InstrumentFacts":
        """Take them from a model's metadata; of many axes the first eight."""
        return cls(
            metadata.name,
            tuple(_knob(axis) for axis in metadata.axes[:MOST_AXES]),
            metadata.latent_size,
            metadata.classes,
            tuple(metadata.presets),
            metadata.pitched,
            metadata.channels,
        )


def _knob(axis: Axis) -> Knob:
    title = axis.name.replace("_", " ").title()
    short = _SHORTEST_WORDS.get(axis.name, title)[:_LONGEST_SHORT_NAME].strip()
    about = axis.descriptor or "a principal direction of the sounds it learned; it has no name yet"
    # Short numbers, so that what a knob shows is what the file says.
    low, high, rest = (round(number, 3) for number in (axis.minimum, axis.maximum, axis.default))
    return Knob(axis.name, title, short, low, high, rest, about)
