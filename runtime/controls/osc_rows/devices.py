"""Rows about devices: where the sound goes, and which MIDI is heard."""

from typing import Final

from runtime.controls.osc_schema import LONGEST_PATH, PREFIX, Action, Argument, Feedback, Row

_OUTPUT: Final = Feedback(f"{PREFIX}/output", "s output, i block")
_MIDI: Final = Feedback(f"{PREFIX}/midi", "s choice, [s names]")

ROWS: Final = (
    Row(
        f"{PREFIX}/devices",
        Action.LIST_DEVICES,
        (),
        (
            Feedback(f"{PREFIX}/outputs", "i count"),
            Feedback(f"{PREFIX}/outputinfo", "i number, s output, s in words"),
            Feedback(f"{PREFIX}/midiports", "i count"),
            Feedback(f"{PREFIX}/midiportinfo", "i number, s port"),
            _OUTPUT,
            _MIDI,
        ),
        "Asks for the outputs and MIDI ports that there are, and which are used. Looking takes a second or two; then "
        "everybody is told.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/output",
        Action.OUTPUT,
        (
            Argument("output", "s", longest=LONGEST_PATH),
            Argument("block", "i", 16, 4096, "frames", is_optional=True),
        ),
        (_OUTPUT, Feedback(f"{PREFIX}/sound", "i 0 or 1, s text")),
        "Lets the sound go to another output, as `--output` says it, or take another block. Notes that sound are gone, "
        "and a second or two passes; all that is set stays. One that cannot be had is answered with /lb/error 4, and "
        "the one before is taken again.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/midi",
        Action.MIDI,
        (Argument("choice", "s", longest=LONGEST_PATH),),
        (_MIDI,),
        "Listens to other MIDI, as `--midi` says it: auto, none, jack, or a port by name. One that cannot be had is "
        "answered with /lb/error 4, and what was heard before is heard again.",
        is_of_part=False,
    ),
)
