"""``latentbridge kit``: a folder of sounds, ready for a sampler."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, Token

from runtime.engine.decoder import Decoder
from runtime.errors import LatentbridgeError
from runtime.model_admission import admit_decoder
from runtime.model_files import find_model
from runtime.oneshots.command import VOICES
from runtime.oneshots.instruments import write_instruments
from runtime.oneshots.kit_folder import check_model, clear_up, look_into
from runtime.oneshots.kit_making import make_kit
from runtime.oneshots.kit_newness import near_copy_test, newness_lines
from runtime.oneshots.kit_plan import KitPlan, write_plan
from runtime.oneshots.kit_planning import drawn_note, plan_kit
from runtime.oneshots.kit_report import Bar, choice_lines, instrument_lines, kit_lines, session_lines
from runtime.oneshots.kit_request import KitRequest
from runtime.oneshots.kit_sound import Kit
from runtime.oneshots.loops import find_note_loop
from runtime.oneshots.sample_format import Bits
from runtime.oneshots.writing import make_folder


def _whole(_: type, tokens: Sequence[Token]) -> int:
    """Take whole numbers only: half a sound is a slip of the finger."""
    try:
        return int(tokens[0].value)
    except ValueError:
        raise ValueError(f"{tokens[0].value[:20]!r} is not a whole number") from None


Whole = Annotated[int | None, Parameter(converter=_whole)]


def kit(
    model: Annotated[str, Parameter(help="Path of a model, or the name of a shipped one.")],
    out: Annotated[Path, Parameter(help="The folder to fill: new or empty.")],
    /,
    *,
    sounds: Annotated[Whole, Parameter(help="How many sounds, each of its own: 16 if nothing is said.")] = None,
    notes: Annotated[
        str | None, Parameter(help="One instrument over these keys: C1-C7, or 36-96; for pitched models. C3 is 60.")
    ] = None,
    step: Annotated[Whole, Parameter(help="With --notes: semitones between samples. 1 if nothing is said.")] = None,
    classes: Annotated[
        str | None, Parameter(help="Classes to draw from: kick,snare. `latentbridge info` names those of a model.")
    ] = None,
    layers: Annotated[Whole, Parameter(help="Velocity layers of each sound.")] = None,
    variations: Annotated[Whole, Parameter(help="Round robins of each sound: the same one, struck again.")] = None,
    preset: Annotated[
        str | None, Parameter(help="With --notes the instrument; else sounds like this preset, the model's or yours.")
    ] = None,
    hold: Annotated[
        float | None, Parameter(help="Seconds a pitched note is held: 1, with --notes 3, if nothing is said.")
    ] = None,
    seed: Annotated[Whole, Parameter(help="The same seed gives the same kit; else each is a new one.")] = None,
    bits: Annotated[Bits | None, Parameter(help="16 (dithered), 24 or 32f. 24 if nothing is said.")] = None,
    rate: Annotated[Whole, Parameter(help="Sample rate of the files in Hz; the model's own if not given.")] = None,
    from_session: Annotated[
        Path | None,
        Parameter(help="A log of `play --log`: the sounds captured in it, or else those played most, are the kit."),
    ] = None,
    allow_near_copies: Annotated[
        bool, Parameter(negative="", help="Keep sounds that are nearly one of those the model was trained on.")
    ] = False,
    resume: Annotated[bool, Parameter(negative="", help="Go on with a kit that was interrupted.")] = False,
) -> None:
    """Fill a folder with sounds of an instrument, ready for a sampler.

    Drums and other one-shots stand on keys from C1 up, drums where General MIDI has them; no two of a kit are much
    alike. With --notes, a pitched model becomes one instrument over a keyboard; without, its sounds are of different
    presets. Sounds that are nearly training sounds are drawn again. All are trimmed, faded and equally loud; softer
    layers stay softer. Each file says inside how it was made, so that `latentbridge oneshot --from FILE.wav OUT.wav`
    makes it again.
    """
    log = None if from_session is None else str(from_session)
    request = KitRequest(sounds, notes, step, classes, layers, variations, preset, hold, seed, bits, rate, log)
    request.check()
    plan = look_into(out, resume, request)
    decoder = Decoder.load(admit_decoder(find_model(model)), VOICES)
    with Bar() as bar:
        lines: list[str] = []
        if plan is None:
            plan, lines = _plan(decoder, request, out, bar, allow_near_copies)
        check_model(plan, decoder.hash, out)
        clear_up(out)
        made = _make(decoder, plan, out, bar, f"latentbridge kit {model} {out} --resume")
        instruments = write_instruments(out, made) if made.sounds else ()
    newness = [f"  {line}" for line in newness_lines(decoder, plan, out)]
    what = [*kit_lines(out, plan, decoder.metadata.sample_rate), *instrument_lines(made, instruments)]
    for line in [*what, *lines, *newness]:
        print(line)


def _plan(
    decoder: Decoder, request: KitRequest, out: Path, bar: Bar, allow_near_copies: bool
) -> tuple[KitPlan, list[str]]:
    """Plan a new kit and keep the plan in its folder, before the first sound is written."""
    wish = request.wish(decoder)
    make_folder(out)
    is_near_copy = None if allow_near_copies else near_copy_test(decoder, drawn_note(decoder.metadata))
    plan, chosen = plan_kit(decoder, wish, is_near_copy, bar.drawing)
    plan = plan.model_copy(update={"options": request.told | {"seed": str(wish.seed)}})
    write_plan(out, plan)
    return plan, [f"  {line}" for line in [*session_lines(wish), *choice_lines(plan, chosen)]]


def _make(decoder: Decoder, plan: KitPlan, out: Path, bar: Bar, go_on: str) -> Kit:
    """Write the sounds; whoever is interrupted learns what is there and how to go on."""
    done = 0

    def tell(files: int, of: int) -> None:
        nonlocal done
        done = files
        bar.writing(files, of)

    try:
        return make_kit(decoder, plan, out, find_note_loop, tell)
    except LatentbridgeError as error:
        there = f"{error.expected} {done} of {len(plan.sounds)} files are there and whole."
        raise LatentbridgeError(error.wrong, there.strip(), f"{error.remedy} Then go on: {go_on}".strip()) from error
    except KeyboardInterrupt:
        print(
            f"latentbridge: interrupted; {done} of {len(plan.sounds)} files are there and whole. Go on: {go_on}",
            file=sys.stderr,
        )
        raise
