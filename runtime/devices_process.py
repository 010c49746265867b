"""Looks which outputs and MIDI ports there are, in a process of its own: drivers may take long, print, or crash.

It answers once: ``{"outputs": [[what --output takes, in words], …], "midi": [what --midi takes, …]}``.
"""

from runtime.child_process import Parent
from runtime.controls.midi import list_midi_inputs
from runtime.devices import list_outputs


def main() -> None:
    """Look, say what was found, and end."""
    parent = Parent()
    found = list_outputs()
    outputs = [["jack", "JACK"]] if found.jack else []
    outputs += [[card.name, f"{card.name} ({card.system})"] for card in found.cards]
    outputs.append(["null", "No sound: listen in a browser"])
    midi = ["auto", *(["jack"] if found.jack else []), *list_midi_inputs().names, "none"]
    parent.say({"outputs": outputs, "midi": midi})
