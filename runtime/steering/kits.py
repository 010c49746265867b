"""Kits: what every key of a part plays, kept as files of the player's, one for each kit."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from runtime.contract import DecoderMetadata, MidiNote, Vector
from runtime.engine.choke_groups import MOST_GROUPS
from runtime.errors import LatentbridgeError
from runtime.oneshots.naming import clean_name
from runtime.steering.library import TomlDocument, check_name, data_folder, read_document, shortest, write_document

_HEADING: Final = "A kit, kept by latentbridge: what each key (MIDI note number) plays; others play their part's place."


class KitKey(TomlDocument):
    """One key. Without ``latent`` it plays the place of its part."""

    latent: Vector | None = None
    choke_group: Annotated[int, Field(ge=0, le=MOST_GROUPS)] = 0
    """Keys of one group end each other's sound; 0 is none."""
    is_locked: bool = False
    """Whether the key keeps its sound when others are drawn anew."""


class Kit(TomlDocument):
    """All keys of a part under a name. A key that is not named plays the place of its part."""

    name: str
    model: str
    model_hash: str = ""
    key: dict[MidiNote, KitKey] = Field(default_factory=dict)


class KitShelf:
    """The player's kits of one model. Not for several threads at once."""

    def __init__(self, metadata: DecoderMetadata, model_hash: str, folder: Path | None = None) -> None:
        """Look in ``folder``, the user's data folder if left out; nothing is read yet."""
        self._metadata, self._hash = metadata, model_hash
        self.folder: Final = (folder or data_folder()) / "kits" / metadata.name

    def names(self) -> list[str]:
        """Return the kits there are, by name; files that are no kits are passed over."""
        return [kit.name for _, kit in self._all()]

    def find(self, wanted: str) -> Kit:
        """Return a kit by its name, or its number from 1. Raises LatentbridgeError naming them all."""
        kits, word = [kit for _, kit in self._all()], " ".join(wanted.split())
        found = [kit for kit in kits if kit.name.casefold() == word.casefold()]
        if not found and word.isdecimal() and 1 <= int(word) <= len(kits):
            found = [kits[int(word) - 1]]
        if not found:
            raise LatentbridgeError(f"There is no kit {wanted!r}.", f"There are: {', '.join(self.names()) or 'none'}.")
        kit, size = found[0], self._metadata.latent_size
        if any(key.latent is not None and len(key.latent) != size for key in kit.key.values()):
            raise LatentbridgeError(
                f"The kit {kit.name!r} was made with another model.", f"Places of {size} numbers were expected.", ""
            )
        return kit

    def save(self, name: str, keys: dict[int, KitKey]) -> Kit:
        """Keep a kit, in the place of one of the same name. Raises LatentbridgeError if that cannot be done."""
        plain = check_name(name, "kit")
        exact = {
            note: key if key.latent is None else key.model_copy(update={"latent": shortest(key.latent)})
            for note, key in sorted(keys.items())
        }
        kit = Kit(name=plain, model=self._metadata.name, model_hash=self._hash, key=exact)
        path = next((path for path, one in self._all() if one.name.casefold() == plain.casefold()), None)
        write_document(path or self._free_path(plain), _HEADING, kit)
        return kit

    def delete(self, name: str) -> None:
        """Forget a kit. Raises LatentbridgeError if there is none of that name."""
        wanted = self.find(name)
        for path, kit in self._all():
            if kit.name == wanted.name:
                path.unlink(missing_ok=True)

    def _all(self) -> list[tuple[Path, Kit]]:
        found = []
        for path in sorted(self.folder.glob("*.toml")) if self.folder.is_dir() else []:
            try:
                kit = read_document(path, Kit)
            except LatentbridgeError:
                continue
            found += [(path, kit)] if kit else []
        return sorted(found, key=lambda one: one[1].name.casefold())

    def _free_path(self, name: str) -> Path:
        """A file name that says what the kit is, and that nothing has yet, a broken kit least of all."""
        stem = clean_name(name) or "kit"
        paths = (self.folder / f"{stem}{suffix}.toml" for suffix in ("", *(f"_{n}" for n in range(2, 10_000))))
        return next(path for path in paths if not path.exists())
