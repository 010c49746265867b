"""Kits: what every key of a part plays, kept as files of the player's, one for each kit."""

from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from runtime.contract import DecoderMetadata, MidiNote
from runtime.data_folder import data_folder
from runtime.engine.choke_groups import MOST_GROUPS
from runtime.errors import LatentbridgeError
from runtime.oneshots.naming import clean_name
from runtime.steering.files import Files
from runtime.steering.library import TomlDocument, check_name, folder_name, reader, shortest, text_of
from runtime.steering.presets import Place

_HEADING: Final = "A kit, kept by latentbridge: what each key (MIDI note number) plays; others play their part's place."


class KitKey(TomlDocument):
    """One key. Without ``latent`` it plays the place of its part."""

    latent: Place | None = None
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
    """The player's kits of one model. What the files say counts, also if they are changed meanwhile."""

    def __init__(self, metadata: DecoderMetadata, model_hash: str, files: Files, folder: Path | None = None) -> None:
        """Look in ``folder``, the user's data folder if left out; nothing is read yet."""
        self._metadata, self._hash, self._files = metadata, model_hash, files
        self.folder: Final = (folder or data_folder()) / "kits" / folder_name(metadata.name)

    def names(self) -> list[str]:
        """Return the kits there are, by name; files that are no kits are passed over."""
        return [kit.name for _, kit in self._all()]

    def find(self, wanted: str) -> Kit:
        """Return a kit by its name, or its number from 1. Raises LatentbridgeError naming them all."""
        kit, size = self._find(wanted)[1], self._metadata.latent_size
        if any(key.latent is not None and len(key.latent) != size for key in kit.key.values()):
            raise LatentbridgeError(
                f"The kit {kit.name!r} was made with another model.", f"Places of {size} numbers were expected.", ""
            )
        return kit

    def save(self, name: str, keys: dict[int, KitKey]) -> Kit:
        """Keep a kit, in the place of one of the same name. Raises LatentbridgeError for what is no name."""
        plain = check_name(name, "kit")
        exact = {
            note: key if key.latent is None else key.model_copy(update={"latent": shortest(key.latent)})
            for note, key in sorted(keys.items())
        }
        kit = Kit(name=plain, model=self._metadata.name, model_hash=self._hash, key=exact)
        path = next((path for path, one in self._all() if one.name.casefold() == plain.casefold()), None)
        self._files.put(path or self._free_path(plain), kit, lambda: text_of(_HEADING, kit))
        return kit

    def delete(self, name: str) -> None:
        """Forget a kit. Raises LatentbridgeError if there is none of that name."""
        self._files.remove(self._find(name)[0])

    def _find(self, wanted: str) -> tuple[Path, Kit]:
        wrong: list[str] = []
        kits, word = self._all(wrong), " ".join(wanted.split())
        found = [one for one in kits if one[1].name.casefold() == word.casefold()]
        if not found and word.isdecimal() and 1 <= int(word) <= len(kits):
            found = [kits[int(word) - 1]]
        if not found:
            names = ", ".join(kit.name for _, kit in kits) or "none"
            raise LatentbridgeError(f"There is no kit {wanted!r}.", f"There are: {names}.", " ".join(wrong))
        return found[0]

    def _all(self, wrong: list[str] | None = None) -> list[tuple[Path, Kit]]:
        """Every kit with its file, by name; what is wrong with other files is put into ``wrong``."""
        waiting = self._files.waiting(self.folder)
        paths = set(self.folder.glob("*.toml")) if self.folder.is_dir() else set()
        paths = (paths | waiting.keys()) - {path for path, is_there in waiting.items() if not is_there}
        found = []
        for path in paths:
            try:
                kit = self._files.get(path, reader(Kit))
            except LatentbridgeError as error:
                if wrong is not None:
                    wrong.append(str(error))
                continue
            found += [(path, kit)] if kit else []
        return sorted(found, key=lambda one: one[1].name.casefold())

    def _free_path(self, name: str) -> Path:
        """A file name that says what the kit is, and that nothing has yet, a broken kit least of all."""
        stem, waiting = clean_name(name) or "kit", self._files.waiting(self.folder)
        paths = (self.folder / f"{stem}{suffix}.toml" for suffix in ("", *(f"_{n}" for n in range(2, 10_000))))
        return next(path for path in paths if path not in waiting and not path.exists())
