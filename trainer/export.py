"""From a trained model to the two files that are played: decoder and encoder, checked before they appear.

The decoder is exported in its streaming form. Weights stay initialisers under their names in the module, so that a
shipped file is all that another training needs to start from.
"""

import copy
import io
import warnings
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from runtime.atomic_file import replace_file
from runtime.contract import CONTROL_INPUTS, METADATA_KEY, DecoderMetadata, EncoderMetadata, read_decoder_metadata
from runtime.errors import LatentbridgeError
from runtime.onnx_file import with_metadata_props
from trainer.encoder import Encoder
from trainer.exported import cpu_session
from trainer.mono_and_stereo import to_mono, to_stereo
from trainer.vae import Decoder, VariationalAutoencoder

OPSET = 20
PARITY_HOPS = 1000
PARITY_VOICES = 4
RESTRIKE_HOPS = 230
"""During the parity check a voice begins a new note this often, each voice at its own time."""
LARGEST_DIFFERENCE = 1e-3
"""Largest absolute difference between torch and onnxruntime with which a file is written."""


class _Streaming(nn.Module):
    """The decoder with ``step`` as its call; the attribute's name makes parameters keep the names of the model."""

    def __init__(self, decoder: Decoder) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        return self.decoder.step(*inputs)


class _Encoding(nn.Module):
    """The encoder under the name it has in the model."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.encoder(audio)
        return mean, log_variance


def _graph(
    module: nn.Module, inputs: tuple[Tensor, ...], names: tuple[Sequence[str], Sequence[str]], symbolic_voices: bool
) -> bytes:
    """Export a module; ``names`` are those of inputs and outputs. Inputs that are not used are put back in place."""
    # The exporter puts the mode back that it found, in every part.
    module.eval()
    input_names, output_names = names
    axes = {name: {0: "voices"} for name in [*input_names, *output_names]} if symbolic_voices else None
    buffer = io.BytesIO()
    with torch.no_grad(), warnings.catch_warnings():
        # The tracing exporter keeps parameters as they are; the newer one folds and renames them. It warns of its age.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            inputs,
            buffer,
            input_names=list(input_names),
            output_names=list(output_names),
            opset_version=OPSET,
            dynamic_axes=axes,
            do_constant_folding=False,
            dynamo=False,
        )
    model = onnx.load_from_string(buffer.getvalue())
    used = {value.name: value for value in model.graph.input}
    for name, tensor in zip(input_names, inputs, strict=True):
        if name not in used:
            shape = ["voices", *tensor.shape[1:]]
            used[name] = onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, shape)
    del model.graph.input[:]
    model.graph.input.extend(used[name] for name in input_names)
    onnx.checker.check_model(model)
    return model.SerializeToString()


def _decoder_graph(decoder: Decoder, latent_size: int) -> bytes:
    states = decoder.zero_states(2)
    controls = [torch.zeros(2, size) for size in (latent_size, 1, 1, 1, 1)]
    noise = torch.zeros(2, decoder.channels, decoder.hop_frames)
    input_names = [*CONTROL_INPUTS, *(f"state_{k}" for k in range(len(states)))]
    output_names = ["audio", *(f"next_state_{k}" for k in range(len(states)))]
    return _graph(_Streaming(decoder), (*controls, noise, *states), (input_names, output_names), symbolic_voices=True)


def decoder_parity(decoder: Decoder, graph: bytes, latent_size: int, hops: int = PARITY_HOPS) -> float:
    """Play both forms of a decoder side by side and return the largest difference of a sample.

    Several voices play moving latents and begin new notes now and then, each at a pitch and velocity of its own, which
    bends, is held and released; each form keeps its own states.
    """
    session = cpu_session(graph)
    names = [tensor.name for tensor in session.get_inputs()]
    random = torch.Generator().manual_seed(0)
    latent = torch.randn(PARITY_VOICES, latent_size, generator=random)
    hands = torch.Generator().manual_seed(1)
    struck = torch.rand(PARITY_VOICES, 2, generator=hands)
    torch_states = decoder.zero_states(PARITY_VOICES)
    onnx_states = [state.numpy() for state in torch_states]
    worst = 0.0
    for hop in range(hops):
        latent = 0.98 * latent + 0.2 * torch.randn(latent.shape, generator=random)
        noise = torch.rand(PARITY_VOICES, decoder.channels, decoder.hop_frames, generator=random) * 2 - 1
        controls = (latent, *_played_by_hand(struck, hop), noise)
        with torch.no_grad():
            audio, *torch_states = decoder.step(*controls, *torch_states)
        feed = dict(zip(names, [*(c.numpy() for c in controls), *onnx_states], strict=True))
        played, *onnx_states = session.run(None, feed)
        difference = float(np.abs(played - audio.numpy()).max())
        worst = max(worst, difference) if np.isfinite(difference) else float("inf")
        voice, phase = divmod(hop, RESTRIKE_HOPS)
        if phase == RESTRIKE_HOPS - 1:
            for state in [*torch_states, *onnx_states]:
                state[voice % PARITY_VOICES] = 0
            struck[voice % PARITY_VOICES] = torch.rand(2, generator=hands)
    return worst


def _played_by_hand(struck: Tensor, hop: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Pitch, velocity, gate and time rate at a hop, [voices, 1] each; ``struck`` says which keys and how hard, 0…1."""
    voices = torch.arange(len(struck))[:, None]
    phase = (hop - voices * RESTRIKE_HOPS) % (RESTRIKE_HOPS * len(struck))
    pitch = 24 + 84 * struck[:, :1] + torch.sin(0.1 * phase)
    gate = (phase < 0.8 * RESTRIKE_HOPS).float()
    # Held still for a while in the middle of each note.
    time_rate = 1 - ((phase > 0.4 * RESTRIKE_HOPS) & (phase < 0.6 * RESTRIKE_HOPS)).float()
    return pitch, 0.2 + 0.8 * struck[:, 1:], gate, time_rate


