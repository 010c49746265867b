"""What a place in latent space sounds like, as a file: for commands that find places."""

from pathlib import Path
from typing import Final, Literal

from runtime.engine.decoder import Decoder
from runtime.engine.replay import planned_note
from runtime.model_admission import admit_decoder
from runtime.oneshots.cutting import QUIETEST_PEAK
from runtime.oneshots.making import make_sound
from runtime.oneshots.writing import write_named

VOICES: Final = 16
"""As `play` loads it, so that a decoder whose batches are not bit-equal uses the same one here."""
NOTE: Final = 60
VELOCITY: Final = 100 / 127


def write_place(
    model_path: Path,
    wav: Path,
    latent: tuple[float, ...],
    kind: Literal["oneshot", "reconstruction"] = "oneshot",
    source: str = "",
    note: int = NOTE,
) -> None:
    """Write the sound of a place as `latentbridge oneshot --latent` does, tagged with how it was made.

    Raises LatentbridgeError if the model does not run, the place is silent, or the file cannot be written.
    """
    decoder = Decoder.load(admit_decoder(model_path), VOICES)
    planned = planned_note(decoder.metadata, note, VELOCITY, latent)
    sound = make_sound(decoder, planned, QUIETEST_PEAK, kind, source)
    write_named(wav, sound.audio, sound.sample_rate, sound.tags)
