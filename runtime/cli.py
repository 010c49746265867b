"""The command ``latentbridge``: every command by name, none of them loaded before it is asked for.

``play`` has to sound quickly and on machines without torch, so commands are named by import string; their own modules
hold their options. Errors that a user can mend are printed as sentences on stderr; the status is 1.
"""

import difflib
import io
import os
import sys
from collections.abc import Sequence
from typing import Any, Final

from cyclopts import App, CycloptsError, UnknownCommandError, UnusedCliTokensError

from runtime import __version__
from runtime.errors import LatentbridgeError
from runtime.install_lines import missing_package

COMMANDS: Final = {
    "train": ("trainer.train:main", "Train an instrument on a folder of one-shot sounds."),
    "calibrate": ("trainer.calibration:main", "Find the named axes, map and level of an instrument anew."),
    "play": ("runtime.session:play", "Play an instrument from MIDI and OSC."),
    "render": ("runtime.offline:render", "Turn a MIDI file or a recorded event log into a WAV file."),
    "oneshot": ("runtime.oneshots.command:oneshot", "Write one sound of an instrument as a WAV file."),
    "kit": ("runtime.oneshots.kit_command:kit", "Fill a folder with sounds of an instrument, for a sampler."),
    "encode": ("runtime.encoding:encode", "Find the place of a sound of yours in an instrument."),
    "find": ("runtime.words.command:find", "Find a sound of an instrument by words."),
    "info": ("runtime.model_info:info", "Say what an instrument is and what it can do."),
    "devices": ("runtime.devices:devices", "List sound outputs and MIDI ports."),
    "patches": ("runtime.patches.command:patches", "Write patches for Max, Max for Live and Pure Data."),
    "bench": ("runtime.bench:bench", "Measure what an instrument costs here, and say what is safe to play."),
    "latency": ("runtime.latency:latency", "Play a click, listen for it, and say how long it was on its way."),
    "doctor": ("runtime.doctor:doctor", "Check what works on this machine, and say what to change."),
}
"""Command → (import string, what it does in one line)."""
_USAGE: Final = {
    "oneshot": "Usage: latentbridge oneshot MODEL OUT.wav [OPTIONS]\n"
    "       latentbridge oneshot --from FILE.wav OUT.wav [--model PATH]\n",
}
"""Usage of a command whose words depend on each other."""


def build_app(command: str = "") -> App:
    """Return the command line for a call of ``command``; building it imports none of the commands."""
    app = App(
        name="latentbridge",
        help="A folder of one-shot sounds becomes an instrument, played from MIDI and OSC.",
        version=__version__,
        help_format="markdown",
        exit_on_error=False,
        print_error=False,
        # What a command returns is of no interest to the shell: it ends well, or it raises.
        result_action="return_none",
    )
    for position, (name, (import_string, summary)) in enumerate(COMMANDS.items()):
        options: dict[str, Any] = {"sort_key": position, "usage": _USAGE.get(name)}
        if name != command:
            # The list of commands must not import them for a line of help; a command's own help is its docstring.
            options["help"] = summary
        app.command(import_string, name=name, **options)
    return app


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit status: 0 done, 1 an error told in sentences, 130 interrupted."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file name may hold bytes that are no text, or letters that this terminal cannot show.
            stream.reconfigure(errors="backslashreplace")
    try:
        build_app(words[0] if words else "")(words)
    except LatentbridgeError as error:
        return _tell(error)
    except CycloptsError as error:
        return _tell(_as_sentences(error, words))
    except ImportError as error:
        return _tell(_as_missing_package(error, words))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # `latentbridge info drums | head`: nobody reads on. Python would complain once more when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141
    return 0


def _tell(error: LatentbridgeError) -> int:
    print(f"latentbridge: {error}", file=sys.stderr)
    return 1


def _as_sentences(error: CycloptsError, words: Sequence[str]) -> LatentbridgeError:
    """Turn a word that the command line does not understand into the house's three sentences."""
    if isinstance(error, UnknownCommandError):
        # Its own message would import every command to suggest one, torch included.
        near = difflib.get_close_matches(words[0], COMMANDS, n=1)
        remedy = f"Did you mean `latentbridge {near[0]}`?" if near else "See `latentbridge --help`."
        what = "option" if words[0].startswith("-") else "command"
        return LatentbridgeError(f"There is no {what} {words[0]!r}.", f"Commands: {', '.join(COMMANDS)}.", remedy)
    remedy = (
        f"See `latentbridge {words[0]} --help`." if words and words[0] in COMMANDS else "See `latentbridge --help`."
    )
    if isinstance(error, UnusedCliTokensError):
        left = " ".join(error.unused_tokens or ())
        return LatentbridgeError(f"{left!r} was not expected after the rest.", "", remedy)
    wrong = " ".join(str(error).split())
    return LatentbridgeError(wrong if wrong.endswith((".", "?")) else f"{wrong}.", "", remedy)


def _as_missing_package(error: ImportError, words: Sequence[str]) -> LatentbridgeError:
    """Explain a package that is not installed; any other failure to import is a fault of ours and stays one."""
    cause: BaseException = error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    missing = cause.name.partition(".")[0] if isinstance(cause, ModuleNotFoundError) and cause.name else ""
    if not missing or missing in ("runtime", "trainer"):
        raise error
    return missing_package(missing, is_for_training=words[0] in ("train", "calibrate"))


if __name__ == "__main__":
    sys.exit(main())
