"""An evaluation for reading and for keeping: Markdown tables, and the same numbers as JSON."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
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
    "pitch_cents": "pitch cents",
    "vibrato_cents": "vibrato cents",
    "beating_db": "beating dB",
    "release_db": "release dB",
}


@dataclass(frozen=True)
class JudgedHalf:
    """Training or held-out sounds: their names, and their figures by what made them, the model or a baseline.

    Each row has the figures of all sounds, in their order.
    """

    name: str
    sounds: tuple[str, ...]
    rows: dict[str, list[Figures]]

    def lines(self) -> list[str]:
        """Return this half as Markdown: a row for the model and one for each baseline, median / mean."""
        # Drums have no pitch, and nothing to say of one.
        told = [key for key in NAMES if any(key in medians(figures) for figures in self.rows.values())]
        head = _table_head(["", *(TITLES[key] for key in told)])
        lines = [f"### {self.name}: {len(self.sounds)} sounds, median / mean", "", *head]
        for name, figures in self.rows.items():
            middle, mean = medians(figures), means(figures)
            cells = [f"{middle[key]:.2f} / {mean[key]:.2f}" if key in middle else "–" for key in told]
            lines.append(f"| {name} | " + " | ".join(cells) + " |")
        return [*lines, "", *self._comparisons()]

    def document(self) -> dict[str, Any]:
        """Return medians, means and the figures of every sound for JSON; what a sound does not have is null."""
        return {
            "rows": {name: {"median": medians(row), "mean": means(row)} for name, row in self.rows.items()},
            "log_mel_ratio_to_nearest": self.ratio_to_nearest(),
            "sounds": [
                {"sound": sound} | {name: _plain(row[i]) for name, row in self.rows.items()}
                for i, sound in enumerate(self.sounds)
            ],
        }

    def ratio_to_nearest(self) -> dict[str, float] | None:
        """Return the model's log-mel distance over that of the nearest training sound, by median and by mean."""
        if NEAREST not in self.rows:
            return None
        ratios = {}
        for name, average in (("median", medians), ("mean", means)):
            own, nearest = (average(self.rows[row])["log_mel_db"] for row in (MODEL, NEAREST))
            ratios[name] = round(own / max(nearest, 0.01), 2)
        return ratios

    def _comparisons(self) -> list[str]:
        lines = []
        ratio = self.ratio_to_nearest()
        if ratio is not None:
            lines.append(
                f"{self.name}: log-mel of the model / of the nearest training sound = "
                f"{ratio['median']:.2f} (medians), {ratio['mean']:.2f} (means)."
            )
        if LINEAR in self.rows:
            own, linear = medians(self.rows[MODEL]), medians(self.rows[LINEAR])
            worse = [TITLES[key] for key in NAMES if key in own and key in linear and own[key] > linear[key]]
            columns = f"every column but {', '.join(worse)}" if worse else "every column"
            lines += ["", f"{self.name}: no worse than linear PCA in {columns} (medians)."]
        return [*lines, ""] if lines else []


def _plain(figures: Figures) -> dict[str, float | None]:
    return {key: round(value, 3) if np.isfinite(value) else None for key, value in asdict(figures).items()}


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


def _table_head(titles: Sequence[str]) -> list[str]:
    return ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
