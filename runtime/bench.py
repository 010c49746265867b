"""``latentbridge bench``: what an instrument costs on this machine, as a table, and in words what is safe to play."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from cyclopts import Parameter, validators

from runtime import large_pages, realtime_priority
from runtime.delay import ALLOWED_SHARE, fewest_blocks, likely_worst_seconds, worst_blocks_seconds
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.machine import machine
from runtime.model_admission import admit_decoder
from runtime.model_files import find_model
from runtime.paced_cost import PacedCost, paced_cost

STEADY_VOICES: Final = (1, 2, 4, 8, 16, 32)
STEADY_BLOCK_FRAMES: Final = 128
CHORD_VOICES: Final = (4, 8, 16)
CHORD_BLOCKS_FRAMES: Final = (32, 64, 128, 256, 512)
_SHORT_DELAY_MS: Final = 12.0
"""Up to about this delay from key to sound is played without being noticed by most; said as it is, not as a limit."""

_Seconds = Annotated[float, Parameter(validator=validators.Number(gte=0.5, lte=600))]


@dataclass(frozen=True, slots=True)
class ChordCost:
    """What it costs when ``voices`` notes begin in one block, and the delay that this asks for."""

    voices: int
    block_frames: int
    worst_seconds: float
    """99.9th percentile, estimated as runtime/delay.py does."""
    delay_blocks: int
    delay_ms: float
    keeps_up: bool
    """Whether the blocks after that can be made in time as well."""


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All that was measured."""

    machine: str
    model: str
    realtime: bool
    steady: tuple[PacedCost, ...]
    chords: tuple[ChordCost, ...]

    def document(self) -> dict[str, Any]:
        """Return the report ready for JSON."""
        return asdict(self)


def bench(
    model: str = "drums",
    /,
    *,
    seconds: _Seconds = 5.0,
    json_file: Annotated[Path | None, Parameter(name="--json")] = None,
) -> None:
    """Measure what an instrument costs on this computer, and say which block and how many voices are safe.

    Takes about a minute. Close what you do not run on stage, and leave open what you do: it is part of the measurement.

    Parameters
    ----------
    model
        Name of an instrument that comes with latentbridge, or the path of an .onnx file.
    seconds
        How long each number of voices is played, in silence.
    json_file
        Write the figures to this file as well.
    """
    path = find_model(model)
    if json_file is not None:
        # Better now than after a minute.
        _write(json_file, "")
    report = measure(path, seconds)
    for line in describe(report):
        print(line)
    if json_file is not None:
        _write(json_file, json.dumps(report.document(), indent=1) + "\n")


def measure(path: Path, seconds: float) -> BenchReport:
    """Play an instrument in silence, with real-time priority where the system grants it, and time its blocks."""
    most = max(*STEADY_VOICES, *CHORD_VOICES)
    decoder = Decoder.load(admit_decoder(path), most)
    large_pages.gather()
    realtime = realtime_priority.enter()
    try:
        steady = tuple(
            paced_cost(Engine(decoder, EngineSettings(most)), voices, STEADY_BLOCK_FRAMES, seconds)
            for voices in STEADY_VOICES
        )
        chords = tuple(
            _chord(decoder, voices, frames, steady) for voices in CHORD_VOICES for frames in CHORD_BLOCKS_FRAMES
        )
    finally:
        if realtime:
            realtime_priority.leave()
    return BenchReport(machine(), decoder.metadata.name, realtime, steady, chords)


def _chord(decoder: Decoder, voices: int, block_frames: int, steady: Sequence[PacedCost]) -> ChordCost:
    sample_rate = decoder.metadata.sample_rate
    period = block_frames / sample_rate
    engine = Engine(decoder, EngineSettings(voices))
    worst = likely_worst_seconds(worst_blocks_seconds(engine, voices, block_frames, sample_rate))
    blocks = fewest_blocks(worst, period)
    share = next(one.share for one in steady if one.voices == voices)
    keeps_up = share <= ALLOWED_SHARE and worst <= ALLOWED_SHARE * blocks * period
    return ChordCost(voices, block_frames, worst, blocks, 1000 * blocks * period, keeps_up)


def describe(report: BenchReport) -> Iterator[str]:
    """Yield the report as a person reads it."""
    yield f"{report.model} on {report.machine}"
    yield f"real-time priority {'granted' if report.realtime else 'refused'}"
    yield ""
    yield f"Voices that sound all the time, block {STEADY_BLOCK_FRAMES}, paced as a sound card calls"
    yield "  voices   share of a core   ms per second and voice   median block   99.9 % of blocks below"
    for one in report.steady:
        yield (
            f"  {one.voices:>6}   {100 * one.share:>13.1f} %   {one.milliseconds_per_voice_second:>23.1f}"
            f"   {1000 * one.median_seconds:>9.2f} ms   {1000 * one.worst_seconds:>18.2f} ms"
        )
    yield ""
    yield "Delay from key to sound, through JACK, if so many notes begin in the same block"
    yield "  block   " + "   ".join(f"{voices:>2} voices" for voices in CHORD_VOICES)
    for frames in CHORD_BLOCKS_FRAMES:
        cells = [one for one in report.chords if one.block_frames == frames]
        yield f"  {frames:>5}   " + "   ".join(f"{_cell(one):>9}" for one in cells)
    yield ""
    yield from advice(report)


def _cell(one: ChordCost) -> str:
    return f"{one.delay_ms:.1f} ms" if one.keeps_up else "too much"


def advice(report: BenchReport) -> Iterator[str]:
    """Say in words what is safe: for each number of voices the block with the shortest delay."""
    possible = {
        voices: [one for one in report.chords if one.voices == voices and one.keeps_up] for voices in CHORD_VOICES
    }
    if not any(possible.values()):
        yield f"This machine is too slow, or too busy, for {min(CHORD_VOICES)} voices of {report.model}."
        yield "Close other programs and try again; `latentbridge doctor` says what else to change."
        return
    for voices, choices in possible.items():
        if not choices:
            yield f"{voices} voices: not safe on this machine."
            continue
        # Within a millisecond of the shortest delay the largest block leaves the most room for everything else.
        shortest_ms = min(one.delay_ms for one in choices)
        best = max((one for one in choices if one.delay_ms <= shortest_ms + 1), key=lambda one: one.block_frames)
        noticed = "" if best.delay_ms <= _SHORT_DELAY_MS else ", which will be noticed"
        yield (
            f"{voices} voices: safe at block {best.block_frames}, {best.delay_ms:.1f} ms from key to sound{noticed}"
            f" (latentbridge play --voices {voices} --block {best.block_frames}; through JACK, its own block)."
        )
    yield "What the sound card keeps comes on top: docs/latency.md."


def _write(file: Path, text: str) -> None:
    try:
        with file.open("a", encoding="utf-8") as stream:
            if text:
                stream.truncate(0)
            stream.write(text)
    except OSError as error:
        raise LatentbridgeError(
            f"{file} cannot be written: {error.strerror}.", "", "Give --json a file in a folder of yours."
        ) from None
