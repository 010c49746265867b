"""``lb.capture``: keeps the sound played last, and says where it is, ready for a ``buffer~``."""

from runtime.patches.max_connect import SEND
from runtime.patches.patch import Patch
from runtime.patches.table import address, heard


def capture_patch() -> Patch:
    """Return ``lb.capture``. In: a bang, or a name. Out: ``replace PATH`` for a buffer~, the path, the note."""
    patch = Patch(size=(620, 420))
    patch.comment("lb.capture: writes the sound played last as a WAV file.", 20, 12, 560)
    patch.comment("In: bang, or a name. Out: replace PATH (into a buffer~), the path, the note.", 20, 34, 560)
    asked = patch.inlet(20, 70, "bang: capture; a symbol: capture under this name")
    route = patch.add("route bang", 20, 120)
    plain = patch.message(address("capture").whole, 20, 180)
    named = patch.add(f"prepend {address('capture').whole}", 150, 180)
    sends = patch.add(f"s {SEND}", 20, 240)
    patch.connect(asked, route)
    patch.connect(route, plain)
    patch.connect(route, named, 1)
    patch.connect(plain, sends)
    patch.connect(named, sends)
    patch.comment("the path as Max writes paths", 320, 222, 200)
    _, unpacked, path = patch.chain(320, 120, f"r {heard('captured')}", "unpack s 0 0.", "conformpath max absolute")
    replace = patch.add("prepend replace", 320, 260)
    patch.connect(path, replace)
    patch.connect(replace, patch.outlet(320, 340, "replace PATH, for a buffer~"))
    patch.connect(path, patch.outlet(420, 340, "path"))
    patch.connect(unpacked, patch.outlet(520, 340, "note"), 1)
    return patch
