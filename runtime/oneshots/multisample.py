"""A kit as a .multisample file, which Bitwig Studio and Studio One open: the sounds and a page of XML in one archive.

The format knows keys, velocities, round robins and loops; it leaves levels over velocity, releases and choke groups to
the sampler. Source: Bitwig and PreSonus, "multisample", its description and XML schema: the archive is stored, not
compressed, so that a sampler can play from it; the elements of a sample stand in the order of the schema.
"""

import shutil
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path
from typing import BinaryIO, Final

from runtime.oneshots.kit_sound import Kit, KitSound
from runtime.oneshots.xml_text import document

_PAGE: Final = "multisample.xml"
_MADE: Final = (1980, 1, 1, 0, 0, 0)
"""The same kit gives the same bytes, so its archive tells no time."""


def write_multisample(file: BinaryIO, folder: Path, kit: Kit) -> None:
    """Write a kit, whose WAV files are in ``folder``, as one archive. Raises OSError as the files do."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo(_PAGE, _MADE), multisample_text(kit))
        for name in dict.fromkeys(sound.file for sound in kit.sounds):
            with (folder / name).open("rb") as wav, archive.open(zipfile.ZipInfo(name, _MADE), "w") as entry:
                shutil.copyfileobj(wav, entry)


def multisample_text(kit: Kit) -> str:
    """Return the page of XML that says when each file sounds."""
    root = ET.Element("multisample", name=kit.name)
    ET.SubElement(root, "generator").text = "latentbridge"
    ET.SubElement(root, "category").text = "Drum" if kit.is_drum_kit else "Keyboard"
    ET.SubElement(root, "creator").text = "latentbridge"
    ET.SubElement(root, "description").text = f"Made by latentbridge from the model {kit.model}."
    keywords = ET.SubElement(root, "keywords")
    classes = list(dict.fromkeys(sound.class_name for sound in kit.sounds))
    for name in classes:
        ET.SubElement(keywords, "keyword").text = name
    for name in classes:
        ET.SubElement(root, "group", name=name)
    for sound in kit.sounds:
        _add_sample(root, sound, classes.index(sound.class_name))
    return document(root)


def _add_sample(root: ET.Element, sound: KitSound, group: int) -> None:
    attributes = {
        "file": sound.file,
        "sample-start": "0",
        "sample-stop": str(sound.frames),
        "gain": "0",
        "group": str(group),
        "zone-logic": "round-robin" if sound.round_robins > 1 else "always-play",
    }
    sample = ET.SubElement(root, "sample", attributes)
    keys = {"root": str(sound.root_note), "track": "1", "tune": f"{sound.tune_cents / 100:.4f}"}
    ET.SubElement(sample, "key", keys, low=str(sound.lowest_note), high=str(sound.highest_note))
    ET.SubElement(sample, "velocity", low=str(sound.lowest_velocity), high=str(sound.highest_velocity))
    ET.SubElement(sample, "select", low="0", high="127")
    if sound.loop is not None:
        # The end of a loop is its first frame that is not played, as with the end of a sample.
        place = {"start": str(sound.loop.first_frame), "stop": str(sound.loop.end_frame)}
        ET.SubElement(sample, "loop", place, mode="loop")
