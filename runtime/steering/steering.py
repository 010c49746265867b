"""All that can be done to an instrument besides playing it, for OSC, MIDI and the page alike."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from runtime.contract import DecoderMetadata
from runtime.encoded import Encoded
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.latent.motion import Motion
from runtime.mapping_table import MappingTable
from runtime.steering.carrying import Carried, is_same_instrument
from runtime.steering.children import Children
from runtime.steering.desk import Desk, Fact, spoken_of
from runtime.steering.files import Files
from runtime.steering.keys import Keys
from runtime.steering.kits import KitShelf
from runtime.steering.learning import Learning, learned_path
from runtime.steering.places import Places
from runtime.steering.presets import Preset, PresetBank
from runtime.words.interface import TextToPlace


@dataclass(frozen=True, slots=True)
class SteeringHooks:
    """What the steering asks of the rest of the program."""

    send: Callable[[Event], None]
    """An event for the engine."""
    use_mapping: Callable[[MappingTable], None]
    """Another mapping for the engine."""
    refuse: Callable[[str], None]
    """A sentence for everybody, about what was asked for and cannot be done."""
    say: Callable[[str], None]
    """A sentence for the person at the terminal."""
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where the player's own things are kept: the user's data folder, if left out, and whether learned knobs are."""

    folder: Path | None = None
    keeps_mapping: bool = True


