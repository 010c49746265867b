"""Variation: a drum that is struck again is the same drum, but never the same strike."""

import numpy as np
import pytest

from runtime.contract import what_sounds
from runtime.engine.decoder import Decoder, DecoderFacts
from runtime.engine.replay import render_note
from runtime.events import Event, Kind
from runtime.latent.spread import Spread
from tests.performance import STEADY, level, note_off, note_on, perform, tiny
from tests.tiny_decoder import LATENT_SIZE

APART = 12_000
STRIKES = 8
SCALE = tuple(tuple(float(r == c) * (1.0, 0.0, 2.0, 0.0)[r] for c in range(LATENT_SIZE)) for r in range(LATENT_SIZE))
PRIOR = ({"weight": 1.0, "mean": STEADY, "scale": SCALE},)


def varied(amount: float, part: int = 1) -> Event:
    return Event(Kind.VARIATION, 0, part=part, value=amount)


def strikes(amount: float, **metadata: object) -> np.ndarray:
    """Strikes of one key one after another, [strikes, frames]."""
    decoder = tiny(pitched=False, longest_note_seconds=0.2, default_latent=STEADY, **metadata)
    events = [varied(amount), *(note_on(n * APART, 38) for n in range(STRIKES))]
    return perform(decoder, events, STRIKES * APART).audio[0].reshape(STRIKES, APART)


def places(amount: float, count: int = 200, seed: int = 1, **metadata: object) -> np.ndarray:
    """Latents of some strikes of a key, [strikes, latent_size]."""
    decoder = tiny(pitched=False, longest_note_seconds=0.01, default_latent=STEADY, **metadata)
    found = []
    for number in range(count):
        history = perform(decoder, [varied(amount), note_on(0, 38, seed=seed + number)], 256).history
        found.append(history.last().latent[0])
    return np.array(found)


def test_no_two_strikes_are_equal_with_variation_and_all_are_without() -> None:
    same, different = strikes(0.0), strikes(0.3)
    assert all(np.array_equal(strike, same[0]) for strike in same)
    assert same[0].any()
    for n in range(STRIKES):
        for other in range(n):
            assert level(different[n] - different[other]) > 0.002 * level(same[0])


def test_strikes_stray_as_far_as_asked_in_the_directions_of_their_kind() -> None:
    for amount in (0.5, 1.0):
        strayed = (places(amount, prior=PRIOR) - STEADY).std(axis=0)
        assert strayed == pytest.approx(np.array([1, 0, 2, 0]) * 0.2 * amount, rel=0.15)


def test_a_model_without_a_prior_varies_a_little_in_all_directions() -> None:
    assert (places(1.0) - STEADY).std(axis=0) == pytest.approx([0.1] * LATENT_SIZE, rel=0.2)


def test_the_nearest_kind_decides() -> None:
    far = {"weight": 1.0, "mean": (9.0, 9.0, 9.0, -9.0), "scale": tuple(map(tuple, np.eye(LATENT_SIZE) * 7.0))}
    np.testing.assert_array_equal(places(1.0, 10, prior=PRIOR), places(1.0, 10, prior=(*PRIOR, far)))


def test_the_same_seed_is_the_same_strike() -> None:
    np.testing.assert_array_equal(places(0.5, 3, seed=9), places(0.5, 3, seed=9))


def test_notes_vary_too_and_the_voices_of_one_together() -> None:
    decoder = tiny(default_latent=STEADY, release_seconds=0.02)
    events = [varied(1.0), Event(Kind.UNISON, 0, value=3.0), note_on(0, 60), note_off(9_000, 60)]
    performance = perform(decoder, events, 20_000)
    note = performance.history.last()
    assert not np.array_equal(note.latent[0], np.float32(STEADY))
    replayed = render_note(decoder, note)
    np.testing.assert_array_equal(replayed[0], performance.audio[0, : replayed.shape[1]])


def test_a_model_that_is_loaded_while_another_plays_varies_as_when_it_is_read_from_its_file() -> None:
    whole = tiny(pitched=False, prior=PRIOR, default_latent=STEADY)
    spread = Spread.from_text(Spread.of(whole.metadata).to_text(), LATENT_SIZE)
    facts = DecoderFacts(what_sounds(whole.metadata), whole.hash, spread)
    told = Decoder.load(whole.path, whole.voices, facts=facts)
    assert not told.metadata.prior
    events = [varied(1.0), *(note_on(n * 1_000, 38) for n in range(4))]
    np.testing.assert_array_equal(perform(whole, events, 6_000).audio, perform(told, events, 6_000).audio)
