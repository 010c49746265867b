"""Rows about training: a folder becomes an instrument beside the one that plays."""

from typing import Final

from runtime.controls.osc_schema import LONGEST_PATH, PREFIX, Action, Argument, Feedback, Row

_MOST_MINUTES: Final = 60 * 24
_MINUTES: Final = Argument("minutes", "f", 0.5, _MOST_MINUTES)
_STATE: Final = Feedback(f"{PREFIX}/training", "s stage, s name, f fraction, s text")
_FOLLOW: Final = Feedback(f"{PREFIX}/train/follow", "i 0 or 1")

ROWS: Final = (
    Row(
        f"{PREFIX}/train/look",
        Action.LOOK_AT_FOLDER,
        (Argument("folder", "s", longest=LONGEST_PATH),),
        (
            Feedback(f"{PREFIX}/train/looking", "s folder, f share read"),
            Feedback(f"{PREFIX}/train/looked", "s folder"),
        ),
        "Looks into a folder of sounds on the machine that plays, without training on it: what is there, what would be "
        "left out and why. What was found is on the page (GET /api/training/look).",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/train",
        Action.TRAIN,
        (
            Argument("folder", "s", longest=LONGEST_PATH),
            Argument("name", "s"),
            _MINUTES,
            Argument("kind", "s", is_optional=True),
            Argument("start", "s", longest=LONGEST_PATH, is_optional=True),
        ),
        (_STATE, Feedback(f"{PREFIX}/train/hearing", "i number, s path")),
        "Trains an instrument on a folder, in a process of its own at the lowest priority. Kind is auto, drums or "
        "notes; start is an instrument to begin with, none, or empty for a shipped one that fits. One at a time. Each "
        "time that what has been learnt so far can be played, /lb/train/hearing says where it is.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/train/longer",
        Action.TRAIN_LONGER,
        (Argument("name", "s"), _MINUTES),
        (_STATE,),
        "Goes on with a run that was ended, or is done, from its last checkpoint, for so many minutes more.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/train/stop",
        Action.STOP_TRAINING,
        (Argument("write", "i", 0, 1),),
        (_STATE,),
        "Ends the training: 1 writes the instrument as it is by now, 0 gives up; the last checkpoint stays.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/train/follow",
        Action.FOLLOW_TRAINING,
        (Argument("on", "i", 0, 1),),
        (_FOLLOW,),
        "Plays what has been learnt so far, and each time that there is more the model anew; in the end the finished "
        "instrument. Places, axes and keys that were moved stay as they are.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/training",
        Action.TRAINING_STATE,
        (),
        (_STATE, _FOLLOW),
        "Asks how the training stands; everybody is told, and also about once a second while it goes on. The stage is "
        "empty if there was none, or starting, reading, measuring (pitches), rehearsing, training, finishing, and then "
        "done (the text is the instrument's path), stopped or failed (the text says why). The fraction is that of the "
        "stage, 0…1.",
        is_of_part=False,
    ),
)
