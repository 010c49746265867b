"""``latentbridge doctor``: what works on this machine, found by trying it, and in words what to change."""

import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from runtime import __version__, realtime_priority
from runtime.contract import DecoderMetadata
from runtime.controls.midi import list_midi_inputs
from runtime.delay import ALLOWED_SHARE, fewest_blocks, likely_worst_seconds, worst_blocks_seconds
from runtime.devices import Outputs, describe_midi, describe_outputs, list_outputs
from runtime.engine.decoder import Decoder
from runtime.engine.rate_conversion import rate_conversion
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.meters import METER_BYTES, Meters
from runtime.model_admission import admit_decoder
from runtime.model_files import find_model, shipped_models
from runtime.outputs.portaudio import PortAudioOutput, playable_rate
from runtime.providers import best, provider_costs

VOICES: Final = 16
BLOCKS_FRAMES: Final = (64, 128, 256, 512)
_PLAYING: Final = ("onnxruntime", "numpy", "soundfile", "soxr", "sounddevice", "rtmixer", "python-osc", "mido")
_MIDI: Final = ("rtmidi2", "system MIDI needs it; without it MIDI comes through JACK, or not at all")
_JACK: Final = ("JACK-Client", "JACK output needs it")
_TRAINING: Final = ("torch", "training needs it; playing does not")
_GOVERNOR: Final = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")
_NO_REALTIME: Final = (
    "Let your account ask for real-time priority, so that other programs cannot interrupt the sound: "
    "put `@audio - rtprio 95` into /etc/security/limits.d/audio.conf, run `sudo usermod -aG audio $USER`, log in again."
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report, and what to change if it is not well."""

    text: str
    remedy: str = ""


def doctor(
    model: Annotated[str, Parameter(help="The instrument whose cost is measured: a path or a shipped name.")] = "drums",
    /,
) -> None:
    """Check what works on this machine, and say what to change.

    Tries what it reports: outputs are opened (silently), inference runs on every provider, blocks of the instrument are
    timed with sixteen voices. Takes a few seconds.
    """
    remedies: list[str] = []
    for title, findings in _report(model):
        print(title)
        for finding in findings:
            print(f"  {finding.text}", flush=True)
            if finding.remedy:
                remedies.append(finding.remedy)
        print()
    print("What to change")
    for remedy in dict.fromkeys(remedies) or ["nothing: all is well"]:
        print(f"  - {remedy}" if remedies else f"  {remedy}")


def _report(model: str) -> Iterator[tuple[str, Iterator[Finding]]]:
    yield "Installed", _installed()
    outputs = list_outputs()
    try:
        decoder = Decoder.load(admit_decoder(find_model(model)), VOICES)
    except LatentbridgeError as error:
        yield "Outputs", _outputs(outputs, None)
        yield "MIDI", _midi(outputs)
        yield f"The instrument {model}", iter([Finding(str(error), "Train an instrument, or name one that is there.")])
        return
    yield "Outputs", _outputs(outputs, decoder.metadata)
    yield "MIDI", _midi(outputs)
    yield "Inference", _providers(decoder.path)
    yield f"What {decoder.metadata.name} costs here, {VOICES} voices beginning at once", _costs(decoder)


def _installed() -> Iterator[Finding]:
    yield Finding(f"latentbridge {__version__}, Python {platform.python_version()}, {platform.platform()}")
    yield Finding(", ".join(f"{name} {_version(name)}" for name in _PLAYING))
    for name, use in (_MIDI, _JACK, _TRAINING):
        found = _version(name)
        yield Finding(f"{name} {found}" if found else f"{name} is not installed ({use})")
    both = [name for name in ("onnxruntime", "onnxruntime-gpu") if _is_installed(name)]
    if len(both) > 1:
        yield Finding(
            "onnxruntime and onnxruntime-gpu are both installed, and one has overwritten files of the other",
            "Run: pip uninstall -y onnxruntime onnxruntime-gpu, then install latentbridge again.",
        )
    names = ", ".join(shipped_models())
    yield Finding(f"instruments that came along: {names or 'none'}")


def _is_installed(distribution: str) -> bool:
    try:
        version(distribution)
    except PackageNotFoundError:
        return False
    return True


def _version(name: str) -> str:
    """Version of a distribution; onnxruntime may be installed as its build for graphics cards."""
    names = (name, f"{name}-gpu")
    return next((version(one) for one in names if _is_installed(one)), "")


def _outputs(outputs: Outputs, metadata: DecoderMetadata | None) -> Iterator[Finding]:
    for line in describe_outputs(outputs):
        if line.startswith("  "):
            yield Finding(line.strip())
    if metadata is not None:
        yield from _tried_outputs(outputs, metadata)
    if outputs.automatic == "null":
        yield Finding(
            "No output works: notes are computed and make no sound",
            "Plug in a sound card, or start JACK or PipeWire, and look again.",
        )


def _tried_outputs(outputs: Outputs, metadata: DecoderMetadata) -> Iterator[Finding]:
    if outputs.jack is not None:
        try:
            yield Finding(f"JACK works: {_rates(metadata, outputs.jack.sample_rate)}")
        except LatentbridgeError as error:
            yield Finding(str(error), error.remedy)
    for card in outputs.cards if outputs.jack is None else ():
        meters = Meters(memoryview(bytearray(METER_BYTES)))
        try:
            rate = playable_rate(str(card.number), metadata.sample_rate)
            words = _rates(metadata, rate)
            output = PortAudioOutput(str(card.number), rate, BLOCKS_FRAMES[1], 0, meters)
        except LatentbridgeError as error:
            yield Finding(str(error), error.remedy if card == outputs.default_card else "")
        else:
            yield Finding(f"{card.name} works: it takes {output.block_frames} frames at a time; {words}")
            output.close()


def _rates(metadata: DecoderMetadata, output_rate: int) -> str:
    """Say what happens between the model's rate and an output's. Raises LatentbridgeError where nothing can."""
    conversion = rate_conversion(metadata.sample_rate, output_rate)
    if conversion is None:
        return f"it runs at {output_rate} Hz, as {metadata.name} does"
    delay_ms = 1000 * conversion.delay_output_frames / output_rate
    return (
        f"it runs at {output_rate} Hz, {metadata.name} at {metadata.sample_rate} Hz; "
        f"the sound is converted, which takes {delay_ms:.1f} ms"
    )


def _midi(outputs: Outputs) -> Iterator[Finding]:
    for line in describe_midi(list_midi_inputs(), outputs.jack):
        if line.startswith("  "):
            yield Finding(line.strip())


def _providers(path: Path) -> Iterator[Finding]:
    """A provider counts only after it has run: onnxruntime names CUDA on machines without a card."""
    costs = provider_costs(path, VOICES)
    for cost in costs:
        median, p99 = 1000 * cost.median_seconds, 1000 * cost.p99_seconds
        works = f"works: a hop of {VOICES} voices takes {median:.2f} ms, 99 % of them less than {p99:.2f}"
        yield Finding(f"{cost.provider} {f'does not: {cost.problem}' if cost.problem else works}")
    yield Finding(f"play --provider auto takes: {best(costs)}")


def _costs(decoder: Decoder) -> Iterator[Finding]:
    sample_rate = decoder.metadata.sample_rate
    realtime = realtime_priority.enter()
    try:
        measured = {
            frames: likely_worst_seconds(
                worst_blocks_seconds(Engine(decoder, EngineSettings(VOICES)), VOICES, frames, sample_rate)
            )
            for frames in BLOCKS_FRAMES
        }
    finally:
        if realtime:
            realtime_priority.leave()
    for frames, worst in measured.items():
        blocks = fewest_blocks(worst, frames / sample_rate)
        delay_ms = 1000 * blocks * frames / sample_rate
        yield Finding(
            f"block {frames:>3}: the worst takes {1000 * worst:.2f} of {1000 * frames / sample_rate:.2f} ms; "
            f"delay {blocks} block{'s' if blocks > 1 else ''}, {delay_ms:.1f} ms"
        )
    block_seconds = BLOCKS_FRAMES[1] / sample_rate
    if measured[BLOCKS_FRAMES[1]] > ALLOWED_SHARE * 2 * block_seconds:
        yield Finding(
            f"{VOICES} voices are much for this machine at block {BLOCKS_FRAMES[1]}",
            "Play with fewer voices (--voices 8) or a larger block (--block 256), or close other programs.",
        )
    yield from _priority(realtime)


def _priority(realtime: bool) -> Iterator[Finding]:
    if sys.platform == "linux":
        yield Finding(
            "real-time priority: granted" if realtime else "real-time priority: refused",
            "" if realtime else _NO_REALTIME,
        )
    cores = os.cpu_count() or 1
    yield Finding(
        f"{cores} processor core{'s' if cores > 1 else ''}",
        "" if cores > 1 else "One core is too few to play while other programs run.",
    )
    try:
        governor = _GOVERNOR.read_text().strip()
    except OSError:
        return
    yield Finding(
        f"processor clock: {governor}",
        "Set the processor to full speed while you play: sudo cpupower frequency-set -g performance"
        if governor == "powersave"
        else "",
    )
