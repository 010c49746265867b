"""How different the sounds of a kit are, beside those that chance or the training data would give, of the same classes.

    python -m benchmarks.kit_diversity [drums] [--kits 8] [--sounds 16]

For each kind of kit: how far apart, in dB, the two most alike of its sounds are, and how far a sound is from the one
nearest to it (medians over kits); and how many sounds the model's own encoder hears as the class they are named after.
"""

import argparse
import statistics

import numpy as np

from benchmarks.variation import Ears
from runtime.engine.decoder import Decoder, Floats
from runtime.engine.replay import planned_note, render_notes
from runtime.machine import machine
from runtime.model_files import find_model
from runtime.oneshots.command import VOICES
from runtime.oneshots.kit_choice import MOST_CANDIDATES, PREVIEW_SECONDS, VELOCITY, Wish, choose
from runtime.oneshots.kit_keys import drum_classes
from runtime.oneshots.kit_looks import Looks, levels_of

NOTE = 60
Place = tuple[tuple[float, ...], int]
"""A latent, and the seed of its noise."""


def nearest_db(sounds: list[Floats], sample_rate: int) -> list[float]:
    """Return how far each sound is from the one most like it."""
    levels = [levels_of(sound[:, : round(PREVIEW_SECONDS * sample_rate)], sample_rate) for sound in sounds]
    looks = Looks(len(levels))
    for one in levels:
        looks.add(one)
    rows = np.array([looks.distances_db(one) for one in levels])
    np.fill_diagonal(rows, np.inf)
    return rows.min(axis=1).tolist()


class Kits:
    """Kits of one model, by the three ways of choosing their sounds."""

    def __init__(self, decoder: Decoder, sounds: int) -> None:
        self._decoder = decoder
        self.labels = drum_classes(decoder.metadata, sounds)
        self._wishes = [Wish(label, NOTE) for label in self.labels]

    def chosen(self, seed: int, candidates: int) -> list[Place]:
        """Return what `latentbridge kit` chooses from so many for each place; of one, it is chance's."""
        chosen = choose(self._decoder, self._wishes, np.random.default_rng(seed), candidates=candidates)
        return [(one.latent, one.seed) for one in chosen]

    def trained(self, seed: int) -> list[Place]:
        """Return places of training sounds of the same classes, none twice."""
        random = np.random.default_rng(seed)
        points = self._decoder.metadata.map_points
        of_class = {label: [p.latent for p in points if p.label == label] for label in set(self.labels)}
        order = {label: list(random.permutation(len(latents))) for label, latents in of_class.items()}
        return [(of_class[label][order[label].pop()], 1 + place) for place, label in enumerate(self.labels)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--kits", type=int, default=8)
    parser.add_argument("--sounds", type=int, default=16)
    options = parser.parse_args()
    path = find_model(options.model)
    decoder = Decoder.load(path, VOICES)
    metadata = decoder.metadata
    kits, ears = Kits(decoder, options.sounds), Ears(path, metadata)
    ways = {
        "chosen for a kit": lambda seed: kits.chosen(seed, MOST_CANDIDATES),
        "drawn at random": lambda seed: kits.chosen(seed, 1),
        "training sounds": kits.trained,
    }
    print(machine())
    for what, way in ways.items():
        smallest, usual, heard = [], [], []
        for seed in range(options.kits):
            notes = [planned_note(metadata, NOTE, VELOCITY, latent, noise) for latent, noise in way(seed)]
            sounds = dict(render_notes(decoder, notes))
            far = nearest_db([sounds[place] for place in range(len(sounds))], metadata.sample_rate)
            smallest.append(min(far))
            usual.append(statistics.median(far))
            heard += [ears.heard(sounds[place]) == label for place, label in enumerate(kits.labels)]
        print(
            f"{what}: most alike {statistics.median(smallest):.1f} dB apart, usual {statistics.median(usual):.1f} dB, "
            f"heard as their class {np.mean(heard):.0%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
