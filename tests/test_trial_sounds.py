"""What a search hears of a place is what the instrument plays there."""

from pathlib import Path

import numpy as np
import pytest

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.replay import planned_note, render_note
from runtime.engine.rules import NoteRules
from runtime.trial_sounds import Strike, play_places
from tests.tiny_decoder import BAD_AT_HOPS, LATENT_SIZE, TinySettings, write_tiny_decoder

PLACES = np.random.default_rng(3).uniform(-1, 1, (6, LATENT_SIZE)).astype(np.float32)


@pytest.mark.parametrize("pitched", [False, True])
@pytest.mark.parametrize("voices", [4, 16])
def test_every_place_sounds_as_the_engine_plays_it(tmp_path: Path, pitched: bool, voices: int) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, pitched=pitched), voices)
    strike = Strike(note=64, velocity=0.8, held_seconds=0.25)
    tried = play_places(decoder, PLACES, strike, 0.5)
    for place, sound in zip(PLACES, tried, strict=True):
        planned = planned_note(decoder.metadata, 64, 0.8, tuple(place.tolist()), held_seconds=0.25)
        played = render_note(decoder, planned) / _gain(decoder.metadata)
        frames = min(played.shape[1], sound.shape[1])
        # The release begins at a whole hop in both, and the end is faded only where a voice ends.
        assert np.abs(sound[:, : frames - 512] - played[:, : frames - 512]).max() < 1e-4


def _gain(metadata: DecoderMetadata) -> float:
    return NoteRules.of(metadata).gain(0.8)


def test_a_place_at_which_the_decoder_runs_wild_is_silent_from_there_on(tmp_path: Path) -> None:
    for behaviour in ("nan", "infinite", "runaway"):
        decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings(behaviour), pitched=False), 4)
        sound = play_places(decoder, PLACES[:2], Strike(), 0.2)
        assert np.isfinite(sound).all()
        bad_frame = BAD_AT_HOPS * decoder.hop_frames
        assert np.abs(sound[:, :, :bad_frame]).max() > 0.01
        assert np.abs(sound[:, :, bad_frame + decoder.hop_frames :]).max() == 0
