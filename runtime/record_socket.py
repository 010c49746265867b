"""Records over a local socket pair: ordered, bounded, and never a stuck note.

A writer never waits. What the socket does not take at once stands in a backlog; when the backlog is full, new records
are dropped and counted. Records that end something (a note, a pedal, all sound) may use a reserve as large again, and
if even that is full the writer remembers to send "all notes off" as soon as there is room: a flood can cost notes,
but it cannot leave one hanging.
"""

import socket
from collections import deque
from typing import Final

from runtime.events import ALL_PARTS, RECORD_BYTES, Event, Kind, encode, must_arrive

BACKLOG_RECORDS: Final = 2048
_READ_BYTES: Final = 256 * RECORD_BYTES
_SOCKET_BYTES: Final = 1 << 20


class RecordSocket:
    """One end of a socket pair that carries records. Not for several threads at once: the owner locks if it has them.

    Any system's stream socket will do; records are cut apart again by their fixed size.
    """

    def __init__(self, end: socket.socket, backlog_records: int = BACKLOG_RECORDS) -> None:
        self.socket = end
        self.dropped = 0
        """Records that were not sent because the reader was too slow."""
        self.closed = False
        """True once the other end has gone."""
        self._limit = backlog_records
        self._backlog: deque[bytes] = deque()
        self._rest = b""
        self._part_read = bytearray()
        self._owes_silence = False
        end.setblocking(False)
        for option in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            end.setsockopt(socket.SOL_SOCKET, option, _SOCKET_BYTES)

    def send_event(self, event: Event) -> None:
        """Send one event, or put it by, or drop and count it; never waits."""
        self.send(encode(event), must_arrive(event))

    def send(self, records: bytes, keep: bool = False) -> None:
        """Send one or more whole records in one go; ``keep`` lets them use the reserve."""
        if self.closed:
            return
        if (self._rest or self._backlog) and not self.flush():
            self._put_by(records, keep)
            return
        self._write(records)

    def flush(self) -> bool:
        """Send what was put by. Return True when nothing is left."""
        while not self.closed and (self._rest or self._backlog or self._owes_silence):
            if self._rest:
                rest, self._rest = self._rest, b""
                if not self._write(rest):
                    return False
            elif self._backlog:
                self._write(self._backlog.popleft())
            else:
                self._owes_silence = False
                self._write(encode(Event(Kind.ALL_NOTES_OFF, part=ALL_PARTS)))
        return not self._rest

    def receive(self) -> list[bytes]:
        """Return all whole records that have arrived, without waiting; sets ``closed`` when the other end is gone."""
        while not self.closed:
            try:
                data = self.socket.recv(_READ_BYTES)
            except (BlockingIOError, InterruptedError):
                break
            except OSError:
                data = b""
            if not data:
                self.closed = True
                break
            self._part_read += data
            if len(data) < _READ_BYTES:
                break
        whole = len(self._part_read) // RECORD_BYTES * RECORD_BYTES
        records = [bytes(self._part_read[i : i + RECORD_BYTES]) for i in range(0, whole, RECORD_BYTES)]
        del self._part_read[:whole]
        return records

    def close(self) -> None:
        """Close this end; the other end reads what is under way and then sees that it is closed."""
        self.closed = True
        self.socket.close()

    def _write(self, data: bytes) -> bool:
        try:
            sent = self.socket.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            # The reader has gone; whoever reads this end learns it and ends.
            self.closed = True
            return False
        self._rest = data[sent:]
        return not self._rest

    def _put_by(self, records: bytes, keep: bool) -> None:
        if len(self._backlog) < self._limit * (2 if keep else 1):
            self._backlog.append(records)
            return
        self.dropped += len(records) // RECORD_BYTES
        self._owes_silence = self._owes_silence or keep
