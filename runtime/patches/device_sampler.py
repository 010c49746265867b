"""``LB Sampler.amxd``: what latentbridge captured, or a whole kit, played in Live's own clock.

No cable and no running latentbridge is needed to play: the sounds are in the buffers, so they freeze, bounce and
export as any instrument does. The set keeps the paths of the files, not the sounds.
"""

from typing import Final

from runtime.patches.amxd import INSTRUMENT, Device
from runtime.patches.device import Builder, hear
from runtime.patches.device_voices import KIT, SOUND, pads_patch, voices_patch
from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.parameters import Parameter
from runtime.patches.patch import Box, Patch
from runtime.patches.ports import Ports
from runtime.patches.table import address, heard

FIRST_PORT: Final = 9300
_WIDTH: Final = 500
_TOP: Final = 640
"""Where the sounding part begins in the patching view."""
_DIALS: Final = (
    Parameter(
        "live.numbox", "Root Key", "Root", "Root Key: the key that plays the sound as it is.", 0, 127, 60, is_whole=True
    ),
    Parameter(
        "live.numbox", "First Key", "First", "First Key: the key of the kit's first sound.", 0, 127, 36, is_whole=True
    ),
    Parameter("live.dial", "Attack", "Attack", "Attack: how long a note comes up.", 0, 1000, 0, "ms"),
    Parameter("live.dial", "Release", "Release", "Release: how long a note goes on after its key.", 5, 5000, 60, "ms"),
    Parameter("live.dial", "Level", "Level", "Level of the device.", -60, 6, -6, "dB"),
)


def sampler(facts: InstrumentFacts) -> Device:
    """Return the device for one model."""
    device = Builder(INSTRUMENT, _WIDTH)
    order = device.add_link("LB Sampler", FIRST_PORT)
    controls = _add_controls(device)
    _add_sound(device, order)
    _add_kit(device, order)
    _add_player(device, facts, controls)
    device.add_texts((84, 147), 400)
    return device.finish(
        [("Sampler", ["Kit", "Root Key", "First Key", "Attack", "Release", "One Shot", "Level", "Capture"])]
    )


def _add_controls(device: Builder) -> dict[str, Box]:
    """What can be set; all but the switches at the right."""
    device.label("Play", (330, 4))
    places = ((300, 26), (300, 48), (300, 72), (350, 72), (410, 24))
    boxes = {p.title: device.control(p, at) for p, at in zip(_DIALS, places, strict=True)}
    for text, at in (("root key", (346, 24)), ("first key", (346, 46))):
        device.label(text, at)
    switches = (
        ("Kit", "Kit: on, each key plays a sound of the kit; off, all keys play the captured sound.", (410, 84)),
        ("One Shot", "One Shot: a sound plays to its end whatever the key does.", (410, 106)),
    )
    for title, about, at in switches:
        boxes[title] = device.control(Parameter("live.toggle", title, title, about), at)
        device.label(title, (at[0] + 17, at[1] - 2), 60)
    return boxes


def _add_sound(device: Builder, order: Box) -> None:
    """Capture, load, and remember where the file is."""
    patch = device.patch
    device.label("Captured sound", (84, 4))
    device.button("Capture", "Capture: writes the note played last, and loads it here.", (84, 26), address("capture"))
    told = Patch("captured", (420, 300))
    hears = hear(told, heard("captured"), 20, 20, is_of_part=False)
    told.chain(
        20, 122, hears, "unpack s 0 0.", "conformpath max absolute", told.outlet(20, 240, "path of what was captured")
    )
    kept = _kept(device, "Sound File", 20, 400, order)
    patch.connect(patch.subpatch(told, 20, 366), kept)
    _load(device, kept, ("replace", f"buffer~ {SOUND}"), (84, 48), 20)


def _add_kit(device: Builder, order: Box) -> None:
    """A folder of sounds, dropped or chosen."""
    patch = device.patch
    device.label("Kit: drop a folder here", (84, 72), 150)
    drop = patch.control("dropfile", (420, 362, 200, 24), Ports(1, ("", "")), (84, 92, 200, 24))
    kept = _kept(device, "Kit Folder", 420, 400, order)
    patch.connect(drop, kept)
    _load(device, kept, ("readfolder", f"polybuffer~ {KIT}"), (84, 120), 420)


def _kept(device: Builder, title: str, x: int, y: int, order: Box) -> Box:
    """Add a path that is kept with the set, and asked for when Live is ready."""
    box = device.patch.add(f"pattr {title.replace(' ', '').lower()}", x, y)
    value = {"parameter_longname": title, "parameter_shortname": title, "parameter_type": 3, "parameter_invisible": 1}
    box.attributes |= {
        "varname": title,
        "saved_object_attributes": {"parameter_enable": 1},
        "saved_attribute_attributes": {"valueof": value},
    }
    device.patch.connect(order, box)
    return box


def _load(device: Builder, kept: Box, words: tuple[str, str], at: tuple[int, int], x: int) -> None:
    """Load a path into a buffer, and show it."""
    patch = device.patch
    # A path that was never set is a number.
    sieve, both = patch.chain(x, 434, "route int float", "t s s")
    patch.lines.pop()
    patch.connect(kept, sieve)
    patch.connect(sieve, both, 2)
    verb, target = words
    loads, _ = patch.chain(x, 502, f"prepend {verb}", target)
    patch.connect(both, loads)
    shows = patch.add("prepend set", x + 160, 502)
    patch.connect(both, shows, 1)
    patch.connect(shows, device.display(at, 200, (x + 160, 536)))


def _add_player(device: Builder, facts: InstrumentFacts, controls: dict[str, Box]) -> None:
    """From the track's keys to the device's output."""
    patch = device.patch
    patch.comment("keys: to the voices of the captured sound, or to the pads of the kit", 20, _TOP - 40, 500)
    keys, note = patch.add("notein", 20, _TOP), patch.add("pack 0 0", 20, _TOP + 40)
    choose, which = patch.add("gate 2", 20, _TOP + 90), patch.add("+ 1", 140, _TOP + 40)
    patch.connect(keys, note)
    patch.connect(keys, note, 1, 1)
    patch.connect(controls["Kit"], which)
    patch.connect(which, choose)
    patch.connect(note, choose, 0, 1)
    players = (
        (voices_patch(facts.channels), ("Root Key", "Attack", "Release", "One Shot")),
        (pads_patch(facts.channels), ("First Key",)),
    )
    level = patch.chain(900, _TOP, "dbtoa", "pack 0. 20", "line~ 0.")
    patch.connect(controls["Level"], level[0])
    gains = [patch.add("*~", 20 + 300 * side, _TOP + 190) for side in (0, 1)]
    out = patch.add("plugout~", 20, _TOP + 240)
    for number, (inside, titles) in enumerate(players):
        player = patch.subpatch(inside, 20 + 300 * number, _TOP + 140)
        patch.connect(choose, player, number)
        for inlet, title in enumerate(titles, 1):
            patch.connect(controls[title], player, 0, inlet)
        for side, gain in enumerate(gains):
            patch.connect(player, gain, side)
    for side, gain in enumerate(gains):
        patch.connect(level[-1], gain, 0, 1)
        patch.connect(gain, out, 0, side)
