"""Whether the sounds of a kit are new: what is drawn again, and what is said of each sound in the end."""

from pathlib import Path
from typing import Final

import soundfile

from runtime.engine.decoder import Decoder
from runtime.oneshots.kit_choice import NearCopy
from runtime.oneshots.kit_plan import KitPlan, PlannedSound
from runtime.oneshots.near_copies import NEAR_COPY, NearCopies, NearestSound
from runtime.oneshots.sample_format import Audio

_MOST_LINES: Final = 32


def near_copy_test(decoder: Decoder, pitch: float) -> NearCopy | None:
    """Return what tells whether a sound that was drawn is a near copy, None if the model cannot tell.

    ``pitch`` is the note at which sounds of a pitched model are drawn.
    """
    known, rate = NearCopies(decoder.metadata), decoder.metadata.sample_rate
    if not known.can_tell:
        return None

    def is_near_copy(audio: Audio) -> bool:
        nearest = known.nearest(audio, rate, pitch)
        return nearest is not None and nearest.is_near_copy

    return is_near_copy


def newness_lines(decoder: Decoder, plan: KitPlan, folder: Path) -> list[str]:
    """Return how far each sound of a finished kit is from the training sounds, the nearest first."""
    known = NearCopies(decoder.metadata)
    if not known.can_tell:
        return [known.remark]
    found: list[tuple[NearestSound, PlannedSound]] = []
    for group in plan.groups:
        # One for all of its layers and variations: the first, at its loudest.
        sound = max(group, key=lambda one: (one.velocity, -one.round_robin))
        audio, rate = soundfile.read(folder / sound.file, dtype="float32", always_2d=True)
        nearest = known.nearest(audio.T, rate, sound.note)
        if nearest is not None:
            found.append((nearest, sound))
    found.sort(key=lambda pair: pair[0].relative_distance)
    copies = sum(nearest.is_near_copy for nearest, _ in found)
    verdict = f"{copies} of {len(found)} are near copies of training sounds" if copies else "none is a near copy"
    lines = [
        f"new or copied: {verdict}; 1.0 is how far apart two recordings are, nearer than {NEAR_COPY:g} a near copy",
        *([known.remark] if known.remark else []),
    ]
    for nearest, sound in found[:_MOST_LINES]:
        what = f"{nearest.class_name} (training sound {nearest.number})".strip()
        mark = ", a near copy" if nearest.is_near_copy else ""
        lines.append(f"  {sound.name}: {nearest.relative_distance:.2f} from {what}{mark}")
    rest = len(found) - _MOST_LINES
    return lines + ([f"  {rest} more are farther than these"] if rest > 0 else [])
