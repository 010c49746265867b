"""How long a latent knob takes from its OSC packet to the first sample that is different.

    python -m benchmarks.knob_to_sound [--moves 100] [--block 128] [--json OUT.json]

A real `latentbridge play drums` on a JACK server of its own (dummy driver, real time). The same long cymbal is struck
again and again; a key always gives the same samples, so the first sample that differs from an unmoved strike is the
first that was moved. The packet's time is JACK's frame time just before it is sent, so the way through the socket, the
interface process and the engine is in the figure. The goal is 15 ms for 99 of 100 at a block of 128.
"""

import argparse
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from pythonosc.udp_client import SimpleUDPClient

from benchmarks.result import Benchmark, Goal, chart, figure, record
from runtime.contract import read_decoder_metadata
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import playing

BENCHMARK = Benchmark(
    name="knob_to_sound",
    title="Latent knob to sound",
    what=(
        "From the moment in which an OSC packet that turns an axis is sent to the first sample that differs from an "
        "unmoved strike of the same cymbal, by JACK's own clock: socket, interface process, engine and *D* are in "
        "it. Real `play drums`, JACK's dummy driver in real time. A move is left out if a block is missed just before "
        "it or until it is heard. A hop of the model is 5.3 ms: where a packet falls in it alone moves the figure by "
        "as much."
    ),
    reasons={
        "99 of 100 moves within": "of the way, D and a block and a millisecond are fixed, up to a hop passes until "
        "the next one takes the new place, and the rest is Python reading the packet when the processor lets it",
    },
)
MODEL = Path("models/drums.onnx")
CRASH_KEY = 49
ALL_SOUND_OFF = bytes([0xB0, 120, 0])
ONSET_FRAME = 2000
TAKE_FRAMES = 48_000
EARLIEST_MOVE_FRAME = 8000
SMALLEST_CHANGE = 1e-6
SECONDS_TO_SETTLE = 0.6
GOAL_MS = 15.0
MOVED = 0.9
RECOGNISED_FRAMES = 480
"""How much of a strike before the packet has to be the unmoved one."""
LONGEST_WAIT_FRAMES = 9600
SILENT_FRAMES = 16
"""So many zeros in a row are no sound but a block that the instrument could not deliver."""
WAITS = "From packet to changed sound"
"""Title of the chart."""


def strike(studio: Studio, move: Callable[[], None] = lambda: None) -> np.ndarray:
    """Record one strike, with ``move`` called in its middle; blocks that the recorder missed are NaN."""
    score = [(ONSET_FRAME, bytes([0x90, CRASH_KEY, 100])), (TAKE_FRAMES - 4000, ALL_SOUND_OFF)]
    return studio.perform(score, TAKE_FRAMES, move, EARLIEST_MOVE_FRAME, freewheel=False)[0]


def unmoved(studio: Studio) -> np.ndarray:
    """Return a strike of which no block was missed: one that sounds like the one before it."""
    before = strike(studio)
    for _ in range(20):
        take = strike(studio)
        if np.abs(take).max() > 0.01 and np.array_equal(take, before):
            return take
        before = take
    raise SystemExit("The recorder missed blocks in twenty takes: this machine is too busy to measure on.")


def place_in(still: np.ndarray, stretch: np.ndarray) -> int | None:
    """Return where in ``still`` [frames] the samples of ``stretch`` stand, bit for bit; None if nowhere."""
    for place in np.flatnonzero(still[: -len(stretch)] == stretch[0]):
        if np.array_equal(still[place : place + len(stretch)], stretch):
            return int(place)
    return None


def first_change(take: np.ndarray, still: np.ndarray, sent: int) -> int | None:
    """Return the first frame from ``sent`` on at which a strike is no longer the unmoved one.

    Keys and blocks may have been late, as on a busy machine: what counts is that the strike was the unmoved one just
    before, wherever in it that was. None if it was not, or if a block was missed on the way.
    """
    before = take[sent - RECOGNISED_FRAMES : sent]
    place = place_in(still, before) if np.isfinite(before).all() and before.any() else None
    if place is None:
        return None
    after = take[sent : sent + LONGEST_WAIT_FRAMES]
    unmoved_after = still[place + len(before) :][: len(after)]
    different = ~(np.abs(after[: len(unmoved_after)] - unmoved_after) <= SMALLEST_CHANGE)
    if not different.any():
        return None
    change = int(different.argmax())
    missed = not np.isfinite(after[change]) or not after[change : change + SILENT_FRAMES].any()
    return None if missed else sent + change


def moved_after_frames(studio: Studio, turn: Callable[[float], None], still: np.ndarray, origin: float) -> int | None:
    """Move a knob while a strike sounds; frames from packet to change, or None if a block was missed in between."""
    sent: list[int] = []

    def move() -> None:
        time.sleep(random.uniform(0, 0.01))
        sent.append(studio.frame_now())
        turn(MOVED)

    take = strike(studio, move)
    turn(origin)
    time.sleep(SECONDS_TO_SETTLE)
    changed = first_change(take, still, sent[0])
    return None if changed is None else changed - sent[0]


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure the time from an OSC packet to the sound it changes.")
    parser.add_argument("--moves", type=int, default=100)
    parser.add_argument("--block", type=int, default=128)
    parser.add_argument("--port", type=int, default=9137)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with jack_server(block_frames=arguments.block) as server:
        options = ("--output", "jack", "--midi", "jack", "--osc", f"127.0.0.1:{arguments.port}")
        with playing(MODEL, *options, server=server.name) as instrument:
            ready = instrument.await_ready()
            axis = read_decoder_metadata(MODEL).axes[0]
            origin = -axis.minimum / (axis.maximum - axis.minimum)
            turn = partial(SimpleUDPClient("127.0.0.1", arguments.port).send_message, f"/lb/axis/{axis.name}")
            with Studio(server, ["latentbridge:out_1"]) as studio:
                turn(origin)
                time.sleep(SECONDS_TO_SETTLE)
                still = unmoved(studio)
                found = [moved_after_frames(studio, turn, still, origin) for _ in range(arguments.moves)]
                rate = studio.sample_rate
    waits_ms = 1000 * np.array([frames for frames in found if frames is not None]) / rate
    if not len(waits_ms):
        raise SystemExit("The recorder missed blocks in every move: this machine is too busy to measure on.")
    waits_ms.sort()
    shares = 100 * np.arange(1, len(waits_ms) + 1) / len(waits_ms)
    figures = [
        figure("99 of 100 moves within", "ms", [float(np.quantile(waits_ms, 0.99))], Goal(at_most=GOAL_MS)),
        figure("one move", "ms", waits_ms.tolist()),
    ]
    charts = [chart(WAITS, "packet to changed sound, ms", waits_ms, "% of moves", {"moves": shares.tolist()})]
    notes = [
        f"{len(waits_ms)} of {arguments.moves} moves measured; {np.mean(waits_ms <= GOAL_MS):.0%} within "
        f"{GOAL_MS:g} ms.",
        f"`{ready.strip()}`",
    ]
    record(BENCHMARK, figures, arguments.json, charts, notes)


if __name__ == "__main__":
    main()
