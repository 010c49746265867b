"""docs/osc.md, written from the table: ``python -m runtime.controls.osc_document > docs/osc.md``."""

import sys

from runtime.controls.osc_clients import FORGET_SECONDS
from runtime.controls.osc_guard import DEEPEST_BUNDLE, LARGEST_PACKET_BYTES, MOST_ARGUMENTS, MOST_MESSAGES
from runtime.controls.osc_schema import DEFAULT_PORT, PREFIX, Argument, Row
from runtime.controls.osc_table import TABLE
from runtime.events import PARTS
from runtime.listening import LOCAL_HOST

_BEFORE = f"""# OSC

<!-- Written by `python -m runtime.controls.osc_document > docs/osc.md`; change the table in
runtime/controls/osc_rows/ instead. -->

`latentbridge play` listens for Open Sound Control at UDP {LOCAL_HOST}:{DEFAULT_PORT} (`--osc HOST:PORT`, `--osc off`).
Anyone may send. To hear what changes, say hello with the port at which you listen:

    {PREFIX}/hello 9001 "my patch"

and ping every few seconds; a client that says nothing for {FORGET_SECONDS:g} seconds is forgotten.

- Every number may be sent as int or float: Pd sends floats, Max sends ints where there is no point. Booleans count as
  0 and 1. Whole numbers are rounded.
- Numbers outside their range are clamped to it. Numbers that are not finite make the packet bad.
- Parts are 1…{PARTS}, as MIDI channels. An address without a part speaks to part 1. Every address marked with a dot
  exists also as `{PREFIX}/part/N/…`, where the channel argument is left out. Feedback about other parts than 1 comes
  from `{PREFIX}/part/N/…` likewise.
- A change is told to every client but the one that made it, at most 30 times a second, and only the latest value.
  What MIDI moves is told too.
- Bundles are taken apart, and everything in them happens at once: time tags are ignored.
- Packets have at most {LARGEST_PACKET_BYTES:,} bytes; bundles are at most {DEEPEST_BUNDLE} deep, with {MOST_MESSAGES}
  messages in all; messages have at most {MOST_ARGUMENTS} arguments. Addresses are literal, without patterns.
- Bad packets are counted and never answered. A sound message that asks for something that is not there is answered,
  if a client sent it, by `{PREFIX}/error`.

| | address | arguments | feedback |
|---|---|---|---|
"""


def document() -> str:
    """Return the text of docs/osc.md."""
    rows = "".join(f"| {'•' if row.is_of_part else ''} | {_cells(row)} |\n" for row in TABLE)
    meanings = "".join(f"- `{row.address}`: {row.meaning}\n" for row in TABLE)
    return f"{_BEFORE}{rows}\nWhat they do:\n\n{meanings}"


def _cells(row: Row) -> str:
    feedback = "<br>".join(f"`{f.address}` {f.arguments}".strip() for f in row.feedback)
    arguments = ", ".join(_in_words(argument) for argument in row.arguments)
    return f"`{row.address}` | {arguments} | {feedback}" if row.action else f" | | {feedback}"


def _in_words(argument: Argument) -> str:
    words = f"{argument.kind} {argument.name}"
    if argument.kind != "s" and argument.name != "number":
        words += f" {argument.low:g}…{argument.high:g} {argument.unit}".rstrip().replace("-", "−")
    if argument.per_dimension:
        words += " × latent size"
    return f"[{words}]" if argument.is_optional else words


if __name__ == "__main__":
    # Whatever the console's encoding is: the file is UTF-8.
    sys.stdout.buffer.write(document().encode())
