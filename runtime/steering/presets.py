"""Presets: places in latent space under a name, the model's own and the player's.

The model's come first, then the player's in the order in which they were saved; so numbers stay what they were, and a
program change keeps its meaning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Self

from pydantic import Field, ValidationError, model_validator

from runtime.contract import AxisName, DecoderMetadata
from runtime.data_folder import data_folder
from runtime.errors import LatentbridgeError
from runtime.latent.lfo import Shape
from runtime.latent.motion import USUAL_NUMBERS, Motion
from runtime.steering.files import Files
from runtime.steering.history import Stand
from runtime.steering.library import (
    LATENT_LIMIT,
    TomlDocument,
    check_name,
    first_of,
    folder_name,
    reader,
    shortest,
    text_of,
)

Position = Annotated[float, Field(ge=0, le=1)]
Place = tuple[Annotated[float, Field(ge=-LATENT_LIMIT, le=LATENT_LIMIT)], ...]
"""A place in latent space as people may write it."""
_HEADING: Final = "Presets, kept by latentbridge. Axes stand at 0…1; a program change counts the model's own first."
_LONGEST: Final = 600.0


class MotionEntry(TomlDocument):
    """What moves an axis of a preset: one of :class:`runtime.latent.motion.Motion` by name, and its own numbers."""

    axis: AxisName
    motion: str
    amount: Annotated[float, Field(ge=-1, le=1)]
    values: tuple[Annotated[float, Field(ge=0, le=_LONGEST)], ...] = ()

    @property
    def which(self) -> Motion:
        """The motion that is named."""
        return Motion[self.motion.upper()]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.motion.upper() not in Motion.__members__:
            raise ValueError(f"there is no motion {self.motion!r}")
        if len(self.values) > len(USUAL_NUMBERS[self.which]):
            raise ValueError(f"{self.motion} has {len(USUAL_NUMBERS[self.which])} numbers of its own")
        shape = self.values[1] if self.which is Motion.LFO and len(self.values) > 1 else 0
        if shape not in Shape._value2member_map_:
            raise ValueError(f"there is no shape {shape:g}")
        return self


class Preset(TomlDocument):
    """One place under a name. ``axes`` holds positions 0…1 by name; None leaves axes where they are."""

    name: str
    model_hash: str = ""
    """Hash of the weights it was saved with: with others the same place may sound otherwise."""
    latent: Place
    axes: dict[AxisName, Position] | None = None
    motion: tuple[MotionEntry, ...] = ()

    def positions(self, metadata: DecoderMetadata, present: tuple[float, ...]) -> tuple[float, ...]:
        """Return the positions of the model's axes, of those that the preset does not know as at ``present``."""
        known = self.axes or {}
        return tuple(known.get(axis.name, now) for axis, now in zip(metadata.axes, present, strict=True))


class _PresetFile(TomlDocument):
    model: str
    preset: tuple[dict[str, Any], ...] = ()
    """As they stand there: one that is wrong is no reason to do without the others, or to lose it."""


@dataclass(frozen=True, slots=True)
class PresetEntry:
    """A preset in the list: number from 1, and whether it is the player's."""

    number: int
    preset: Preset
    is_own: bool


