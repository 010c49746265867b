"""``latentbridge-help.pd``: how to speak to latentbridge from a Pd patch of one's own."""

from runtime.patches.instrument_facts import InstrumentFacts
from runtime.patches.pd import PdPatch
from runtime.patches.pd_link import BYTES, osc_format, receive_name
from runtime.patches.table import address, heard


def help_pd(facts: InstrumentFacts) -> PdPatch:
    """Return the help patch for one model; it works while latentbridge.pd is open."""
    patch = PdPatch(size=(900, 520))
    patch.panel(10, 10, 880, 60, "latentbridge from Pd patches of your own")
    patch.comment("Open latentbridge.pd too: it holds the link. Start latentbridge play first.", 20, 40, 640)
    _say_and_hear(patch, facts)
    _parts(patch, facts)
    _names(patch)
    return patch


def _say_and_hear(patch: PdPatch, facts: InstrumentFacts) -> None:
    axis = facts.knobs[0].name if facts.knobs else ""
    patch.comment("say: oscformat with the address, then s lb.bytes", 20, 90, 400)
    sends = patch.add(f"s {BYTES}", 20, 210)
    examples = [("0.3", address("variation")), ("36 100", address("note"))]
    examples += [("0.8", address("axis/NAME", axis))] if axis else []
    for number, (words, spoken) in enumerate(examples):
        packet = patch.add(osc_format(spoken), 20 + 230 * number, 160)
        patch.connect(patch.message(words, 20 + 230 * number, 124), packet)
        patch.connect(packet, sends)
    patch.comment("hear: a receive named like the address", 20, 260, 400)
    told = [heard("axis/NAME", axis)] if axis else []
    for number, one in enumerate((*told, heard("variation"), heard("outside"))):
        name = receive_name(one)
        patch.connect(
            patch.add(f"r {name}", 20 + 230 * number, 290), patch.add(f"print {name}", 20 + 230 * number, 330)
        )


def _parts(patch: PdPatch, facts: InstrumentFacts) -> None:
    """Another part has addresses of its own."""
    patch.comment("another part: /lb/part/N/...", 20, 380, 300)
    _, packet = patch.chain(20, 404, ":0.3", osc_format(address("variation")).replace("lb ", "lb part 2 "))
    patch.connect(packet, patch.add(f"s {BYTES}", 20, 472))


def _names(patch: PdPatch) -> None:
    """Every slider and button can be played by name."""
    patch.comment("every slider and button of latentbridge.pd can be moved by name:", 330, 380, 480)
    for number, (words, name) in enumerate((("0.4", "lb-variation"), ("bang", "lb-capture"))):
        patch.chain(330 + 180 * number, 404, f":{words}", f"s {name}")
    patch.comment("all addresses: docs/osc.md", 330, 474, 300)
