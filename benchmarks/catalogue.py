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
    Entry("key_to_sound", 3, ("--repetitions", "1", "--notes", "4", "--blocks", "128", "1024")),
    Entry("knob_to_sound", 3.5, ("--moves", "4")),
    Entry("voice_curve", 4, ("--rounds", "1", "--seconds", "0.2")),
    Entry("peers.compare", 4, ("--rounds", "1", "--seconds", "0.2")),
    Entry("start_time", 1, ("--times", "1")),
    Entry("recovery", 2, ("--times", "1")),
    Entry("isolation", 20.5, ("--minutes", "0.05")),
    Entry("memory", 20, ("--minutes", "1")),
)
