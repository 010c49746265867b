"""What the keys of each part play: stored, swapped, drawn anew, locked, choked, and kept as kits."""

from collections.abc import Sequence

import numpy as np

from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind
from runtime.latent.prior import draw
from runtime.steering.desk import Desk, Fact, Sender, parts_of, spoken_of
from runtime.steering.echoes import as_float32
from runtime.steering.history import Stand
from runtime.steering.kits import Kit, KitKey

_Latent = tuple[float, ...]


class Keys:
    """The key maps of one desk's parts. May be called from any thread.

    Every method that changes a key raises LatentbridgeError if the key is locked. Part 0 speaks to every part. Each
    change can be undone by itself (:meth:`Places.undo`).
    """

    def __init__(self, desk: Desk, generator: np.random.Generator | None = None) -> None:
        self._desk = desk
        self._generator = np.random.default_rng() if generator is None else generator
        self._locked: dict[int, set[int]] = {}
        desk.provide("keylock", lambda fact: (fact.detail, int(self.is_locked(fact.part, fact.detail))))
        self.set_model()

    def set_model(self) -> None:
        """Go on with the keys of the desk's present model; locks are forgotten."""
        with self._desk.lock:
            self._locked = {}
            metadata = self._desk.metadata
            self._labels = [point.label for point in metadata.map_points]
            latents = [point.latent for point in metadata.map_points]
            self._latents = np.array(latents).reshape(len(latents), metadata.latent_size)

    def worth_telling(self) -> list[Fact]:
        """Return what someone who knows nothing yet has to be told."""
        return [Fact("keylock", part, note) for part, notes in self._locked.items() for note in sorted(notes)]

    def is_locked(self, part: int, note: int) -> bool:
        """Whether a key keeps its sound."""
        return note in self._locked.get(part, ())

    # One key ----------------------------------------------------------------------------------------------------

    def store(self, part: int, note: int) -> None:
        """Let a key play the place where its part stands now, wherever the part goes."""
        with self._desk.lock:
            self._check(part, note)
            with self._desk.jump(part):
                for one in parts_of(part):
                    self._set(one, note, self._desk.state.latent(one))
            for one in parts_of(part):
                self._desk.announce(spoken_of("key/stored", one), note)

    def clear(self, part: int, note: int) -> None:
        """Let a key play the place of its part."""
        self._set_each(part, note, ())

    def reset(self, part: int, note: int) -> None:
        """Give a key back what the model gives it."""
        self._set_each(part, note, self._desk.state.default_key(note))

    def swap(self, part: int, note: int, other: int) -> None:
        """Exchange what two keys play, and their choke groups."""
        with self._desk.lock:
            state = self._desk.state
            self._check(part, note, other)
            with self._desk.jump(part):
                for one in parts_of(part):
                    keys, groups = state.keys(one), state.groups(one)
                    for to, source in ((note, other), (other, note)):
                        self._set(one, to, keys.get(source, ()))
                        self._choke(one, to, groups.get(source, 0))

    def reroll(self, part: int, note: int, amount: float = 1.0) -> None:
        """Give a key another sound of the class that it has now: 1 any, less one nearer its own."""
        with self._desk.lock:
            self._check(part, note)
            with self._desk.jump(part):
                for one in parts_of(part):
                    self._reroll(one, note, amount)

    def lock(self, part: int, note: int, is_locked: bool, sender: Sender = None) -> None:
        """Let a key keep its sound, whatever is done to it here, or no more."""
        with self._desk.lock:
            for one in parts_of(part):
                notes = self._locked.setdefault(one, set())
                notes.add(note) if is_locked else notes.discard(note)
                self._desk.tell([Fact("keylock", one, note)], sender)

    def choke(self, part: int, note: int, group: int, sender: Sender = None) -> None:
        """Put a key into a choke group, or with 0 into none."""
        with self._desk.lock, self._desk.jump(part):
            self._choke(part, note, group, sender)

    # All keys ---------------------------------------------------------------------------------------------------

    def reroll_all(self, part: int, amount: float = 1.0) -> None:
        """Give every key that has a sound of its own and is not locked another one of its class."""
        with self._desk.lock, self._desk.jump(part):
            for one in parts_of(part):
                for note in self._desk.state.keys(one):
                    if not self.is_locked(one, note):
                        self._reroll(one, note, amount)

    def kit(self, part: int) -> dict[int, KitKey]:
        """Return the keys of a part as a kit keeps them."""
        with self._desk.lock:
            keys, groups = self._desk.state.keys(part), self._desk.state.groups(part)
            notes = keys.keys() | groups.keys() | self._locked.get(part, set())
            return {
                note: KitKey(
                    latent=keys.get(note), choke_group=groups.get(note, 0), is_locked=self.is_locked(part, note)
                )
                for note in sorted(notes)
            }

    def load(self, part: int, kit: Kit) -> None:
        """Let the keys of a part play a kit, and nothing else, with its locks. Keys that are locked now stay."""
        nothing = KitKey()
        with self._desk.lock, self._desk.jump(part):
            for one in parts_of(part):
                keys, groups = self._desk.state.keys(one), self._desk.state.groups(one)
                for note in sorted(kit.key.keys() | keys.keys() | groups.keys()):
                    if self.is_locked(one, note):
                        continue
                    key = kit.key.get(note, nothing)
                    self._set(one, note, key.latent or ())
                    if key.choke_group != groups.get(note, 0):
                        self._choke(one, note, key.choke_group)
                    if key.is_locked:
                        self.lock(one, note, True)

    def return_to(self, part: int, stand: Stand) -> None:
        """Let the keys of a part play what they did once; there is no undoing it. Keys that are locked now stay."""
        with self._desk.lock:
            keys, groups = self._desk.state.keys(part), self._desk.state.groups(part)
            for note in sorted({*keys, *groups, *stand.keys, *stand.groups}):
                if self.is_locked(part, note):
                    continue
                self._set(part, note, stand.keys.get(note, ()))
                if stand.groups.get(note, 0) != groups.get(note, 0):
                    self._choke(part, note, stand.groups.get(note, 0))

    def _reroll(self, part: int, note: int, amount: float) -> None:
        metadata, present = self._desk.metadata, self._latent_of(part, note)
        self._set(part, note, draw(metadata, self._generator, amount, present, label=self._label(present)))

    def _label(self, latent: _Latent) -> int | None:
        """Class of the training sound nearest to a place; None where there are no classes."""
        if not len(self._latents):
            return None
        label = self._labels[int(np.linalg.norm(self._latents - np.array(latent), axis=1).argmin())]
        return label if label >= 0 else None

    def _latent_of(self, part: int, note: int) -> _Latent:
        return self._desk.state.keys(part).get(note) or self._desk.state.latent(part)

    def _set_each(self, part: int, note: int, latent: _Latent) -> None:
        with self._desk.lock:
            self._check(part, note)
            with self._desk.jump(part):
                for one in parts_of(part):
                    self._set(one, note, latent)

    def _set(self, part: int, note: int, latent: Sequence[float]) -> None:
        values = tuple(map(as_float32, latent))
        if self._desk.state.keys(part).get(note, ()) != values:
            self._desk.do(Event(Kind.KEY_LATENT, part=part, note=note, values=values))

    def _choke(self, part: int, note: int, group: int, sender: Sender = None) -> None:
        self._desk.do(Event(Kind.CHOKE, part=part, note=note, index=group), sender=sender)

    def _check(self, part: int, *notes: int) -> None:
        """Raise LatentbridgeError if a key is locked in any of the parts, before anything is done in one of them."""
        for one in parts_of(part):
            for note in notes:
                if self.is_locked(one, note):
                    raise LatentbridgeError(
                        f"Key {note} of part {one} is locked.",
                        "",
                        f"Unlock it first: /lb/{spoken_of('key/lock', one)} {note} 0.",
                    )
