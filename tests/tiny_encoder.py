"""A tiny decoder with a tiny encoder beside it, so that encoding can be tested without a trained model.

The encoder's latent is the loudness of the four quarters of the sound, scaled: crude, but different for different
sounds.
"""

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from runtime.contract import (
    METADATA_KEY,
    EncoderMetadata,
    EncoderReference,
    read_decoder_metadata,
    read_hash,
    write_metadata,
)
from tests.tiny_decoder import LATENT_SIZE, TinySettings, write_tiny_decoder

FRAMES = 24_000
"""What the encoder hears: half a second."""


def write_tiny_model(folder: Path, settings: TinySettings | None = None, **metadata: object) -> Path:
    """Write ``NAME.onnx`` and ``NAME.encoder.onnx``, which refer to each other; returns the decoder's path."""
    decoder = write_tiny_decoder(folder, settings, **metadata)
    document = read_decoder_metadata(decoder)
    encoder = folder / f"{document.name}.encoder.onnx"
    onnx.save(_encoder(document.channels), encoder)
    described = EncoderMetadata(
        name=document.name,
        sample_rate=document.sample_rate,
        channels=document.channels,
        frames=FRAMES,
        latent_size=LATENT_SIZE,
        decoder_hash=read_hash(decoder),
    )
    write_metadata(encoder, described)
    reference = EncoderReference(file=encoder.name, hash=read_hash(encoder))
    write_metadata(decoder, document.model_copy(update={"encoder": reference}))
    return decoder


def _encoder(channels: int) -> onnx.ModelProto:
    weights = {
        "shape": np.array([1, LATENT_SIZE, channels * FRAMES // LATENT_SIZE], np.int64),
        "scale": np.array([20.0], np.float32),
        "nought": np.zeros((1, LATENT_SIZE), np.float32),
    }
    nodes = [
        helper.make_node("Abs", ["audio"], ["level"]),
        helper.make_node("Reshape", ["level", "shape"], ["quarters"]),
        helper.make_node("ReduceMean", ["quarters"], ["means"], axes=[2], keepdims=0),
        helper.make_node("Mul", ["means", "scale"], ["latent"]),
        helper.make_node("Identity", ["nought"], ["log_variance"]),
    ]
    inputs = [helper.make_tensor_value_info("audio", TensorProto.FLOAT, [1, channels, FRAMES])]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, LATENT_SIZE]) for name in ("latent", "log_variance")
    ]
    initialisers = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph(nodes, "tiny encoder", inputs, outputs, initialisers)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {METADATA_KEY: "{}"})
    return model
