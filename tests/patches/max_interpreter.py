"""Walks the message paths of .maxpat and .amxd files as Max would: objects, cords, names, clocks, and real sockets.

Max cannot run here, so this stands in for it where messages are concerned. What it knows of each object is written
after Max's reference pages in :mod:`tests.patches.max_objects`; it makes no sound, and nothing is known of drawing or
mice. An object that it does not know is an error.
"""

import itertools
import json
import select
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.patches.max_object import Atom, Inlet, Message, Object, Outlet, atoms_of
from tests.patches.max_objects import KINDS

PATIENCE_SECONDS = 30.0


class World:
    """One Max (or one Live): what its patches share. Patches are opened, then started."""

    def __init__(self) -> None:
        self.receives: dict[Atom, list[Object]] = defaultdict(list)
        self.listening: list[Any] = []
        """Objects with a socket."""
        self.started: list[Callable[[], None]] = []
        self.ready: list[Callable[[], None]] = []
        """What happens when a device is complete, after everything else."""
        self.midi: dict[str, list[Object]] = defaultdict(list)
        self.sent: list[Message] = []
        """Every message that left by a udpsend."""
        self._clock, self._devices = itertools.count(), itertools.count(1)
        self._timers: dict[int, tuple[float, Callable[[], None]]] = {}

    def open(self, path: Path) -> "Patcher":
        """Open a file and let it start."""
        device = f"{next(self._devices):03d}" if path.suffix == ".amxd" else ""
        patcher = Patcher(_read(path)["patcher"], self, path.parent, device)
        for happens in (self.started, self.ready):
            while happens:
                happens.pop(0)()
        return patcher

    def after(self, milliseconds: float, action: Callable[[], None]) -> int:
        """Do something later; return a number by which it can be called off."""
        number = next(self._clock)
        self._timers[number] = (time.monotonic() + milliseconds / 1000, action)
        return number

    def call_off(self, number: int | None) -> None:
        """Do not do it after all."""
        self._timers.pop(number if number is not None else -1, None)

    def turn(self) -> None:
        """Take what has come by the sockets, and do what is due."""
        there, _, _ = select.select([one.socket for one in self.listening if one.socket], [], [], 0.005)
        for one in list(self.listening):
            if one.socket in there:
                one.read()
        now = time.monotonic()
        for number in [n for n, (due, _) in self._timers.items() if due <= now]:
            if number in self._timers:
                self._timers.pop(number)[1]()

    def until(self, condition: Callable[[], bool]) -> None:
        """Go on until something is so."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < end, f"did not come true; sent last: {self.sent[-5:]}"
            self.turn()

    def run(self, seconds: float) -> None:
        """Go on for a while."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.turn()

    def play(self, source: str, *numbers: Atom) -> None:
        """Let MIDI come: ``notein``, ``xbendin``, ``touchin``, ``ctlin 74``; the channel stands last."""
        for one in self.midi[source]:
            for outlet in reversed(range(len(numbers))):
                one.give(outlet, numbers[outlet])

    def close(self) -> None:
        """Close every socket."""
        for one in self.listening:
            if one.socket:
                one.socket.close()


class Patcher:
    """One window of boxes: a file, a subpatch or an abstraction."""

    def __init__(
        self, content: dict[str, Any], world: World, folder: Path, device: str, arguments: tuple[Atom, ...] = ()
    ) -> None:
        self.world, self.folder, self.device, self.arguments = world, folder, device, arguments
        self.objects: dict[str, Object] = {}
        boxes = [entry["box"] for entry in content["boxes"]]
        for box in boxes:
            self.objects[box["id"]] = self._make(box)
        # From one outlet to several inlets: what stands to the right comes first, then what stands below.
        lines = [entry["patchline"] for entry in content["lines"]]
        for line in sorted(lines, key=lambda one: self._order(one["destination"][0]), reverse=True):
            (source, outlet), (target, inlet) = line["source"], line["destination"]
            self.objects[source].cords[outlet].append((self.objects[target], inlet))
        inward = [o for o in self.objects.values() if isinstance(o, Inlet)]
        self.inlets = sorted(inward, key=lambda one: one.box["patching_rect"][0])
        outward = [o for o in self.objects.values() if isinstance(o, Outlet)]
        self.outlets = sorted(outward, key=lambda one: one.box["patching_rect"][0])

    def _order(self, identity: str) -> tuple[float, float]:
        left, top, *_ = self.objects[identity].box["patching_rect"]
        return left, top

    def _make(self, box: dict[str, Any]) -> Object:
        is_named = box["maxclass"] == "newobj"
        words = atoms_of(box["text"]) if is_named else (box["maxclass"],)
        name, arguments = str(words[0]), tuple(self._own(word) for word in words[1:])
        if "patcher" in box:
            return Subpatch(box, self, arguments, Patcher(box["patcher"], self.world, self.folder, self.device))
        file = self.folder / (box["name"] if name == "bpatcher" else f"{name}.maxpat")
        if name not in KINDS and file.is_file():
            given = tuple(box.get("args", ())) if name == "bpatcher" else arguments
            inner = Patcher(_read(file)["patcher"], self.world, self.folder, self.device, given)
            return Subpatch(box, self, arguments, inner)
        assert name in KINDS, f"the interpreter does not know {name}"
        return KINDS[name](box, self, arguments)

    def _own(self, word: Atom) -> Atom:
        """Three dashes at the beginning of a name are the device's own number."""
        return f"{self.device}{word[3:]}" if isinstance(word, str) and word.startswith("---") else word

    # For tests --------------------------------------------------------------------------------------------------

    def parameter(self, title: str) -> Object:
        """Return the control of a parameter by its long name."""
        return next(o for o in self.objects.values() if o.box.get("varname") == title)

    def box(self, text: str) -> Object:
        """Return an object by its text, or by its kind."""
        return next(o for o in self.objects.values() if text in (o.box.get("text"), o.box["maxclass"]))

    def fed_by(self, text: str, steps: int = 1) -> Object:
        """Return what stands ``steps`` cords below an object, along first outlets and first cords."""
        found = self.box(text)
        for _ in range(steps):
            found = found.cords[0][0][0]
        return found

    def every(self, kind: str) -> list[Object]:
        """Return all objects of a kind."""
        return [o for o in self.objects.values() if o.box["maxclass"] == kind]


class Subpatch(Object):
    """A box that holds a patcher."""

    def __init__(self, box: dict[str, Any], patcher: Any, arguments: tuple[Atom, ...], inner: Patcher) -> None:
        super().__init__(box, patcher, arguments)
        self.inner = inner
        for number, outlet in enumerate(inner.outlets):
            outlet.leads_to = (self, number)

    def take(self, inlet: int, message: Message) -> None:
        """Go in by an inlet."""
        self.inner.inlets[inlet].give(0, *message)


def _read(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    start = data.index(b"{") if path.suffix == ".amxd" else 0
    return dict(json.JSONDecoder().raw_decode(data[start:].decode())[0])
