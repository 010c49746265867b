"""``lb.connect``: the one box of a Max patch that speaks to latentbridge, and keeps the link alive.

Everything that a patch sends goes to ``s lb.send``, and everything that comes back arrives at the receive of its
address: ``r /lb/axis/brightness``. One socket sends it all, so the instrument knows whose moves these were and does not
tell them back.
"""

from typing import Final

from runtime.controls.osc_schema import DEFAULT_PORT
from runtime.listening import LOCAL_HOST
from runtime.patches.patch import Box, Patch
from runtime.patches.table import address, heard

SEND: Final = "lb.send"
"""The send that reaches latentbridge from anywhere in Max."""
REPLY_PORT: Final = 9001
TICK_MS: Final = 2000
"""How often the link is looked after; a client that says nothing for ten seconds is forgotten."""
PATIENCE_MS: Final = 5000
"""Without an answer for so long, the link is down."""
SETTLE_MS: Final = 50


def connect_patch() -> Patch:
    """Return ``lb.connect HOST PORT REPLY``. Out: everything that is heard, and 1 or 0 for the link."""
    patch = Patch(size=(1260, 660))
    patch.comment("lb.connect HOST PORT REPLY: the link to latentbridge play. One in a patch is enough.", 20, 12, 620)
    patch.comment("Sent: whatever reaches s lb.send, or the inlet. Heard: at the receive of its address.", 20, 34, 620)
    udpsend = patch.add(f"udpsend {LOCAL_HOST} {DEFAULT_PORT}", 20, 600)
    udpreceive = patch.add(f"udpreceive {REPLY_PORT}", 780, 140)
    hello, ping = patch.add(f"int {REPLY_PORT}", 500, 420), patch.add(f"int {REPLY_PORT}", 640, 420)
    changed = patch.add(f"delay {SETTLE_MS}", 500, 250)
    _take_orders(patch, udpsend, udpreceive, (hello, ping), changed)
    answered = look_after_link(patch, udpsend, (hello, ping), changed, patch.add("loadbang", 500, 70))
    _hand_out(patch, udpreceive, answered)
    return patch


def _take_orders(patch: Patch, udpsend: Box, udpreceive: Box, reply_ports: tuple[Box, Box], changed: Box) -> None:
    """Host, port and reply port come as arguments or messages; each change starts the link anew."""
    orders = patch.inlet(20, 70, "/lb/… to send; host NAME, port NUMBER, reply NUMBER")
    arguments = patch.add(f"patcherargs {LOCAL_HOST} {DEFAULT_PORT} {REPLY_PORT}", 200, 70)
    unpacked = patch.add("unpack s i i", 200, 104)
    route = patch.add("route host port reply", 20, 150)
    sends = patch.add(f"r {SEND}", 240, 550)
    patch.connect(orders, route)
    patch.connect(arguments, unpacked)
    patch.connect(sends, udpsend)
    patch.connect(route, udpsend, 3)
    for number, (kind, word) in enumerate((("s", "host"), ("i", "port"))):
        both = patch.add(f"t b {kind}", 20 + 140 * number, 216)
        prepend = patch.add(f"prepend {word}", 20 + 140 * number, 260)
        patch.connect(route, both, number)
        patch.connect(unpacked, both, number)
        patch.connect(both, prepend, 1)
        patch.connect(both, changed)
        patch.connect(prepend, udpsend)
    reply = patch.add("t b i i", 300, 216)
    listen = patch.add("prepend port", 360, 260)
    patch.connect(route, reply, 2)
    patch.connect(unpacked, reply, 2)
    patch.connect(reply, changed)
    patch.connect(reply, listen, 2)
    patch.connect(listen, udpreceive)
    for port in reply_ports:
        patch.connect(reply, port, 1, 1)


def look_after_link(
    patch: Patch, udpsend: Box, reply_ports: tuple[Box, Box], changed: Box, start: Box, before_hello: str = ""
) -> Box:
    """Add what says hello until there is an answer, then pings; return what takes a bang for every answer.

    ``start`` sets the clock going. ``before_hello`` is an object that gets a bang before each hello.
    """
    tick = patch.chain(500, 104, start, ":1", f"metro {TICK_MS}")[-1]
    anew = patch.add("t b b", 500, 284)
    down = patch.message("0", 580, 318)
    is_linked = patch.add("int 0", 500, 352)
    choose = patch.add("select 0 1", 500, 386)
    give_up = patch.add(f"delay {PATIENCE_MS}", 640, 284)
    up = patch.message("1", 780, 318)
    patch.comment("no answer: hello; an answer: ping", 500, 510, 240)
    patch.connect(tick, is_linked)
    patch.connect(changed, anew)
    patch.connect(anew, down, 1)
    patch.connect(anew, is_linked)
    patch.connect(give_up, down)
    patch.connect(down, is_linked, inlet=1)
    patch.connect(up, is_linked, inlet=1)
    patch.connect(is_linked, choose)
    words = (f"{address('hello').whole} $1 Max", f"{address('ping').whole} $1")
    for number, (port, word) in enumerate(zip(reply_ports, words, strict=True)):
        said = patch.message(word, 480 + 160 * number, 470)
        patch.connect(port, said)
        patch.connect(said, udpsend)
    hello, ping = reply_ports
    patch.connect(choose, ping, 1)
    if before_hello:
        order = patch.add("t b b", 400, 386)
        patch.connect(choose, order)
        patch.connect(order, patch.add(before_hello, 400, 430), 1)
        patch.connect(order, hello)
    else:
        patch.connect(choose, hello)
    answered = patch.add("t b b", 780, 284)
    patch.connect(answered, give_up, 1)
    patch.connect(answered, up)
    told = patch.add("change", 860, 470)
    patch.connect(down, told)
    patch.connect(up, told)
    patch.connect(told, patch.outlet(860, 600, "1 while latentbridge answers, else 0"))
    return answered


def hear_answers(patch: Patch, source: Box, outlet: int, answered: Box) -> None:
    """Let answers to hello and ping show that the link is up."""
    answers = patch.add(f"route {heard('pong')} {heard('info')}", 800, 230)
    patch.connect(source, answers, outlet)
    patch.connect(answers, answered)
    patch.connect(answers, answered, 1)


def _hand_out(patch: Patch, udpreceive: Box, answered: Box) -> None:
    """Give every message to the receive of its address, and out of the first outlet as it came."""
    everything = patch.add("t l l l", 780, 174)
    patch.connect(udpreceive, everything)
    hear_answers(patch, everything, 1, answered)
    patch.connect(everything, patch.outlet(780, 600, "everything that is heard"))
    hand_out(patch, everything, 2, 1080, 230, "prepend send")


def hand_out(patch: Patch, source: Box, outlet: int, x: int, y: int, *naming: str) -> Box:
    """Send the arguments of every message to the receive that ``naming`` makes of its address; return its first box."""
    cut, both = patch.add("zl.slice 1", x, y), patch.add("t b l", x, y + 34)
    named = patch.chain(x, y + 78, *naming)
    kept, forward = patch.add("zl.reg", x + 20, named[-1].below), patch.add("forward", x, named[-1].below + 44)
    patch.connect(source, cut, outlet)
    patch.connect(cut, kept, 1, 1)
    patch.connect(cut, both)
    patch.connect(both, named[0], 1)
    patch.connect(both, kept)
    patch.connect(named[-1], forward)
    patch.connect(kept, forward)
    return named[0]
