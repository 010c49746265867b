"""Controls that learn: the next one that is moved moves a target from then on, and what was learned is kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from runtime.data_folder import data_folder
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.learned_mapping import learned_table
from runtime.mapping import unknown_targets
from runtime.mapping_file import load_mapping
from runtime.mapping_table import PRESSED, SOURCE_KINDS, MappingTable, ProgramPlace, Source, Target
from runtime.mapping_text import format_mapping
from runtime.mapping_words import parse_target
from runtime.steering.desk import Desk
from runtime.steering.files import Files
from runtime.steering.presets import PresetBank


def learned_path(folder: Path | None = None) -> Path:
    """Return the file of what the player's controls have learned, a mapping file like any other."""
    return (folder or data_folder()) / "mapping.toml"


_PROGRAMS: Final = 128
"""Presets that a program change can reach."""


class Learning:
    """The mapping of one desk, as it is taught. May be used from any thread."""

    def __init__(
        self,
        desk: Desk,
        table: MappingTable,
        use: Callable[[MappingTable], None],
        files: Files,
        path: Path | None = None,
    ) -> None:
        """Go on from a table. ``use`` gives the engine another one; ``path`` is where it is kept, None for nowhere."""
        self._desk, self._use, self._files, self._path = desk, use, files, path
        self.table = table
        """What is played with now."""
        self._target: Target | None = None

    def learn(self, words: str) -> None:
        """Wait for the next control that is moved, and let it move a target; with no words wait no more.

        Raises LatentbridgeError for what is no target of this model.
        """
        with self._desk.lock:
            self._target = self._parse(words) if words.strip() else None
            self._desk.send(Event(Kind.LEARN, value=float(self._target is not None)))

    def hear(self, event: Event) -> None:
        """Take what the engine says of controls that are moved (HEARD). Raises LatentbridgeError if it is not kept."""
        with self._desk.lock:
            target, kind = self._target, SOURCE_KINDS[event.note]
            # A melody played meanwhile teaches nothing, unless a key is to press something.
            if target is None or (kind == "note" and target.kind not in PRESSED):
                return
            source = Source(kind, event.index)
            self.learn("")
            self._change(lambda table: learned_table(table, source, target))
            self._desk.announce("learned", str(source), str(target))

    def unlearn(self, words: str) -> None:
        """Forget every control that moves a target. Raises LatentbridgeError if none does, or it cannot be kept."""
        with self._desk.lock:
            target = self._parse(words)
            if not any(route.target == target for route in self.table.routes):
                raise LatentbridgeError(f"No control has learned to move {target}.")
            self._change(lambda table: _without(table, target))
            self._desk.announce("learned", "", str(target))

    def give_up(self) -> None:
        """Wait for no control any more."""
        if self._target is not None:
            self.learn("")

    def again(self) -> None:
        """Let a new engine go on learning where one that died was."""
        with self._desk.lock:
            if self._target is not None:
                self._desk.send(Event(Kind.LEARN, value=1.0))

    def set_programs(self, presets: PresetBank) -> None:
        """Let program changes recall these presets, by their numbers."""
        axes = {axis.name: index for index, axis in enumerate(self._desk.metadata.axes)}
        places = tuple(
            ProgramPlace(
                entry.preset.latent,
                tuple((axes[name], value) for name, value in (entry.preset.axes or {}).items() if name in axes),
            )
            for entry in presets.entries[:_PROGRAMS]
        )
        # Of the model's own alone every engine knows.
        programs = places if any(entry.is_own for entry in presets.entries) else None
        if programs != self.table.programs:
            self.table = replace(self.table, programs=programs)
            self._use(self.table)

    def _parse(self, words: str) -> Target:
        try:
            target = parse_target(words)
        except ValueError as error:
            raise LatentbridgeError(f"{words!r} is no target: {error}.") from None
        route = learned_table(MappingTable(), Source("cc", 1), target)
        if unknown_targets(route, self._desk.metadata):
            axes = ", ".join(axis.name for axis in self._desk.metadata.axes) or "none"
            raise LatentbridgeError(
                f"{self._desk.metadata.name} has no {target}.",
                f"Its axes: {axes}; its latent dimensions: 1…{self._desk.metadata.latent_size}.",
            )
        return target

    def _change(self, change: Callable[[MappingTable], MappingTable]) -> None:
        """Change what is played with, and alike what is kept, which may hold what somebody has written meanwhile."""
        self.table = change(self.table)
        self._use(self.table)
        if self._path is not None:
            kept = change(self._files.get(self._path, load_mapping) or MappingTable())
            self._files.put(self._path, kept, lambda: format_mapping(kept))


def _without(table: MappingTable, target: Target) -> MappingTable:
    return replace(table, routes=tuple(route for route in table.routes if route.target != target))
