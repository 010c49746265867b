"""What RAVE's decoder costs: milliseconds of processor time per second of sound and voice, one thread, tight loop.

    benchmarks/peers/install.sh
    .venv-peers/bin/python benchmarks/peers/rave_cost.py [--seconds 20] [--json OUT.json]

RAVE (Caillon and Esling 2021, arXiv:2111.05011) as its package acids-rave builds it, at 48 kHz, streaming (cached
convolutions), with random weights: what a decoder costs does not depend on what it has learnt. Alone, and as a batch of
eight voices, which is something its plugins do not do. Compare with `python -m benchmarks.voice_curve`, run before or
after on the same machine.
"""

import argparse
import json
import platform
import sys
import time
import types
from pathlib import Path
from typing import Any, ClassVar

import scipy.signal
import torch

CONFIGURATIONS = ("v2", "v2_small", "raspberry")
BATCHES = (1, 8)
SAMPLE_RATE = 48_000
WARM_UP_CALLS = 5


class Unneeded(types.ModuleType):
    """Stands in for a package that RAVE imports for its training data, which nothing here reads."""

    __all__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def import_rave() -> Any:
    """Import RAVE without the packages of its data sets, with a scipy newer than it knows."""
    for name in ("udls", "udls.transforms", "udls.generated"):
        sys.modules[name] = Unneeded(name)
    if not hasattr(scipy.signal, "kaiser"):
        scipy.signal.kaiser = scipy.signal.windows.kaiser
    import rave

    return rave


def build(rave: Any, configuration: str) -> torch.nn.Module:
    """Return a streaming model with random weights."""
    import cached_conv
    import gin

    folder = Path(rave.__file__).parent
    gin.clear_config()
    for place in (folder, folder / "configs"):
        gin.add_config_file_search_path(str(place))
    gin.parse_config_files_and_bindings(
        [str(folder / "configs" / f"{configuration}.gin")], [f"SAMPLING_RATE = {SAMPLE_RATE}"]
    )
    cached_conv.use_cached_conv(True)
    return rave.RAVE(n_channels=1).eval()


@torch.inference_mode()
def cost(model: Any, voices: int, seconds: float) -> dict[str, float]:
    """Decode one latent frame after another; milliseconds per second of sound and voice, and the frame's length."""
    frame = model.decode(torch.randn(voices, model.latent_size, 1)).shape[-1]
    calls = max(1, round(seconds * SAMPLE_RATE / frame / voices))
    latents = torch.randn(WARM_UP_CALLS + calls, voices, model.latent_size, 1)
    for latent in latents[:WARM_UP_CALLS]:
        model.decode(latent)
    began = time.thread_time()
    for latent in latents[WARM_UP_CALLS:]:
        model.decode(latent)
    spent = time.thread_time() - began
    return {
        "ms_per_voice_second": 1000 * spent / (calls * voices * frame / SAMPLE_RATE),
        "frame_ms": 1000 * frame / SAMPLE_RATE,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description="Time RAVE's decoder.")
    parser.add_argument("--seconds", type=float, default=20.0, help="of sound, over all voices")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    rave = import_rave()
    results: dict[str, Any] = {"machine": platform.platform(), "torch": torch.__version__}
    for configuration in CONFIGURATIONS:
        for voices in BATCHES:
            # States are as large as the first batch: a model for each.
            figures = cost(build(rave, configuration), voices, arguments.seconds)
            results[f"{configuration}, {voices}"] = figures
            cost_ms, frame_ms = figures["ms_per_voice_second"], figures["frame_ms"]
            together = f"{voices} voice{'s at once' if voices > 1 else ''}"
            print(
                f"RAVE {configuration}, {together}: {cost_ms:.0f} ms per second and voice, frames of {frame_ms:.1f} ms"
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    main()
