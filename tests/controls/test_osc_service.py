"""OSC as programs speak it: what is said, what comes back, to whom, and how often. Real sockets throughout."""

import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runtime.controls.osc import ROUNDS_PER_SECOND, OscService
from runtime.controls.osc_clients import FORGET_SECONDS
from runtime.controls.osc_hooks import OscHooks
from runtime.controls.osc_schema import ErrorCode
from runtime.errors import LatentbridgeError
from runtime.events import Event, Kind, played
from runtime.steering.desk import Desk
from runtime.training import Training, TrainingHooks
from tests.controls.osc_rig import INFO, LEVELS, REPORT, Heard, OscClient, Rig, bundle, osc
from tests.tiny_decoder import TinySettings, tiny_metadata

METADATA = tiny_metadata(TinySettings())
HOOKS = OscHooks(
    capture=lambda part, name, neighbours: None,
    encode=lambda part, path, refine: None,
    change_model=lambda name: None,
    report=lambda: REPORT,
    levels=lambda: LEVELS,
    moved=list,
    models=list,
    training=Training(Desk(METADATA, lambda event: None), Path("nowhere"), TrainingHooks(print, print, print)),
    log=lambda line: None,
)


def f32(value: float) -> float:
    return float(np.float32(value))


# What comes back -----------------------------------------------------------------------------------------------------


def whole_state(z: list[float], axes: float = 0.5, glide: float = 40.0, gain: float = 0.0) -> list[Heard]:
    return [
        ("/lb/z", z),
        *((f"/lb/axis/{name}", [axes]) for name in ("tone", "noise", "level", "decay")),
        ("/lb/glide", [glide]),
        ("/lb/mode", [0]),
        ("/lb/portamento", [0.0]),
        ("/lb/unison", [1]),
        ("/lb/spread", [0.0]),
        ("/lb/width", [0.0]),
        ("/lb/variation", [0.0]),
        ("/lb/gain", [gain]),
        ("/lb/tempo", [120.0]),
        ("/lb/voices", [0]),
    ]


def test_hello_is_answered_with_the_instrument_its_axes_and_the_whole_state(rig: Rig) -> None:
    heard = rig.client(hello=False).hello()
    info = ["tiny", 4, 48_000, 128, 16, 384, "0.0.test"]
    assert heard[0] == ("/lb/info", info)
    assert heard[1:5] == [
        ("/lb/axisinfo", [index, name, -2.0, 2.0, 0.0])
        for index, name in enumerate(("tone", "noise", "level", "decay"), 1)
    ]
    assert heard[5:] == whole_state([0.0] * 4)


def test_hello_tells_of_what_has_changed_before(rig: Rig) -> None:
    first = rig.client()
    first.send("/lb/z", 1.0, 0.0, 0.0, 0.5)
    first.send("/lb/gain", -12)
    first.send("/lb/part/3/axis/level", 1)
    first.send("/lb/part/3/glide", 100)
    first.ping()
    heard = dict(rig.client(hello=False).hello())
    assert heard["/lb/z"] == [1.0, 0.0, 0.0, 0.5]
    assert heard["/lb/gain"] == [-12.0]
    assert heard["/lb/part/3/axis/level"] == [1.0]
    assert heard["/lb/part/3/glide"] == [100.0]
    assert not [address for address in heard if address.startswith("/lb/part/") and "/part/3/" not in address]


def test_a_part_is_told_whole_to_whoever_asks_and_no_other_part_is(rig: Rig) -> None:
    client = rig.client()
    client.send("/lb/axis/tone", 0.75)
    client.send("/lb/part/5/axis/level", 0.25)
    client.settle_quietly()
    for part, level in ((5, 0.25), (6, 0.5)):
        client.send(f"/lb/part/{part}/tell")
        heard = client.settle_quietly()
        assert (f"/lb/part/{part}/axis/level", [level]) in heard
        assert (f"/lb/part/{part}/z", [0.0] * 4) in heard
        assert all(address.startswith(f"/lb/part/{part}/") for address, _ in heard)


