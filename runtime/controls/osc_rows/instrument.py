"""Rows about the whole instrument: who listens, level, captures, models, how it is doing."""

from typing import Final

from runtime.controls.osc_schema import (
    INT_LIMIT,
    LONGEST_PATH,
    LOWEST_REPLY_PORT,
    MOST_CAPTURED_VARIATIONS,
    PREFIX,
    Action,
    Argument,
    Feedback,
    Row,
)

ROWS: Final = (
    Row(
        f"{PREFIX}/hello",
        Action.HELLO,
        (
            Argument("reply port", "i", LOWEST_REPLY_PORT, 65_535, must_fit=True),
            Argument("name", "s", is_optional=True),
        ),
        (
            Feedback(
                f"{PREFIX}/info",
                "s model, i latent size, i sample rate, i block, i voices, i delay frames, s version",
            ),
            Feedback(f"{PREFIX}/axisinfo", "i index, s name, f minimum, f maximum, f default"),
        ),
        "Makes the sender a client: from now on it is told of every change, at the reply port of the host it sends "
        "from. The answer is /lb/info (sample rate, block and delay are those of the sound card or JACK server), one "
        "/lb/axisinfo per axis (index from 1; minimum, maximum and default are "
        "positions along the axis in latent units, for display: /lb/axis itself counts 0…1), then the whole state: "
        "that of part 1, and of every other part what is not at its default.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/bye",
        Action.BYE,
        (),
        (),
        "Makes the sender a client no more: nothing is told to it from now on.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/ping",
        Action.PING,
        (Argument("number", "i", -INT_LIMIT, INT_LIMIT),),
        (Feedback(f"{PREFIX}/pong", "i number"),),
        "Keeps a client known; one that says nothing for 10 seconds is forgotten. From another socket than hello's, "
        "the number has to be the reply port. The number comes back.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/gain",
        Action.GAIN,
        (Argument("gain", "f", -60, 6, "dB"),),
        (Feedback(f"{PREFIX}/gain", "f dB"),),
        "Level of the whole mix.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/capture",
        Action.CAPTURE,
        (Argument("name", "s", is_optional=True),),
        (Feedback(f"{PREFIX}/captured", "s path, i note, f peak dB"),),
        "Writes the note played last as a one-shot WAV, under the name if one is given. Every client is told.",
    ),
    Row(
        f"{PREFIX}/capture/variations",
        Action.CAPTURE_VARIATIONS,
        (
            Argument("count", "i", 1, MOST_CAPTURED_VARIATIONS, must_fit=True),
            Argument("name", "s", is_optional=True),
        ),
        (Feedback(f"{PREFIX}/captured", "s path, i note, f peak dB; once for each file"),),
        "Writes the note played last, as /lb/capture does, and so many sounds near it: of the same class, inside the "
        "data, and different by ear. Their files are named after its own: NAME_var01.wav and so on.",
    ),
    Row(
        f"{PREFIX}/model",
        Action.MODEL,
        (Argument("model", "s", longest=LONGEST_PATH),),
        (Feedback(f"{PREFIX}/info", "and all that follows it, as after /lb/hello"),),
        "Plays another model from now on: the name of one that comes with latentbridge, or the path of an .onnx file. "
        "Notes that sound ring out, and are let go, bent and silenced as before; pedals, bends, glides and gain stay, "
        "and every part stands at the new model's default place. Every client is introduced to the new model as soon "
        "as it plays, or gets /lb/error 4 with why it does not; places sent before that go to the model before.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/models",
        Action.LIST_MODELS,
        (),
        (Feedback(f"{PREFIX}/models", "i count"), Feedback(f"{PREFIX}/modelinfo", "i number, s model")),
        "Asks for the models that can be played: those that come with latentbridge by name, and others in the folder "
        "of the one that plays by path. Answers a client.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/stat",
        Action.STATE,
        (),
        (Feedback(f"{PREFIX}/stat", "f load, i late blocks, i dropped events, f delay ms"),),
        "How the engine is doing: load 1 means that a block takes all the time there is; delay is from a key to its "
        "sound. Answers a client.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/level",
        Action.LEVELS,
        (),
        (Feedback(f"{PREFIX}/level", "f left dB, f right dB, f limiter dB, i MIDI messages"),),
        "What meters show: the peak of each channel of the mix, falling back by 20 dB in 1.7 s; by how much the "
        "limiter turns it down; how many MIDI messages have come, clock left out. Answers a client, as often as it "
        "asks.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/sound",
        None,
        (),
        (Feedback(f"{PREFIX}/sound", "i 0 or 1, s text"),),
        "Tells every client, and one that says hello meanwhile, by 0 that nothing can sound: the engine has died and "
        "is being replaced, or JACK or the sound card has gone and its return is waited for. The text says which. 1 "
        "tells that it sounds again. What was set is then as it was, and as clients have set it meanwhile; notes that "
        "sounded are gone.",
        is_of_part=False,
    ),
    Row(
        f"{PREFIX}/error",
        None,
        (),
        (Feedback(f"{PREFIX}/error", "i code, s text"),),
        "Sent to a client whose message was sound OSC but asked for something that is not there: code 1 no such "
        "address, 2 wrong number of arguments, 3 wrong type of argument, 4 not possible now.",
        is_of_part=False,
    ),
)
