"""Which benchmarks the page is made of, in its order, and how long each takes."""

import importlib
from dataclasses import dataclass

from benchmarks.result import Benchmark


@dataclass(frozen=True)
class Entry:
    """A benchmark that `python -m benchmarks.all` runs."""

    name: str
    minutes: float
    """On two cores, with its ordinary options."""
    quick: tuple[str, ...]
    """Options that show within a minute or so that it works, and no more than that."""

    def load(self) -> Benchmark:
        """Import the module and return what it says of itself."""
        benchmark = importlib.import_module(f"benchmarks.{self.name}").BENCHMARK
        assert isinstance(benchmark, Benchmark)
        return benchmark


CATALOGUE = (
    Entry("key_to_sound", 2, ("--repetitions", "1", "--notes", "4", "--blocks", "128", "1024")),
    Entry("midi_port", 0.5, ("--notes", "60")),
    Entry("knob_to_sound", 3, ("--moves", "4")),
    Entry("voice_curve", 3, ("--rounds", "1", "--seconds", "0.2")),
    Entry("peers.compare", 3, ("--rounds", "1", "--seconds", "0.2")),
    Entry("precision", 2, ("--rounds", "1", "--seconds", "0.2")),
    Entry("start_time", 0.7, ("--times", "1")),
    Entry("model_change", 1.5, ("--changes", "2")),
    Entry("map_frames", 0.7, ("--seconds", "0.5")),
    Entry("recovery", 2, ("--times", "1")),
    Entry("isolation", 20.5, ("--minutes", "0.05")),
    Entry("training_beside", 14, ("--minutes", "0.2", "--blocks", "256", "--delays", "2")),
    Entry("memory", 20, ("--minutes", "1")),
)
