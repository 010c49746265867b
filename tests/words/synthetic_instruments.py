"""Metadata of instruments that were never trained, with axes of known names: one latent dimension is one axis.

Each class is a cloud of sounds around a middle of its own, so that what is bright for a kick is dark for a hat.
"""

import numpy as np

from runtime.contract import Axis, DecoderMetadata, MapPoint, PriorComponent

DRUM_AXES = ("brightness", "attack", "decay", "noisiness", "low_end", "pitch_drop")
NOTE_AXES = ("brightness", "attack", "noisiness", "harmonic_tilt", "inharmonicity", "hollowness")
DRUMS = ("clap", "cymbal", "hat", "kick", "percussion", "rim", "snare", "tom")
NOTES = ("acoustic_bass", "church_organ", "electric_guitar", "electric_piano", "flute", "grand_piano", "strings")
SPARE = 2
"""Latent dimensions that no axis speaks of."""
SOUNDS = 40


def instrument(
    classes: tuple[str, ...] = DRUMS, axes: tuple[str, ...] = DRUM_AXES, *, pitched: bool = False
) -> DecoderMetadata:
    """Metadata of one instrument; position k of an axis is latent dimension k."""
    random = np.random.default_rng(7)
    size = len(axes) + SPARE
    middles = random.uniform(-4, 4, (len(classes), size))
    unit = np.eye(size)
    points = [
        MapPoint(x=0.5, y=0.5, latent=tuple(middle + random.standard_normal(size)), label=label)
        for label, middle in enumerate(middles)
        for _ in range(SOUNDS)
    ]
    prior = [
        PriorComponent(weight=1 / len(classes), mean=tuple(middle), scale=tuple(map(tuple, unit)), label=label)
        for label, middle in enumerate(middles)
    ]
    return DecoderMetadata(
        name="synthetic",
        family="none",
        pitched=pitched,
        sample_rate=48_000,
        hop_frames=256,
        latent_size=size,
        longest_note_seconds=4.0,
        release="envelope" if pitched else "model",
        velocity="engine",
        classes=classes,
        default_latent=points[0].latent,
        axes=tuple(
            Axis(name=name, direction=tuple(unit[k]), gradient=tuple(unit[k]), minimum=-2, maximum=2, descriptor=name)
            for k, name in enumerate(axes)
        ),
        map_points=tuple(points),
        prior=tuple(prior),
    )
