"""The shipped notes played live through JACK from a keyboard: program change, held keys, bend wheel, release."""

import numpy as np

from runtime.contract import read_decoder_metadata
from runtime.model_files import find_model
from runtime.pitch_detection import measure_pitch
from tests.system.jack_playing import OPTIONS, OUTPUTS, delay_frames, off, on, onset
from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import playing

RATE = 48_000
KEY = 62


def _cents(sound: np.ndarray, seconds: float, note: float) -> float:
    """How far what sounds for two seconds from a time on is from a note."""
    begin = round(seconds * RATE)
    return 100 * (measure_pitch(sound[:, begin : begin + 2 * RATE], RATE, near_note=note).note - note)


def test_a_keyboard_plays_an_instrument_in_tune_as_long_as_the_key_is_held_and_bends_it() -> None:
    path = find_model("notes")
    names = list(read_decoder_metadata(path).presets)
    clarinet = bytes((0xC0, names.index("clarinet")))
    wheel_up, wheel_back = bytes((0xE0, 127, 127)), bytes((0xE0, 0, 64))
    score = [
        (0, clarinet), (RATE // 2, on(KEY, 90)), (5 * RATE, wheel_up), (8 * RATE, wheel_back), (12 * RATE, off(KEY)),
    ]  # fmt: skip
    with jack_server() as server, playing(path, *OPTIONS, server=server.name) as instrument:
        delay = delay_frames(instrument.await_ready())
        with Studio(server, OUTPUTS) as studio:
            sound = studio.perform(score, 15 * RATE)
    assert onset(sound) in range(RATE // 2 + delay, RATE // 2 + delay + 64)
    for seconds, note in ((2.5, KEY), (5.5, KEY + 2), (8.5, KEY)):
        assert abs(_cents(sound, seconds, note)) < 3
    held = [np.sqrt((sound[0, s * RATE : (s + 1) * RATE] ** 2).mean()) for s in (2, 10)]
    assert abs(20 * np.log10(held[1] / held[0])) < 1
    assert np.abs(sound[:, 14 * RATE :]).max() < 1e-4
