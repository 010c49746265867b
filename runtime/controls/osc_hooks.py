"""What the OSC service asks of the rest of the program."""

from collections.abc import Callable
from dataclasses import dataclass

from runtime.controls.osc_feedback import EngineReport, Levels
from runtime.engine.history import Progress
from runtime.training import Training


@dataclass(frozen=True, slots=True)
class OscHooks:
    """What the service asks of the rest of the program; all are called from its thread and should return soon."""

    capture: Callable[[int, str, int], None]
    """Write the note played last and so many sounds near it: part (0 for any), name (empty for none), how many.
    Answer by :meth:`OscService.captured`, once for each file."""
    encode: Callable[[int, str, bool], None]
    """Find the place of a sound file: part, path, whether to search on from where the encoder finds it."""
    change_model: Callable[[str], None]
    """Play another model: name or path. Answer by :meth:`OscService.set_model` or :meth:`OscService.failed`."""
    report: Callable[[], EngineReport]
    """How the engine is doing."""
    levels: Callable[[], Levels]
    """What meters show."""
    moved: Callable[[], list[float]]
    """Where motion has taken the axes of part 1; empty if nothing moves."""
    models: Callable[[], list[str]]
    """What ``change_model`` can be asked for: names and paths."""
    training: Training
    """What trains."""
    log: Callable[[str], None]
    """A line for the log, at most one a second."""
    sounding: Callable[[], list[Progress]] = list
    """Which notes sound, and where in latent space they are."""
    list_devices: Callable[[], None] = lambda: None
    """Announce which outputs and MIDI ports there are."""
    change_output: Callable[[str, int], None] = lambda output, block_frames: None
    """Let the sound go elsewhere; a block of 0 stays."""
    change_midi: Callable[[str], None] = lambda choice: None
    """Listen to other MIDI."""
    export_kit: Callable[[int, str], None] = lambda part, name: None
    """Write what the pads of a part play as a kit, under a name (empty for none)."""
