"""A kit as a sampler sees it: which files there are, and which keys and velocities play each of them."""

from dataclasses import dataclass
from typing import Final

HIGHEST_VELOCITY: Final = 127


@dataclass(frozen=True, slots=True)
class Loop:
    """What is repeated while a key is held: from ``first_frame`` up to, not with, ``end_frame``.

    Over the last ``crossfade_frames`` before the end a sampler that can fades in what stands before the start.
    """

    first_frame: int
    end_frame: int
    crossfade_frames: int = 0


@dataclass(frozen=True, slots=True)
class KitSound:
    """One WAV file of a kit, and when it sounds.

    ``root_note`` is the MIDI note at which the file plays as it is, ``tune_cents`` what has to be added to be in tune.
    ``round_robin`` counts from 1 among ``round_robins`` files of the same keys and velocities, which take turns.
    ``choke_group`` 0 is none; sounds of one group end each other. A one-shot plays to its end whatever the key does.
    At ``played_at``, or else the highest velocity of its layer, the file sounds as it is; for other velocities a
    sampler changes the level.
    """

    file: str
    class_name: str
    root_note: int
    lowest_note: int
    highest_note: int
    sample_rate: int
    channels: int
    frames: int
    tune_cents: float = 0.0
    lowest_velocity: int = 1
    highest_velocity: int = HIGHEST_VELOCITY
    round_robin: int = 1
    round_robins: int = 1
    choke_group: int = 0
    is_one_shot: bool = True
    release_seconds: float = 0.0
    loop: Loop | None = None
    played_at: int | None = None

    @property
    def velocity(self) -> int:
        """The velocity at which the file sounds as it is."""
        return self.played_at or self.highest_velocity

    @property
    def is_layer(self) -> bool:
        """Whether other files play the other velocities of its keys."""
        return (self.lowest_velocity, self.highest_velocity) != (1, HIGHEST_VELOCITY)


@dataclass(frozen=True, slots=True)
class Kit:
    """A folder of sounds that belong together: ``name`` and ``model`` are ASCII; sounds in the order of their keys."""

    name: str
    model: str
    sounds: tuple[KitSound, ...]

    @property
    def is_drum_kit(self) -> bool:
        """Whether every sound is a one-shot on a key of its own, as drums are."""
        return all(sound.is_one_shot and sound.lowest_note == sound.highest_note for sound in self.sounds)
