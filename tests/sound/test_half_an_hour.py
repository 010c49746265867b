"""A note that is held for half an hour keeps its pitch: phase is added up in float32, some 340,000 hops long."""

from dataclasses import dataclass

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.model_files import find_model
from tests.performance import PURE, SAMPLE_RATE, Audio, note_on, tiny
from tests.tiny_decoder import TinySettings

HELD_SECONDS = 1_800
HEARD_SECONDS = 10
"""At both ends."""
NOTES = (21, 60, 108)
"""The lowest key of a piano, its middle and its highest."""
DRUM_KEYS = (36, 56, 76)
"""Kick, cowbell and wood block of the shipped drums: each has one strong partial."""
CLOCK_HOPS = 1
"""Place, in the first state of the shipped models, of the hops that have been heard since the onset."""
STANDING = {"clarinet": 45, "church_organ": 60}
HELD_KEYS = STANDING | {"electric_piano": 72}
"""Presets of the shipped notes, and a key for each to hold."""
FALLEN = 4
"""Place, in the first state of the shipped notes, of the nepers by which a held note has fallen."""


@dataclass
class Tone:
    """What one partial is: frequency in Hz, and by how many turns (rms) its phase strays from it."""

    hz: float
    stray_turns: float


def tone(audio: Audio, near_hz: float, first_frame: int = 0, window_seconds: float = 0.5) -> Tone:
    """Fit a steady tone to the partial of ``audio`` [frames] next to ``near_hz``: a line through its phase."""
    window = round(window_seconds * SAMPLE_RATE)
    count = len(audio) // window
    seconds = (first_frame + np.arange(count * window)) / SAMPLE_RATE
    turned = audio[: count * window] * np.exp(-2j * np.pi * (near_hz * seconds % 1))
    phase = np.unwrap(np.angle(turned.reshape(count, window) @ np.hanning(window))) / (2 * np.pi)
    at = np.arange(count) * window_seconds
    slope, offset = np.polyfit(at, phase, 1)
    return Tone(near_hz + slope, float((phase - slope * at - offset).std()))


def cents(hz: float, wanted_hz: float) -> float:
    return float(1200 * np.log2(hz / wanted_hz))


def key_hz(note: int) -> float:
    return float(440 * 2 ** ((note - 69) / 12))


