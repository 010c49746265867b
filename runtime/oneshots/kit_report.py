"""What `latentbridge kit` tells: how far it is, on a terminal, and what the kit has become."""

import statistics
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from runtime.oneshots.kit_choice import Chosen
from runtime.oneshots.kit_level import LEVEL_DB
from runtime.oneshots.kit_plan import KitPlan
from runtime.oneshots.kit_planning import KitWish
from runtime.oneshots.kit_sound import Kit

_FORMATS: Final = {"16": "16 bit", "24": "24 bit", "32f": "32 bit float"}


class Bar:
    """A bar on stderr where that is a terminal; anywhere else nothing. A context manager."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._progress.stop()

    def drawing(self, done: int, of: int) -> None:
        """Say how many sounds have been drawn to choose from."""
        self._show("Drawing sounds", done, of)

    def writing(self, done: int, of: int) -> None:
        """Say how many files are written."""
        self._show("Writing files", done, of)

    def _show(self, what: str, done: int, of: int) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._progress.add_task(what, total=of)
        self._progress.update(self._tasks[what], completed=done, total=of)


def choice_lines(plan: KitPlan, chosen: Sequence[Chosen]) -> list[str]:
    """Return how different the sounds are that were chosen for a plan."""
    if len(chosen) < 2:
        return []
    names = {sound.latent: sound.name for sound in plan.sounds}
    nearest = min(chosen, key=lambda one: one.nearest_db)
    pair = " and ".join(sorted(names[one.latent] for one in (nearest, chosen[nearest.nearest])))
    middle = statistics.median(one.nearest_db for one in chosen)
    return [f"most alike are {pair}, {nearest.nearest_db:.1f} dB apart; usual is {middle:.1f} dB (log-mel)"]


def instrument_lines(kit: Kit, files: Sequence[Path]) -> list[str]:
    """Return which files open a kit in samplers, and whether its notes sound for as long as a key is held."""
    if not files:
        return []
    looped = sum(sound.loop is not None for sound in kit.sounds)
    loops = f"; {looped} of {len(kit.sounds)} sounds go on while a key is held" if looped else ""
    return [f"  for samplers: {', '.join(path.name for path in files)}{loops}"]


def session_lines(wish: KitWish) -> list[str]:
    """Return where the sounds of a kit come from, if from a performance."""
    if not wish.session:
        return []
    if wish.session[0].is_captured:
        return ["the sounds captured while playing, in that order"]
    times = [sound.times for sound in wish.session]
    return [f"the sounds played most: {times[0]} times the first, {times[-1]} the last"]


def kit_lines(folder: Path, plan: KitPlan, model_rate: int) -> list[str]:
    """Return what a kit is, in lines for a person."""
    groups = plan.groups
    layers = len({sound.velocities for sound in groups[0]})
    robins = groups[0][0].round_robins
    kinds = Counter(group[0].class_name or "sound" for group in groups)
    what = ", ".join(f"{count} {name}" for name, count in kinds.most_common(12))
    more = f" and {len(kinds) - 12} more kinds" if len(kinds) > 12 else ""
    form = (
        f"{plan.bits.replace('f', '')} bit{' float' if plan.bits == '32f' else ''}, {plan.sample_rate or model_rate} Hz"
    )
    each = "".join(f", {count} {what}" for count, what in ((layers, "layers"), (robins, "variations")) if count > 1)
    lines = [
        f"{folder}: {len(plan.sounds)} files of {plan.model}, {form}{each}; --seed {plan.seed} gives them again",
        f"  {what}{more}",
        f"  each at {LEVEL_DB:g} dB (loudest 0.1 s, K-weighted), or at full scale where it would not fit",
    ]
    unmapped = sum(group[0].keys is None for group in groups)
    return lines + ([f"  {unmapped} sounds have no key: there are only 128"] if unmapped else [])
