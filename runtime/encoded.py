"""What was found of a sample: as a value, in words, and as it goes between processes.

Nothing here searches or decodes, so that the program that plays need not load what does.
"""

from dataclasses import asdict, dataclass
from typing import Final

from runtime.child_process import Document
from runtime.oneshots.naming import note_name

ORIGINAL: Final = "_original.wav"
"""The sample as it was heard, and what the instrument makes of it, in the folder of a copy …"""
RECONSTRUCTION: Final = "_reconstruction.wav"
"""… under names that no sample there has: a name from outside never begins so."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """Where a sample is in an instrument, and how close the instrument comes to it.

    ``latent`` has latent_size numbers, rounded to float32. ``distance_db`` is the log-mel distance of what is played
    there from the sample, ``first_db`` that of the encoder's own answer, the same if nothing was refined.
    ``learned_db`` and ``unseen_db`` are the medians of the sounds that the model learned and of sounds like them that
    were held back, None if the model does not say. ``outside`` is how far outside the data the place is, up to 1 is
    inside. ``doubts`` say why the sample does not belong here, empty if it does: that is judged by the encoder's own
    answer, since a search finds something near for anything. ``note`` is the MIDI note, with fractions, of a sample
    whose pitch is clear, for a pitched model. ``was_cut`` says that only its first ``heard_seconds`` were heard.
    """

    latent: tuple[float, ...]
    distance_db: float
    first_db: float
    learned_db: float | None
    unseen_db: float | None
    outside: float
    doubts: tuple[str, ...]
    note: float | None
    was_cut: bool
    heard_seconds: float

    @property
    def is_outside(self) -> bool:
        """Whether the sample is of a kind that the model does not know."""
        return bool(self.doubts)

    @property
    def key(self) -> int | None:
        """The key that is nearest to the sample's pitch."""
        return None if self.note is None else round(self.note)


def as_document(encoded: Encoded) -> Document:
    """Return what was found as it goes between processes."""
    return asdict(encoded)


def from_document(document: Document) -> Encoded:
    """Return what :func:`as_document` made a document of."""
    return Encoded(**(document | {"latent": tuple(document["latent"]), "doubts": tuple(document["doubts"])}))


def described(encoded: Encoded, sample: str, model: str) -> list[str]:
    """Return what is to be said of a sample and its place, in lines for a person."""
    lines = []
    if encoded.was_cut:
        lines.append(f"latentbridge: {sample} is longer than {encoded.heard_seconds:g} s; the rest is left out.")
    came = f"{sample}: {encoded.distance_db:.1f} dB from what {model} makes of it"
    if encoded.distance_db < encoded.first_db:
        came += f", {encoded.first_db:.1f} dB before the search"
    usual = []
    if encoded.learned_db is not None:
        usual.append(f"sounds that it learned come within {encoded.learned_db:.1f} dB")
    if encoded.unseen_db is not None:
        usual.append(f"others of their kinds within {encoded.unseen_db:.1f} dB")
    lines.append(f"{came}; {' and '.join(usual)} (medians)." if usual else f"{came}.")
    if encoded.key is not None and encoded.note is not None:
        cents = round(100 * (encoded.note - encoded.key))
        lines.append(f"It sounds at {note_name(encoded.key)} {cents:+d} cents: --note {encoded.key}")
    if encoded.is_outside:
        lines.append(f"latentbridge: {model} does not know such sounds: {' and '.join(encoded.doubts)}.")
    return lines
