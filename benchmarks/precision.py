"""What narrower weights do to a decoder: size of the file, cost of voices, and how far the sound moves.

    python -m benchmarks.precision [MODEL] [--rounds 3] [--seconds 4] [--json FILE]

Beside the model as it is: its weights stored in float16 and widened once when it is loaded, and its products with int8
weights, quantised by onnxruntime's quantize_dynamic. All are played by the same engine in one run, in turns.
"""

import argparse
import logging
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from benchmarks.result import Benchmark, Figure, figure, record
from runtime import large_pages, realtime_priority
from runtime.engine.decoder import Decoder, Floats
from runtime.engine.noise import key_seed, noise_start, read_noise
from runtime.engine.render import Engine, EngineSettings
from runtime.model_files import find_model
from runtime.paced_cost import block_costs

BENCHMARK = Benchmark(
    "precision",
    "Narrower weights",
    "The decoder with its weights as they are (float32), stored in float16 and widened when it is loaded, and with "
    "int8 products: size of the file; cost of an engine with so many voices, *tight* and *paced* in blocks of 128; and "
    "what changes in the sounds of twenty drum keys: the energy of the difference below that of the sound, and the "
    "largest difference of a sample against full scale. *Heard of other voices* is the largest change of a sample of "
    "one voice when others in the same call play something else: the scale of int8 numbers is taken from all of them.",
)
VOICES = (8, 16)
MOST_VOICES = max(VOICES)
BLOCK_FRAMES = 128
SMALLEST_WEIGHTS = 1_024
"""Arrays with fewer numbers stay as they are: biases and tables cost nothing, and their rounding might be heard."""
KEYS = range(35, 55)
HEARD_SECONDS = 0.5
HOPS_BESIDE_OTHERS = 20
SILENCE_DB = -200.0


@dataclass
class Measured:
    """What was found of one variant: shares of a core by voices and pace, one for each round."""

    decoder: Decoder
    size_bytes: int
    shares: dict[tuple[int, str], list[float]] = field(default_factory=dict)


def with_half_weights(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the model with its large weights in float16, each followed by a Cast that onnxruntime does at load."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    casts = []
    for weights in half.graph.initializer:
        values = numpy_helper.to_array(weights)
        if values.dtype != np.float32 or values.size < SMALLEST_WEIGHTS:
            continue
        name = weights.name
        weights.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *half.graph.node]
    del half.graph.node[:]
    half.graph.node.extend(nodes)
    return half


def variants(path: Path, folder: Path) -> dict[str, Path]:
    """Write the variants of a decoder into a folder."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    files = {"float32": path, "float16 weights": folder / "half.onnx", "int8 products": folder / "int8.onnx"}
    onnx.save(with_half_weights(onnx.load(path)), files["float16 weights"])
    # It advises to prepare the model in a way that would need another package.
    logging.getLogger().setLevel(logging.ERROR)
    quantize_dynamic(path, files["int8 products"], op_types_to_quantize=["MatMul", "Gemm"], weight_type=QuantType.QInt8)
    return files


def sounds(decoder: Decoder) -> Floats:
    """Return the beginning of the sound of twenty keys, [keys, frames], each decoded by itself."""
    meta = decoder.metadata
    hops = round(HEARD_SECONDS / meta.hop_seconds)
    heard = np.zeros((len(KEYS), hops * meta.hop_frames), np.float32)
    one = np.zeros(1, np.intp)
    for key, sound in zip(KEYS, heard, strict=True):
        voice = decoder.new_voices(1)
        voice.latent[:] = meta.key_map.get(key, meta.default_latent)
        voice.pitch[:], voice.velocity[:], voice.gate[:], voice.time_rate[:] = key, 0.8, 1, 1
        for hop in range(hops):
            begin = hop * meta.hop_frames
            read_noise(noise_start(key_seed(key)), begin, voice.noise[0])
            sound[begin : begin + meta.hop_frames] = decoder.decode(voice, one)[0, 0]
    return heard


def heard_of_others_db(decoder: Decoder) -> float:
    """Return by how much one voice changes at most when the others that share its calls play something else."""
    meta = decoder.metadata
    rows = np.arange(MOST_VOICES)
    heard = []
    for reach in (0.0, 1.0):
        voices = decoder.new_voices(MOST_VOICES)
        voices.latent[:] = meta.default_latent
        voices.latent[1:] += reach
        voices.velocity[:], voices.gate[:], voices.time_rate[:] = 0.8, 1, 1
        heard.append(np.array([decoder.decode(voices, rows)[0].copy() for _ in range(HOPS_BESIDE_OTHERS)]))
    return float(decibels(np.abs(heard[0] - heard[1]).max()))


def decibels(ratio: Floats | float) -> np.ndarray:
    """Return amplitudes in dB."""
    return 20 * np.log10(np.maximum(ratio, 10 ** (SILENCE_DB / 20)))


def difference(heard: Floats, wanted: Floats) -> list[Figure]:
    """Make the figures of how far sounds [keys, frames] are from those wanted."""
    error = heard.astype(np.float64) - wanted
    energy = np.sqrt((error**2).mean(axis=1) / (wanted.astype(np.float64) ** 2).mean(axis=1))
    return [
        figure("difference", "dB of the sound", decibels(energy).tolist()),
        figure("largest difference of a sample", "dBFS", [float(decibels(np.abs(error).max()))]),
    ]


def measure(measured: Measured, seconds: float) -> None:
    """Add one round."""
    rate = measured.decoder.metadata.sample_rate
    for voices in VOICES:
        for pace, pause in (("tight", False), ("paced", True)):
            engine = Engine(measured.decoder, EngineSettings(voices))
            costs = block_costs(engine, voices, BLOCK_FRAMES, round(seconds * rate / BLOCK_FRAMES), pause=pause)
            measured.shares.setdefault((voices, pace), []).append(float(np.mean(costs)) * rate / BLOCK_FRAMES)


def figures_of(name: str, measured: Measured, wanted: Floats) -> list[Figure]:
    """Make the figures of one variant."""
    figures = [
        figure("file", "MB", [measured.size_bytes / 1e6]),
        figure("batch sizes in use", "sizes", [len(measured.decoder.batch_sizes)]),
        figure("heard of other voices", "dBFS", [heard_of_others_db(measured.decoder)]),
    ]
    for (voices, pace), shares in measured.shares.items():
        figures.append(figure(f"{voices} voices, {pace}", "% of one core", [100 * share for share in shares]))
    if name != "float32":
        figures += difference(sounds(measured.decoder), wanted)
    return [one.model_copy(update={"name": f"{name}: {one.name}"}) for one in figures]


def main() -> None:
    parser = argparse.ArgumentParser(description="Compare float32, float16 and int8 weights of a decoder.")
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="of sound per round, pace and number of voices")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = variants(find_model(arguments.model), Path(folder))
        found = {name: Measured(Decoder.load(file, MOST_VOICES), file.stat().st_size) for name, file in files.items()}
    large_pages.gather()
    realtime = realtime_priority.enter()
    for _ in range(arguments.rounds):
        for measured in found.values():
            measure(measured, arguments.seconds)
    wanted = sounds(found["float32"].decoder)
    figures = [one for name, measured in found.items() for one in figures_of(name, measured, wanted)]
    record(BENCHMARK, figures, arguments.json, notes=[f"Real-time priority {'granted' if realtime else 'refused'}."])


if __name__ == "__main__":
    main()
