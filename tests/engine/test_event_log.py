"""The event log: every float comes back, the samples come back, and a bad line is named."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.noise import key_seed
from runtime.engine.render import EngineSettings
from runtime.errors import LatentbridgeError
from runtime.event_log import EventLog, LogHeader, read_event_log, sections
from runtime.events import Clock, Event, Kind, decode, encode, midi_event, played
from runtime.mapping import MappingTable
from tests.performance import SAMPLE_RATE, perform, tiny

KINDS = [k for k in Kind if k <= Kind.STOP and k not in (Kind.MIDI, Kind.MAPPING)]
EVENTS = st.builds(
    Event,
    kind=st.sampled_from(KINDS),
    time=st.integers(0, 2**50),
    part=st.integers(0, 16),
    note=st.integers(0, 127),
    index=st.integers(0, 255),
    value=st.floats(allow_nan=False, allow_infinity=False),
    seed=st.integers(0, 2**64 - 1),
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), max_size=64).map(tuple),
)


def header(voices: int = 16) -> LogHeader:
    decoder = tiny()
    return LogHeader.of(decoder.metadata, decoder.hash, decoder.provider, voices)


@given(events=st.lists(EVENTS, max_size=5))
def test_every_event_comes_back_as_it_was(tmp_path_factory: pytest.TempPathFactory, events: list[Event]) -> None:
    events = sorted(events, key=lambda e: e.time)
    path = tmp_path_factory.mktemp("log") / "take.log"
    with EventLog(path, header(12)) as log:
        for event in events:
            log.write(decode(encode(played(event))))
    take = read_event_log(path)
    read_header, read = take.header, take.events
    assert read_header == header(12)
    assert read == events


def performed_midi() -> list[Event]:
    """What a player does on three channels with a bend wheel, a pedal and a knob or two."""
    random = np.random.default_rng(8)
    messages = []
    for _ in range(400):
        channel, key, value = (int(n) for n in (random.integers(3), random.integers(48, 60), random.integers(1, 128)))
        kind = random.choice(
            [[0x90, key, value], [0x80, key, 0], [0xB0, 74, value], [0xB0, 64, value], [0xE0, 0, value]],
            p=[0.4, 0.3, 0.1, 0.1, 0.1],
        )
        message = bytes([int(kind[0]) | channel, int(kind[1]), int(kind[2])])
        messages.append(midi_event(message, int(random.integers(2 * SAMPLE_RATE)), Clock.FRAME))
    return messages


def test_a_log_gives_the_samples_that_were_played(tmp_path: Path) -> None:
    decoder = tiny(voices=6)
    sizes = np.random.default_rng(2).integers(1, 700, 2_000).tolist()
    live = perform(decoder, performed_midi(), 3 * SAMPLE_RATE, sizes, mapping=MappingTable())
    assert live.engine.statistics.stolen_voices > 0
    with EventLog(tmp_path / "take.log", header(6)) as log:
        for echo in live.engine.played:
            log.write(decode(encode(echo)))
    events = read_event_log(tmp_path / "take.log").events
    again = perform(decoder, events, 3 * SAMPLE_RATE)
    assert live.audio.any()
    np.testing.assert_array_equal(live.audio, again.audio)
    assert [e.index for e in again.engine.played] == [e.index for e in live.engine.played]


def test_events_sound_the_same_whether_or_not_they_travelled_in_a_record() -> None:
    # Half a frame more or less decides how long the glide takes, and float32 cannot tell.
    seconds = (1_000.5 + 1e-6) / SAMPLE_RATE
    events = [
        Event(Kind.NOTE_ON, 0, note=60, value=0.3, seed=1),
        Event(Kind.AXIS, 100, index=2, value=0.9, values=(seconds,)),
        Event(Kind.LATENT, 3_000, values=(0.1, 0.2, 0.3, 0.4)),
        Event(Kind.LATENT_DIMENSION, 6_000, index=0, value=0.7, values=(seconds,)),
        Event(Kind.KEY_LATENT, 100, note=61, values=(0.1, 0.2, 0.3, 0.4)),
        Event(Kind.NOTE_ON, 7_000, note=61, value=0.3, seed=1),
    ]
    here, there = (perform(tiny(), e, 12_000).audio for e in (events, [decode(encode(e)) for e in events]))
    np.testing.assert_array_equal(here, there)


def test_an_echo_names_the_seed_that_was_chosen() -> None:
    events = [Event(Kind.NOTE_ON, n, note=60 + n, value=0.5, seed=n // 2) for n in range(3)]
    drums = perform(tiny(pitched=False), events, 256).engine.played
    assert [echo.seed for echo in drums] == [key_seed(60), key_seed(61), 1]


def test_an_event_that_came_too_late_is_logged_when_it_happened(tmp_path: Path) -> None:
    decoder = tiny()
    live = perform(decoder, [], 1_000).engine
    live.post(Event(Kind.NOTE_ON, 10, note=60, value=0.5))
    heard = live.render(4_000)
    again = perform(
        decoder, [Event(Kind.NOTE_ON, e.time, note=60, value=e.value, seed=e.seed) for e in live.played], 5_000
    )
    np.testing.assert_array_equal(heard, again.audio[:, 1_000:])


def written(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "take.log"
    path.write_text("".join([header().model_dump_json() + "\n", *lines]))
    return path


GOOD = '{"frame":5,"kind":"note_on","note":60,"value":0.5}\n'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("hello\n", "Invalid JSON"),
        ('{"frame":7}\n', "kind"),
        ('{"frame":7,"kind":"sneeze"}\n', "sneeze"),
        ('{"frame":7,"kind":"midi"}\n', "midi"),
        ('{"frame":4,"kind":"note_off"}\n', "frame 4 comes after frame 5"),
        ('{"frame":-1,"kind":"note_off"}\n', "frame"),
        ('{"frame":7,"kind":"note_on","note":128}\n', "note"),
        ('{"frame":7,"kind":"bend","value":NaN}\n', "Line 3"),
        ('{"frame":7,"kind":"bend","value":1e999}\n', "value"),
        ('{"frame":7,"kind":"bend","colour":1}\n', "colour"),
        ('{"frame":7,"kind":"latent","values":[' + "0," * 64 + "0]}\n", "values"),
        ("x" * 20_000 + "\n", "longer than any line"),
    ],
)
def test_a_wrong_line_is_named_with_its_number(tmp_path: Path, line: str, complaint: str) -> None:
    with pytest.raises(LatentbridgeError, match=complaint) as raised:
        read_event_log(written(tmp_path, GOOD, line, GOOD))
    assert raised.value.wrong.startswith("Line 3 of ")


@pytest.mark.parametrize("content", [b"", b"\n", b"{}\n", b"\xff\xfe\n", b"MThd", b"{"])
def test_a_file_that_is_no_log_is_refused_at_its_first_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "take.log"
    path.write_bytes(content)
    with pytest.raises(LatentbridgeError, match="Line 1 of"):
        read_event_log(path)


def test_a_last_line_cut_off_by_a_crash_is_left_out(tmp_path: Path) -> None:
    events = read_event_log(written(tmp_path, GOOD, GOOD, GOOD[:20])).events
    assert len(events) == 2


def test_each_event_is_on_disk_when_it_has_been_written(tmp_path: Path) -> None:
    path = tmp_path / "take.log"
    log = EventLog(path, header())
    log.write(Event(Kind.NOTE_ON, 5, note=60, value=0.5))
    assert json.loads(path.read_text().splitlines()[1]) == {"frame": 5, "kind": "note_on", "note": 60, "value": 0.5}
    log.close()


def test_a_log_takes_the_place_of_a_log_but_of_nothing_else(tmp_path: Path) -> None:
    log, letter = tmp_path / "take.log", tmp_path / "letter.txt"
    letter.write_text("Dear Anna")
    EventLog(log, header(4)).close()
    EventLog(log, header(5)).close()
    assert read_event_log(log).header.voices == 5
    with pytest.raises(LatentbridgeError, match="not an event log"):
        EventLog(letter, header())
    assert letter.read_text() == "Dear Anna"


def test_a_log_in_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LatentbridgeError, match="cannot be written"):
        EventLog(tmp_path / "nowhere" / "take.log", header())


def test_the_header_names_what_the_samples_depend_on() -> None:
    told = header(7).model_dump()
    assert (told["model"], told["voices"], told["hop_frames"], told["sample_rate"]) == ("tiny", 7, 256, 48_000)
    assert told["glide_seconds"] == EngineSettings().glide_seconds
    assert told["made_with"]["provider"] == "cpu"


def test_a_log_is_played_in_sections_where_engines_were_replaced() -> None:
    def at(frame: int) -> Event:
        return Event(Kind.NOTE_ON, frame, note=60, value=1.0, seed=1)

    replaced = Event(Kind.ENGINE_REPLACED, 1000, seed=700)
    first, second = sections([at(10), at(600), replaced, at(1000), at(1500)])
    assert (first.first_frame, first.lost_after_frames) == (0, 700)
    assert [event.time for event in first.events] == [10, 600]
    assert (second.first_frame, second.lost_after_frames) == (1000, None)
    assert [event.time for event in second.events] == [0, 500]
    (only,) = sections([at(10)])
    assert only.lost_after_frames is None


def test_a_replaced_engine_stands_in_the_log(tmp_path: Path) -> None:
    replaced = Event(Kind.ENGINE_REPLACED, 1000, seed=700)
    with EventLog(tmp_path / "take.log", header()) as log:
        log.write(replaced)
    assert read_event_log(tmp_path / "take.log").events == [replaced]