CHANGES: list[tuple[str, list[float], Heard]] = [
    ("/lb/z", [1, 2, 3, 4], ("/lb/z", [1.0, 2.0, 3.0, 4.0])),
    ("/lb/z/2", [0.5], ("/lb/zi", [2, 0.5])),
    ("/lb/axis/level", [0.25], ("/lb/axis/level", [0.25])),
    ("/lb/glide", [33], ("/lb/glide", [33.0])),
    ("/lb/gain", [-3], ("/lb/gain", [-3.0])),
    ("/lb/part/1/z/2", [0.5], ("/lb/zi", [2, 0.5])),
    ("/lb/part/12/z", [1, 2, 3, 4], ("/lb/part/12/z", [1.0, 2.0, 3.0, 4.0])),
    ("/lb/part/12/z/4", [0.5], ("/lb/part/12/zi", [4, 0.5])),
    ("/lb/part/12/axis/level", [0.25], ("/lb/part/12/axis/level", [0.25])),
    ("/lb/part/12/glide", [33], ("/lb/part/12/glide", [33.0])),
]


@pytest.mark.parametrize(("address", "arguments", "told"), CHANGES, ids=lambda v: str(v))
def test_a_change_is_told_to_everyone_but_its_sender(
    rig: Rig, address: str, arguments: list[float], told: Heard
) -> None:
    sender, other, another = rig.client(), rig.client(), rig.client()
    sender.send(address, *arguments)
    assert other.hear() == told
    assert another.hear() == told
    rig.wait(lambda: not rig.steering.desk._own._waiting)
    assert sender.settle()[0][0] == "/lb/info", "the sender was told of its own change"


def test_what_stays_where_it_is_is_not_told(rig: Rig) -> None:
    sender, other = rig.client(), rig.client()
    sender.send("/lb/z", 0, 0, 0, 0)
    sender.send("/lb/z/1", 0)
    sender.send("/lb/axis/tone", 0.5)
    sender.send("/lb/glide", 40)
    sender.send("/lb/gain", 0)
    sender.ping()
    assert other.settle()[0][0] == "/lb/info"


def test_a_late_echo_does_not_pull_the_dial_back_from_under_the_hand(rig: Rig) -> None:
    sender, other = rig.client(), rig.client()
    rig.engine_echoes = False
    for value in (0.1, 0.2, 0.3):
        sender.send("/lb/axis/tone", value)
    assert other.until("/lb/axis/tone")
    for event in [rig.event() for _ in range(2)]:
        rig.say(played(event))
    assert sender.settle()[0][0] == "/lb/info", "the sender was told of a value that it has left behind"
    told = [arguments[0] for address, arguments in other.settle() if address == "/lb/axis/tone"]
    assert told[-1] == f32(0.3)
    assert told == sorted(told)


def test_what_midi_moves_is_told_to_everyone(rig: Rig) -> None:
    one, two = rig.client(), rig.client()
    rig.say(played(Event(Kind.AXIS, time=5, part=1, index=2, value=100 / 127)))
    expected = ("/lb/axis/level", [f32(100 / 127)])
    assert (one.hear(), two.hear()) == (expected, expected)
    rig.say(played(Event(Kind.GAIN, part=0, value=-7.5)))
    assert one.hear() == ("/lb/gain", [-7.5])


def test_the_asker_is_told_the_random_place_too(rig: Rig) -> None:
    asker = rig.client()
    asker.send("/lb/random", 1)
    assert asker.hear() == ("/lb/z", list(rig.event().values))


def test_an_event_for_every_part_moves_every_part(rig: Rig) -> None:
    client = rig.client()
    rig.say(played(Event(Kind.GLIDE, part=0, value=0.1)))
    heard = dict(client.hear() for _ in range(16))
    assert heard == {"/lb/glide": [100.0]} | {f"/lb/part/{part}/glide": [100.0] for part in range(2, 17)}


def test_the_number_of_voices_is_told(rig: Rig) -> None:
    client = rig.client()
    rig.say(Event(Kind.VOICES, index=3))
    assert client.hear() == ("/lb/voices", [3])


def test_a_capture_is_told_to_everyone(rig: Rig) -> None:
    clients = [rig.client(), rig.client()]
    rig.service.captured("/tmp/ü_0001.wav", 60, -3.5)
    assert [c.hear() for c in clients] == [("/lb/captured", ["/tmp/ü_0001.wav", 60, -3.5])] * 2
    rig.service.captured("/tmp/\udcff.wav", 60, -3.5)
    assert clients[0].hear()[1][1:] == [60, -3.5]
    rig.service.failed("nothing has been played")
    assert clients[1].until("/lb/error")[-1] == ("/lb/error", [ErrorCode.NOT_POSSIBLE, "nothing has been played"])


