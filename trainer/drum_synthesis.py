"""Drum sounds made from random parameters: more training material of our own, without anybody's licence.

Each sound is a sum of what real drums and drum machines are made of: decaying sinusoids at the modes of a membrane or
a bar, with a falling pitch; metal as thousands of inharmonic lines whose highs die first; shaped noise; and a transient
of a few milliseconds. Sources: Fletcher and Rossing, The Physics of Musical Instruments, chapters 18 to 20 (mode ratios
of membranes, bars and plates); Werner, Abel and Smith, "The TR-808 Cymbal", ICMC 2014 (six square waves).

Functions return mono float64 arrays [frames]; :func:`synthesise` returns the finished sound.
"""

import itertools
import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from runtime.audio_files import Audio

SAMPLE_RATE_HZ = 48_000
Signal = NDArray[np.float64]
Random = np.random.Generator

_MEMBRANE = np.array([1.0, 1.593, 2.135, 2.295, 2.653, 2.917, 3.155, 3.5, 3.598, 4.058])
_FREE_BAR = np.array([1.0, 2.756, 5.404, 8.933, 13.34])
_808_SQUARES_HZ = np.array([205.3, 304.4, 369.6, 522.7, 540.0, 800.0])


def _between(rng: Random, low: float, high: float) -> float:
    """A number between two positive ones, evenly spread over their ratio."""
    return float(low * (high / low) ** rng.random())


def _chance(rng: Random, share: float) -> bool:
    return bool(rng.random() < share)


def _time(seconds: float) -> Signal:
    # Whole centiseconds: lengths without large prime factors transform quickly.
    return np.arange(480 * max(1, round(100 * seconds))) / SAMPLE_RATE_HZ


def _decay(time: Signal, t60_seconds: float | Signal) -> Signal:
    """An exponential that falls by 60 dB in ``t60_seconds``."""
    return np.exp(-6.908 * time / t60_seconds)


def _falling_phase(time: Signal, start_ratio: float, fall_seconds: float) -> Signal:
    """Phase in seconds of an oscillator whose frequency falls from ``start_ratio`` to 1 times its rest frequency."""
    return time + (start_ratio - 1) * fall_seconds * (1 - np.exp(-time / fall_seconds))


def _modes(time: Signal, phase_seconds: Signal, hz: Signal, levels: Signal, t60: Signal, rng: Random) -> Signal:
    """Sum of decaying sinusoids that start at zero or at random phase, higher modes rather at random."""
    total = np.zeros_like(time)
    for index, (frequency, level, seconds) in enumerate(zip(hz, levels, t60, strict=True)):
        if frequency < 0.45 * SAMPLE_RATE_HZ:
            offset = rng.uniform(0, 2 * np.pi) * min(1.0, index / 2)
            total += level * np.sin(2 * np.pi * frequency * phase_seconds + offset) * _decay(time, seconds)
    return total


def _band_gain(hz: Signal, low_hz: float, high_hz: float, slope_db: float, octave_db: float = 0.0) -> Signal:
    """Gain of a band with skirts of ``slope_db`` per octave and a tilt of ``octave_db`` per octave inside."""
    octaves = np.log2(np.maximum(hz, 1.0))
    low, high = math.log2(low_hz), math.log2(high_hz)
    decibels = -slope_db * (np.maximum(low - octaves, 0) + np.maximum(octaves - high, 0))
    return 10 ** ((decibels + octave_db * (np.clip(octaves, low, high) - low)) / 20)


def _frequencies(frames: int) -> Signal:
    return np.fft.rfftfreq(frames, 1 / SAMPLE_RATE_HZ)


def _noise(
    rng: Random, frames: int, low_hz: float, high_hz: float, slope_db: float = 18.0, octave_db: float = 0.0
) -> Signal:
    """Gaussian noise in a band, RMS 1."""
    spectrum = np.fft.rfft(rng.standard_normal(frames)) * _band_gain(
        _frequencies(frames), low_hz, min(high_hz, 20_000), slope_db, octave_db
    )
    noise = np.fft.irfft(spectrum, frames)
    return noise / (np.sqrt(np.mean(noise**2)) + 1e-12)


