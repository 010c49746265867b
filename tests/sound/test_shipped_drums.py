"""The shipped drums are drums: what a player of General MIDI pads would notice at once."""

import numpy as np
import pytest

from runtime.engine.decoder import Decoder
from runtime.events import Event, Kind
from runtime.latent.prior import draw
from runtime.model_files import find_model
from tests.performance import SAMPLE_RATE, Audio, largest_step, level, note_on, perform

KICK, SNARE, CLOSED_HAT, OPEN_HAT, LOW_TOM, CRASH = 36, 38, 42, 46, 41, 49
GENERAL_MIDI_DRUMS = range(35, 82)


@pytest.fixture(scope="module")
def drums() -> Decoder:
    return Decoder.load(find_model("drums"), voices=16)


def strike(drums: Decoder, note: int, *events: Event, seconds: float = 1.0) -> Audio:
    """The sound of one key, [frames], mono."""
    return perform(drums, [*events, note_on(0, note)], round(seconds * SAMPLE_RATE)).audio[0]


def centroid_hz(sound: Audio) -> float:
    """Spectral centre of gravity of the first quarter of a second."""
    power = np.abs(np.fft.rfft(sound[: SAMPLE_RATE // 4])) ** 2
    frequency = np.fft.rfftfreq(SAMPLE_RATE // 4, 1 / SAMPLE_RATE)
    return float((power * frequency).sum() / power.sum())


def seconds_above(sound: Audio, decibels: float) -> float:
    """How long 10 ms levels stay within ``decibels`` of the loudest one."""
    levels = np.sqrt((sound[: len(sound) // 480 * 480].reshape(-1, 480) ** 2).mean(1))
    return float(np.flatnonzero(levels > levels.max() * 10 ** (-decibels / 20))[-1] + 1) * 0.01


def test_every_general_midi_drum_key_makes_a_sound_of_its_own(drums: Decoder) -> None:
    sounds = [strike(drums, note, seconds=0.3) for note in GENERAL_MIDI_DRUMS]
    peaks = np.array([np.abs(sound).max() for sound in sounds])
    assert (peaks > 0.03).all(), f"keys {np.flatnonzero(peaks <= 0.03) + 35} are hardly heard"
    assert len({sound.tobytes() for sound in sounds}) == len(sounds)


def test_a_kick_is_darker_than_a_snare_and_a_snare_darker_than_a_hat(drums: Decoder) -> None:
    kick, snare, hat = (centroid_hz(strike(drums, note)) for note in (KICK, SNARE, CLOSED_HAT))
    assert kick < 400 < snare < hat
    assert hat > 4_000


def test_an_open_hat_rings_longer_than_a_closed_one_and_a_crash_longer_than_a_tom(drums: Decoder) -> None:
    closed, opened, tom, crash = (
        seconds_above(strike(drums, note), 30.0) for note in (CLOSED_HAT, OPEN_HAT, LOW_TOM, CRASH)
    )
    assert opened > 2 * closed
    assert crash > tom


@pytest.mark.parametrize("note", [KICK, SNARE, CLOSED_HAT, LOW_TOM])
def test_a_strike_is_heard_from_its_first_milliseconds_and_falls_silent(drums: Decoder, note: int) -> None:
    sound = strike(drums, note, seconds=drums.metadata.longest_note_seconds + 0.1)
    assert np.abs(sound[:48]).max() > 0.001
    assert np.argmax(np.abs(sound)) < 0.1 * SAMPLE_RATE
    assert not sound[round(drums.metadata.longest_note_seconds * SAMPLE_RATE) + 256 :].any()


def test_latent_space_may_be_travelled_while_a_drum_sounds_without_a_click(drums: Decoder) -> None:
    still = strike(drums, CRASH, seconds=0.6)
    frames = range(4_000, 20_000, 1_500)
    places = [draw(drums.metadata, seed) for seed in range(len(frames))]
    moves = [Event(Kind.KEY_LATENT, frame, note=CRASH, values=p) for frame, p in zip(frames, places, strict=True)]
    moved = perform(drums, [note_on(0, CRASH), *moves], round(0.6 * SAMPLE_RATE)).audio[0]
    assert not np.array_equal(still, moved)
    # The places themselves are as loud as they are: a click would be a step that none of them makes.
    loudest = max(largest_step(strike(drums, CRASH, Event(Kind.KEY_LATENT, note=CRASH, values=p))) for p in places)
    assert largest_step(moved) <= 1.2 * max(loudest, largest_step(still))


def test_random_places_sound_like_drums_in_level(drums: Decoder) -> None:
    loudness = []
    for seed in range(40):
        place = draw(drums.metadata, seed)
        sound = strike(drums, 100, Event(Kind.LATENT, values=place), seconds=0.5)
        assert np.isfinite(sound).all()
        loudness.append(20 * np.log10(level(sound[:4_800]) + 1e-9))
    assert np.median(loudness) > -40
    assert np.percentile(loudness, 5) > -60, "some random place is silent"
