"""The folder of a kit: new or empty, or that of a kit which was interrupted; anything else is left alone."""

import os
from pathlib import Path
from typing import Final

from runtime.errors import LatentbridgeError
from runtime.oneshots.kit_plan import KitPlan, read_plan
from runtime.oneshots.kit_request import KitRequest
from runtime.oneshots.naming import PLAN_FILE
from runtime.oneshots.writing import TEMPORARY_PATTERN

_PLAN_LEFTOVERS: Final = f".{PLAN_FILE}.*.tmp"


def look_into(folder: Path, resume: bool, request: KitRequest) -> KitPlan | None:
    """Return the plan to go on with, None for a kit that is to be planned; nothing is written.

    Raises LatentbridgeError if the folder holds something else, or a kit that was begun with other options.
    """
    if folder.exists() and not folder.is_dir():
        raise LatentbridgeError(f"{folder} is not a folder.", "", "Choose another folder.")
    plan = read_plan(folder) if resume else None
    if plan is None:
        _check_empty(folder, resume)
        return None
    for name, value in request.told.items():
        begun_with = plan.options.get(name)
        if begun_with != value:
            said = f"with --{name} {begun_with}" if begun_with else f"without --{name}"
            raise LatentbridgeError(
                f"The kit in {folder} was begun {said}.",
                f"It cannot go on with --{name} {value}.",
                f"Leave --{name} out, or choose another folder.",
            )
    return plan


def clear_up(folder: Path) -> None:
    """Take away what a run that was killed has left half written; none of it was ever a file under its name."""
    for pattern in (TEMPORARY_PATTERN, _PLAN_LEFTOVERS):
        for leftover in folder.glob(pattern):
            leftover.unlink(missing_ok=True)


def check_model(plan: KitPlan, model_hash: str, folder: Path) -> None:
    """Raise LatentbridgeError if a kit was begun with another model than the one with this hash."""
    if plan.model_hash != model_hash:
        raise LatentbridgeError(
            f"The kit in {folder} was begun with another model.",
            f"That was {plan.model}, whose hash begins {plan.model_hash[:12]}.",
            "Name that one, or choose another folder.",
        )


def _check_empty(folder: Path, resume: bool) -> None:
    try:
        held = [name for name in os.listdir(folder) if not _is_leftover(folder / name)] if folder.exists() else []
    except OSError as error:
        raise LatentbridgeError(f"{folder} cannot be read: {error.strerror}.", "", "Choose another folder.") from None
    if held and resume:
        raise LatentbridgeError(
            f"{folder} holds no kit to go on with.", f"A folder with {PLAN_FILE} was expected.", "Check the path."
        )
    if (folder / PLAN_FILE).exists():
        raise LatentbridgeError(
            f"{folder} holds a kit already.",
            "A new or empty folder was expected; nothing in this one is touched.",
            "Choose another, or go on with a kit that was interrupted: --resume.",
        )
    if held:
        raise LatentbridgeError(
            f"{folder} is not empty.",
            "A new or empty folder was expected; nothing in this one is touched.",
            "Choose another folder.",
        )


def _is_leftover(path: Path) -> bool:
    return path.match(TEMPORARY_PATTERN) or path.match(_PLAN_LEFTOVERS)
