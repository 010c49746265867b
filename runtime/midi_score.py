"""A standard MIDI file as raw messages and tempi at frames: what a port would have delivered, as the tempo map says.

Source: MIDI Manufacturers Association, Standard MIDI Files 1.0 (RP-001).
"""

from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import mido

from runtime.errors import LatentbridgeError
from runtime.events import ALL_PARTS, Clock, Event, Kind, midi_event

_DEFAULT_TEMPO: Final = 500_000
"""Microseconds of a quarter note until a file says otherwise: 120 beats a minute."""
_SHORTEST_TEMPO: Final = 60
"""A million beats a minute, as fast as any event can say."""
_ASYNCHRONOUS: Final = 2


def read_midi_score(path: Path, sample_rate: int) -> tuple[list[Event], int]:
    """Return a MIDI file's channel messages as MIDI events, and its tempi as TEMPO events, with clock FRAME.

    With them comes the frame at which the file ends. Times are exact until they are rounded to the nearest frame.
    Raises LatentbridgeError if the file cannot be played.
    """
    file = _read(path)
    if file.type == _ASYNCHRONOUS:
        raise _unplayable(path, "its tracks are independent patterns (type 2)", "Save it as type 0 or 1.")
    if file.ticks_per_beat <= 0 or file.ticks_per_beat >= 0x8000:
        raise _unplayable(path, "it counts in film frames (SMPTE), not in beats", "Save it with a tempo in beats.")
    events: list[Event] = []
    seconds, tempo = Fraction(0), _DEFAULT_TEMPO
    frame = ticks = 0
    for message in mido.merge_tracks(file.tracks):
        seconds += Fraction(message.time * tempo, file.ticks_per_beat * 1_000_000)
        ticks += message.time
        frame = int(seconds * sample_rate + Fraction(1, 2))
        if message.type == "set_tempo":
            tempo = message.tempo
            events.append(_tempo_event(frame, tempo, Fraction(ticks, file.ticks_per_beat)))
        elif not message.is_meta and message.type != "sysex" and len(message.bytes()) <= 3:
            events.append(midi_event(bytes(message.bytes()), frame, Clock.FRAME))
    return events, frame


def _tempo_event(frame: int, tempo: int, beat: Fraction) -> Event:
    """Return what a file says of its tempo (microseconds a beat) at a beat."""
    whole = int(beat)
    bpm = 60_000_000 / max(tempo, _SHORTEST_TEMPO)
    return Event(Kind.TEMPO, frame, part=ALL_PARTS, value=bpm, values=(float(whole), float(beat - whole)))


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            # Clipped: some files hold data bytes above 127, which every player forgives.
            return mido.MidiFile(file=file, clip=True)
    except OSError as error:
        if error.errno is not None:
            raise LatentbridgeError(
                f"{path} cannot be read: {error.strerror}.", "A MIDI file was expected.", "Check the path."
            ) from None
        raise _unplayable(path, f"it is damaged ({error})", "Save it again.") from None
    except (EOFError, ValueError, LookupError, TypeError, mido.KeySignatureError) as error:
        raise _unplayable(path, f"it is damaged ({str(error) or 'it ends too early'})", "Save it again.") from None


def _unplayable(path: Path, why: str, remedy: str) -> LatentbridgeError:
    return LatentbridgeError(f"{path} cannot be played: {why}.", "A MIDI file of type 0 or 1 was expected.", remedy)
