"""The pads as they stand → the plan of a kit, whose files sound as the pads do, all equally loud."""

from collections.abc import Sequence

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.engine.decoder import Decoder
from runtime.engine.noise import key_seed
from runtime.oneshots.kit_keys import numbered
from runtime.oneshots.kit_plan import KitPlan, PlannedSound
from runtime.oneshots.kit_planning import ONE_LAYER_VELOCITY, spoken
from runtime.oneshots.naming import SUFFIX, clean_name, note_name
from runtime.oneshots.pads import Pad


def plan_pads(decoder: Decoder, pads: Sequence[Pad], name: str) -> KitPlan:
    """Return the plan of a kit of these pads; ``name`` is its own, such as that of its folder."""
    metadata = decoder.metadata
    labels = _labels(metadata, pads)
    stem = clean_name(metadata.name)[:32] or "model"
    sounds = []
    for group, (pad, label, count) in enumerate(zip(pads, labels, numbered(labels), strict=True)):
        what = f"{spoken(metadata.class_of(label))}_{count:02d}"
        sounds.append(
            PlannedSound(
                file=f"{stem}_{what}_{note_name(pad.note)}_v{ONE_LAYER_VELOCITY:03d}{SUFFIX}",
                name=what.replace("_", " "),
                class_name=metadata.class_of(label),
                group=group,
                latent=pad.latent,
                note=pad.note,
                velocity=ONE_LAYER_VELOCITY,
                # As the key itself does: every strike the same.
                seed=key_seed(pad.note),
                root_note=pad.note,
                keys=(pad.note, pad.note),
                choke_group=pad.choke_group,
            )
        )
    return KitPlan(name=name[:64], model=metadata.name, model_hash=decoder.hash, seed=0, sounds=tuple(sounds))


def _labels(metadata: DecoderMetadata, pads: Sequence[Pad]) -> list[int]:
    """Return each pad's class, that of the training sound nearest to its place; −1 where there are no classes."""
    points = metadata.map_points
    if not points:
        return [-1] * len(pads)
    places = np.array([point.latent for point in points])
    return [points[int(np.linalg.norm(places - np.array(pad.latent), axis=1).argmin())].label for pad in pads]