def test_stat_says_how_the_engine_is_doing(rig: Rig) -> None:
    client = rig.client()
    client.send("/lb/stat")
    expected = [REPORT.load, REPORT.late_blocks, REPORT.dropped_events, REPORT.delay_ms]
    assert client.hear() == ("/lb/stat", expected)


def test_levels_and_models_are_told_to_whoever_asks_and_to_nobody_else(rig: Rig) -> None:
    asker, other = rig.client(), rig.client()
    asker.send("/lb/level")
    assert asker.hear() == ("/lb/level", [-6.0, -12.5, 1.5, 77])
    asker.send("/lb/moved")
    assert asker.hear() == ("/lb/moved", [0.25, 0.5])
    asker.send("/lb/models")
    assert asker.until("/lb/modelinfo")[-1] == ("/lb/modelinfo", [1, "drums"])
    assert asker.hear() == ("/lb/modelinfo", [2, "/somewhere/other.onnx"])
    assert other.ping() == []


def test_who_says_bye_is_told_nothing_more(rig: Rig) -> None:
    leaving, other = rig.client(), rig.client()
    leaving.send("/lb/bye")
    other.send("/lb/gain", -5)
    assert other.settle_quietly() == []
    assert leaving.hello()[0][0] == "/lb/info", "it was told of the gain"


def test_a_new_block_is_told(rig: Rig) -> None:
    client = rig.client()
    rig.service.set_info(type(INFO)("tiny", 4, 48_000, 256, 16, 512, "0.0.test"))
    assert client.hear()[1][3:6] == [256, 16, 512]


def told_within(client: OscClient, address: str, seconds: float) -> list[tuple[float, list[Any]]]:
    """Times and arguments of all messages with an address that come within some seconds."""
    end = time.monotonic() + seconds
    heard = []
    while (left := end - time.monotonic()) > 0:
        client.listening.settimeout(left)
        try:
            message = client.hear()
        except TimeoutError:
            break
        if message[0] == address:
            heard.append((time.monotonic(), message[1]))
    return heard


def test_a_flood_of_changes_is_told_at_most_thirty_times_a_second_and_ends_with_the_latest(rig: Rig) -> None:
    sender, other = rig.client(), rig.client()
    start = time.monotonic()
    for step in range(2000):
        sender.send("/lb/z/1", step / 1000)
        if step % 50 == 0:
            time.sleep(0.02)
    duration = time.monotonic() - start
    heard = told_within(other, "/lb/zi", 0.3)
    values = [arguments[1] for _, arguments in heard]
    assert values == sorted(values), "an old value came after a newer one"
    assert values[-1] == f32(1.999)
    assert 2 <= len(heard) <= (duration + 0.3) * ROUNDS_PER_SECOND + 2
    rig.wait(lambda: rig.events.qsize() == 2000)


def test_a_place_told_whole_is_not_told_again_number_by_number(rig: Rig) -> None:
    sender, other = rig.client(), rig.client()
    sender.send_raw(bundle([osc("/lb/z/1", 1.0), osc("/lb/z", 1, 2, 3, 4), osc("/lb/z/2", 5.0)]))
    assert other.hear() == ("/lb/z", [1.0, 5.0, 3.0, 4.0])
    assert other.settle()[0][0] == "/lb/info"


# Who is a client -----------------------------------------------------------------------------------------------------


def test_a_stranger_may_play_but_hears_nothing(rig: Rig) -> None:
    stranger, client = rig.client(hello=False), rig.client()
    for message in (["/lb/ping", 5], ["/lb/stat"], ["/lb/nothing"], ["/lb/z", "x"], ["/lb/note", 60, 100]):
        stranger.send(*message)
    assert rig.event().note == 60
    client.settle()
    assert stranger.settle()[0][0] == "/lb/info"


def test_a_client_that_falls_silent_is_forgotten_after_ten_seconds(rig: Rig) -> None:
    silent, alive = rig.client(), rig.client()
    rig.seconds = FORGET_SECONDS - 1
    alive.ping()
    rig.seconds = FORGET_SECONDS + 0.5
    alive.ping()
    rig.wait(lambda: len(rig.service._clients) == 1)
    rig.say(played(Event(Kind.GAIN, part=0, value=-1.0)))
    assert alive.hear() == ("/lb/gain", [-1.0])
    assert silent.settle()[0][0] == "/lb/info", "a forgotten client was told something"


