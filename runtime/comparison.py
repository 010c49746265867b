"""A sample and what an instrument makes of it, as two files to compare by ear: equally loud, both from the onset."""

from pathlib import Path
from typing import Final

import numpy as np

from runtime.encoded import ORIGINAL, RECONSTRUCTION, Encoded
from runtime.encoder import HeardSample
from runtime.engine.decoder import Decoder
from runtime.engine.replay import planned_note
from runtime.oneshots.loudness import loudness_db
from runtime.oneshots.making import make_sound
from runtime.oneshots.sample_format import Audio
from runtime.oneshots.wav_file import write_wav
from runtime.place_sound import NOTE, VELOCITY

_LOUDEST_PEAK: Final = 0.99


def write_comparison(decoder: Decoder, heard: HeardSample, encoded: Encoded, folder: Path, name: str) -> None:
    """Write both sounds into ``folder``, which is ours alone; ``name`` is the sample's.

    The louder one is turned down, since louder is easily taken for better. Raises LatentbridgeError if the instrument
    is silent there, OSError as the folder does.
    """
    note = planned_note(decoder.metadata, NOTE if encoded.key is None else encoded.key, VELOCITY, encoded.latent)
    made = make_sound(decoder, note, kind="reconstruction", source=name)
    sounds = {ORIGINAL: (heard.audio, heard.sample_rate), RECONSTRUCTION: (made.audio, made.sample_rate)}
    loudness = {file: loudness_db(audio, rate) for file, (audio, rate) in sounds.items()}
    # As loud as the peakier of them can be at full scale.
    level_db = min(loudness[file] - _peak_db(audio) for file, (audio, _) in sounds.items())
    for file_name, (audio, rate) in sounds.items():
        gain = _LOUDEST_PEAK * 10 ** ((level_db - loudness[file_name]) / 20)
        with (folder / file_name).open("wb") as file:
            write_wav(file, np.asarray(audio * np.float32(gain), np.float32), rate, {}, [])


def _peak_db(audio: Audio) -> float:
    return float(20 * np.log10(max(float(np.abs(audio).max()), 1e-9)))