class PresetBank:
    """All presets of one model. What the file says counts, also if it is changed meanwhile."""

    def __init__(self, metadata: DecoderMetadata, model_hash: str, files: Files, folder: Path | None = None) -> None:
        """Look into ``folder``, the user's data folder if left out."""
        self._metadata, self._hash, self._files = metadata, model_hash, files
        self.path: Final = (folder or data_folder()) / "presets" / f"{folder_name(metadata.name)}.toml"
        """The player's file, which may not be there yet."""
        self._models = tuple(Preset(name=name, latent=latent) for name, latent in metadata.presets.items())

    @property
    def entries(self) -> list[PresetEntry]:
        """Every preset, in the order of the numbers; without the player's while their file is wrong."""
        both = [(preset, False) for preset in self._models] + [(preset, True) for preset in self._own()]
        return [PresetEntry(number, preset, is_own) for number, (preset, is_own) in enumerate(both, 1)]

    @property
    def problem(self) -> str:
        """What is wrong with the player's file, in a sentence; empty if nothing is."""
        try:
            bad = [_why(document) for document in self._documents()]
        except LatentbridgeError as error:
            return str(error)
        wrong = [f"preset {number}: {why}" for number, why in enumerate(bad, 1) if why]
        return f"{self.path}, left out: {'; '.join(wrong)}." if wrong else ""

    def find(self, wanted: str) -> Preset:
        """Return a preset by its name, in any case, or its number from 1. Raises LatentbridgeError naming them all."""
        preset = self._find(wanted).preset
        if len(preset.latent) != self._metadata.latent_size:
            raise LatentbridgeError(
                f"The preset {preset.name!r} has {len(preset.latent)} numbers.",
                f"A place of {self._metadata.name} has {self._metadata.latent_size}.",
                f"It was saved with another model of this name; remove it from {self.path}.",
            )
        return preset

    def is_of_other_weights(self, preset: Preset) -> bool:
        """Whether a preset was saved with other weights, and so may sound otherwise."""
        return bool(preset.model_hash) and preset.model_hash != self._hash

    def save(
        self, name: str, stand: Stand, motions: Mapping[tuple[int, Motion], tuple[float, tuple[float, ...]]]
    ) -> Preset:
        """Keep a place, in the stead of the player's own preset of that name if there is one.

        ``motions`` says what moves which axis: (index, motion) → amount and numbers. Raises LatentbridgeError for a
        name that is the model's, or if the file is wrong; that it cannot be written is told later.
        """
        plain = check_name(name, "preset")
        if any(_is_name(preset.name, plain) for preset in self._models):
            raise LatentbridgeError(f"{plain!r} is one of the model's own presets.", "", "Choose another name.")
        axes = [axis.name for axis in self._metadata.axes]
        preset = Preset(
            name=plain,
            model_hash=self._hash,
            latent=shortest(stand.latent),
            axes=dict(zip(axes, shortest(stand.axes), strict=True)),
            motion=tuple(
                MotionEntry(
                    axis=axes[index],
                    motion=motion.name.lower(),
                    amount=shortest((amount,))[0],
                    values=shortest(values),
                )
                for (index, motion), (amount, values) in motions.items()
            ),
        )
        document = preset.model_dump(exclude_defaults=True)
        documents = self._documents()
        places = [place for place, one in enumerate(documents) if _is_name(str(one.get("name")), plain)]
        kept = [*documents, document] if not places else [*documents]
        if places:
            kept[places[0]] = document
        self._write(kept)
        return preset

    def delete(self, name: str) -> None:
        """Forget one of the player's presets. Raises LatentbridgeError if it is none, or the file is wrong."""
        entry = self._find(name)
        if not entry.is_own:
            raise LatentbridgeError(f"{entry.preset.name!r} is one of the model's own presets.", "It stays.")
        self._write([one for one in self._documents() if not _is_name(str(one.get("name")), entry.preset.name)])

    def _find(self, wanted: str) -> PresetEntry:
        entries, word = self.entries, " ".join(wanted.split())
        found = [entry for entry in entries if entry.preset.name == word]
        found = found or [entry for entry in entries if _is_name(entry.preset.name, word)]
        found = found or [entry for entry in entries if word == str(entry.number)]
        if not found:
            known = ", ".join(entry.preset.name for entry in entries) or "none"
            raise LatentbridgeError(f"There is no preset {wanted!r}.", f"This model has {known}.", self.problem)
        return found[0]

    def _own(self) -> list[Preset]:
        try:
            documents = self._documents()
        except LatentbridgeError:
            return []
        return [Preset.model_validate(document) for document in documents if not _why(document)]

    def _documents(self) -> tuple[dict[str, Any], ...]:
        file = self._files.get(self.path, reader(_PresetFile))
        return file.preset if file else ()

    def _write(self, documents: list[dict[str, Any]]) -> None:
        file = _PresetFile(model=self._metadata.name, preset=tuple(documents))
        self._files.put(self.path, file, lambda: text_of(_HEADING, file))


def _is_name(name: str, other: str) -> bool:
    return name.casefold() == other.casefold()


def _why(document: dict[str, Any]) -> str:
    """Return what is wrong with a preset as it stands in a file; nothing if it is one."""
    try:
        Preset.model_validate(document)
    except ValidationError as error:
        return first_of(error)
    return ""
