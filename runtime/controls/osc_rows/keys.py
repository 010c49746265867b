"""Rows about what each key plays, kits of keys, and controls that learn."""

from typing import Final

from runtime.controls.osc_schema import LONGEST_PHRASE, NAME, NOTE, PREFIX, Action, Argument, Feedback, Row
from runtime.engine.choke_groups import MOST_GROUPS

_KEY: Final = Feedback(f"{PREFIX}/key", "i note, f × latent size, or nothing more for a key that follows its part")
_AMOUNT: Final = Argument("amount", "f", 0, 1, is_optional=True)
_KITS: Final = (Feedback(f"{PREFIX}/kits", "i count"), Feedback(f"{PREFIX}/kitinfo", "i number, s name"))

ROWS: Final = (
    Row(
        f"{PREFIX}/key/store",
        Action.STORE_KEY,
        (NOTE,),
        (Feedback(f"{PREFIX}/key/stored", "i note"), _KEY),
        "Lets a key play the present place from now on, wherever the part goes. Axes move it as they move all.",
    ),
    Row(
        f"{PREFIX}/key/clear",
        Action.CLEAR_KEY,
        (NOTE,),
        (_KEY,),
        "Lets a key play the place of its part.",
    ),
    Row(f"{PREFIX}/key/reset", Action.RESET_KEY, (NOTE,), (_KEY,), "Gives a key back what the model gives it."),
    Row(
        f"{PREFIX}/key/swap",
        Action.SWAP_KEYS,
        (NOTE, Argument("other", "i", 0, 127, must_fit=True)),
        (_KEY,),
        "Exchanges what two keys play, and their choke groups.",
    ),
    Row(
        f"{PREFIX}/key/reroll",
        Action.REROLL_KEY,
        (NOTE, _AMOUNT),
        (_KEY,),
        "Gives a key another sound of its class, drawn at random; an amount below 1 stays nearer the one it has.",
    ),
    Row(
        f"{PREFIX}/key/lock",
        Action.LOCK_KEY,
        (NOTE, Argument("locked", "i", 0, 1)),
        (Feedback(f"{PREFIX}/key/lock", "i note, i locked"),),
        "A locked key keeps its sound: it is not stored on, swapped, cleared or drawn anew.",
    ),
    Row(
        f"{PREFIX}/key/choke",
        Action.CHOKE_KEY,
        (NOTE, Argument("group", "i", 0, MOST_GROUPS)),
        (Feedback(f"{PREFIX}/key/choke", "i note, i group"),),
        "Puts a key into a choke group: striking one key of it ends what the others sound. 0 is none. Drums begin with "
        "the closed, pedal and open hi-hat (42, 44, 46) in group 1.",
    ),
    Row(
        f"{PREFIX}/kit",
        Action.KIT,
        (Argument("kit", "s"),),
        (Feedback(f"{PREFIX}/kit", "s name"), _KEY),
        "Lets all keys of the part play a kit of yours, by its name or its number from 1. Keys that are locked stay.",
    ),
    Row(
        f"{PREFIX}/kit/save",
        Action.SAVE_KIT,
        (NAME,),
        _KITS,
        "Keeps what all keys of the part play, with choke groups and locks, as a kit in a readable file; one of "
        "the same name is replaced.",
    ),
    Row(f"{PREFIX}/kit/delete", Action.DELETE_KIT, (NAME,), _KITS, "Forgets a kit of yours."),
    Row(
        f"{PREFIX}/kit/reroll",
        Action.REROLL_KIT,
        (_AMOUNT,),
        (_KEY,),
        "Gives every key that has a sound of its own, and is not locked, another one of its class.",
    ),
    Row(
        f"{PREFIX}/kit/export",
        Action.EXPORT_KIT,
        (Argument("name", "s", is_optional=True),),
        (
            Feedback(f"{PREFIX}/kit/exporting", "i files done, i of"),
            Feedback(f"{PREFIX}/kit/exported", "s path, i files"),
        ),
        "Writes what the sixteen keys from C1 play, axes as they stand, as a folder of one-shots for a sampler, under "
        "the name if one is given, beside the captures. Every client is told how far it is, and when it is done.",
    ),
    Row(
        f"{PREFIX}/kits",
        Action.LIST_KITS,
        (),
        _KITS,
        "Asks for the list of kits: how many, then each. Everybody is told it again when it changes.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/learn",
        Action.LEARN,
        (Argument("target", "s", longest=LONGEST_PHRASE),),
        (Feedback(f"{PREFIX}/learned", "s source, s target"),),
        "Lets the MIDI control that is moved next move a target from now on: `axis brightness`, `latent 3`, `map x`, "
        "`gain` or any other of docs/mapping.md. An empty text gives up waiting. What was learned is kept.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/unlearn",
        Action.UNLEARN,
        (Argument("target", "s", longest=LONGEST_PHRASE),),
        (Feedback(f"{PREFIX}/learned", "an empty source, s target"),),
        "Forgets which controls have learned to move a target.",
        is_of_part=False,
    ),
)