def held(hop_frames: int) -> tuple[Audio, Audio, int]:
    """Hold the notes for half an hour; return what is heard at both ends, [frames], and where the end begins."""
    decoder = tiny(
        TinySettings(hop_frames=hop_frames), voices=4, default_latent=PURE, release="model",
        time_rate_range=(0.0, 1.0), sustain_seconds=0.1, gain_db=-12.0,
    )  # fmt: skip
    engine = Engine(decoder, EngineSettings(4))
    for note in NOTES:
        engine.post(note_on(0, note))
    heard = -(-HEARD_SECONDS * SAMPLE_RATE // hop_frames) * hop_frames
    beginning = engine.render(heard)[0]
    unheard = np.empty((2, hop_frames), np.float32)
    while engine.frame < HELD_SECONDS * SAMPLE_RATE - heard:
        engine.render_into(unheard)
    frame = engine.frame
    return beginning, engine.render(heard)[0], frame


@pytest.mark.parametrize(
    "hop_frames",
    [pytest.param(256, marks=[pytest.mark.long, pytest.mark.timeout(900)]), 4_096],
    ids=["hops of the drums", "long hops"],
)
def test_a_note_held_for_half_an_hour_stays_within_a_cent_and_is_as_pure_as_in_the_beginning(hop_frames: int) -> None:
    beginning, end, end_frame = held(hop_frames)
    # A sum over thousands of frames in float32 is off by 0.04 cents, from the first hop on; what must not be is drift.
    # Were phase not brought back to less than one turn, it would be off by up to a cent at the end.
    for note in NOTES:
        # The sound stands still once the note has reached its sustain.
        first = tone(beginning[SAMPLE_RATE:], key_hz(note), SAMPLE_RATE)
        last = tone(end, key_hz(note), end_frame)
        assert abs(cents(first.hz, key_hz(note))) < 0.1
        assert abs(cents(last.hz, key_hz(note))) < 0.1
        assert last.stray_turns < 1e-4


@pytest.fixture(scope="module")
def drums() -> Decoder:
    return Decoder.load(find_model("drums"), len(DRUM_KEYS))


@pytest.mark.parametrize("clock_hops", [750, HELD_SECONDS * SAMPLE_RATE // 256], ids=["longest note", "half an hour"])
def test_partials_of_the_drums_do_not_drift_however_long_their_clock_has_run(drums: Decoder, clock_hops: int) -> None:
    voices = drums.new_voices(len(DRUM_KEYS))
    voices.latent[:] = [drums.metadata.key_map[key] for key in DRUM_KEYS]
    voices.velocity[:], voices.gate[:], voices.time_rate[:] = 0.8, 1, 1
    rows = np.arange(len(DRUM_KEYS))

    def play(hops: int) -> Audio:
        return np.concatenate([drums.decode(voices, rows)[:, 0].copy() for _ in range(hops)], axis=1)

    play(30)
    # No note of the drums lasts longer than four seconds; with its time held still, any of them could.
    voices.time_rate[:] = 0
    play(10)
    before = play(188)
    voices.states[0][:, CLOCK_HOPS] = clock_hops
    play(2)
    after = play(188)
    for early, late in zip(before, after, strict=True):
        spectrum = np.abs(np.fft.rfft(early * np.hanning(len(early))))
        strongest_hz = float(spectrum.argmax()) * SAMPLE_RATE / len(early)
        first, last = (tone(part, strongest_hz, window_seconds=0.05) for part in (early, late))
        assert abs(cents(last.hz, first.hz)) < 0.1
        assert last.stray_turns < first.stray_turns + 0.01


@pytest.fixture(scope="module")
def notes() -> Decoder:
    return Decoder.load(find_model("notes"), len(HELD_KEYS))


@pytest.mark.parametrize(
    "is_played",
    [False, pytest.param(True, marks=[pytest.mark.long, pytest.mark.timeout(1800)])],
    ids=["its clock put forward", "played through"],
)
def test_a_key_of_the_shipped_notes_held_for_half_an_hour_is_within_a_cent(notes: Decoder, is_played: bool) -> None:
    voices, rows = notes.new_voices(len(HELD_KEYS)), np.arange(len(HELD_KEYS))
    voices.latent[:] = [notes.metadata.presets[name] for name in HELD_KEYS]
    voices.pitch[:, 0] = list(HELD_KEYS.values())
    voices.velocity[:], voices.gate[:], voices.time_rate[:] = 0.8, 1, 1
    random = np.random.default_rng(0)

    def play(hops: int) -> Audio:
        heard = []
        for _ in range(hops):
            voices.noise[:] = random.uniform(-1, 1, voices.noise.shape)
            heard.append(notes.decode(voices, rows)[:, 0].copy())
        return np.concatenate(heard, axis=1)

    play(120)
    voices.time_rate[:] = 0
    before = play(750)
    hops = HELD_SECONDS * SAMPLE_RATE // 256
    if is_played:
        for _ in range(hops // 1000):
            play(1000)
    else:
        voices.states[0][:, CLOCK_HOPS] = hops
    after = play(750)
    for note, early, late in zip(HELD_KEYS.values(), before, after, strict=True):
        first, last = (tone(part, key_hz(note)) for part in (early, late))
        assert abs(cents(first.hz, key_hz(note))) < 1
        assert abs(cents(last.hz, key_hz(note))) < 1
    assert not voices.states[0][: len(STANDING), FALLEN].any(), "what stands would die away in half an hour"