def _filter(x: Signal, low_hz: float, high_hz: float, slope_db: float = 12.0, octave_db: float = 0.0) -> Signal:
    """Band-limit a sound with the minimum phase that belongs to the gain, so that nothing sounds before its attack."""
    frames = 2 * len(x)
    gain = _band_gain(_frequencies(frames), low_hz, min(high_hz, 20_000), slope_db, octave_db)
    cepstrum = np.fft.irfft(np.log(np.maximum(gain, 1e-6)), frames)
    cepstrum[1 : frames // 2] *= 2
    cepstrum[frames // 2 + 1 :] = 0
    return np.fft.irfft(np.fft.rfft(x, frames) * np.exp(np.fft.rfft(cepstrum)), frames)[: len(x)]


def _wash(
    rng: Random,
    time: Signal,
    band_hz: tuple[float, float],
    t60_seconds: tuple[float, float],
    sparsity: float,
    unevenness_db: float = 2.5,
) -> Signal:
    """Noise or metal in twenty bands whose decay goes from the first to the second ``t60_seconds``; RMS 1 at the start.

    A line of a transform as long as the sound is a steady sinusoid, and a band's decay makes it a mode: with sparsity
    1 the lines are even, as in noise; with 5 few stand out, as in a bell. Adjoining bands differ by ``unevenness_db``,
    as the resonances of a real plate or shell do.
    """
    frames = len(time)
    hz = _frequencies(frames)
    lines = rng.random(len(hz)) ** sparsity * np.exp(2j * np.pi * rng.random(len(hz)))
    lines *= _band_gain(hz, *band_hz, rng.uniform(9, 30), rng.uniform(-4, 1.5))
    edges = np.geomspace(200, 20_000, 21)
    edges[0] = 0
    total = np.zeros(frames)
    for band, (low, high) in enumerate(itertools.pairwise(edges)):
        inside = (hz >= low) & (hz < high)
        gain = 10 ** (rng.normal(0, unevenness_db) / 20)
        seconds = t60_seconds[0] * (t60_seconds[1] / t60_seconds[0]) ** (band / 19) * rng.uniform(0.85, 1.2)
        total += gain * np.fft.irfft(np.where(inside, lines, 0), frames) * _decay(time, seconds)
    return total / (np.sqrt(np.mean(total[: max(64, frames // 20)] ** 2)) + 1e-12)


def _click(rng: Random, time: Signal, seconds: float, low_hz: float, high_hz: float) -> Signal:
    """A transient of noise that lasts a few milliseconds, peak about 1."""
    short = min(len(time), round(0.08 * SAMPLE_RATE_HZ))
    click = np.zeros_like(time)
    click[:short] = _noise(rng, short, low_hz, high_hz, 12) * _decay(time[:short], seconds)
    return click / (np.abs(click).max() + 1e-12)


def _unit(x: Signal) -> Signal:
    return x / (np.abs(x).max() + 1e-12)


def kick(rng: Random) -> Signal:
    """Bass drums: a falling sinusoid (drum machines), or membrane modes with a beater (acoustic)."""
    is_acoustic = _chance(rng, 0.5)
    t60 = _between(rng, 0.12, 0.7) if is_acoustic or _chance(rng, 0.6) else _between(rng, 0.6, 2.2)
    time = _time(min(3.0, 1.15 * t60 + 0.05))
    rest_hz = _between(rng, 38, 78)
    phase = _falling_phase(
        time, _between(rng, 1.15, 2.5) if is_acoustic else _between(rng, 1.5, 12), _between(rng, 0.004, 0.06)
    )
    count = int(rng.integers(2, 7)) if is_acoustic else int(rng.integers(1, 3))
    hz = rest_hz * _MEMBRANE[:count] * rng.normal(1, 0.03, count)
    levels = np.concatenate([[1.0], rng.uniform(0.05, 0.4, count - 1)])
    body = _modes(time, phase, hz, levels, t60 * np.concatenate([[1.0], rng.uniform(0.1, 0.4, count - 1)]), rng)
    if _chance(rng, 0.3):
        # Drum machines hold the level for a while before it falls.
        body *= np.minimum(1, _decay(np.maximum(time - _between(rng, 0.01, 0.08), 0), t60 * 0.7))
    x = body + rng.uniform(0, 0.7) * _click(
        rng, time, _between(rng, 0.003, 0.03), _between(rng, 80, 2500), _between(rng, 3000, 16000)
    )
    if is_acoustic:
        beater_hz = np.array([_between(rng, 1500, 4500), _between(rng, 300, 900)])
        x += _modes(time, time, beater_hz, rng.uniform(0, 0.3, 2), np.array([0.015, 0.05]) * _between(rng, 0.6, 2), rng)
        room = _wash(rng, time, (60, _between(rng, 600, 8000)), (t60 * _between(rng, 0.4, 1.2), t60 * 0.3), 1.0)
        x += _between(rng, 0.005, 0.2) * room
    return np.tanh(_unit(x) * _between(rng, 0.3, 4.0))


def snare(rng: Random) -> Signal:
    """Snare drums: membrane modes, wires as noise with its own decay, a stick; sometimes gated."""
    t60_wires = _between(rng, 0.08, 0.6)
    time = _time(1.2 * t60_wires + 0.1)
    count = int(rng.integers(2, 8))
    hz = _between(rng, 130, 340) * _MEMBRANE[:count] * rng.normal(1, 0.04, count)
    t60 = _between(rng, 0.06, 0.35) * np.concatenate([[1.0], rng.uniform(0.2, 1.2, count - 1)])
    phase = _falling_phase(time, _between(rng, 1.0, 2.2), _between(rng, 0.005, 0.04))
    shell = _unit(_modes(time, phase, hz, rng.uniform(0.1, 1, count) / np.arange(1, count + 1) ** 0.5, t60, rng))
    low, high = _between(rng, 150, 2500), _between(rng, 5000, 18_000)
    t60_bands = (t60_wires * _between(rng, 0.8, 1.5), t60_wires * _between(rng, 0.4, 1.0))
    wires = _wash(rng, time, (low, high), t60_bands, rng.uniform(1.0, 1.6))
    envelope = (1 + rng.uniform(0, 1.5) * _decay(time, 0.25 * t60_wires)) * (
        1 - np.exp(-time / _between(rng, 0.0002, 0.004))
    )
    if _chance(rng, 0.25):
        # The buzz after the stroke: wires that keep rattling on the membrane.
        envelope *= 1 + rng.uniform(0, 0.6) * np.sin(2 * np.pi * hz[0] * time)
    if _chance(rng, 0.15):
        envelope *= 1 / (1 + np.exp((time - _between(rng, 0.08, 0.3)) / 0.006))
    stick = _click(rng, time, _between(rng, 0.002, 0.02), _between(rng, 500, 4000), 18_000)
    x = rng.uniform(0.15, 1.2) * shell + rng.uniform(0.1, 0.5) * wires * envelope + rng.uniform(0, 0.9) * stick
    return np.tanh(_unit(x) * _between(rng, 0.3, 3.0))


def _squares(rng: Random, time: Signal) -> Signal:
    hz = _808_SQUARES_HZ * _between(rng, 0.7, 2.2) * rng.normal(1, 0.03, 6)
    phases = rng.random(6)
    return sum(
        (np.sign(np.sin(2 * np.pi * (f * time + p))) for f, p in zip(hz, phases, strict=True)), np.zeros(len(time))
    )


def hat(rng: Random) -> Signal:
    """Hi-hats, closed, pedal and open: squares through a high-pass, dense metal, noise, or a mixture of these."""
    is_open = _chance(rng, 0.4)
    t60 = _between(rng, 0.3, 3.5) if is_open else _between(rng, 0.05, 0.4)
    time = _time(min(2.5, 1.15 * t60 + 0.02))
    low = _between(rng, 900, 8000)
    metal = (low * _between(rng, 0.3, 1.0), 19_000.0)
    noise = (low, _between(rng, 11_000, 20_000))
    t60_metal = (t60 * _between(rng, 0.5, 1.3), t60 * _between(rng, 0.5, 1.3))
    t60_noise = (t60 * _between(rng, 0.4, 1.0), t60 * _between(rng, 0.4, 1.0))
    parts = [
        _unit(_filter(_squares(rng, time), max(low, 3000), 20_000, rng.uniform(12, 36))) * _decay(time, t60),
        _unit(_wash(rng, time, metal, t60_metal, rng.uniform(1.0, 5.0))),
        _unit(_wash(rng, time, noise, t60_noise, 1.0)),
    ]
    weights = rng.dirichlet([0.4, 0.9, 0.6])
    x = _unit(sum((w * p for w, p in zip(weights, parts, strict=True)), np.zeros(len(time))))
    if _chance(rng, 0.3):
        # Two stages: the stick, and the cymbals that ring on.
        x *= 0.3 + 0.7 * _decay(time, _between(rng, 0.02, 0.1))
    x *= 1 - np.exp(-time / _between(rng, 0.00005, 0.006))
    x += rng.uniform(0, 0.5) * _click(rng, time, _between(rng, 0.001, 0.012), _between(rng, 1000, 6000), 20_000)
    if _chance(rng, 0.2):
        x += rng.uniform(0, 0.15) * _modes(
            time, time, np.array([_between(rng, 250, 900)]), np.ones(1), np.array([0.04]), rng
        )
    if t60 > 0.15 and _chance(rng, 0.2):
        x *= 1 / (1 + np.exp((time - t60 * rng.uniform(0.25, 0.7)) / _between(rng, 0.003, 0.02)))
    return np.tanh(_unit(x) * _between(rng, 0.2, 2.0))


def cymbal(rng: Random) -> Signal:
    """Crashes, rides, splashes and bells: metal that builds up over milliseconds, and a stick."""
    t60 = _between(rng, 1.5, 9.0) if _chance(rng, 0.75) else _between(rng, 0.3, 1.5)
    time = _time(min(3.9, 1.1 * t60))
    low = _between(rng, 200, 2500)
    t60_bands = (t60 * _between(rng, 0.6, 1.3), t60 * _between(rng, 0.25, 0.9))
    x = _wash(rng, time, (low, 18_000.0), t60_bands, rng.uniform(1.0, 6.0))
    x *= 1 - rng.uniform(0, 0.9) * np.exp(-time / _between(rng, 0.002, 0.03))
    crash = _wash(rng, time, (low, 18_000.0), (t60 * 0.3, t60 * 0.2), 1.0)
    x = _unit(x) + rng.uniform(0, 0.8) * _unit(crash)
    if _chance(rng, 0.45):
        # A ride: the ping of the stick over the wash.
        count = int(rng.integers(4, 12))
        hz = np.sort(rng.uniform(400, 6500, count))
        ping = _modes(time, time, hz, rng.uniform(0.1, 1, count), t60 * rng.uniform(0.1, 0.7, count), rng)
        x = rng.uniform(0.1, 0.6) * x + rng.uniform(0.3, 1) * _unit(ping)
    x += rng.uniform(0, 0.8) * _click(rng, time, _between(rng, 0.002, 0.015), _between(rng, 800, 5000), 20_000)
    return np.tanh(_unit(x) * _between(rng, 0.3, 1.5))


def tom(rng: Random) -> Signal:
    """Toms: membrane modes that fall a little in pitch, a stick, some noise of the head."""
    t60 = _between(rng, 0.18, 1.4)
    time = _time(1.1 * t60 + 0.05)
    count = int(rng.integers(1, 9))
    hz = _between(rng, 65, 320) * _MEMBRANE[:count] * rng.normal(1, 0.03, count)
    phase = _falling_phase(time, _between(rng, 1.02, 2.2), _between(rng, 0.01, 0.12))
    levels = np.concatenate([[1.0], rng.uniform(0.05, 0.7, count - 1)])
    x = _unit(_modes(time, phase, hz, levels, t60 * np.concatenate([[1.0], rng.uniform(0.1, 0.8, count - 1)]), rng))
    x += rng.uniform(0, 0.8) * _click(
        rng, time, _between(rng, 0.004, 0.03), _between(rng, 200, 3000), _between(rng, 4000, 16_000)
    )
    room = _wash(rng, time, (float(hz[0]), _between(rng, 1500, 9000)), (t60 * _between(rng, 0.3, 1.0), t60 * 0.25), 1.0)
    x += _between(rng, 0.005, 0.2) * room
    return np.tanh(_unit(x) * _between(rng, 0.3, 2.5))


def clap(rng: Random) -> Signal:
    """Hand claps: a few bursts of band noise some ten milliseconds apart, then the room."""
    t60 = _between(rng, 0.12, 0.7)
    time = _time(1.15 * t60 + 0.08)
    centre, width = _between(rng, 750, 2400), _between(rng, 1.3, 4.0)
    noise = _noise(rng, len(time), centre / width, centre * width, rng.uniform(9, 24))
    noise += rng.uniform(0, 0.5) * _noise(rng, len(time), 2000, 16_000)
    envelope, start = np.zeros_like(time), 0.0
    for _ in range(int(rng.integers(1, 6))):
        since = time - start
        envelope = np.maximum(
            envelope,
            np.where(since >= 0, rng.uniform(0.5, 1) * _decay(np.maximum(since, 0), _between(rng, 0.01, 0.05)), 0),
        )
        start += rng.uniform(0.006, 0.018)
    since = time - start
    envelope = np.maximum(envelope, np.where(since >= 0, rng.uniform(0.3, 1) * _decay(np.maximum(since, 0), t60), 0))
    return np.tanh(_unit(noise * envelope) * _between(rng, 0.3, 3.0))


def rim(rng: Random) -> Signal:
    """Rim shots, side sticks and sticks: a few short high modes and a click."""
    t60 = _between(rng, 0.02, 0.2)
    time = _time(1.2 * t60 + 0.04)
    count = int(rng.integers(2, 7))
    hz = np.sort(np.array([_between(rng, 300, 6000) for _ in range(count)]))
    x = _unit(_modes(time, time, hz, rng.uniform(0.2, 1, count), t60 * rng.uniform(0.3, 1, count), rng))
    x += rng.uniform(0.1, 1.2) * _click(rng, time, _between(rng, 0.002, 0.02), _between(rng, 500, 4000), 18_000)
    if _chance(rng, 0.4):
        x += rng.uniform(0, 0.4) * _noise(rng, len(time), 800, 12_000) * _decay(time, t60)
    return np.tanh(_unit(x) * _between(rng, 0.3, 3.0))


def percussion(rng: Random) -> Signal:
    """Wood, bells, hand drums, shakers and electronic blips."""
    kind = int(rng.integers(0, 6))
    t60 = _between(rng, 0.05, 0.4)
    if kind == 0:  # wood block, clave, marimba: a struck bar
        hz, levels = _between(rng, 300, 3000) * _FREE_BAR, rng.uniform(0.05, 0.6, 5)
        levels[0] = 1.0
        time = _time(1.1 * t60 + 0.03)
        x = _modes(time, time, hz, levels, t60 / np.arange(1, 6), rng)
    elif kind == 1:  # bell, triangle, cowbell: inharmonic lines that ring
        t60 = _between(rng, 0.15, 2.5)
        time, count = _time(1.1 * t60), int(rng.integers(2, 9))
        hz = _between(rng, 350, 2800) * np.sort(np.concatenate([[1.0], rng.uniform(1.2, 7, count - 1)]))
        x = _modes(time, time, hz, rng.uniform(0.2, 1, count), t60 * rng.uniform(0.2, 1, count), rng)
    elif kind == 2:  # conga, bongo, tabla: a membrane tuned high, with a slap
        time, count = _time(1.1 * t60 + 0.1), int(rng.integers(2, 7))
        phase = _falling_phase(time, _between(rng, 0.8, 1.4), _between(rng, 0.02, 0.1))
        hz = _between(rng, 110, 550) * _MEMBRANE[:count] * rng.normal(1, 0.05, count)
        x = _modes(time, phase, hz, rng.uniform(0.1, 1, count), t60 * rng.uniform(0.3, 1.3, count), rng)
        x = _unit(x) + rng.uniform(0, 1) * _click(
            rng, time, _between(rng, 0.003, 0.03), 500, _between(rng, 2000, 12_000)
        )
    elif kind == 3:  # shaker, maracas, cabasa: noise that swells
        time = _time(1.2 * t60 + 0.05)
        x = _noise(rng, len(time), _between(rng, 2000, 7000), 18_000) * _decay(time, t60)
        x *= 1 - np.exp(-time / _between(rng, 0.001, 0.03))
    elif kind == 4:  # tambourine, sleigh bells: several small jingles
        time = _time(1.2 * t60 + 0.15)
        x = _wash(rng, time, (_between(rng, 3000, 8000), 18_000.0), (t60, t60 * 1.2), rng.uniform(1.0, 5.0))
        for _ in range(int(rng.integers(0, 4))):
            shift = int(rng.integers(100, 2500))
            x[shift:] += rng.uniform(0.2, 0.8) * x[:-shift]
    else:  # blip: one sinusoid modulated by another, falling or rising
        time = _time(1.1 * t60 + 0.02)
        phase = _falling_phase(time, _between(rng, 0.3, 6), _between(rng, 0.005, 0.1))
        carrier = _between(rng, 150, 3000)
        index = rng.uniform(0, 5) * _decay(time, t60 * 0.5)
        x = np.sin(2 * np.pi * carrier * phase + index * np.sin(2 * np.pi * carrier * _between(rng, 0.3, 5) * phase))
        x *= _decay(time, t60)
    return np.tanh(_unit(x + rng.uniform(0, 0.3) * _click(rng, time, 0.004, 1000, 18_000)) * _between(rng, 0.3, 2.5))


CLASSES: dict[str, tuple[Callable[[Random], Signal], float]] = {
    "kick": (kick, 0.16),
    "snare": (snare, 0.16),
    "hat": (hat, 0.26),
    "cymbal": (cymbal, 0.11),
    "tom": (tom, 0.11),
    "clap": (clap, 0.07),
    "rim": (rim, 0.05),
    "percussion": (percussion, 0.08),
}
"""Each class with its recipe and its share of a set; hats are the class of which there are fewest real ones."""


def _room(x: Signal, rng: Random) -> Signal:
    """A small room or plate: the sound convolved with decaying noise."""
    seconds = _between(rng, 0.08, 0.6)
    time = _time(seconds)
    tail = _noise(rng, len(time), _between(rng, 100, 500), _between(rng, 4000, 14_000), 6) * _decay(time, seconds)
    tail[: round(_between(rng, 0.0005, 0.015) * SAMPLE_RATE_HZ)] = 0
    frames = len(x) + len(time) // 2
    wet = np.fft.irfft(np.fft.rfft(x, 2 * frames) * np.fft.rfft(tail, 2 * frames), 2 * frames)[:frames]
    dry = np.pad(x, (0, frames - len(x)))
    return _unit(dry) + rng.uniform(0.02, 0.25) * _unit(wet)


def synthesise(drum_class: str, seed: tuple[int, ...]) -> Audio:
    """One sound of a class of ``CLASSES`` [1, frames] at 48 kHz, peak 0.9; the same seed gives the same sound."""
    rng = np.random.default_rng(seed)
    x = CLASSES[drum_class][0](rng)
    if _chance(rng, 0.35):
        x = _room(x, rng)
    x = _filter(_unit(x), _between(rng, 20, 40), _between(rng, 9000, 20_000), 12, rng.normal(0, 0.5))
    if _chance(rng, 0.1):
        # Early samplers: 8 to 12 bits.
        steps = 2.0 ** int(rng.integers(7, 12))
        x = np.round(_unit(x) * steps) / steps
    fade = min(len(x), round(0.02 * SAMPLE_RATE_HZ))
    x[-fade:] *= np.linspace(1, 0, fade)
    return np.asarray(0.9 * _unit(x), np.float32)[None]


def drum_set(sounds: int, seed: int) -> list[tuple[str, tuple[int, ...]]]:
    """Class and seed of each of ``sounds`` sounds, in the classes' shares."""
    names = list(CLASSES)
    shares = np.array([share for _, share in CLASSES.values()])
    counts = np.floor(shares * sounds).astype(int)
    counts[: sounds - counts.sum()] += 1
    return [(name, (seed, k, i)) for k, name in enumerate(names) for i in range(counts[k])]
