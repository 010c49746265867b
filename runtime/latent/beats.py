"""Which beat a frame is: the tempo that everything in time with the music follows."""

from dataclasses import dataclass
from typing import Final

USUAL_BPM: Final = 120.0
SLOWEST_BPM: Final = 10.0
FASTEST_BPM: Final = 1000.0


@dataclass(slots=True)
class Beats:
    """A tempo, and the beat that one frame is. Until somebody says otherwise frame 0 is beat 0, at 120 a minute."""

    sample_rate: int
    beats_per_minute: float = USUAL_BPM
    frame: int = 0
    beat: float = 0.0

    @property
    def per_frame(self) -> float:
        """Beats that pass in one frame."""
        return self.beats_per_minute / 60.0 / self.sample_rate

    def at(self, frame: int) -> float:
        """Return the beat, with fractions, that a frame is."""
        return self.beat + (frame - self.frame) * self.per_frame

    def succeed(self, before: "Beats") -> None:
        """Go on with the beats of another model of the same sample rate."""
        self.beats_per_minute, self.frame, self.beat = before.beats_per_minute, before.frame, before.beat

    def set(self, beats_per_minute: float, beat: float | None, frame: int) -> None:
        """Change the tempo from ``frame`` on, which is ``beat``; None lets the beats run on from where they are."""
        self.beat = self.at(frame) if beat is None else beat
        self.frame = frame
        self.beats_per_minute = min(max(beats_per_minute, SLOWEST_BPM), FASTEST_BPM)
