"""``latentbridge oneshot``: one sound of an instrument as a file, and the sound of such a file made once more."""

import math
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter, Token

from runtime.contract import DecoderMetadata, read_hash
from runtime.data_folder import instruments_folder
from runtime.engine.decoder import Decoder
from runtime.engine.noise import LARGEST_SEED
from runtime.engine.replay import planned_note
from runtime.errors import LatentbridgeError
from runtime.latent.prior import WIDEST_TEMPERATURE, class_label, draw
from runtime.latent_text import parse_latent
from runtime.model_admission import admit_decoder
from runtime.model_files import SHIPPED_FOLDER, find_by_hash, find_model
from runtime.oneshots.cutting import QUIETEST_PEAK
from runtime.oneshots.making import Sound, make_sound, remake_sound
from runtime.oneshots.naming import note_name
from runtime.oneshots.promise import compare
from runtime.oneshots.tags import Tags, read_tags
from runtime.oneshots.writing import check_writable, write_named

VOICES: Final = 16
"""As `play` loads it, so that a decoder whose batches are not bit-equal uses the same one here."""
_NOTE, _VELOCITY = 60, 100


def _whole(_: type, tokens: Sequence[Token]) -> int:
    """Take whole numbers only: 0.8 is no velocity here, and rounding it to 1 would be a very soft strike."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"{tokens[0].value[:20]!r} is not a whole number") from None


def oneshot(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one; left out with --from.")],
    out: Annotated[Path | None, Parameter(help="The WAV file to write (24 bit).")] = None,
    /,
    *,
    note: Annotated[int, Parameter(help="MIDI note to play; 60 is C3.", converter=_whole)] = _NOTE,
    velocity: Annotated[int, Parameter(help="How hard the key is struck, 1 to 127.", converter=_whole)] = _VELOCITY,
    seed: Annotated[
        int | None,
        Parameter(
            help="Which noise the sound is made of; 0, as without it, is the noise that the key plays.",
            converter=_whole,
        ),
    ] = None,
    latent: Annotated[
        str | None,
        Parameter(
            help='Place in the latent space, as numbers with commas: "-0.1,0.4,…". The model\'s default if not given.',
            allow_leading_hyphen=True,
        ),
    ] = None,
    random: Annotated[
        bool, Parameter(negative="", help="A random place that the model knows; with --seed always the same one.")
    ] = False,
    class_: Annotated[
        str | None, Parameter(name="--class", help="A random place of this class; `latentbridge info` names them.")
    ] = None,
    temperature: Annotated[
        float | None,
        Parameter(help="A random place, so far astray: 0 the middle of a kind, 1 as the training sounds are, 2 far."),
    ] = None,
    from_: Annotated[
        Path | None, Parameter(name="--from", help="Make the sound of this file, written by latentbridge, once more.")
    ] = None,
    model_path: Annotated[
        str | None,
        Parameter(name="--model", help="With --from: the model, if it is not found by itself."),
    ] = None,
) -> None:
    """Write one sound of an instrument as a WAV file.

    The file says inside how it was made. `latentbridge oneshot --from FILE.wav OUT.wav` reads that and makes the same
    sound again; the model is looked for among the shipped ones, in the current folder and beside FILE.wav.
    A file OUT.wav that latentbridge wrote is replaced; any other is left alone.
    """
    if from_ is None:
        if out is None or model_path is not None:
            raise _usage("OUT.wav is missing." if out is None else "--model goes with --from only.")
        chance = _Chance(class_, temperature) if random or (class_, temperature) != (None, None) else None
        _write_new(model, out, note, velocity, seed, latent, chance)
        return
    if out is not None:
        raise _usage("With --from, the model is not named in front.")
    told = (random, note, velocity, seed, latent, class_, temperature)
    if told != (False, _NOTE, _VELOCITY, None, None, None, None):
        raise _usage("With --from, the file says note, velocity, seed and latent.")
    _write_again(from_, Path(model), model_path)


@dataclass(frozen=True)
class _Chance:
    """A place is to be drawn: of one class or of all, and how far it may stray (None: as fitted)."""

    class_name: str | None
    temperature: float | None

    def place(self, metadata: DecoderMetadata, seed: int) -> tuple[float, ...]:
        label = None if self.class_name is None else class_label(metadata, self.class_name)
        temperature = 1.0 if self.temperature is None else self.temperature
        return draw(metadata, seed, temperature=temperature, label=label)


def _write_new(
    model: str, out: Path, note: int, velocity: int, seed: int | None, latent: str | None, chance: _Chance | None
) -> None:
    _check_range("--note", note, 0, 127)
    _check_range("--velocity", velocity, 1, 127)
    _check_range("--seed", seed or 0, 0, LARGEST_SEED)
    if chance is not None:
        _check_range("--temperature", chance.temperature or 0.0, 0, WIDEST_TEMPERATURE)
        if latent is not None:
            raise _usage("--latent and a random place (--random, --class, --temperature) exclude each other.")
    path = find_model(model)
    check_writable(out)
    decoder = Decoder.load(admit_decoder(path), VOICES)
    place = decoder.metadata.default_latent
    if latent is not None:
        place = parse_latent(latent, decoder.metadata)
    elif chance is not None:
        place = chance.place(decoder.metadata, secrets.randbits(32) if seed is None else seed)
    planned = planned_note(decoder.metadata, note, velocity / 127, place, seed or 0)
    sound = make_sound(decoder, planned, QUIETEST_PEAK)
    _write(out, sound)


def _write_again(source: Path, out: Path, model: str | None) -> None:
    tags = read_tags(source)
    check_writable(out)
    decoder = Decoder.load(admit_decoder(_model_of(source, tags, model)), tags.document.made_with.voices)
    sound = remake_sound(decoder, tags)
    verdict = compare(source, tags, sound.tags.document.made_with, sound.audio)
    _write(out, sound)
    print(verdict.promised)
    print(verdict.found)
    if not verdict.kept:
        print(f"latentbridge: {out} may not sound like {source}.", file=sys.stderr)


def _write(out: Path, sound: Sound) -> None:
    write_named(out, sound.audio, sound.sample_rate, sound.tags)
    note = sound.tags.document.note
    what = f"{note_name(note.note)} " if note else ""
    seconds = sound.audio.shape[1] / sound.sample_rate
    print(f"{out}: {what}{seconds:.2f} s, peak {20 * math.log10(sound.peak):.1f} dBFS")


def _model_of(source: Path, tags: Tags, named: str | None) -> Path:
    """Return the model that made a file. Raises LatentbridgeError if it is not found, or another was named."""
    document = tags.document
    if named is not None:
        path = find_model(named)
        if read_hash(path) != document.model_hash:
            raise LatentbridgeError(
                f"{path} is not the model that made {source}.",
                f"That was {document.model}, whose hash begins {document.model_hash[:12]}.",
                "Name that one, or leave --model out.",
            )
        return path
    folders = [SHIPPED_FOLDER, instruments_folder(), Path(), source.parent]
    found = find_by_hash(document.model_hash, folders)
    if found is None:
        raise LatentbridgeError(
            f"{document.model}, the model that made {source}, is not here; its hash begins {document.model_hash[:12]}.",
            "It was looked for among the shipped and trained models, in the current folder and beside the file.",
            "Name it: --model PATH",
        )
    return found


def _check_range(option: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise LatentbridgeError(f"{option} {value} is out of range.", f"{low:.10g} to {high:.10g} was expected.", "")


def _usage(wrong: str) -> LatentbridgeError:
    return LatentbridgeError(
        wrong,
        "Expected: latentbridge oneshot MODEL OUT.wav, or latentbridge oneshot --from FILE.wav OUT.wav.",
        "See `latentbridge oneshot --help`.",
    )
