"""How much closer a search comes to sounds a model has never met, and whether it knows what is not of its kind.

    python -m benchmarks.refinement MODEL FOLDER [--sounds 30] [--alarms 50] [--rounds 20] [--all-held-out]

FOLDER is split as training split it; only what was held out is used. Needs the ``train`` extra.
"""

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.foreign_sounds import foreign_sounds
from benchmarks.result import Benchmark, Figure, figure, record
from runtime.encoded import Encoded
from runtime.encoder import HeardSample
from runtime.refinement import ROUNDS
from runtime.sample_place import SampleEncoder
from trainer.calibration import evenly_spaced
from trainer.exported import ExportedModel
from trainer.figures import Figures, at_figure_rate, compare
from trainer.judged_sounds import Judged, Selection, gather
from trainer.pitched_clips import Playing
from trainer.samples import Clip

BENCHMARK = Benchmark(
    name="refinement",
    title="A sample's place, refined",
    what="Held-out sounds are encoded, and refined by a search over the latent space. The first figures are those that "
    "`encode` reports; those of other noise are the trainer's, of the same places decoded with noise that the search "
    "has not heard. Then how many held-out sounds, and how many sounds of other kinds, are said to be unknown.",
)


def heard(audio: np.ndarray, encoder: SampleEncoder) -> HeardSample:
    """Return a sound as the encoder hears it, cut to its longest."""
    known = encoder.encoder_metadata
    sound = np.asarray(audio[:, : known.frames], np.float32)
    return HeardSample(sound, known.sample_rate, known.frames / known.sample_rate, audio.shape[1] > known.frames)


def with_other_noise(model: ExportedModel, clip: Clip, latent: tuple[float, ...]) -> Figures:
    """Return the trainer's figures of a place against a sound."""
    metadata = model.metadata
    seconds = min(clip.audio.shape[1] / metadata.sample_rate + metadata.hop_seconds, metadata.longest_note_seconds)
    made = model.decode(np.array([latent], np.float32), seconds, Playing.of([clip]), seed=5)[0]
    both = (at_figure_rate(sound, metadata.sample_rate) for sound in (clip.audio, made))
    return compare(*both, metadata.sample_rate / metadata.hop_frames)


def refined_figures(judged: Judged, encoder: SampleEncoder, sounds: int, rounds: int) -> list[Figure]:
    """Return distances before and after the search, medians over held-out sounds."""
    columns: dict[tuple[str, str], list[float]] = {}
    for index in evenly_spaced(len(judged.held_out), sounds):
        clip = judged.held_out[index]
        sound = heard(np.asarray(clip.audio), encoder)
        before = encoder.encode_heard(sound)
        began = time.perf_counter()
        after = encoder.encode_heard(sound, True, rounds=rounds)
        assert after.distance_db <= before.distance_db + 1e-6
        columns.setdefault(("search", "s"), []).append(time.perf_counter() - began)
        for when, found in (("before", before), ("after", after)):
            for name, unit, value in _of_place(judged.model, clip, found):
                columns.setdefault((f"{name}, {when}", unit), []).append(value)
        print(f"{clip.path.parent.name}/{clip.path.name}: {before.distance_db:.1f} → {after.distance_db:.1f} dB")
    return [figure(name, unit, values) for (name, unit), values in columns.items()]


def _of_place(model: ExportedModel, clip: Clip, found: Encoded) -> list[tuple[str, str, float]]:
    other = with_other_noise(model, clip, found.latent)
    return [
        ("distance", "dB", found.distance_db),
        ("log-mel with other noise", "dB", other.log_mel_db),
        ("envelope with other noise", "dB", other.envelope_db),
        ("attack with other noise", "ms", other.attack_ms),
        ("outside", "", found.outside),
    ]


def alarm_figures(judged: Judged, encoder: SampleEncoder, sounds: int) -> tuple[list[Figure], list[str]]:
    """Return how many held-out and foreign sounds are said to be unknown, in per cent, and which, in words."""
    held_out = {
        judged.held_out[i].path.name: judged.held_out[i].audio for i in evenly_spaced(len(judged.held_out), sounds)
    }
    figures, notes = [], []
    for kind, audio in (("held-out sounds", held_out), ("foreign sounds", foreign_sounds())):
        found = {name: encoder.encode_heard(heard(np.asarray(sound), encoder)) for name, sound in audio.items()}
        doubted = [name for name, encoded in found.items() if encoded.is_outside]
        figures.append(figure(f"{kind} called unknown", "%", [100 * len(doubted) / max(len(found), 1)]))
        wrong = doubted if kind == "held-out sounds" else [name for name in found if name not in doubted]
        label = "Called unknown" if kind == "held-out sounds" else "Not called unknown"
        notes.append(f"{label} of {len(found)} {kind}: {', '.join(wrong) or 'none'}.")
    return figures, notes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", help="a path, or the name of a shipped model")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sounds", type=int, default=30, help="held-out sounds that are refined")
    parser.add_argument("--alarms", type=int, default=50, help="held-out sounds that are encoded for false alarms")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--all-held-out", action="store_true", help="the model has seen none of these sounds")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    judged = gather(
        given.model, given.folder, Selection(max(given.sounds, given.alarms), all_held_out=given.all_held_out)
    )
    encoder = SampleEncoder(judged.path)
    alarms, notes = alarm_figures(judged, encoder, given.alarms)
    record(BENCHMARK, [*refined_figures(judged, encoder, given.sounds, given.rounds), *alarms], given.json, notes=notes)


if __name__ == "__main__":
    main()
