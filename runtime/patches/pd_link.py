"""How ``latentbridge.pd`` speaks to latentbridge: one socket out, one in, and names for all that is heard.

Whatever reaches ``s lb.bytes`` (from an ``oscformat``) is sent. What comes back arrives at the receive of its address
with dots: ``r lb.gain``, ``r lb.axis.brightness``.
"""

from typing import Final

from runtime.controls.osc_schema import DEFAULT_PORT, PREFIX
from runtime.listening import LOCAL_HOST
from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.max_connect import PATIENCE_MS, TICK_MS
from runtime.patches.patch import Box
from runtime.patches.pd import PdPatch
from runtime.patches.table import Address, address, heard

BYTES: Final = "lb.bytes"
"""The receive whose lists of bytes are sent."""
REPLY_PORT: Final = 9002
SAID: Final = (
    "gain",
    "variation",
    "glide",
    "tempo",
    "z",
    "zi",
    "map",
    "outside",
    "morph",
    "preset",
    "voices",
    "captured",
    "info",
    "sound",
    "error",
    "portamento",
    "unison",
    "spread",
    "width",
)
"""Feedback that has a receive, besides the axes."""


def osc_format(spoken: Address) -> str:
    """Return the text of the object that turns numbers into a packet for an address."""
    return "oscformat " + " ".join(spoken.whole.strip("/").split("/"))


def receive_name(address: str) -> str:
    """Return the receive at which an address is heard."""
    return address.strip("/").replace("/", ".")


def link_patch() -> PdPatch:
    """Return ``pd link``: says hello until there is an answer, then pings."""
    patch = PdPatch("link", (820, 640))
    patch.comment(
        "where latentbridge is: a list HOST PORT to lb.server; where it answers: a port to lb.reply", 20, 10, 640
    )
    netsend = patch.add("netsend -u -b", 20, 560)
    server = patch.add(f"list append {LOCAL_HOST} {DEFAULT_PORT}", 20, 330)
    hello, ping = patch.add(f"f {REPLY_PORT}", 260, 330), patch.add(f"f {REPLY_PORT}", 440, 330)
    changed = _take_orders(patch, server, (hello, ping))
    anew = _look_after_link(patch, changed, ping)
    for number, box in enumerate((hello, server)):
        patch.connect(anew, box, number)
    patch.connect(anew, patch.message("disconnect", 130, 500), 2)
    patch.connect(patch.boxes[-1], netsend)
    patch.connect(patch.chain(20, 364, server, "list prepend connect", "list trim")[-1], netsend)
    patch.chain(260, 364, hello, ":$1 Pd", osc_format(address("hello")), f"s {BYTES}")
    patch.chain(440, 364, ping, osc_format(address("ping")), f"s {BYTES}")
    patch.connect(patch.chain(240, 500, f"r {BYTES}", "list prepend send", "list trim")[-1], netsend)
    return patch


def _take_orders(patch: PdPatch, server: Box, reply_ports: tuple[Box, Box]) -> Box:
    """Server and reply port; return what starts the link anew after a change of either."""
    changed = patch.add("delay 50", 20, 150)
    _, given = patch.chain(20, 50, "r lb.server", "t b a")
    patch.connect(given, server, 1, 1)
    patch.connect(given, changed)
    _, port = patch.chain(620, 50, "r lb.reply", "t b f f f")
    patch.chain(720, 50, "loadbang", f":{REPLY_PORT}", "s lb.reply")
    patch.connect(port, changed)
    for number, box in enumerate(reply_ports, 1):
        patch.connect(port, box, number, 1)
    listens = patch.message("listen $1", 620, 164)
    patch.connect(port, listens, 3)
    words = ("netreceive -u -b", "oscparse", "list trim", f"route {PREFIX.strip('/')}", "s lb.heard")
    patch.chain(620, 198, listens, *words)
    return changed


def _look_after_link(patch: PdPatch, changed: Box, ping: Box) -> Box:
    """Return what says hello: while there is no answer, every two seconds."""
    tick = patch.chain(200, 50, "loadbang", ":1", f"metro {TICK_MS}")[-1]
    is_linked, choose, anew = patch.chain(200, 190, "f 0", "sel 0 1", "t b b b")
    patch.connect(tick, is_linked)
    patch.connect(choose, ping, 1)
    lost, down, tells = (
        patch.add("t b b", 20, 184),
        patch.message("0", 100, 184),
        patch.add("s lb.link", 100, 218),
    )
    patch.connect(changed, lost)
    patch.connect(lost, down, 1)
    patch.connect(lost, is_linked)
    patch.connect(down, tells)
    patch.connect(patch.add("r lb.link", 320, 150), is_linked, 0, 1)
    answers = f"route {receive_name(heard('pong'))[3:]} {receive_name(heard('info'))[3:]}"
    _, route = patch.chain(420, 50, "r lb.heard", answers)
    answered = patch.add("t b b", 420, 118)
    silence, up = patch.add(f"delay {PATIENCE_MS}", 500, 160), patch.message("1", 420, 194)
    for outlet in (0, 1):
        patch.connect(route, answered, outlet)
    patch.connect(answered, silence, 1)
    patch.connect(silence, down)
    patch.chain(420, 228, answered, up, "s lb.link")
    return anew


def heard_patch(facts: InstrumentFacts) -> PdPatch:
    """Return ``pd heard``: hands every message to the receive of its address."""
    patch = PdPatch("heard", (900, 200 + 26 * len(SAID)))
    patch.comment("what latentbridge tells, each at a receive of its own", 20, 10, 400)
    names = [heard(name).removeprefix(f"{PREFIX}/") for name in SAID]
    _, route = patch.chain(20, 40, "r lb.heard", "route axis " + " ".join(names))
    # Of an axis also its motion and lock are told; only its position is a number alone.
    axes = patch.add("route " + " ".join(knob.name for knob in facts.knobs), 20, 130)
    patch.connect(route, axes)
    for number, knob in enumerate(facts.knobs):
        position = patch.add("route float", 20, 170 + 34 * number)
        sends = patch.add(f"s {receive_name(heard('axis/NAME', knob.name))}", 120, 170 + 34 * number)
        patch.connect(axes, position, number)
        patch.connect(position, sends)
    for number, name in enumerate(names):
        sends = patch.add(f"s lb.{name}", 420 + 200 * (number % 2), 130 + 34 * (number // 2))
        patch.connect(route, sends, number + 1)
    return patch
