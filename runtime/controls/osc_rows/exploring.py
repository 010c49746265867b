"""Rows about looking around: places that are heard without going there, children of a sound, where notes are."""

from typing import Final

from runtime.controls.osc_schema import NOTE, PREFIX, Action, Argument, Feedback, Row
from runtime.steering.children import CHILDREN, LARGEST_SEED

_VELOCITY: Final = Argument("velocity", "f", 0, 127)
_NUMBER: Final = Argument("child", "i", 1, CHILDREN, must_fit=True)

ROWS: Final = (
    Row(
        f"{PREFIX}/map/note",
        Action.MAP_NOTE,
        (Argument("x", "f", 0, 1), Argument("y", "f", 0, 1), NOTE, _VELOCITY),
        (),
        "Lets a place of the map be heard without going there: a note that sounds and stays there, axes and what moves "
        "them aside, whatever the part and its keys play. It ends what its key sounded before, so that a sweep over "
        "the map takes one voice: take a key that nobody plays. /lb/note with velocity 0 lets it go as every note.",
    ),
    Row(
        f"{PREFIX}/children",
        Action.CHILDREN,
        (Argument("amount", "f", 0, 1), Argument("seed", "i", 0, LARGEST_SEED, is_optional=True)),
        (
            Feedback(f"{PREFIX}/children", "f amount, i seed"),
            Feedback(f"{PREFIX}/child", "i child, f x, f y, f × latent size"),
        ),
        f"Makes {CHILDREN} small mutations of the present sound that stay among the training sounds: amount 1 strays "
        "as far as sounds of its kind differ, 0 not at all. Locked axes stay. In four pairs: what child n has more of, "
        f"child {CHILDREN + 1} − n has less of. The same seed gives the same children of the same sound. Everybody is "
        "told of all of them, and where on the map they are (−1 if the model has none).",
    ),
    Row(
        f"{PREFIX}/child",
        Action.CHILD,
        (_NUMBER,),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place to one of the children. The sender is told the new place too.",
    ),
    Row(
        f"{PREFIX}/child/note",
        Action.CHILD_NOTE,
        (_NUMBER, NOTE, _VELOCITY),
        (),
        "Lets one of the children be heard without going there, as /lb/map/note does.",
    ),
    Row(
        f"{PREFIX}/watch",
        Action.WATCH,
        (Argument("watching", "i", 0, 1),),
        (Feedback(f"{PREFIX}/sounding", "i number, i part, i note, f x, f y, or the number alone once it is silent"),),
        "Tells the client that sends 1, until it sends 0, where on the map each note that sounds is, axes and what "
        "moves them included, whenever that changes.",
        is_of_part=False,
    ),
)
