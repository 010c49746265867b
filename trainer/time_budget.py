"""How a run divides the minutes it was given, so that it ends when the musician was told it would.

``--minutes`` counts everything: loading, training, calibration, export. The time for the end is measured before
training begins and kept free; the learning rate follows the share of the training time that has passed.
"""

import time
from collections.abc import Callable


class TimeBudget:
    """A clock that knows when training has to stop.

    Args:
        minutes: wall time of the whole run.
        started: value of ``clock`` when the run began, in seconds.
        elapsed_seconds: wall time that earlier parts of a resumed run have used.
        trained_seconds: of those, the time spent in training steps.
        clock: monotonic seconds.
    """

    def __init__(
        self,
        minutes: float,
        started: float,
        elapsed_seconds: float = 0.0,
        trained_seconds: float = 0.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._zero = started - elapsed_seconds
        self._total_seconds = minutes * 60
        self._trained_before = trained_seconds
        self._training_since: float | None = None
        self._reserve_seconds = 0.0
        self._slowest_recent_step = 0.0
        self._last_step = 0.0

    def elapsed_seconds(self) -> float:
        """Wall time since the run began, in seconds."""
        return self._clock() - self._zero

    def seconds_left(self) -> float:
        """Wall time until the model has to be written; negative when late."""
        return self._total_seconds - self.elapsed_seconds()

    def end_within(self, seconds: float) -> None:
        """Let the run end earlier: so many seconds from now, if that is sooner."""
        self._total_seconds = min(self._total_seconds, self.elapsed_seconds() + seconds)

    def begin_training(self, reserve_seconds: float) -> None:
        """Start to count training time, keeping ``reserve_seconds`` free for calibration and export."""
        self._reserve_seconds = reserve_seconds
        self._training_since = self._last_step = self._clock()

    def end_of_step(self) -> None:
        """Note that a step is over. The slowest of the recent steps says whether another still fits."""
        now = self._clock()
        self._slowest_recent_step = max(now - self._last_step, 0.9 * self._slowest_recent_step)
        self._last_step = now

    def trained_seconds(self) -> float:
        """Time spent in training so far, over all parts of a resumed run."""
        running = 0.0 if self._training_since is None else self._clock() - self._training_since
        return self._trained_before + running

    def training_seconds_left(self) -> float:
        """Time left for training steps; negative when there is none."""
        return self.seconds_left() - self._reserve_seconds

    def fraction(self) -> float:
        """Share of the training time that has passed, 0…1."""
        trained, left = self.trained_seconds(), max(self.training_seconds_left(), 0.0)
        return 1.0 if trained + left <= 0 else trained / (trained + left)

    def is_spent(self) -> bool:
        """Whether another step would run into the time that is kept for the end."""
        return self.training_seconds_left() < self._slowest_recent_step
