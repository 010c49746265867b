"""How much is decoded in a block: counted in voices and calls of the decoder, which cost the same on every machine."""

from collections.abc import Iterator

import pytest

from runtime.engine.decoder import Decoder, Floats, Rows, VoiceArrays
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event
from tests.performance import STEADY, note_on, tiny

VOICES = 16
BLOCK = 128
CHORD = [note_on(5, 40 + n) for n in range(VOICES)]


class Counted:
    """Stands before a decoder and writes down how many voices each call decodes."""

    def __init__(self, decoder: Decoder) -> None:
        self._decoder = decoder
        self.calls: list[int] = []

    def __getattr__(self, name: str) -> object:
        return getattr(self._decoder, name)

    def decode(self, voices: VoiceArrays, rows: Rows) -> Floats:
        self.calls.append(len(rows))
        return self._decoder.decode(voices, rows)


def calls_per_block(events: list[Event], block: int, blocks: int) -> Iterator[list[int]]:
    decoder = Counted(tiny(default_latent=STEADY, voices=VOICES))
    engine = Engine(decoder, EngineSettings(VOICES))  # type: ignore[arg-type]
    for event in events:
        engine.post(event)
    for _ in range(blocks):
        engine.render(block)
        yield decoder.calls.copy()
        decoder.calls.clear()


@pytest.mark.parametrize("block", [32, 64, 128, 256])
def test_a_chord_is_decoded_in_one_call_per_hop(block: int) -> None:
    per_hop = 256 // block
    calls = list(calls_per_block(CHORD, block, 4 * per_hop))
    assert calls == [[VOICES], *[[]] * (per_hop - 1)] * 4


@pytest.mark.parametrize("apart", [0, 1, 5])
def test_a_chord_that_takes_sixteen_voices_away_costs_two_calls_however_it_is_rolled(apart: int) -> None:
    # In the block of 2048 the old voices' hops begin at 2053, before the first of the new notes.
    rolled = [note_on(2_060 + apart * n, 70 + n) for n in range(VOICES)]
    calls = list(calls_per_block([*CHORD, *rolled], BLOCK, 17))
    assert calls[16] == [VOICES, VOICES]


def test_no_block_decodes_more_than_twice_the_voices_however_many_notes_come() -> None:
    flood = [note_on(2_048 + n % BLOCK, n % 128) for n in range(24)]
    assert sum(list(calls_per_block([*CHORD, *flood], BLOCK, 17))[16]) <= 2 * VOICES + 24
