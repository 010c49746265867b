"""How a Max for Live device finds its part of latentbridge, keeps the link, and sends the state of the set again.

A device speaks for one part, 1 to 16. It listens at a port of its own, which follows from its kind and its part, so
that devices do not take each other's answers. While there is no answer it sends all its parameters, then hello: the set
that is open in Live decides how latentbridge stands. ``---`` makes a name belong to one device.
"""

from typing import Final

from runtime.controls.osc_schema import DEFAULT_PORT, PREFIX
from runtime.listening import LOCAL_HOST
from runtime.patches.max_connect import SETTLE_MS, hand_out, hear_answers, look_after_link
from runtime.patches.patch import Box, Patch

SEND: Final = "---send"
"""Whatever reaches this name is sent."""
ADDRESS: Final = "---address"
"""Tells how the device's part is spoken to: ``/lb`` or ``/lb/part/N``."""
PORT: Final = "---port"
"""Tells where the device listens. It comes before ADDRESS."""
DUMP: Final = "---dump"
"""A bang asks every parameter to say what it is."""


def link_patch(first_port: int) -> Patch:
    """Return ``p link``. In: a bang when Live is ready, the part, latentbridge's port. Out: 1 or 0 for the link.

    The device of part N listens at ``first_port`` + N.
    """
    patch = Patch("link", (1280, 680))
    patch.comment("the link to latentbridge play; while there is no answer the set's state is sent again", 20, 12, 620)
    udpsend = patch.add(f"udpsend {LOCAL_HOST} {DEFAULT_PORT}", 20, 600)
    udpreceive = patch.add(f"udpreceive {first_port + 1}", 780, 140)
    patch.connect(patch.add(f"r {SEND}", 240, 550), udpsend)
    hello, ping = patch.add(f"int {first_port + 1}", 500, 430), patch.add(f"int {first_port + 1}", 640, 430)
    changed = patch.add(f"delay {SETTLE_MS}", 500, 250)
    start = patch.inlet(500, 50, "a bang when Live is ready")
    _take_part(patch, first_port, udpreceive, (hello, ping), changed)
    _take_port(patch, udpsend, changed)
    answered = look_after_link(patch, udpsend, (hello, ping), changed, start, f"s {DUMP}")
    everything = patch.add("t l l", 780, 174)
    patch.connect(udpreceive, everything)
    hear_answers(patch, everything, 0, answered)
    named = hand_out(patch, everything, 1, 1060, 230, "sprintf send %s-%ld")
    patch.connect(patch.add(f"r {PORT}", 1160, 264), named, 0, 1)
    return patch


def _take_part(patch: Patch, first_port: int, udpreceive: Box, reply_ports: tuple[Box, Box], changed: Box) -> None:
    """From the part follow the port to listen at and the address to speak to; then the link starts anew."""
    part = patch.inlet(560, 50, "part, 1 to 16")
    order = patch.add("t b i i", 20, 140)
    patch.connect(part, order)
    patch.connect(order, changed)
    listens, told = patch.chain(240, 174, f"+ {first_port}", "t i i i")
    patch.connect(order, listens, 2)
    patch.connect(told, patch.add(f"s {PORT}", 240, 260))
    for port in reply_ports:
        patch.connect(told, port, 1, 1)
    says = patch.add("prepend port", 320, 260)
    patch.connect(told, says, 2)
    patch.connect(says, udpreceive)
    chosen = patch.add("select 1", 20, 190)
    first, other, spoken = (
        patch.message(PREFIX, 20, 240),
        patch.add(f"sprintf {PREFIX}/part/%ld", 80, 240),
        patch.add(f"s {ADDRESS}", 20, 300),
    )
    patch.connect(order, chosen, 1)
    patch.connect(chosen, first)
    patch.connect(chosen, other, 1)
    patch.connect(first, spoken)
    patch.connect(other, spoken)


def _take_port(patch: Patch, udpsend: Box, changed: Box) -> None:
    """Where latentbridge listens, if not where it usually does."""
    order = patch.chain(620, 50, patch.inlet(620, 50, "port at which latentbridge listens"))[0]
    both, says = patch.add("t b i", 20, 400), patch.add("prepend port", 60, 440)
    patch.connect(order, both)
    patch.connect(both, says, 1)
    patch.connect(both, changed)
    patch.connect(says, udpsend)
