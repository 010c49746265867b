"""Presets: places in latent space under a name, the model's own and the player's.

The model's come first, then the player's in the order in which they were saved; so numbers stay what they were, and a
program change keeps its meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from runtime.contract import AxisName, DecoderMetadata, FiniteNumber, Vector
from runtime.errors import LatentbridgeError
from runtime.steering.history import Stand
from runtime.steering.library import TomlDocument, check_name, data_folder, read_document, shortest, write_document

Position = Annotated[float, Field(ge=0, le=1)]
_HEADING: Final = "Presets, kept by latentbridge. Axes stand at 0…1; a program change counts the model's own first."


class MotionEntry(TomlDocument):
    """What moves an axis of a preset; ``motion`` is one of :class:`runtime.latent.motion.Motion` by name."""

    axis: AxisName
    motion: str
    amount: FiniteNumber
    values: tuple[FiniteNumber, ...] = ()


class Preset(TomlDocument):
    """One place under a name. ``axes`` holds positions 0…1 by name; None leaves axes where they are."""

    name: str
    model_hash: str = ""
    """Hash of the weights it was saved with: with others the same place may sound otherwise."""
    latent: Vector
    axes: dict[AxisName, Position] | None = None
    motion: tuple[MotionEntry, ...] = ()

    def positions(self, metadata: DecoderMetadata, present: tuple[float, ...]) -> tuple[float, ...]:
        """Return the positions of the model's axes, of those that the preset does not know as at ``present``."""
        known = self.axes or {}
        return tuple(known.get(axis.name, now) for axis, now in zip(metadata.axes, present, strict=True))


class _PresetFile(TomlDocument):
    model: str
    preset: tuple[Preset, ...] = ()


@dataclass(frozen=True, slots=True)
class PresetEntry:
    """A preset in the list: number from 1, and whether it is the player's."""

    number: int
    preset: Preset
    is_own: bool


class PresetBank:
    """All presets of one model. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, model_hash: str, folder: Path | None = None) -> None:
        """Read the player's presets from ``folder`` (the user's data folder, if left out).

        A file that is wrong counts as empty until it is mended; :attr:`problem` says why.
        """
        self._metadata, self._hash = metadata, model_hash
        self._path = (folder or data_folder()) / "presets" / f"{metadata.name}.toml"
        self._models = tuple(Preset(name=name, latent=latent) for name, latent in metadata.presets.items())
        self.problem: LatentbridgeError | None = None
        try:
            self._own = self._read()
        except LatentbridgeError as error:
            self._own, self.problem = (), error

    @property
    def entries(self) -> list[PresetEntry]:
        """Every preset, in the order of the numbers."""
        both = [(preset, False) for preset in self._models] + [(preset, True) for preset in self._own]
        return [PresetEntry(number, preset, is_own) for number, (preset, is_own) in enumerate(both, 1)]

    @property
    def path(self) -> Path:
        """The player's file, which may not be there yet."""
        return self._path

    def find(self, wanted: str) -> Preset:
        """Return a preset by its name, in any case, or its number from 1. Raises LatentbridgeError naming them all."""
        entries, word = self.entries, " ".join(wanted.split())
        by_name = [e for e in entries if e.preset.name == word] or [
            e for e in entries if e.preset.name.casefold() == word.casefold()
        ]
        found = by_name or [e for e in entries if word == str(e.number)]
        if not found:
            known = ", ".join(entry.preset.name for entry in entries) or "none"
            raise LatentbridgeError(f"There is no preset {wanted!r}.", f"This model has {known}.")
        preset = found[0].preset
        if len(preset.latent) != self._metadata.latent_size:
            raise LatentbridgeError(
                f"The preset {preset.name!r} has {len(preset.latent)} numbers.",
                f"A place of {self._metadata.name} has {self._metadata.latent_size}.",
                f"It was saved with another model of this name; remove it from {self._path}.",
            )
        return preset

    def is_of_other_weights(self, preset: Preset) -> bool:
        """Whether a preset was saved with other weights, and so may sound otherwise."""
        return bool(preset.model_hash) and preset.model_hash != self._hash

    def save(
        self, name: str, stand: Stand, motions: Mapping[tuple[int, str], tuple[float, tuple[float, ...]]]
    ) -> Preset:
        """Keep a place, in the stead of the player's own preset of that name if there is one.

        ``motions`` says what moves which axis: (index, name of the motion) → amount and numbers.
        Raises LatentbridgeError for a name that is the model's, or if the file cannot be read or written.
        """
        plain = check_name(name, "preset")
        if any(preset.name.casefold() == plain.casefold() for preset in self._models):
            raise LatentbridgeError(f"{plain!r} is one of the model's own presets.", "", "Choose another name.")
        axes = [axis.name for axis in self._metadata.axes]
        preset = Preset(
            name=plain,
            model_hash=self._hash,
            latent=shortest(stand.latent),
            axes=dict(zip(axes, shortest(stand.axes), strict=True)),
            motion=tuple(
                MotionEntry(axis=axes[index], motion=motion, amount=shortest((amount,))[0], values=shortest(values))
                for (index, motion), (amount, values) in motions.items()
            ),
        )
        own = self._read()
        kept = [preset if one.name.casefold() == plain.casefold() else one for one in own]
        self._write(tuple(kept if preset in kept else [*own, preset]))
        return preset

    def delete(self, name: str) -> None:
        """Forget one of the player's presets. Raises LatentbridgeError if it is none, or the file cannot be written."""
        preset = self.find(name)
        own = self._read()
        if preset not in own:
            raise LatentbridgeError(f"{preset.name!r} is one of the model's own presets.", "It cannot be deleted.")
        self._write(tuple(one for one in own if one != preset))

    def _read(self) -> tuple[Preset, ...]:
        """Read the file anew: it may have been edited by hand, or by another program, in the meantime."""
        document = read_document(self._path, _PresetFile)
        return document.preset if document else ()

    def _write(self, own: tuple[Preset, ...]) -> None:
        write_document(self._path, _HEADING, _PresetFile(model=self._metadata.name, preset=own))
        self._own, self.problem = own, None
