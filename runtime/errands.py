"""Errands run beside the playing, in processes of their own: places of samples are found, the pads written as a kit.

errands = Errands(steering, captures, say, tell_sentences)
errands.set_model(Model(path, "drums", "cpu", voices=16))   # at the start, and when another one plays
errands.encode(1, Path("kick.wav"))                         # from any thread; everybody is told what came of it
errands.export_kit(1, "my kit")
errands.close()
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from runtime.encode_worker import EncodeRequest, EncodeWorker
from runtime.encoded import Encoded, described
from runtime.errors import LatentbridgeError
from runtime.oneshots.kit_export import KitExporter, KitOrder
from runtime.steering.desk import spoken_of
from runtime.steering.pads import pads_of
from runtime.steering.steering import Steering


@dataclass(frozen=True, slots=True)
class Model:
    """What errands are run with: a model's file and name, and how the engine has loaded it."""

    path: Path
    name: str
    provider: str
    voices: int


class Errands:
    """All errands of one instrument. May be called from any thread, which never waits."""

    def __init__(
        self,
        steering: Steering,
        captures: Path,
        say: Callable[[str], None],
        on_problem: Callable[[LatentbridgeError], None],
    ) -> None:
        """Kits go into ``captures``; ``say`` takes lines for the terminal. Nothing is run before a model is set."""
        self._steering, self._say, self._on_problem = steering, say, on_problem
        self._kits = KitExporter(
            captures, on_progress=self._kit_progress, on_exported=self._kit_exported, on_problem=on_problem
        )
        self._model: Model | None = None
        self._encoder: EncodeWorker | None = None

    def set_model(self, model: Model) -> None:
        """Run errands with this model from now on; what is looked for in the one before is given up."""
        before, self._model = self._encoder, model
        self._encoder = EncodeWorker(
            model.path, on_encoded=self._encoded, on_problem=self._on_problem, on_progress=self._searching
        )
        if before is not None:
            before.close()

    def encode(self, part: int, sample: Path, refine: bool = False, is_copy: bool = False) -> None:
        """Send a part to the place of a sample; for ``is_copy`` see :class:`EncodeRequest`."""
        if self._encoder is not None:
            self._encoder.encode(EncodeRequest(sample, refine, part=part, is_copy=is_copy))

    def export_kit(self, part: int, name: str) -> None:
        """Write what the pads of a part play as a kit; ``name`` comes from outside, empty for none."""
        if self._model is not None:
            pads, model = pads_of(self._steering.desk, part), self._model
            self._kits.export(KitOrder(model.path, model.provider, model.voices, pads, name))

    def close(self) -> None:
        """Give up what is not done."""
        if self._encoder is not None:
            self._encoder.close()
        self._kits.close()

    def _encoded(self, request: EncodeRequest, found: Encoded) -> None:
        for line in described(found, request.sample.name, self._model.name if self._model else ""):
            self._say(line)
        self._steering.encoded(request.part, request.sample.name, found)

    def _searching(self, request: EncodeRequest, share: float) -> None:
        self._steering.desk.announce(spoken_of("encoding", request.part), request.sample.name, share)

    def _kit_progress(self, done: int, of: int) -> None:
        self._steering.desk.announce("kit/exporting", done, of)

    def _kit_exported(self, folder: Path, files: int) -> None:
        self._say(f"kit of {files} sounds {folder}")
        self._steering.desk.announce("kit/exported", str(folder), files)
