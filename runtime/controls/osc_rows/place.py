"""Rows about the place in latent space: coordinates, axes, and moves to other places."""

from typing import Final

from runtime.controls.osc_schema import (
    LATENT_LIMIT,
    LONGEST_PATH,
    LONGEST_PHRASE,
    NAME,
    PREFIX,
    Action,
    Argument,
    Feedback,
    Row,
)
from runtime.latent.prior import WIDEST_TEMPERATURE

_STAND: Final = (
    Feedback(f"{PREFIX}/z", "f × latent size"),
    Feedback(f"{PREFIX}/axis/NAME", "f position"),
    Feedback(f"{PREFIX}/key", "i note, f × latent size, or nothing more for a key that follows its part"),
    Feedback(f"{PREFIX}/key/choke", "i note, i group"),
)

ROWS: Final = (
    Row(
        f"{PREFIX}/z",
        Action.LATENT,
        (Argument("place", "f", -LATENT_LIMIT, LATENT_LIMIT, per_dimension=True),),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "The place in latent space, all numbers at once. Training sounds lie at about −3…3.",
    ),
    Row(
        f"{PREFIX}/z/N",
        Action.DIMENSION,
        (Argument("value", "f", -LATENT_LIMIT, LATENT_LIMIT),),
        (Feedback(f"{PREFIX}/zi", "i index, f value"),),
        "One number of the place; N and index count from 1.",
    ),
    Row(
        f"{PREFIX}/axis/NAME",
        Action.AXIS,
        (Argument("position", "f", 0, 1),),
        (Feedback(f"{PREFIX}/axis/NAME", "f position"),),
        "A named axis of the model, from its minimum (0) to its maximum (1).",
    ),
    Row(
        f"{PREFIX}/tell",
        Action.TELL,
        (),
        (Feedback(f"{PREFIX}/z", "f × latent size, and all else that can be set in the part"),),
        "Asks for where a part stands: all that /lb/hello tells of part 1. Answers a client.",
    ),
    Row(
        f"{PREFIX}/glide",
        Action.GLIDE,
        (Argument("time", "f", 0, 10_000, "ms"),),
        (Feedback(f"{PREFIX}/glide", "f ms"),),
        "How long place and axes take to where they are sent; 40 ms at the start.",
    ),
    Row(
        f"{PREFIX}/random",
        Action.RANDOM,
        (
            Argument("amount", "f", 0, 1),
            Argument("temperature", "f", 0, WIDEST_TEMPERATURE, is_optional=True),
            Argument("class", "s", is_optional=True),
        ),
        (Feedback(f"{PREFIX}/z", "f × latent size"),),
        "Sends the place towards a random one that the model knows: amount 1 all the way, 0 not at all. Temperature 1 "
        "draws places as the training sounds have them, less nearer what is typical, more from the rims. With a class "
        "(`latentbridge info` lists them) one of its kind. Locked axes stay. The sender is told the new place too.",
    ),
    Row(
        f"{PREFIX}/map",
        Action.MAP,
        (Argument("x", "f", 0, 1), Argument("y", "f", 0, 1)),
        (Feedback(f"{PREFIX}/map", "f x, f y"), Feedback(f"{PREFIX}/z", "f × latent size")),
        "Sends the place to where the map of the training sounds has x and y: at a sound's own point to that sound, "
        "between sounds to what lies between them. Whenever the place moves, everybody is told where on the map that "
        "is, as nearly as two dimensions can say.",
    ),
    Row(
        f"{PREFIX}/outside",
        None,
        (),
        (Feedback(f"{PREFIX}/outside", "f distance"),),
        "Tells how far outside the data the place is, axes included: up to 1 it lies among the training sounds, at 2 "
        "it is twice as far out as nearly all of them, and what sounds there is a guess.",
    ),
    Row(
        f"{PREFIX}/morph",
        Action.MORPH,
        (Argument("x", "f", 0, 1), Argument("y", "f", 0, 1)),
        (Feedback(f"{PREFIX}/morph", "f x, f y"), Feedback(f"{PREFIX}/z", "f × latent size")),
        "Sends place and axes to between the corners A (0, 0), B (1, 0), C (0, 1) and D (1, 1). A corner that holds "
        "nothing counts as its neighbour, so A and B alone span a line.",
    ),
    Row(
        f"{PREFIX}/morph/store",
        Action.STORE_CORNER,
        (Argument("corner", "s"), Argument("preset", "s", is_optional=True)),
        (Feedback(f"{PREFIX}/morph/stored", "s corner"),),
        "Keeps the present place and axes as corner A, B, C or D, or those of a preset.",
    ),
    Row(
        f"{PREFIX}/undo",
        Action.UNDO,
        (),
        _STAND,
        "Sends place and axes back to before the last gesture, and gives keys back what they played then, choke groups "
        "too; locked keys stay. Moves less than half a second apart are one gesture.",
    ),
    Row(
        f"{PREFIX}/redo",
        Action.REDO,
        (),
        _STAND,
        "Undoes the last undoing.",
    ),
    Row(
        f"{PREFIX}/axis/NAME/lock",
        Action.LOCK_AXIS,
        (Argument("locked", "i", 0, 1),),
        (Feedback(f"{PREFIX}/axis/NAME/lock", "i locked"),),
        "Locked, random places keep what this axis is named after: a new snare as bright as the last.",
    ),
    Row(
        f"{PREFIX}/preset",
        Action.PRESET,
        (Argument("preset", "s"),),
        (Feedback(f"{PREFIX}/z", "f × latent size"), Feedback(f"{PREFIX}/preset", "s name")),
        "Sends the place to a preset, by its name or by its number from 1: first those of the model (`latentbridge "
        "info` lists them), then your own. The model's leave axes where they were turned, your own bring theirs and "
        "what moves them. The sender is told the new place too. A MIDI program change does the same, motion left out.",
    ),
    Row(
        f"{PREFIX}/preset/save",
        Action.SAVE_PRESET,
        (NAME,),
        (Feedback(f"{PREFIX}/presetinfo", "i number, s name, i own"),),
        "Keeps place, axes and what moves them as a preset of your own, in a file that can be read; one of the same "
        "name is replaced.",
    ),
    Row(
        f"{PREFIX}/preset/delete",
        Action.DELETE_PRESET,
        (NAME,),
        (Feedback(f"{PREFIX}/presetinfo", "i number, s name, i own"),),
        "Forgets a preset of your own.",
    ),
    Row(
        f"{PREFIX}/presets",
        Action.LIST_PRESETS,
        (),
        (Feedback(f"{PREFIX}/presets", "i count"), Feedback(f"{PREFIX}/presetinfo", "i number, s name, i own")),
        "Asks for the list of presets: how many, then each. Everybody is told it again when it changes.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/find",
        Action.FIND,
        (Argument("words", "s", longest=LONGEST_PHRASE),),
        (Feedback(f"{PREFIX}/found", "s understood, s not understood"), Feedback(f"{PREFIX}/z", "f × latent size")),
        "Sends place and axes to a sound in words: `short bright snare`, or from where it is `a bit darker`. "
        "docs/sounds.md says which words there are.",
    ),
    Row(
        f"{PREFIX}/encode",
        Action.ENCODE,
        (Argument("path", "s", longest=LONGEST_PATH), Argument("refine", "i", 0, 1, is_optional=True)),
        (
            Feedback(f"{PREFIX}/encoding", "s file, f how much of the search is done 0…1"),
            Feedback(f"{PREFIX}/encoded", "s file, f distance dB, f outside, s remark"),
            Feedback(f"{PREFIX}/z", "f × latent size"),
        ),
        "Sends the place to where the model finds a sound file of yours, looked for beside the sound, so it may take "
        "a moment; with refine 1 it searches on from there. The answer says how close it comes and how far outside "
        "the data it lies.",
    ),
)
