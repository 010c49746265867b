"""How an abstraction knows its addresses: from its arguments, a name and a part, once it is loaded."""

from dataclasses import dataclass

from runtime.controls.osc_schema import PREFIX
from runtime.patches.max_connect import SEND
from runtime.patches.patch import Box, Patch


@dataclass(frozen=True, slots=True)
class Voice:
    """What speaks and hears of one address: what goes into ``says`` is sent, ``hears`` gives what is told."""

    says: Box
    hears: Box


def speak_of(patch: Patch, tail: str, arguments: str, x: int, y: int) -> Voice:
    """Add the boxes that send to, and hear from, ``tail`` of the part in the abstraction's arguments.

    ``tail`` holds ``%s`` for the first argument if there are two; ``arguments`` are those to take if none are given.
    """
    has_name = "%s" in tail
    given = patch.add(f"patcherargs {arguments}", x, y)
    prefix = patch.message(PREFIX, x, y + 170, 130)
    whole = patch.add(f"sprintf set %s{tail}", x, y + 204)
    part = patch.add("select 0 1", x + 110, y + 102)
    other = patch.add(f"sprintf set {PREFIX}/part/%ld", x + 150, y + 136)
    if has_name:
        unpacked = patch.add("unpack s i", x, y + 34)
        order = patch.add("t b s", x, y + 68)
        patch.connect(given, unpacked)
        patch.connect(unpacked, order)
        patch.connect(unpacked, part, 1)
        patch.connect(order, whole, 1, 1)
    else:
        order = patch.add("t b i", x, y + 68)
        patch.connect(given, order)
        patch.connect(order, part, 1)
    patch.connect(order, prefix)
    patch.connect(part, other, 2)
    patch.connect(other, prefix)
    patch.connect(prefix, whole)
    says, _ = patch.chain(x, y + 264, "prepend /lb", f"s {SEND}")
    hears = patch.add("r", x + 220, y + 264)
    patch.connect(whole, says)
    patch.connect(whole, hears)
    return Voice(says, hears)
