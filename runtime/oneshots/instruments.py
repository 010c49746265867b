"""The files that let samplers play a kit, written beside its WAV files."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from runtime.atomic_file import replace_written, why_not_written
from runtime.errors import LatentbridgeError
from runtime.oneshots.decent_sampler import dspreset_text
from runtime.oneshots.drum_rack import drum_rack
from runtime.oneshots.kit_sound import Kit
from runtime.oneshots.multisample import write_multisample
from runtime.oneshots.sfz import sfz_text

Writer = Callable[[BinaryIO], object]


def write_instruments(folder: Path, kit: Kit) -> tuple[Path, ...]:
    """Write every kind of file that fits the kit, whose WAV files are in ``folder``, and return their paths.

    Each is there whole or not at all, and takes the place of one that has its name. Raises LatentbridgeError if the
    folder is read-only or full, or a sound of the kit is missing.
    """
    for sound in kit.sounds:
        if not (folder / sound.file).is_file():
            raise LatentbridgeError(
                f"{folder / sound.file} is missing.", "It belongs to the kit.", "Make the kit again."
            )
    written = []
    for name, write in _files(folder, kit).items():
        path = folder / name
        try:
            replace_written(path, write)
        except OSError as error:
            raise why_not_written(path, error.errno or 0, error.strerror or str(error)) from None
        written.append(path)
    return tuple(written)


def _files(folder: Path, kit: Kit) -> dict[str, Writer]:
    """Return what writes each file, by the file's name."""
    files: dict[str, Writer] = {
        f"{kit.name}.sfz": lambda file: file.write(sfz_text(kit).encode()),
        f"{kit.name}.dspreset": lambda file: file.write(dspreset_text(kit).encode()),
        f"{kit.name}.multisample": lambda file: write_multisample(file, folder, kit),
    }
    if kit.is_drum_kit:
        files[f"{kit.name}_experimental.adg"] = lambda file: file.write(drum_rack(folder, kit))
    return files
