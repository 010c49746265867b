"""A drum kit as a Drum Rack of Ableton Live: experimental, since no Live has opened it here.

A rack is XML, compressed by gzip: a chain for each pad, in it a Simpler that plays the pad's file once. What is left
out Live fills in with its defaults, the level over velocity among it. A pad plays the first of its files that take
turns: a Simpler knows no round robin.
Source: racks that Live saved, as people have described them who looked into theirs (the names of the elements; a pad's
note is stored as 128 less the note, and reaches the chain as note 60).
"""

import gzip
import xml.etree.ElementTree as ET
from itertools import groupby
from pathlib import Path
from typing import Final

from runtime.oneshots.kit_sound import Kit, KitSound
from runtime.oneshots.xml_text import document

_PADS: Final = 128
_SENT_NOTE: Final = 60
_BESIDE_THE_PRESET: Final = 1
"""How Live counts a path that starts from the folder of the preset."""
_ONE_SHOT: Final = 1
_FILE: Final = 1
_NO_LOOP: Final = 0
_LOOP_OFF: Final = 3
_PROTECTION: Final = 2819
_LIVE: Final = {"MajorVersion": "5", "MinorVersion": "11.0_11300", "SchemaChangeCount": "3"}


def drum_rack(folder: Path, kit: Kit) -> bytes:
    """Return the .adg file of a drum kit whose WAV files are in ``folder``, beside which it belongs."""
    # Level 9 and no time: the same kit gives the same bytes.
    return gzip.compress(drum_rack_text(folder, kit).encode(), 9, mtime=0)


def drum_rack_text(folder: Path, kit: Kit) -> str:
    """Return the XML of the rack."""
    root = ET.Element("Ableton", _LIVE, Creator="latentbridge", Revision="")
    preset = ET.SubElement(root, "GroupDevicePreset")
    _value(preset, "OverwriteProtectionNumber", _PROTECTION)
    rack = ET.SubElement(ET.SubElement(preset, "Device"), "DrumGroupDevice", Id="0")
    _switched_on(rack)
    _value(rack, "UserName", kit.name)
    _value(rack, "Annotation", f"made by latentbridge from the model {kit.model}")
    _value(rack, "ArePadsVisible", True)
    pads = ET.SubElement(preset, "BranchPresets")
    first_turns = [sound for sound in kit.sounds if sound.round_robin == 1]
    by_key = groupby(sorted(first_turns, key=lambda sound: sound.lowest_note), lambda sound: sound.lowest_note)
    for number, (note, layers) in enumerate(by_key):
        _add_pad(pads, number, note, list(layers), folder)
    ET.SubElement(preset, "ReturnBranchPresets")
    return document(root)


def _add_pad(pads: ET.Element, number: int, note: int, layers: list[KitSound], folder: Path) -> None:
    pad = ET.SubElement(pads, "DrumBranchPreset", Id=str(number))
    _value(pad, "Name", Path(layers[-1].file).stem)
    _value(pad, "IsSoloed", False)
    device = ET.SubElement(ET.SubElement(pad, "DevicePresets"), "AbletonDevicePreset", Id="0")
    _value(device, "OverwriteProtectionNumber", _PROTECTION)
    _add_simpler(ET.SubElement(device, "Device"), layers, folder)
    ET.SubElement(pad, "MixerPreset")
    _range(pad, "BranchSelectorRange", 0, 127)
    zone = ET.SubElement(pad, "ZoneSettings")
    _value(zone, "ReceivingNote", _PADS - note)
    _value(zone, "SendingNote", _SENT_NOTE)
    _value(zone, "ChokeGroup", layers[0].choke_group)


def _add_simpler(device: ET.Element, layers: list[KitSound], folder: Path) -> None:
    simpler = ET.SubElement(device, "OriginalSimpler", Id="0")
    _switched_on(simpler)
    samples = ET.SubElement(ET.SubElement(ET.SubElement(simpler, "Player"), "MultiSampleMap"), "SampleParts")
    for number, sound in enumerate(layers):
        _add_sample(samples, number, sound, folder)
    globals_ = ET.SubElement(simpler, "Globals")
    _value(globals_, "IsSimpler", True)
    _value(globals_, "PlaybackMode", _ONE_SHOT)


def _add_sample(samples: ET.Element, number: int, sound: KitSound, folder: Path) -> None:
    part = ET.SubElement(
        samples, "MultiSamplePart", Id=str(number), HasImportedSlicePoints="false", NeedsAnalysisData="true"
    )
    _value(part, "Name", Path(sound.file).stem)
    _value(part, "Selection", number == 0)
    _value(part, "IsActive", True)
    _value(part, "Solo", False)
    _range(part, "KeyRange", 0, 127)
    _range(part, "VelocityRange", sound.lowest_velocity, sound.highest_velocity)
    _range(part, "SelectorRange", 0, 127)
    # The pad sends its chain note 60: there the file plays as it is.
    _value(part, "RootKey", _SENT_NOTE)
    _value(part, "Detune", round(sound.tune_cents))
    _value(part, "TuneScale", 100)
    _value(part, "Panorama", 0)
    _value(part, "Volume", 1)
    _value(part, "SampleStart", 0)
    _value(part, "SampleEnd", sound.frames)
    for name, mode in (("SustainLoop", _NO_LOOP), ("ReleaseLoop", _LOOP_OFF)):
        loop = ET.SubElement(part, name)
        for key, number_ in (("Start", 0), ("End", sound.frames), ("Mode", mode), ("Crossfade", 0), ("Detune", 0)):
            _value(loop, key, number_)
    _add_reference(part, sound, folder)


def _add_reference(part: ET.Element, sound: KitSound, folder: Path) -> None:
    reference = ET.SubElement(part, "SampleRef")
    file = ET.SubElement(reference, "FileRef")
    _value(file, "RelativePathType", _BESIDE_THE_PRESET)
    _value(file, "RelativePath", sound.file)
    _value(file, "Path", "")
    _value(file, "Type", _FILE)
    _value(file, "LivePackName", "")
    _value(file, "LivePackId", "")
    _value(file, "OriginalFileSize", (folder / sound.file).stat().st_size)
    _value(file, "OriginalCrc", 0)
    _value(reference, "LastModDate", 0)
    ET.SubElement(reference, "SourceContext")
    _value(reference, "SampleUsageHint", 0)
    _value(reference, "DefaultDuration", sound.frames)
    _value(reference, "DefaultSampleRate", sound.sample_rate)


def _switched_on(device: ET.Element) -> None:
    _value(device, "LomId", 0)
    _value(device, "IsExpanded", True)
    _value(ET.SubElement(device, "On"), "Manual", True)


def _range(parent: ET.Element, name: str, low: int, high: int) -> None:
    """Add a range of keys, velocities or the like, without crossfades."""
    element = ET.SubElement(parent, name)
    for key, number in (("Min", low), ("Max", high), ("CrossfadeMin", low), ("CrossfadeMax", high)):
        _value(element, key, number)


def _value(parent: ET.Element, name: str, value: int | str) -> None:
    """Add an element as Live writes them; True and False are ints."""
    ET.SubElement(parent, name, Value=str(value).lower() if isinstance(value, bool) else str(value))
