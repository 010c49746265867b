"""What clients that watch are told: where on the map each note that sounds is, whenever that has changed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from runtime.controls import osc_feedback
from runtime.controls.osc_clients import Client
from runtime.engine.history import Progress

_MOST_AT_ONCE: Final = 6
"""Notes that are looked for on the map in one round: a search among ten thousand sounds takes half a millisecond, and
MIDI waits for it. Where more move, they take turns."""
_SAME_PLACE: Final = 5e-4


@dataclass(slots=True)
class _Told:
    latent: bytes
    message: bytes
    x: float
    y: float


class SoundingWatch:
    """One model's notes on its map. For the OSC service's thread, with the desk's lock held."""

    def __init__(
        self,
        look: Callable[[], Iterable[Progress]],
        place_of: Callable[[tuple[float, ...]], tuple[float, ...]],
    ) -> None:
        """``look`` gives the notes that sound, ``place_of`` where on the map a latent is, or nothing without a map."""
        self._look, self._place_of = look, place_of
        self._told: dict[int, _Told] = {}
        self._turn = 0

    def messages(self, clients: Iterable[Client]) -> list[tuple[Client, bytes]]:
        """Return what each client that watches is to be told now."""
        watching = [client for client in clients if client.watches]
        if not watching:
            self._told.clear()
            return []
        news = self._round()
        messages = []
        for client in watching:
            # One that has just begun knows nothing yet.
            told = news if client.knows_sounding else [one.message for one in self._told.values()]
            client.knows_sounding = True
            messages += [(client, message) for message in told]
        return messages

    def _round(self) -> list[bytes]:
        notes = {note.number: note for note in self._look()}
        news = [osc_feedback.sounding(number) for number in self._told.keys() - notes.keys()]
        for number in self._told.keys() - notes.keys():
            del self._told[number]
        moved = [note for note in notes.values() if self._is_elsewhere(note)]
        # Whose turn it is comes first.
        self._turn = self._turn % len(moved) if moved else 0
        chosen = (moved[self._turn :] + moved[: self._turn])[:_MOST_AT_ONCE]
        self._turn += len(chosen)
        return news + [message for note in chosen if (message := self._place(note))]

    def _is_elsewhere(self, note: Progress) -> bool:
        told = self._told.get(note.number)
        return told is None or told.latent != note.latent.tobytes()

    def _place(self, note: Progress) -> bytes:
        """Look for a note on the map; returns the message that says where it is, or nothing if it looks the same."""
        place = self._place_of(tuple(note.latent.tolist()))
        if not place:
            return b""
        told = self._told.get(note.number)
        if told and abs(told.x - place[0]) + abs(told.y - place[1]) < _SAME_PLACE:
            told.latent = note.latent.tobytes()
            return b""
        message = osc_feedback.sounding(note.number, note.part, note.note, *place)
        self._told[note.number] = _Told(note.latent.tobytes(), message, place[0], place[1])
        return message
