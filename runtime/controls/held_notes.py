"""Notes of somebody who may go without letting them go: a page in a browser that is closed, or loses its network."""

from runtime.events import ALL_PARTS, Event, Kind


class HeldNotes:
    """The notes that one player holds: those that were begun and not let go."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], None] = {}

    def follow(self, *events: Event) -> None:
        """Take in what the player does; all that is no note is passed over."""
        for event in events:
            if event.kind == Kind.NOTE_ON:
                self._held[event.part, event.note] = None
            elif event.kind == Kind.NOTE_OFF:
                self._held.pop((event.part, event.note), None)
            elif event.kind == Kind.ALL_NOTES_OFF:
                for held in [one for one in self._held if event.part in (ALL_PARTS, one[0])]:
                    del self._held[held]

    def let_go(self) -> list[Event]:
        """Return the events that let go of all of them, in the order in which they began; none is held after that."""
        held, self._held = self._held, {}
        return [Event(Kind.NOTE_OFF, part=part, note=note) for part, note in held]
