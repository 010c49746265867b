"""A steering whose engine does what it is told at once, and models that it can steer."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from runtime.contract import DecoderMetadata, MapPoint, PriorComponent
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.events import Event, decode, encode, played
from runtime.mapping_table import MappingTable
from runtime.steering.control_state import ControlState
from runtime.steering.desk import Argument, Sender, Told
from runtime.steering.steering import Keeping, Steering, SteeringHooks
from tests.tiny_decoder import LATENT_SIZE, TinySettings, tiny_metadata

HASH = "1" * 64
CLASSES = ("kick", "hat")
KICKS = [(-1.0 + k / 8, 0.0, 0.0, k / 8) for k in range(5)]
HATS = [(1.0 + k / 8, 0.5, 0.0, -k / 8) for k in range(5)]
"""Numbers that float32 holds exactly."""
NOTHING = np.eye(LATENT_SIZE) * 0.1


def drums(name: str = "tiny") -> DecoderMetadata:
    """A model with two classes of five sounds, kicks left and hats right on its map, and a sound on four keys."""
    sounds = [(0, latent) for latent in KICKS] + [(1, latent) for latent in HATS]
    points = [
        MapPoint(x=0.1 * n if label == 0 else 0.5 + 0.1 * (n - 5), y=0.1 * n, latent=latent, label=label)
        for n, (label, latent) in enumerate(sounds)
    ]
    scale = tuple(tuple(row) for row in NOTHING.tolist())
    prior = [
        PriorComponent(weight=0.5, mean=tuple(np.mean(own, 0).tolist()), scale=scale, label=label)
        for label, own in enumerate((KICKS, HATS))
    ]
    return tiny_metadata(TinySettings()).model_copy(
        update={
            "name": name,
            "pitched": False,
            "classes": CLASSES,
            "map_points": tuple(points),
            "prior": tuple(prior),
            "outside_radius": 3.0,
            "presets": {"low": KICKS[0], "high": HATS[0]},
            "key_map": {36: KICKS[0], 42: HATS[0], 44: HATS[1], 46: HATS[4]},
        }
    )


class SteeringRig:
    """Keeps all that is sent to the engine and told to others; the clock stands until a test moves it."""

    def __init__(self, folder: Path, metadata: DecoderMetadata | None = None) -> None:
        self.sent: list[Event] = []
        self.told: list[tuple[Told, tuple[float, ...], Sender]] = []
        self.announcements: list[tuple[str, tuple[Argument, ...]]] = []
        self.said: list[str] = []
        self.seconds = 0.0
        self.metadata = metadata or drums()
        self.engine = ControlState(self.metadata)
        """What the engine has, from the very records that would reach it."""
        self.refused: list[str] = []
        self.tables: list[MappingTable] = []
        hooks = SteeringHooks(
            self._send, self.tables.append, self.refused.append, self.said.append, lambda: self.seconds
        )
        self.steering = Steering(self.metadata, HASH, hooks, MappingTable(), Keeping(folder), np.random.default_rng(5))
        self.steering.desk.listen(self)

    def _send(self, event: Event) -> None:
        placed = decode(encode(event)).at(0)
        self.sent.append(placed)
        self.engine.apply(placed)

    def echo(self, events: Iterable[Event]) -> None:
        for event in events:
            self.engine.apply(event)
            self.steering.take(played(event))

    def changed(self, what: list[Told], sender: Sender) -> None:
        self.told += [(one, self.steering.desk.numbers(one), sender) for one in what]

    def announced(self, address: str, arguments: tuple[Argument, ...]) -> None:
        self.announcements.append((address, arguments))

    def check_sent(self, decoder: Decoder) -> None:
        """Let a real engine do all that was sent; it must understand every word of it."""
        engine = Engine(decoder, EngineSettings(voices=4, queue_events=100_000), MappingTable())
        for event in self.sent:
            engine.post(event)
        engine.render(decoder.hop_frames)
        assert engine.statistics.bad_events == 0

    def wait(self, seconds: float) -> None:
        self.seconds += seconds
