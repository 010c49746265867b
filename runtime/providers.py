"""Which of onnxruntime's providers plays a model: the one asked for, or the one that is quickest where it counts.

A graphics card decodes many voices sooner than a processor and few voices later, and it makes every hop wait for the
way there and back. What decides is therefore the time on the clock, of a hop with all voices, called at the pace of
playing, at its 99th percentile. onnxruntime names providers whose device or libraries are missing; only one that has
really run is considered.
"""

import contextlib
import io
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import onnxruntime

from runtime.contract import read_model_file
from runtime.engine.decoder import PROVIDERS, Decoder
from runtime.errors import LatentbridgeError

AUTO: Final = "auto"
CANDIDATES: Final = ("cpu", "cuda", "coreml", "directml")
"""What ``auto`` chooses from; TensorRT takes minutes to build its engine and has to be asked for."""
_HOPS: Final = 120
_WARM_UP_HOPS: Final = 20


@dataclass(frozen=True, slots=True)
class ProviderCost:
    """Time on the clock of a hop with all voices, in seconds; or why the provider does not run here."""

    provider: str
    median_seconds: float = 0.0
    p99_seconds: float = 0.0
    problem: str = ""


def offered_providers() -> list[str]:
    """Return the candidates that the installed onnxruntime names, the processor first."""
    available = onnxruntime.get_available_providers()
    return [name for name in CANDIDATES if PROVIDERS[name] in available]


def provider_costs(path: Path, voices: int) -> list[ProviderCost]:
    """Try every candidate with ``voices`` voices of a decoder, and time those that run.

    Raises ContractError if the file is no decoder.
    """
    data = read_model_file(path)
    loaded = {name: _attempt(path, data, voices, name) for name in offered_providers()}
    return [
        ProviderCost(name, problem=decoder) if isinstance(decoder, str) else hop_cost(decoder)
        for name, decoder in loaded.items()
    ]


def load_decoder(path: Path, data: bytes, voices: int, wanted: str) -> Decoder:
    """Load the decoder of a file's bytes on the provider ``wanted``, or for ``auto`` on the best of those that run.

    ``path`` is for messages. Nothing is timed where only one runs. Raises ContractError if the file is no decoder,
    LatentbridgeError if there is no provider of that name or it does not run here.
    """
    check_provider_name(wanted)
    if wanted != AUTO:
        return Decoder.of(path, data, voices, wanted)
    tried = (_attempt(path, data, voices, name) for name in offered_providers())
    running = {decoder.provider: decoder for decoder in tried if not isinstance(decoder, str)}
    if len(running) == 1:
        return next(iter(running.values()))
    return running[best([hop_cost(decoder) for decoder in running.values()])]


def best(costs: Sequence[ProviderCost]) -> str:
    """Return the provider with the lowest 99th percentile of those that run; ``cpu`` if none does."""
    running = [cost for cost in costs if not cost.problem]
    return min(running, key=lambda cost: cost.p99_seconds).provider if running else "cpu"


def check_provider_name(name: str) -> None:
    """Raise LatentbridgeError unless ``name`` is ``auto`` or a provider."""
    if name != AUTO and name not in PROVIDERS:
        raise LatentbridgeError(
            f"There is no provider {name!r}.",
            f"Expected one of {', '.join((AUTO, *PROVIDERS))}.",
            "`latentbridge doctor` says which ones run here.",
        )


def hop_cost(decoder: Decoder) -> ProviderCost:
    """Decode hops of all voices at the pace of playing, and time them on the clock."""
    voices = decoder.new_voices(decoder.voices)
    voices.time_rate[:] = 1
    rows = np.arange(decoder.voices, dtype=np.intp)
    seconds = []
    for _ in range(_WARM_UP_HOPS + _HOPS):
        began = time.perf_counter()
        decoder.decode(voices, rows)
        seconds.append(time.perf_counter() - began)
        time.sleep(max(0.0, decoder.metadata.hop_seconds - seconds[-1]))
    median, p99 = np.quantile(seconds[_WARM_UP_HOPS:], (0.5, 0.99))
    return ProviderCost(decoder.provider, float(median), float(p99))


def _attempt(path: Path, data: bytes, voices: int, provider: str) -> Decoder | str:
    """Load a decoder, or return why the provider does not run; a fault of the file shows on the processor."""
    try:
        # onnxruntime prints, rather than raises, what it tried before it fell back to the processor.
        with contextlib.redirect_stdout(io.StringIO()):
            return Decoder.of(path, data, voices, provider)
    except LatentbridgeError as error:
        if provider == "cpu":
            raise
        return error.wrong.partition(": ")[2] or error.wrong
