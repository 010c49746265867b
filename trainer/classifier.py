"""A judge that names sounds by their class, learnt from the real ones, with a figure of how well it knows real ones."""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import StratifiedGroupKFold

from trainer.figures import Array

_TREES = 400
_FOLDS = 5
_BANDS = 32

Labels = npt.NDArray[np.int64]


def class_features(summaries: Array, seconds: Array) -> Array:
    """Return what the judge looks at: summaries [sounds, 14 · 32], their shape without the level, and log length."""
    stretches = summaries.reshape(len(summaries), -1, _BANDS)
    shape = (stretches - stretches.mean(2, keepdims=True)).reshape(len(summaries), -1)
    return np.concatenate([summaries, shape, np.log(np.maximum(seconds, 1e-3))[:, None]], axis=1)


def fit_classifier(features: Array, labels: Labels) -> ExtraTreesClassifier:
    """Fit extremely randomised trees (Geurts, Ernst and Wehenkel 2006); every class weighs the same."""
    return ExtraTreesClassifier(_TREES, class_weight="balanced", random_state=0).fit(features, labels)


def named_across_groups(features: Array, labels: Labels, groups: Sequence[str]) -> Labels | None:
    """Return what a judge that never heard any variant of a sound calls it [sounds]: how far the judge can be trusted.

    Five-fold cross-validation, whole groups at a time. None if there is
    one group or one class only.
    """
    names = np.array(groups)
    folds = min(_FOLDS, len(set(groups)), int(np.bincount(labels).max()))
    if folds < 2 or len(set(labels.tolist())) < 2:
        return None
    named = np.zeros_like(labels)
    rule = StratifiedGroupKFold(folds, shuffle=True, random_state=0)
    with warnings.catch_warnings():
        # A class of fewer sounds than folds is missing from some: it is then named wrongly there, as it should be.
        warnings.filterwarnings("ignore", message="The least populated class")
        halves = list(rule.split(features, labels, names))
    for known, asked in halves:
        named[asked] = fit_classifier(features[known], labels[known]).predict(features[asked])
    return named
