"""Locked axes: a jump to another place keeps what they are named after as it is."""

from collections.abc import Collection

import numpy as np

from runtime.contract import DecoderMetadata


def keep_locked(
    metadata: DecoderMetadata, locked: Collection[int], present: tuple[float, ...], wanted: tuple[float, ...]
) -> tuple[float, ...]:
    """Return the place nearest ``wanted`` along the locked axes at which their descriptors are as at ``present``.

    The descriptors are taken to rise as the axes' gradients say, and the place is put right along the axes' own
    directions, which leave the others alone. ``locked`` holds indices of axes; the result is rounded to float32.
    """
    if not locked:
        return wanted
    axes = [metadata.axes[index] for index in sorted(locked)]
    directions = np.array([axis.direction for axis in axes])
    # A direction that was found without a descriptor is kept as a coordinate.
    gradients = np.array([axis.gradient or axis.direction for axis in axes])
    start, end = np.array(present), np.array(wanted)
    steps = np.linalg.pinv(gradients @ directions.T) @ (gradients @ (end - start))
    return tuple((end - steps @ directions).astype(np.float32).tolist())
