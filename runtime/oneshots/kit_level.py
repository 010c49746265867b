"""How sounds of a kit are brought to one level, cut, and made into files."""

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np
import soxr

from runtime.engine.decoder import Decoder
from runtime.engine.history import CapturedNote
from runtime.oneshots.cutting import LOUDEST_PEAK, apply_cut, at_rate, choose_cut
from runtime.oneshots.kit_plan import PlannedSound
from runtime.oneshots.kit_sound import Loop
from runtime.oneshots.loudness import loudness_db
from runtime.oneshots.making import Sound, tagged_sound
from runtime.oneshots.sample_format import Audio, Bits
from runtime.oneshots.tags import Cut, ForSamplers, Written
from runtime.pitch_detection import CONFIDENT, measure_pitch

LEVEL_DB: Final = -20.0
"""Loudness (see :mod:`runtime.oneshots.loudness`) of the loudest layer of every sound. Nearly all drums reach it below
full scale; what would not stays softer, at a peak of 0.99."""
IN_TUNE_CENTS: Final = 5.0
"""Samplers are told of what is further off; nearer nobody hears it, and not every sampler reads it."""
_LOUDEST_GAIN: Final = 1e5
_QUIETEST_GAIN: Final = 1e-5

LoopFinder = Callable[[Audio, int, int, int], Loop | None]
"""Finds what a sampler may repeat while a key is held: from [channels, frames] as in the file, its rate in Hz, the
frame at which the key is let go, and the MIDI note. None where nothing can be repeated unheard."""


def level_gain(audio: Audio, sample_rate: int) -> float:
    """Return the factor that brings a decoded note [channels, frames] to the level of a kit."""
    loudness = loudness_db(audio, sample_rate)
    gain = 10 ** ((LEVEL_DB - loudness) / 20) if math.isfinite(loudness) else 1.0
    return min(max(gain, _QUIETEST_GAIN), _LOUDEST_GAIN)


def level_cuts(decoded: list[Audio], loudest: int, model_rate: int, rate: int | None, bits: Bits) -> list[Cut]:
    """Return the cuts of layers and variations of one sound, which share their gain: that of the ``loudest``.

    What is stored as whole numbers holds no peak above 0.99, at the rate of the file. Raises LatentbridgeError if one
    of them is silent.
    """
    cuts = [choose_cut(audio, model_rate) for audio in decoded]
    gain = level_gain(decoded[loudest], model_rate)
    if bits != "32f":
        plain = (
            at_rate(apply_cut(one, replace_gain(cut, 1.0)), model_rate, rate)
            for one, cut in zip(decoded, cuts, strict=True)
        )
        peak = max(float(np.abs(audio).max()) for audio in plain)
        gain = min(gain, LOUDEST_PEAK / peak)
    return [replace_gain(cut, float(np.float32(gain))) for cut in cuts]


def replace_gain(cut: Cut, gain: float) -> Cut:
    """Return a cut with another gain."""
    return cut.model_copy(update={"gain": gain})


def sharp_cents(decoded: Audio, sample_rate: int, note: int) -> float:
    """Return how much a pitched sound is higher than its note, where that can be told and heard; else 0."""
    pitch = measure_pitch(decoded, sample_rate, near_note=float(note))
    cents = 100 * (pitch.note - note)
    return round(cents, 2) if pitch.confidence > CONFIDENT and abs(cents) > IN_TUNE_CENTS else 0.0


def file_sound(
    decoder: Decoder,
    planned: PlannedSound,
    note: CapturedNote,
    decoded: Audio,
    cut: Cut,
    sharp: float,
    bits: Bits,
    rate: int | None,
    find_loop: LoopFinder | None,
) -> Sound:
    """Return a sound of a kit as it goes into its file."""
    meta = decoder.metadata
    changes_rate = rate is not None and rate != meta.sample_rate
    written = Written(
        bits=bits,
        dither_seed=planned.seed,
        sample_rate=rate if changes_rate else None,
        soxr=soxr.__version__ if changes_rate else "",
    )
    audio = at_rate(apply_cut(decoded, cut), meta.sample_rate, written.sample_rate)
    loop = None
    if find_loop is not None and not planned.is_one_shot:
        file_rate = written.sample_rate or meta.sample_rate
        let_go = round((note.hops * meta.hop_frames - cut.first_frame) * file_rate / meta.sample_rate)
        loop = find_loop(audio, file_rate, min(max(let_go, 0), audio.shape[1]), planned.note)
    told = ForSamplers(
        root_note=planned.root_note,
        sharp_cents=sharp,
        loop=None if loop is None else (loop.first_frame, loop.end_frame),
        loop_crossfade_frames=0 if loop is None else loop.crossfade_frames,
    )
    facts: dict[str, Any] = {"kind": "oneshot", "name": planned.name, "for_samplers": told}
    return tagged_sound(decoder, note, audio, cut, written, **facts)
