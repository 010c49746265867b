"""An evaluation for reading and for keeping: Markdown tables, and the same numbers as JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from trainer.baselines import LINEAR, NEAREST
from trainer.figures import NAMES, Figures, means, medians
from trainer.random_sounds import RandomReport

MODEL = "model"
TITLES = {
    "log_mel_db": "log-mel dB",
    "envelope_db": "envelope dB",
    "attack_ms": "attack ms",
    "onset_ms": "onset ms",
    "centroid_octaves": "centroid octaves",
    "hop_lines_db": "hop lines dB",
    "pre_echo_db": "pre-echo dB",
    "peak_db": "peak dB",
    "loudness_db": "loudness dB",
}
Rows = Mapping[str, Sequence[Figures]]
"""The figures of each sound by what made it: the model or a baseline."""


def half_document(rows: Rows) -> dict[str, Any]:
    """Return medians and means of every row for JSON."""
    return {
        name: {"sounds": len(figures), "median": medians(figures), "mean": means(figures)}
        for name, figures in rows.items()
    }


def half_table(title: str, rows: Rows) -> list[str]:
    """Return one half of the sounds as Markdown: a row for the model and one for each baseline, median / mean."""
    lines = [f"### {title}: {max(len(figures) for figures in rows.values())} sounds, median / mean", ""]
    lines += _table_head(["", *TITLES.values()])
    for name, figures in rows.items():
        middle, mean = medians(figures), means(figures)
        cells = [f"{middle[key]:.2f} / {mean[key]:.2f}" if key in middle else "–" for key in NAMES]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return [*lines, ""]


def ratio_to_nearest(rows: Rows) -> dict[str, float]:
    """Return the model's log-mel distance over that of the nearest training sound: by median and by mean."""
    if not rows.get(MODEL) or not rows.get(NEAREST):
        return {}
    ratios = {}
    for name, average in (("median", medians), ("mean", means)):
        ratios[name] = round(average(rows[MODEL])["log_mel_db"] / max(average(rows[NEAREST])["log_mel_db"], 0.01), 2)
    return ratios


def comparison_lines(title: str, rows: Rows) -> list[str]:
    """Say in words how the model stands to the nearest training sound and to linear PCA."""
    lines = []
    ratio = ratio_to_nearest(rows)
    if ratio:
        lines.append(
            f"{title}: log-mel of the model / of the nearest training sound = "
            f"{ratio['median']:.2f} (medians), {ratio['mean']:.2f} (means)."
        )
    if rows.get(MODEL) and rows.get(LINEAR):
        own, linear = medians(rows[MODEL]), medians(rows[LINEAR])
        worse = [TITLES[key] for key in NAMES if key in own and key in linear and own[key] >= linear[key]]
        lines.append(f"{title}: better than linear PCA in every column but {', '.join(worse) or 'none'} (medians).")
    return [*lines, ""] if lines else []


def random_table(report: RandomReport) -> list[str]:
    """Return the random sounds as Markdown, a row for each class; what real sounds reach stands in brackets."""
    columns = ["class", "sounds", "coverage", "diversity", "named rightly", "nearest dB", "copied", "peak spread dB"]
    lines = ["### Random sounds, by class (in brackets: real sounds)", ""]
    lines += _table_head([*columns, "loudness spread dB"])
    document = report.document()
    for row in [*document["classes"], document["all"] | {"name": "all"}]:
        again = row.get("real_named_rightly")
        cells = [
            row["name"],
            str(row.get("random_sounds", "")),
            f"{row['coverage']:.2f} ({row['real_coverage']:.2f})",
            f"{row['diversity_db']:.1f} ({row['real_diversity_db']:.1f}) dB",
            f"{row['named_rightly']:.0%}" + (f" ({again:.0%})" if again is not None else ""),
            f"{row['nearest_db']:.1f} ({row['real_nearest_db']:.1f})",
            f"{row['copied']:.0%} (5%)",
            f"{row['peak_spread_db']:.1f}",
            f"{row['loudness_spread_db']:.1f} ({row['real_loudness_spread_db']:.1f})",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return [*lines, ""]


def sound_documents(names: Sequence[str], rows: Rows) -> list[dict[str, Any]]:
    """Return the figures of every single sound for JSON; what a sound does not have is null."""

    def plain(figures: Figures) -> dict[str, float | None]:
        return {key: round(value, 3) if np.isfinite(value) else None for key, value in asdict(figures).items()}

    return [
        {"sound": name} | {row: plain(figures[i]) for row, figures in rows.items() if i < len(figures)}
        for i, name in enumerate(names)
    ]


def _table_head(titles: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