def _encoder_parity(encoder: Encoder, graph: bytes, channels: int) -> float:
    """Largest difference of mean and log variance over noise, a decaying tone and a short click."""
    session = cpu_session(graph)
    frames = torch.arange(encoder.frames)
    random = torch.Generator().manual_seed(0)
    noise = torch.rand(encoder.frames, generator=random) * 2 - 1
    tone = torch.sin(0.01 * frames) * torch.exp(-frames / 9000)
    sounds = [noise, noise * torch.exp(-frames / 3000), tone, (frames < 48).float()]
    worst = 0.0
    for sound in sounds:
        audio = sound.expand(1, channels, -1).contiguous()
        with torch.no_grad():
            expected = encoder(audio)
        for ours, theirs in zip(expected, session.run(None, {"audio": audio.numpy()}), strict=True):
            difference = float(np.abs(theirs - ours.numpy()).max())
            worst = max(worst, difference) if np.isfinite(difference) else float("inf")
    return worst


def _refuse_above_limit(what: str, difference: float) -> None:
    if difference > LARGEST_DIFFERENCE:
        raise LatentbridgeError(
            f"The exported {what} differs from the trained one by {difference:.2g}; no file was written.",
            f"At most {LARGEST_DIFFERENCE:g} was expected.",
            "If training ended early, train longer; otherwise compare the versions of torch and onnxruntime with "
            "those in constraints.txt.",
        )


def export_decoder(
    vae: VariationalAutoencoder, metadata: DecoderMetadata, path: Path, parity_hops: int = PARITY_HOPS
) -> DecoderMetadata:
    """Write the streaming decoder to ``path`` and return its metadata with the parity measured over so many hops.

    Raises LatentbridgeError, and leaves no file, if onnxruntime does not play what torch plays. The model itself is
    not touched, wherever it lies.
    """
    decoder = copy.deepcopy(vae.decoder).cpu().float().eval()
    graph = _decoder_graph(decoder, vae.settings.latent_size)
    difference = decoder_parity(decoder, graph, vae.settings.latent_size, parity_hops)
    _refuse_above_limit("decoder", difference)
    metadata = metadata.model_copy(update={"parity": difference, "parity_hops": parity_hops})
    replace_file(path, with_metadata_props(graph, {METADATA_KEY: metadata.model_dump_json()}))
    return metadata


def export_encoder(vae: VariationalAutoencoder, metadata: EncoderMetadata, path: Path) -> None:
    """Write the encoder to ``path``: ``audio`` [1, channels, frames] → ``latent`` and ``log_variance``.

    Raises LatentbridgeError, and leaves no file, if onnxruntime does not give what torch gives.
    """
    encoder = copy.deepcopy(vae.encoder).cpu().float().eval()
    audio = torch.zeros(1, vae.channels, encoder.frames)
    graph = _graph(_Encoding(encoder), (audio,), (["audio"], ["latent", "log_variance"]), symbolic_voices=False)
    _refuse_above_limit("encoder", _encoder_parity(encoder, graph, vae.channels))
    replace_file(path, with_metadata_props(graph, {METADATA_KEY: metadata.model_dump_json()}))


def load_weights(vae: VariationalAutoencoder, decoder_path: Path, encoder_path: Path) -> list[str]:
    """Copy the weights of exported files into a model of the same family, to train on from there.

    A mono file also starts a stereo model, and a stereo file a mono one. Returns the names of parameters that the files
    do not have, or have in another shape; if there are any, nothing is copied. Raises LatentbridgeError if a file
    cannot be read.
    """
    channels = read_decoder_metadata(decoder_path).channels
    found = _initialisers(decoder_path) | _initialisers(encoder_path)
    parameters = {name: ours.detach() for name, ours in vae.named_parameters()}
    if channels < vae.channels:
        found = to_stereo(found, parameters)
    elif channels > vae.channels:
        found = to_mono(found, parameters)
    missing = [name for name, ours in parameters.items() if name not in found or found[name].shape != ours.shape]
    if not missing:
        for name, ours in parameters.items():
            ours.copy_(found[name])
    return missing


def _initialisers(path: Path) -> dict[str, Tensor]:
    try:
        model = onnx.load(str(path))
    except Exception as error:
        raise LatentbridgeError(
            f"{path} cannot be read as an ONNX file ({type(error).__name__}).",
            "A decoder and its encoder, as `latentbridge train` writes them, were expected.",
            "Check the path, or train without --from.",
        ) from None
    return {weights.name: torch.tensor(numpy_helper.to_array(weights)) for weights in model.graph.initializer}
