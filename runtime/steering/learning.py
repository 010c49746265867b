"""Controls that learn: the next one that is moved moves a target from then on, and what was learned is kept."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from runtime.atomic_file import replace_text
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.learned_mapping import learned_table
from runtime.mapping import unknown_targets
from runtime.mapping_table import PRESSED, SOURCE_KINDS, MappingTable, ProgramPlace, Source, Target
from runtime.mapping_text import format_mapping
from runtime.mapping_words import parse_target
from runtime.steering.desk import Desk
from runtime.steering.library import data_folder
from runtime.steering.presets import PresetBank


def learned_path(folder: Path | None = None) -> Path:
    """Return the file of what the player's controls have learned, a mapping file like any other."""
    return (folder or data_folder()) / "mapping.toml"


class Learning:
    """The mapping of one desk, as it is taught. May be used from any thread."""

    def __init__(
        self, desk: Desk, table: MappingTable, use: Callable[[MappingTable], None], path: Path | None = None
    ) -> None:
        """Go on from a table. ``use`` gives the engine another one; ``path`` is where it is kept, None for nowhere."""
        self._desk, self._use, self._path = desk, use, path
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
            self._change(learned_table(self.table, source, target))
            self._desk.announce("learned", str(source), str(target))
            self._keep()

    def unlearn(self, words: str) -> None:
        """Forget every control that moves a target. Raises LatentbridgeError if none does, or it cannot be kept."""
        with self._desk.lock:
            target = self._parse(words)
            routes = tuple(route for route in self.table.routes if route.target != target)
            if len(routes) == len(self.table.routes):
                raise LatentbridgeError(f"No control has learned to move {target}.")
            self._change(replace(self.table, routes=routes))
            self._desk.announce("learned", "", str(target))
            self._keep()

    def set_programs(self, presets: PresetBank) -> None:
        """Let program changes recall these presets, by their numbers."""
        axes = {axis.name: index for index, axis in enumerate(self._desk.metadata.axes)}
        places = tuple(
            ProgramPlace(
                entry.preset.latent,
                tuple((axes[name], value) for name, value in (entry.preset.axes or {}).items() if name in axes),
            )
            for entry in presets.entries
        )
        # Of the model's own alone every engine knows.
        programs = places if any(entry.is_own for entry in presets.entries) else None
        if programs != self.table.programs:
            self._change(replace(self.table, programs=programs))

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

    def _change(self, table: MappingTable) -> None:
        self.table = table
        self._use(table)

    def _keep(self) -> None:
        if self._path is not None:
            replace_text(self._path, format_mapping(self.table))
