"""``latentbridge encode``: where a sound of yours is in an instrument, and what the instrument makes of it."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from runtime.contract import DecoderMetadata, read_hash
from runtime.encoded import Encoded, described
from runtime.engine.noise import LARGEST_SEED
from runtime.errors import LatentbridgeError
from runtime.latent_text import as_text
from runtime.model_files import find_model
from runtime.oneshots.writing import check_writable
from runtime.place_sound import NOTE, write_place
from runtime.refinement import POPULATION, ROUNDS
from runtime.sample_place import SampleEncoder
from runtime.steering.files import Files
from runtime.steering.history import Stand
from runtime.steering.presets import PresetBank


def encode(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    sample: Annotated[Path, Parameter(help="The sound: WAV, AIFF, FLAC, OGG or MP3, of any rate.")],
    /,
    *,
    refine: Annotated[
        bool, Parameter(negative="", help="Search on from the encoder's answer for a place that sounds closer.")
    ] = False,
    steps: Annotated[
        int, Parameter(help=f"With --refine: how often {POPULATION} places are tried, 2 to 500.")
    ] = ROUNDS,
    seed: Annotated[int, Parameter(help="With --refine: which search; the same one finds the same place.")] = 0,
    wav: Annotated[Path | None, Parameter(help="Write here what the instrument makes of the sound.")] = None,
    preset: Annotated[str | None, Parameter(help="Keep the place as a preset of yours under this name.")] = None,
) -> None:
    """Find the place of a sound of yours in an instrument.

    Prints its latent: the coordinate at which the instrument sounds most like it, in one line that can be pasted after
    `latentbridge oneshot MODEL OUT.wav --latent`; and says how close the instrument comes, and whether the sound is of
    a kind that it does not know.
    """
    _check(steps, seed)
    model_path = find_model(model)
    if wav is not None:
        check_writable(wav)
    encoder = SampleEncoder(model_path)
    name = encoder.metadata.name

    def progress(done: int, best_db: float) -> None:
        said = f"\rsearching: {done * POPULATION} of {steps * POPULATION} places, {best_db:.1f} dB "
        print(said, end="\n" if done == steps else "", file=sys.stderr, flush=True)

    encoded = encoder.encode(sample, refine, rounds=steps, seed=seed, on_round=progress)
    print(as_text(encoded.latent))
    for line in described(encoded, sample.name, name):
        print(line, file=sys.stderr)
    if preset is not None:
        print(f"preset {_keep(encoder.metadata, model_path, encoded, preset)!r} of {name}", file=sys.stderr)
    if wav is not None:
        key = NOTE if encoded.key is None else encoded.key
        write_place(model_path, wav, encoded.latent, "reconstruction", sample.name, key)
        print(f"{wav}: what {name} makes of {sample.name}", file=sys.stderr)


def _keep(metadata: DecoderMetadata, model: Path, encoded: Encoded, name: str) -> str:
    """Keep a place as one of the player's presets, and return the name it got. Raises LatentbridgeError."""
    problems: list[str] = []
    files = Files(problems.append)
    at_rest = tuple(axis.rest for axis in metadata.axes)
    saved = PresetBank(metadata, read_hash(model), files).save(name, Stand(encoded.latent, at_rest), {})
    files.close()
    if problems:
        raise LatentbridgeError(problems[0])
    return saved.name


def _check(steps: int, seed: int) -> None:
    for option, value, low, high in (("--steps", steps, 2, 500), ("--seed", seed, 0, LARGEST_SEED)):
        if not low <= value <= high:
            raise LatentbridgeError(f"{option} {value} is out of range.", f"{low} to {high} was expected.")
