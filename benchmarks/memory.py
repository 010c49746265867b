"""Whether anything grows: memory of every process of `latentbridge play` over an hour of dense playing.

    python -m benchmarks.memory [--minutes 60] [--json OUT.json]

JACK runs in freewheel, so an hour of sound takes some minutes: sixteen voices, a note every 60 ms of sound, knobs that
turn with every note, and all of it through MIDI. Resident memory is read every minute of sound; the first ten are left
out. The goal is less than 1 MB from there to the end.
"""

import argparse
from pathlib import Path

from benchmarks.result import Benchmark, Goal, chart, figure, record
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import playing

BENCHMARK = Benchmark(
    name="memory",
    title="Memory",
    what=(
        "Resident memory of each process of `latentbridge play drums` while sixteen voices are played densely "
        "through MIDI, a note every 60 ms and knobs that turn with every note, in freewheel. Read after every "
        "minute of sound; the first ten, at most half of them, are left out."
    ),
    reasons={
        "*": "resident memory rose by more than a megabyte; whether it goes on, and in which process, is in the "
        "picture",
    },
)
GOAL_MEGABYTES = 1.0
HISTORY = "Resident memory"
"""Title of the chart."""
MODEL = Path("models/drums.onnx")
BLOCK_FRAMES = 256
PHRASE_SECONDS = 10
PHRASE_FRAMES = PHRASE_SECONDS * 48_000
NOTE_FRAMES = 2880
WARM_MINUTES = 10
KEYS = range(35, 82)


def dense_phrase(first: int) -> list[tuple[int, bytes]]:
    """Ten seconds of notes and knobs: keys in turn, other velocities and controllers with every note."""
    score = []
    for number in range(PHRASE_FRAMES // NOTE_FRAMES):
        frame, key = number * NOTE_FRAMES, KEYS[(first + number) % len(KEYS)]
        score.append((frame, bytes([0x90, key, 1 + (7 * number) % 127])))
        score.append((frame + 100, bytes([0xB0, 74, (11 * number) % 128])))
        score.append((frame + NOTE_FRAMES - 500, bytes([0x80, key, 0])))
    return score


def resident_kilobytes(pid: int) -> int:
    """Resident memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Watch the memory of an instrument over an hour of dense playing.")
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    history: dict[str, list[int]] = {}
    with (
        jack_server(block_frames=BLOCK_FRAMES) as server,
        playing(MODEL, "--output", "jack", "--midi", "jack", "--osc", "off", server=server.name) as instrument,
    ):
        ready = instrument.await_ready()
        processes = {"interface": instrument.process.pid} | {
            name: instrument.child(f"runtime.{module}")
            for name, module in (("engine", "engine_process"), ("JACK client", "outputs.jack_process"))
        }
        with Studio(server, ["latentbridge:out_1"]) as studio:
            for minute in range(arguments.minutes):
                for phrase in range(60 // PHRASE_SECONDS):
                    studio.perform(dense_phrase(60 * minute + phrase), PHRASE_FRAMES)
                for name, pid in processes.items():
                    history.setdefault(name, []).append(resident_kilobytes(pid))
                print(minute + 1, {name: values[-1] for name, values in history.items()}, flush=True)
    first = min(WARM_MINUTES, arguments.minutes // 2)
    figures = []
    for name, values in history.items():
        grown = (values[-1] - values[first]) / 1024
        figures.append(figure(f"{name}, grown", "MB", [grown], Goal(at_most=GOAL_MEGABYTES)))
        figures.append(figure(f"{name}, resident", "MB", [kilobytes / 1024 for kilobytes in values[first:]]))
    minutes = list(range(1, arguments.minutes + 1))
    lines = {name: [kilobytes / 1024 for kilobytes in values] for name, values in history.items()}
    notes = [f"Grown from minute {first + 1} to minute {arguments.minutes} of sound.", f"`{ready.strip()}`"]
    record(BENCHMARK, figures, arguments.json, [chart(HISTORY, "minutes of sound", minutes, "MB", lines)], notes)


if __name__ == "__main__":
    main()
