"""Rows about keys: notes, their expression, and how the keys of a part play."""

from typing import Final

from runtime.controls.osc_schema import (
    BEND_LIMIT_SEMITONES,
    CHANNEL,
    OPTIONAL_CHANNEL,
    PREFIX,
    Action,
    Argument,
    Feedback,
    Row,
)
from runtime.mapping_table import LARGEST_SPREAD_CENTS, MOST_UNISON_VOICES

ROWS: Final = (
    Row(
        f"{PREFIX}/note",
        Action.NOTE,
        (Argument("note", "i", 0, 127), Argument("velocity", "f", 0, 127), OPTIONAL_CHANNEL),
        (Feedback(f"{PREFIX}/voices", "i sounding now"),),
        "A key pressed, or with velocity 0 released. Note 60 is C3. Without a channel: part 1.",
    ),
    Row(
        f"{PREFIX}/bend",
        Action.BEND,
        (CHANNEL, Argument("bend", "f", -BEND_LIMIT_SEMITONES, BEND_LIMIT_SEMITONES, "semitones")),
        (),
        "Bends the pitch of all notes of a part.",
    ),
    Row(
        f"{PREFIX}/pressure",
        Action.PRESSURE,
        (CHANNEL, Argument("pressure", "f", 0, 1)),
        (),
        "Pressure of a part, as a keyboard's aftertouch.",
    ),
    Row(
        f"{PREFIX}/slide",
        Action.SLIDE,
        (CHANNEL, Argument("slide", "f", 0, 1)),
        (),
        "Slide of a part, as a finger's place along a key.",
    ),
    Row(
        f"{PREFIX}/mode",
        Action.MODE,
        (Argument("mode", "i", 0, 2),),
        (Feedback(f"{PREFIX}/mode", "i mode"),),
        "What a key of a pitched model does while others are held: 0 sounds beside them, 1 ends their note and begins "
        "a new one, 2 takes their note over, which slides to its pitch.",
    ),
    Row(
        f"{PREFIX}/portamento",
        Action.PORTAMENTO,
        (Argument("time", "f", 0, 10_000, "ms"),),
        (Feedback(f"{PREFIX}/portamento", "f ms"),),
        "How long a note of a pitched model takes from the pitch of the one before to its own; 0 steps. In mode 2 only "
        "where keys overlap.",
    ),
    Row(
        f"{PREFIX}/unison",
        Action.UNISON,
        (Argument("voices", "i", 1, MOST_UNISON_VOICES),),
        (Feedback(f"{PREFIX}/unison", "i voices"),),
        "How many voices each key of a pitched model has. Each is one of the voices that can sound at once, and costs "
        "as much.",
    ),
    Row(
        f"{PREFIX}/spread",
        Action.SPREAD,
        (Argument("spread", "f", 0, LARGEST_SPREAD_CENTS, "cents"),),
        (Feedback(f"{PREFIX}/spread", "f cents"),),
        "From the lowest to the highest of the voices of a key.",
    ),
    Row(
        f"{PREFIX}/width",
        Action.WIDTH,
        (Argument("width", "f", 0, 1),),
        (Feedback(f"{PREFIX}/width", "f width"),),
        "How far apart the voices of a key stand: 0 all in the middle, 1 the outermost fully left and right.",
    ),
    Row(
        f"{PREFIX}/alloff",
        Action.ALL_OFF,
        (),
        (),
        "Panic: every key and pedal up, silence at once. In all parts, or with /lb/part/N in that one.",
    ),
)