class Steering:
    """One instrument's desk, with what moves it about. May be used from any thread."""

    def __init__(
        self,
        metadata: DecoderMetadata,
        model_hash: str,
        hooks: SteeringHooks,
        table: MappingTable,
        keeping: Keeping | None = None,
        generator: np.random.Generator | None = None,
    ) -> None:
        """Begin where the engine begins, with the mapping that it has. ``generator`` draws random places."""
        self._keeping, self._hooks = keeping or Keeping(), hooks
        self._files = Files(hooks.refuse)
        self.desk = Desk(metadata, hooks.send, hooks.clock)
        self.keys = Keys(self.desk, generator)
        self.places = Places(self.desk, self.keys, generator)
        self.children = Children(self.desk, self.places, generator)
        path = learned_path(self._keeping.folder) if self._keeping.keeps_mapping else None
        self._words: TextToPlace | None = None
        """Made when it is first asked for."""
        self.learning = Learning(self.desk, table, hooks.use_mapping, self._files, path)
        self._open(metadata, model_hash)

    def set_model(self, metadata: DecoderMetadata, model_hash: str) -> None:
        """Go on with another model: where it starts, with its own presets, kits and map.

        If it is the same instrument, which has learnt on, it goes on where it stands.
        """
        with self.desk.lock:
            carried = Carried.of(self.desk) if is_same_instrument(self.desk.metadata, metadata) else None
            self.learning.give_up()
            self.desk.set_model(metadata)
            self.places.set_model()
            self.children.set_model()
            self.keys.set_model()
            self._open(metadata, model_hash)
            if carried:
                carried.put_back(self.desk)

    def take(self, event: Event) -> None:
        """Take what the engine says or asks for on behalf of a MIDI control; what is not possible is said."""
        try:
            if event.kind == Kind.PLAYED:
                self.desk.heard(event)
            elif event.kind == Kind.RANDOM:
                self.places.random(event.part, event.value)
            elif event.kind == Kind.STEER:
                self.places.steer(event)
            elif event.kind == Kind.HEARD:
                self.learning.hear(event)
        except LatentbridgeError as error:
            self._hooks.refuse(str(error))
        except Exception as error:
            # A fault of ours must not silence whoever listens to the engine: the log and captures hang on it too.
            self._hooks.refuse(f"A move was not made ({type(error).__name__}: {error}).")

    def engine_replaced(self) -> None:
        """Go on with a new engine, which stands as the one before but waits for no control."""
        self.learning.again()

    def flush(self) -> bool:
        """Wait until what was kept is written, and return whether it is."""
        return self._files.flush()

    def close(self) -> None:
        """Write what is to be kept."""
        self._files.close()

    def worth_telling(self, whole: int = 1) -> list[Fact]:
        """Return what someone who comes late has to be told besides controls; of one part even what is as at first."""
        return [*self.places.worth_telling(whole), *self.children.worth_telling(), *self.keys.worth_telling()]

    def find(self, part: int, text: str) -> None:
        """Send a part to a sound in words. Raises LatentbridgeError if none of them is understood.

        Words that compare ("brighter") leave axes where they were turned; others bring them to rest.
        """
        with self.desk.lock:
            if self._words is None:
                # Loaded when it is first asked for: a start must not wait for it.
                from runtime.words.search import WordSearch

                self._words = WordSearch(self.desk.metadata)
            found = self._words.find(text, self.desk.state.latent(max(part, 1)))
            self.places.go_to(part, found.latent, None if found.steps else self.desk.state.axes_at_rest)
            understood = ", ".join(f"{one.words}: {one.meaning}" for one in found.understood)
            self.desk.announce("found", understood, ", ".join([*(one.word for one in found.unknown), *found.missing]))

    def encoded(self, part: int, name: str, found: Encoded) -> None:
        """Send a part to the place of a sample, its axes at rest, and say how close it comes."""
        with self.desk.lock:
            if len(found.latent) == self.desk.metadata.latent_size:
                self.places.go_to(part, found.latent, self.desk.state.axes_at_rest)
                remark = " and ".join(found.doubts)
                self.desk.announce(spoken_of("encoded", part), name, found.distance_db, found.outside, remark)

    # Presets ----------------------------------------------------------------------------------------------------

    def recall(self, part: int, wanted: str) -> None:
        """Send a part to a preset by name or number, with its axes and what moves them if it is the player's.

        Raises LatentbridgeError if there is none.
        """
        with self.desk.lock:
            preset = self.presets.find(wanted)
            if self.presets.is_of_other_weights(preset):
                self._hooks.say(
                    f"The preset {preset.name!r} was saved with other weights of this model; it may sound anew."
                )
            axes = None if preset.axes is None else preset.positions(self.desk.metadata, self.desk.state.axes(part))
            self.places.go_to(part, preset.latent, axes)
            if preset.axes is not None:
                self._set_motions(part, preset)
            self.desk.announce(spoken_of("preset", part), preset.name)

    def store_corner(self, part: int, letter: str, preset: str = "") -> None:
        """Keep the present place, or that of a preset, as a corner of the morph. Raises LatentbridgeError."""
        with self.desk.lock:
            stand = self.desk.stand(part)
            if preset:
                found = self.presets.find(preset)
                stand = type(stand)(found.latent, found.positions(self.desk.metadata, stand.axes))
            self.places.store_corner(part, letter, stand)

    def save_preset(self, part: int, name: str) -> None:
        """Keep where a part stands, and what moves its axes, under a name. Raises LatentbridgeError."""
        with self.desk.lock:
            motions = self.desk.state.motions(part)
            stated = {(axis, Motion(which)): motion for (axis, which), motion in motions.items()}
            self.presets.save(name, self.desk.stand(part), stated)
            self._presets_changed()

    def delete_preset(self, name: str) -> None:
        """Forget one of the player's presets. Raises LatentbridgeError if it is none."""
        with self.desk.lock:
            self.presets.delete(name)
            self._presets_changed()

    def list_presets(self) -> None:
        """Tell everybody which presets there are."""
        with self.desk.lock:
            entries = self.presets.entries
            self.desk.announce("presets", len(entries))
            for entry in entries:
                self.desk.announce("presetinfo", entry.number, entry.preset.name, int(entry.is_own))

    # Kits -------------------------------------------------------------------------------------------------------

    def load_kit(self, part: int, wanted: str) -> None:
        """Let the keys of a part play a kit by name or number. Raises LatentbridgeError if there is none."""
        with self.desk.lock:
            kit = self.kits.find(wanted)
            self.keys.load(part, kit)
            self.desk.announce(spoken_of("kit", part), kit.name)

    def save_kit(self, part: int, name: str) -> None:
        """Keep what the keys of a part play under a name. Raises LatentbridgeError if it cannot be written."""
        with self.desk.lock:
            self.kits.save(name, self.keys.kit(part))
            self.list_kits()

    def delete_kit(self, name: str) -> None:
        """Forget a kit. Raises LatentbridgeError if there is none of that name."""
        with self.desk.lock:
            self.kits.delete(name)
            self.list_kits()

    def list_kits(self) -> None:
        """Tell everybody which kits there are."""
        with self.desk.lock:
            names = self.kits.names()
            self.desk.announce("kits", len(names))
            for number, name in enumerate(names, 1):
                self.desk.announce("kitinfo", number, name)

    def _open(self, metadata: DecoderMetadata, model_hash: str) -> None:
        self.presets = PresetBank(metadata, model_hash, self._files, self._keeping.folder)
        self.kits = KitShelf(metadata, model_hash, self._files, self._keeping.folder)
        self.learning.set_programs(self.presets)
        self._words = None
        if self.presets.problem:
            self._hooks.say(self.presets.problem)

    def _presets_changed(self) -> None:
        self.learning.set_programs(self.presets)
        self.list_presets()

    def _set_motions(self, part: int, preset: Preset) -> None:
        """Let a preset's motions move the axes of a part, and no others."""
        axes = {axis.name: index for index, axis in enumerate(self.desk.metadata.axes)}
        wanted = {
            (axes[entry.axis], entry.which): (entry.amount, entry.values)
            for entry in preset.motion
            if entry.axis in axes
        }
        ended = self.desk.state.motions(part).keys() - wanted.keys()
        for (axis, which), (amount, values) in (dict.fromkeys(ended, (0.0, ())) | wanted).items():
            self.desk.do(Event(Kind.MOTION, part=part, index=axis, note=which, value=amount, values=values))