def test_a_ping_keeps_a_client(rig: Rig) -> None:
    client = rig.client()
    for _ in range(3):
        rig.seconds += FORGET_SECONDS - 1
        assert client.ping() == []
    rig.say(played(Event(Kind.GAIN, part=0, value=-1.0)))
    assert client.hear() == ("/lb/gain", [-1.0])


def test_a_ping_from_another_socket_counts_by_its_reply_port(rig: Rig) -> None:
    client, second_socket = rig.client(), rig.client(hello=False)
    rig.seconds += FORGET_SECONDS - 1
    second_socket.send("/lb/ping", client.port)
    assert client.hear() == ("/lb/pong", [client.port])


def test_the_same_reply_port_is_the_same_client(rig: Rig) -> None:
    client, restarted = rig.client(), rig.client(hello=False)
    restarted.send("/lb/hello", client.port)
    client.until("/lb/voices")
    rig.say(played(Event(Kind.GAIN, part=0, value=-1.0)))
    assert client.hear() == ("/lb/gain", [-1.0])
    restarted.send("/lb/ping", 1)
    assert client.hear() == ("/lb/pong", [1])


@pytest.mark.parametrize("port", [0, 80, 1023, 65_536, -1, 9001.5])
def test_a_reply_port_that_nobody_may_have_makes_no_client(rig: Rig, port: float) -> None:
    stranger = rig.client(hello=False)
    stranger.send("/lb/hello", port)
    rig.wait(lambda: rig.service.bad_packets == 1)
    assert len(rig.service._clients) == 0


def test_nobody_can_make_the_instrument_talk_to_itself(rig: Rig) -> None:
    rig.client(hello=False).send("/lb/hello", rig.service.address[1])
    rig.wait(lambda: rig.service.bad_packets == 1)
    assert len(rig.service._clients) == 0


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (["/lb/zz", 1], ErrorCode.UNKNOWN_ADDRESS),
        (["/lb/z/5", 1], ErrorCode.UNKNOWN_ADDRESS),
        (["/lb/axis/brightness", 1], ErrorCode.UNKNOWN_ADDRESS),
        (["/lb/part/17/z/1", 1], ErrorCode.UNKNOWN_ADDRESS),
        (["/lb/z", 1, 2, 3], ErrorCode.ARGUMENT_COUNT),
        (["/lb/gain"], ErrorCode.ARGUMENT_COUNT),
        (["/lb/alloff", 1], ErrorCode.ARGUMENT_COUNT),
        (["/lb/gain", "loud"], ErrorCode.ARGUMENT_TYPE),
        (["/lb/gain", b"abcd"], ErrorCode.ARGUMENT_TYPE),
    ],
)
def test_a_client_is_told_what_was_wrong_with_its_message(rig: Rig, message: list[Any], code: ErrorCode) -> None:
    client, other = rig.client(), rig.client()
    client.send(*message)
    address, (told_code, text) = client.hear()
    assert (address, told_code) == ("/lb/error", code)
    assert message[0] in text
    assert other.settle()[0][0] == "/lb/info"
    assert rig.service.bad_packets == 1


# The socket ----------------------------------------------------------------------------------------------------------


def test_a_port_in_use_is_told_in_a_sentence(rig: Rig) -> None:
    with pytest.raises(LatentbridgeError, match=f"{rig.service.address[1]}: .*in use.*Stop the program"):
        OscService(rig.service.address, rig.steering, INFO, HOOKS)


def test_the_port_is_free_again_after_closing() -> None:
    first = Rig(METADATA)
    first.close()
    second = OscService(first.service.address, first.steering, INFO, HOOKS)
    assert second.address == first.service.address
    second.close()


def test_bad_packets_are_counted_and_logged_once_a_second_at_most(rig: Rig) -> None:
    client = rig.client(hello=False)
    start = time.monotonic()
    for _ in range(500):
        client.send_raw(b"not osc")
    rig.wait(lambda: rig.service.bad_packets == 500 and bool(rig.log))
    rig.wait(lambda: sum(int(line.split()[1]) for line in rig.log) == 500)
    assert len(rig.log) <= time.monotonic() - start + 1
    assert all("not understood" in line for line in rig.log)
