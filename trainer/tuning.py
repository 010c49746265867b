"""How well in tune a finished instrument of notes is: ``python -m trainer.tuning MODEL FOLDER``.

Every held-out sound of FOLDER (every one, if none is held out) is encoded; its place is played on the key of its note,
and the pitch of that is measured as the pitch of samples is. What comes out is an error of the instrument, not of the
recording: a sample that is 8 cents sharp was learnt as such, and its key is to play at 0.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

import cyclopts
import numpy as np
import numpy.typing as npt

from runtime.contract import read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.model_files import encoder_of, find_model
from runtime.pitch_detection import measure_pitch
from trainer.beginning import settings_of, training_split
from trainer.exported import ExportedModel, Floats
from trainer.pitched_clips import PitchedClip, Playing, as_the_model_plays
from trainer.samples import Clip, load_folder
from trainer.settings import Settings

PLAYED_SECONDS = 1.0
NEAR_CENTS = 10.0


def tuning_errors_cents(model: ExportedModel, latents: Floats, keys: Sequence[int]) -> npt.NDArray[np.float64]:
    """Play each latent on a key and return how far it is from that key, in cents; NaN where no pitch is heard.

    Args:
        model: an exported decoder of notes.
        latents: [sounds, latent_size].
        keys: whole MIDI notes, as many.
    """
    pitch = np.array(keys, np.float32)
    held = np.full(len(keys), np.inf, np.float32)
    played = model.decode(latents, PLAYED_SECONDS, Playing(pitch, np.ones_like(pitch), held))
    rate = model.metadata.sample_rate
    heard = [measure_pitch(sound, rate, near_note=float(key)).note for sound, key in zip(played, keys, strict=True)]
    return 100 * (np.array(heard) - np.array(keys))


def tuning_of_notes_cents(model: ExportedModel, notes: Sequence[PitchedClip]) -> npt.NDArray[np.float64]:
    """Encode real notes and play each place on the key of its note: errors as of ``tuning_errors_cents``."""
    latents, _ = model.encode([np.asarray(note.audio, np.float32) for note in notes])
    return tuning_errors_cents(model, latents, [round(note.pitch) for note in notes])


def tuning_line(errors: npt.NDArray[np.float64]) -> str:
    """One line: median, share within ten cents, and how many had a pitch at all."""
    heard = np.abs(errors[np.isfinite(errors)])
    if not len(heard):
        return f"none of {len(errors)} sounds has a pitch"
    near = float((heard <= NEAR_CENTS).mean())
    return (
        f"pitch of {len(errors)} sounds: {np.median(heard):.1f} cents off (median), {near:.0%} within "
        f"{NEAR_CENTS:g} cents; {len(errors) - len(heard)} without a pitch"
    )


def main(model: str, folder: Path) -> None:
    """Print how well in tune MODEL, a file or the name of a shipped one, plays the notes of FOLDER."""
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    if not metadata.pitched:
        raise LatentbridgeError(
            f"{metadata.name} is an instrument of drums.", "One of notes was expected.", "Give another model."
        )
    settings = settings_of(metadata) or Settings()
    samples = load_folder(folder, settings.samples, channels=metadata.channels)
    clips = training_split(as_the_model_plays(samples, True, metadata.sample_rate), settings.run)
    judged: Sequence[Clip] = clips.held_out or clips.training
    exported = ExportedModel(path, encoder_of(path, metadata))
    print(tuning_line(tuning_of_notes_cents(exported, [clip for clip in judged if isinstance(clip, PitchedClip)])))


if __name__ == "__main__":
    try:
        cyclopts.run(main)
    except LatentbridgeError as error:
        sys.exit(str(error))
