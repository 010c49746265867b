"""Whether a model that nobody knows runs: tried in a process of its own, which may crash, hang or swell in our place.

A file of a few hundred bytes can make onnxruntime crash, compute for hours or ask for a hundred gigabytes, when it is
loaded or at one odd input. No reading of the file tells. So it is loaded and run once where that does no harm
(:mod:`runtime.model_trial_process`), under limits of time and, where the system has them, memory and processor time.

This is a guard against accidents and crude malice, not a sandbox: the process has the rights of its user.
"""

import signal
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final, Literal

from runtime.child_process import Child
from runtime.contract import ContractError
from runtime.errors import LatentbridgeError

_REMEDY: Final = "Export it again with `latentbridge train`; if it came from elsewhere, do not use it."


@dataclass(frozen=True, slots=True)
class TrialLimits:
    """What a trial may take. The shipped drums need half a second and 60 MiB."""

    wall_seconds: float = 60.0
    processor_seconds: int = 30
    """Not on Windows."""
    memory_bytes: int = 3 * 2**30
    """Of addresses, beyond what Python and onnxruntime take by themselves; on Linux only."""


def try_model(path: Path, kind: Literal["decoder", "encoder"], limits: TrialLimits | None = None) -> tuple[str, ...]:
    """Load and run a model in a process of its own, at random and at extreme inputs, and return what there is to say.

    What is returned are sentences about odd but harmless behaviour. Raises LatentbridgeError if the model does not
    run, takes too long or too much memory, or takes its process down.
    """
    limits = limits or TrialLimits()
    child = Child(
        "runtime.model_trial_process",
        sockets={},
        buffers={},
        setup={"model": str(path.absolute()), "kind": kind, "limits": asdict(limits)},
        label="The trial",
    )
    try:
        answer = child.answer(limits.wall_seconds)
    except LatentbridgeError:
        # It has said nothing, which is all that this error means here: what it says itself comes as an answer.
        raise _without_answer(path, child, limits) from None
    finally:
        child.end(0.0)
    if "refused" in answer:
        raise ContractError(*answer["refused"])
    return tuple(answer["remarks"])


def _without_answer(path: Path, child: Child, limits: TrialLimits) -> ContractError:
    expected = "A model that loads and runs within a few seconds, whatever it is given, was expected."
    status = child.status
    if status is None:
        what = f"had not finished after {limits.wall_seconds:g} seconds"
    elif status < 0 and _signal_name(-status) == "SIGXCPU":
        what = f"had taken more than {limits.processor_seconds} seconds of processor time"
    elif status < 0:
        what = f"was ended by the signal {_signal_name(-status)}"
    else:
        what = f"ended without a word (status {status})"
    return ContractError(f"{path} was tried in a process of its own, which {what}.", expected, _REMEDY)


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
