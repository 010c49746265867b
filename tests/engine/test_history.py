"""The note history: the last 64 notes, whole, also for a reader in another process."""

import mmap
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from runtime.engine.envelope import Adsr, Envelope
from runtime.engine.history import NOTES, NoteHistory
from runtime.engine.unison import Unison
from runtime.events import Event, Kind
from tests.performance import note_off, note_on, perform, tiny
from tests.tiny_decoder import TinySettings, tiny_metadata

_ROOT = Path(__file__).parents[2]
METADATA = tiny_metadata(TinySettings())
ENVELOPE = Envelope.of(Adsr(release_seconds=0.3), 48_000, 256)


def test_a_note_is_kept_with_everything_it_was_played_with() -> None:
    events = [note_on(1_000, 62, 0.5, part=3, seed=77), note_off(3_000, 62, part=3)]
    note = perform(tiny(), events, 9_000).history.last()
    assert (note.note, note.part, note.velocity, note.seed) == (62, 3, 0.5, 77)
    assert (note.onset_frame, note.release_frame, note.interrupted_frame) == (1_000, 2_000, None)
    assert note.hops == -(-(2_000 + 2_400) // 256)
    assert note.latent.shape == (note.hops, 4)
    assert (note.pitch == 62).all()
    assert note.gate.tolist() == [1.0] * 8 + [0.0] * (note.hops - 8)


def test_the_last_sixty_four_notes_are_kept_and_no_more() -> None:
    events = [note_on(300 * n, 30 + n % 60) for n in range(NOTES + 10)]
    history = perform(tiny(pitched=False), events, 300 * (NOTES + 10)).history
    assert history.count == NOTES + 10
    assert history.note(9) is None
    assert history.note(NOTES + 10) is None
    for number in range(10, NOTES + 10):
        note = history.note(number)
        assert (note.number, note.note, note.onset_frame) == (number, 30 + number % 60, 300 * number)


def test_a_note_that_outlasts_sixty_four_others_spoils_none_of_them() -> None:
    decoder = tiny(TinySettings("constant"), pitched=False)
    events = [note_on(0, 99), *(note_on(300 + 100 * n, 40, 0.001) for n in range(NOTES + 5))]
    history = perform(decoder, events, 9_000, voices=2).history
    for number in range(6, NOTES + 6):
        assert (history.note(number).pitch == 40).all()


def test_a_note_longer_than_is_kept_ends_its_path_there() -> None:
    decoder = tiny(TinySettings("constant"), longest_note_seconds=40.0)
    bend = Event(Kind.BEND, 31 * 48_000, value=2.0)
    note = perform(decoder, [note_on(0), bend], 32 * 48_000, [2_048] * 1_000).history.last()
    assert note.hops == 30 * 48_000 // 256 + 1
    assert (note.pitch == 60).all()


def test_two_views_of_one_buffer_see_the_same_notes() -> None:
    buffer = bytearray(NoteHistory.size_bytes(METADATA))
    reader, writer = NoteHistory(METADATA, buffer), NoteHistory(METADATA, buffer)
    writer.begin(0, 5, 1, 60, 0.5, 9, ENVELOPE, Unison())
    voices = tiny().new_voices(1)
    writer.write(np.array([0]), np.array([0]), voices, voices.pitch[:, 0])
    assert reader.last(part=2).seed == 9
    assert reader.last(part=2).envelope == ENVELOPE


def test_a_buffer_that_holds_something_else_is_refused() -> None:
    size = NoteHistory.size_bytes(METADATA)
    with pytest.raises(ValueError, match="something else"):
        NoteHistory(METADATA, bytearray(b"\1" * size))


_WRITER = """
import mmap, sys, time
import numpy as np
from runtime.engine.envelope import Adsr, Envelope
from runtime.engine.history import NoteHistory
from runtime.engine.unison import Unison
from tests.performance import tiny
from tests.tiny_decoder import TinySettings, tiny_metadata

with open(sys.argv[1], "r+b") as file:
    history = NoteHistory(tiny_metadata(TinySettings()), mmap.mmap(file.fileno(), 0))
    voices, slots = tiny().new_voices(1), np.array([0])
    envelope = Envelope.of(Adsr(), 48_000, 256)
    print("writing", flush=True)
    end, number = time.monotonic() + 1.5, 0
    while time.monotonic() < end:
        history.begin(0, number, 0, 60, 0.5, number + 1, envelope, Unison())
        voices.pitch[:] = voices.latent[:] = number % 1_000
        for hop in range(3):
            history.write(slots, np.array([hop]), voices, voices.pitch[:, 0])
        history.release(0, number + 5)
        number += 1
"""


def test_a_reader_in_another_process_never_sees_half_of_two_notes() -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.truncate(NoteHistory.size_bytes(METADATA))
        writer = subprocess.Popen([sys.executable, "-c", _WRITER, file.name], stdout=subprocess.PIPE, cwd=_ROOT)
        try:
            assert writer.stdout.readline() == b"writing\n"
            history = NoteHistory(METADATA, mmap.mmap(file.fileno(), 0))
            seen = set()
            while writer.poll() is None:
                count = history.count
                # The oldest are those that are being overwritten.
                for number in (count - NOTES, count - NOTES + 1, count - 1):
                    note = history.note(number)
                    if note is not None:
                        seen.add(number)
                        assert (note.number, note.seed, note.onset_frame) == (number, number + 1, number)
                        assert (note.pitch == number % 1_000).all()
                        assert (note.latent == number % 1_000).all()
            assert writer.returncode == 0
            assert len(seen) > 10
        finally:
            writer.kill()
            writer.wait()
