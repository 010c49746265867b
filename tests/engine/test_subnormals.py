"""What fades away inside a decoder ends at zero, in any thread, and nothing else is changed by that."""

import contextlib
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from runtime.engine.decoder import Decoder, Floats, VoiceArrays
from runtime.engine.noise import noise_start, read_noise
from runtime.engine.subnormals import half_of, subnormals_flushed
from runtime.model_files import find_model
from tests.tiny_decoder import write_tiny_decoder

LEAST_NORMAL = np.finfo(np.float32).tiny
HOPS = 80
"""A state that falls by 12 dB a hop is subnormal from the 64th hop on, and too small for float32 from the 75th."""


def subnormals(*arrays: Floats) -> int:
    return sum(int(((a != 0) & (np.abs(a) < LEAST_NORMAL)).sum()) for a in arrays)


@pytest.fixture
def fading(tmp_path: Path) -> Decoder:
    """A tiny decoder whose third state begins as its controls, and is a quarter of itself at the end of each hop."""
    path = write_tiny_decoder(tmp_path)
    model = onnx.load(path)
    graph = model.graph
    last = next(node for node in graph.node if node.output[0] == "next_state_2")
    started = next(node.output[0] for node in graph.node if node.input[0] == "state_1")
    now = last.input[0]
    graph.node.remove(last)
    graph.initializer.extend(
        [numpy_helper.from_array(np.float32(value), name) for name, value in (("quarter", 0.25), ("unit", 1.0))]
    )
    graph.node.extend(
        [
            helper.make_node("Mul", ["state_2", "quarter"], ["faded"]),
            helper.make_node("Sub", ["unit", started], ["begins"]),
            helper.make_node("Mul", [now, "begins"], ["beginning"]),
            helper.make_node("Add", ["faded", "beginning"], ["next_state_2"]),
        ]
    )
    onnx.save(model, path)
    return Decoder.load(path, 4)


def hops(decoder: Decoder, latent: Floats, count: int) -> tuple[list[int], VoiceArrays, Floats]:
    """Play hops of as many voices as there are latents; return subnormal numbers of each hop, states and audio."""
    voices = decoder.new_voices(len(latent))
    voices.latent[:], voices.pitch[:], voices.velocity[:] = latent, 60, 0.8
    voices.gate[:] = voices.time_rate[:] = 1
    found, audio = [], []
    for hop in range(count):
        for slot in range(len(latent)):
            read_noise(noise_start(slot + 1), hop * decoder.hop_frames, voices.noise[slot])
        audio.append(decoder.decode(voices, np.arange(len(latent))).copy())
        found.append(subnormals(audio[-1], *voices.states))
    return found, voices, np.array(audio)


def test_a_state_that_fades_away_ends_at_zero_without_a_subnormal_number(fading: Decoder) -> None:
    found, voices, _ = hops(fading, np.ones((4, 4), np.float32), HOPS)
    assert not any(found)
    assert not voices.states[2][:, :4].any()


def test_so_it_does_in_a_thread_that_has_not_loaded_the_decoder(fading: Decoder) -> None:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(hops(fading, np.ones((4, 4), np.float32), HOPS)[0]))
    thread.start()
    thread.join()
    assert len(found) == HOPS
    assert not any(found)


def test_without_flushing_there_would_be_subnormal_numbers(fading: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fading, "_subnormals_flushed", contextlib.nullcontext())
    assert any(hops(fading, np.ones((4, 4), np.float32), HOPS)[0])


def test_the_thread_computes_afterwards_as_it_did_before(fading: Decoder) -> None:
    hops(fading, np.ones((4, 4), np.float32), 1)
    assert half_of(sys.float_info.min) > 0
    with contextlib.suppress(RuntimeError), subnormals_flushed():
        assert half_of(sys.float_info.min) == 0
        raise RuntimeError("a call that fails")
    assert half_of(sys.float_info.min) > 0


def test_the_shipped_drums_sound_the_same_bit_for_bit_with_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    drums = Decoder.load(find_model("drums"), 8)
    random = np.random.Generator(np.random.Philox(key=5))
    keys = np.array(list(drums.metadata.key_map.values())[:4], np.float32)
    far = 10 * random.standard_normal((4, drums.metadata.latent_size)).astype(np.float32)
    found, voices, audio = hops(drums, np.concatenate([keys, far]), 250)
    monkeypatch.setattr(drums, "_subnormals_flushed", contextlib.nullcontext())
    _, same_voices, same_audio = hops(drums, np.concatenate([keys, far]), 250)
    assert not any(found)
    np.testing.assert_array_equal(audio, same_audio)
    for state, same in zip(voices.states, same_voices.states, strict=True):
        np.testing.assert_array_equal(state, same)
