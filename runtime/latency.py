"""``latentbridge latency``: how long sound takes out of this computer and in again, measured with a click."""

import statistics
from collections.abc import Iterator
from typing import Annotated, Final

import numpy as np
from cyclopts import Parameter, validators

from runtime.click import Floats, HeardClick, find_click, make_click
from runtime.errors import LatentbridgeError
from runtime.round_trip import Take, jack_rate_hz, through_jack, through_sound_card

LONGEST_SECONDS: Final = 0.5
"""A round trip that takes longer than this is not heard; clicks are as far apart."""
AMPLITUDE: Final = 0.25
CARD_RATE_HZ: Final = 48_000

_Clicks = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=1000))]
_Block = Annotated[int, Parameter(validator=validators.Number(gte=16, lte=4096))]


def latency(
    *,
    output: str = "auto",
    play_to: str | None = None,
    listen_at: str | None = None,
    block: _Block = 128,
    clicks: _Clicks = 8,
) -> None:
    """Play a click, listen for it on an input, and say how long it was on its way.

    Connect an output of the sound card to an input with a cable, or hold a microphone to the loudspeaker (a metre of
    air adds 3 ms). Turn the loudspeaker down first.

    Parameters
    ----------
    output
        "auto" takes JACK if its server runs, else the first sound card. Or: "jack", or a sound card by number or name.
    play_to
        JACK port to play into; the first loudspeaker, unless told otherwise.
    listen_at
        JACK port, or sound card, to listen at; the first input, unless told otherwise.
    block
        Frames that the sound card takes at a time. JACK has its own.
    clicks
        How many clicks are played, half a second apart.
    """
    rate = jack_rate_hz() if output in ("auto", "jack") else None
    by_jack = output == "jack" or rate is not None
    sample_rate = rate or CARD_RATE_HZ
    click = make_click(sample_rate, AMPLITUDE)
    signal = _signal(click, clicks, sample_rate)
    if by_jack:
        take = through_jack(signal, play_to, listen_at)
    else:
        take = through_sound_card(signal, sample_rate, output, listen_at, block)
    for line in describe(take, heard_clicks(take.recorded, click, clicks, sample_rate), clicks):
        print(line)


def _spacing_frames(sample_rate: int) -> int:
    return round(LONGEST_SECONDS * sample_rate)


def _signal(click: Floats, clicks: int, sample_rate: int) -> Floats:
    """Return all clicks [frames], each at the beginning of its half second."""
    signal = np.zeros((clicks, _spacing_frames(sample_rate)), np.float32)
    signal[:, : len(click)] = click
    return signal.ravel()


def heard_clicks(recorded: Floats, click: Floats, clicks: int, sample_rate: int) -> list[HeardClick]:
    """Return those of the clicks that came back before the next one was played."""
    spacing = _spacing_frames(sample_rate)
    parts = (recorded[k * spacing : (k + 1) * spacing] for k in range(clicks))
    return [heard for part in parts if (heard := find_click(part, click)) is not None]


def describe(take: Take, heard: list[HeardClick], clicks: int) -> Iterator[str]:
    """Yield what is to be said. Raises LatentbridgeError if too few clicks came back to say anything."""
    if 2 * len(heard) < clicks or not heard:
        loudest = 20 * float(np.log10(max(float(np.abs(take.recorded).max(initial=0)), 1e-10)))
        raise LatentbridgeError(
            f"{clicks} clicks were played, from {take.way}, and {len(heard)} came back "
            f"(the loudest sound there was {loudest:.0f} dBFS).",
            "The click has to reach the input within half a second.",
            "Connect output and input with a cable, turn up the input, or name others with --play-to and --listen-at.",
        )
    frames = [one.frames for one in heard]
    middle = statistics.median(frames)
    milliseconds = 1000 / take.sample_rate
    yield f"{take.way}, {take.sample_rate} Hz, block {take.block_frames} frames"
    yield (
        f"round trip: {middle * milliseconds:.1f} ms ({middle:g} frames), spread {max(frames) - min(frames)} frames, "
        f"{len(heard)} of {clicks} clicks heard, {statistics.median(one.gain_db for one in heard):.0f} dB"
    )
    if take.declared_frames:
        yield f"of which the drivers declare {take.declared_frames * milliseconds:.1f} ms"
    yield (
        "That is out and in. From a key to the ear it is the delay that `ready:` tells, and of this the way out: "
        "about half."
    )
