"""A kit as a Decent Sampler preset, a free plug-in that runs wherever producers work.

The level follows the velocity in a straight line, which is the one curve that Decent Sampler has, where a kit has one
layer; files of several layers are played as they are, since their level is in them.
Source: the Decent Sampler developers' guide (the groups element).
"""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from itertools import groupby
from math import log10
from typing import Final

from runtime.oneshots.kit_sound import HIGHEST_VELOCITY, Kit, KitSound
from runtime.oneshots.xml_text import document

_VERSION: Final = "1.0.0"
_CLICK_FREE_SECONDS: Final = 0.005
"""How long a sound takes to end when another one of its choke group begins."""


def dspreset_text(kit: Kit) -> str:
    """Return the text of the .dspreset file that plays a kit; it belongs beside the WAV files."""
    root = ET.Element("DecentSampler", minVersion=_VERSION)
    _show(root, kit)
    groups = ET.SubElement(root, "groups", attack="0", decay="0", sustain="1")
    for name, sounds in groupby(kit.sounds, lambda sound: sound.class_name):
        _add_group(groups, name, list(sounds), kit)
    return document(root)


def _show(root: ET.Element, kit: Kit) -> None:
    """Say in the plug-in's window what is played."""
    tab = ET.SubElement(ET.SubElement(root, "ui", width="812", height="375", bgColor="FF202124"), "tab", name="main")
    texts = (kit.name, f"made by latentbridge from the model {kit.model}")
    for text, y, size in zip(texts, (130, 180), (32, 16), strict=True):
        place = {"x": "20", "y": str(y), "width": "772", "height": "40"}
        ET.SubElement(tab, "label", place, text=text, textColor="FFE8EAED", textSize=str(size))


def _add_group(groups: ET.Element, name: str, sounds: list[KitSound], kit: Kit) -> None:
    has_layers = any(sound.is_layer for sound in sounds)
    group = ET.SubElement(groups, "group", name=name, ampVelTrack="0" if has_layers else "1")
    for sound in sounds:
        ET.SubElement(group, "sample", _attributes(sound, kit.sounds, has_layers))


def _attributes(sound: KitSound, others: Iterable[KitSound], has_layers: bool) -> dict[str, str]:
    attributes = {
        "path": sound.file,
        "rootNote": str(sound.root_note),
        "loNote": str(sound.lowest_note),
        "hiNote": str(sound.highest_note),
        "loVel": str(sound.lowest_velocity),
        "hiVel": str(sound.highest_velocity),
    }
    if sound.tune_cents:
        attributes["tuning"] = f"{sound.tune_cents / 100:.4f}"
    if not has_layers and sound.velocity != HIGHEST_VELOCITY:
        attributes["volume"] = f"{20 * log10(HIGHEST_VELOCITY / sound.velocity):.3f}dB"
    if sound.round_robins > 1:
        attributes |= {"seqMode": "round_robin", "seqLength": str(sound.round_robins)}
        attributes["seqPosition"] = str(sound.round_robin)
    if sound.choke_group:
        attributes |= _choke(sound, others)
    return attributes | _while_held(sound)


def _choke(sound: KitSound, others: Iterable[KitSound]) -> dict[str, str]:
    """Let the other keys of a group end a sound. Its own key does not: fast strikes of one drum ring together."""
    keys = {other.lowest_note for other in others if other.choke_group == sound.choke_group}
    silencing = ",".join(f"key_{key}" for key in sorted(keys - {sound.lowest_note}))
    attributes = {"tags": f"key_{sound.lowest_note}"}
    if silencing:
        attributes |= {"silencedByTags": silencing, "silencingDecay": f"{_CLICK_FREE_SECONDS:g}"}
    return attributes


def _while_held(sound: KitSound) -> dict[str, str]:
    if sound.is_one_shot:
        # Without an envelope a sample plays to its end.
        return {"ampEnvEnabled": "false", "loopEnabled": "false"}
    attributes = {"release": f"{sound.release_seconds:g}"}
    if sound.loop is None:
        return attributes | {"loopEnabled": "false"}
    # Decent Sampler counts the last frame of the loop in.
    attributes |= {"loopEnabled": "true", "loopStart": str(sound.loop.first_frame)}
    attributes["loopEnd"] = str(sound.loop.end_frame - 1)
    if sound.loop.crossfade_frames:
        # What is faded is nearly the same on both sides: equal power would swell by 3 dB.
        attributes |= {"loopCrossfade": str(sound.loop.crossfade_frames), "loopCrossfadeMode": "linear"}
    return attributes
