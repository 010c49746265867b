"""A page is a client of the OSC service like any other: the same messages, told to those who listen."""

import json
import os
import signal
from pathlib import Path

import pytest

from tests.system.osc_client import OscClient
from tests.system.playing import eventually
from tests.web.serving import PlainPage, Serving, serving


def test_a_page_is_introduced_to_the_instrument_as_any_client_is(served: Serving) -> None:
    opened = served.page()
    heard = opened.until("/lb/voices")
    opened.close()
    assert heard[0][:2] == ["/lb/info", "drums"]
    addresses = [address for address, *_ in heard]
    assert {"/lb/axisinfo", "/lb/z", "/lb/gain", "/lb/outside", "/lb/map"} <= set(addresses)


def test_what_one_page_moves_the_other_is_told_and_itself_not(served: Serving, plain: PlainPage) -> None:
    other = served.page().settle()
    plain.send(["/lb/gain", -12.5])
    assert other.until("/lb/gain")[-1] == ["/lb/gain", -12.5]
    plain.send(["/lb/gain", 0], ["/lb/ping", 77])
    assert other.until("/lb/gain")[-1] == ["/lb/gain", 0.0]
    plain.send(["/lb/stat"])
    assert "/lb/gain" not in [address for address, *_ in plain.until("/lb/stat")]
    other.close()


def test_the_messages_of_a_frame_arrive_together_and_in_order(served: Serving, plain: PlainPage) -> None:
    other = served.page().settle()
    plain.send(*[["/lb/gain", -number] for number in range(1, 40)], ["/lb/gain", 0])
    plain.send(["/lb/gain", -3])
    assert other.until("/lb/gain")[-1][1] in (0.0, -3.0)
    plain.send(["/lb/gain", 0])
    other.close()


def test_what_is_not_there_is_answered_with_an_error_as_in_osc(plain: PlainPage) -> None:
    plain.send(["/lb/nothing", 1])
    assert plain.until("/lb/error")[-1][1] == 1
    plain.send(["/lb/axis/brightness", "high"])
    assert plain.until("/lb/error")[-1][1] == 3


def test_a_page_cannot_listen_in_the_name_of_another(served: Serving, plain: PlainPage) -> None:
    other = served.page().settle()
    plain.send(["/lb/hello", 1024], ["/lb/hello", 1025])
    plain.until("/lb/voices")
    plain.send(["/lb/gain", -6])
    assert other.until("/lb/gain")[-1] == ["/lb/gain", -6.0]
    plain.send(["/lb/gain", 0])
    other.close()


def test_more_pages_than_there_is_room_for_are_told_so_and_room_comes_back(served: Serving) -> None:
    pages = []
    while not (pages and _is_refused(pages[-1])):
        pages.append(served.page())
        assert len(pages) < 100
    for one in pages:
        one.close()
    assert eventually(lambda: not _is_refused(served.page()))


def _is_refused(page: PlainPage) -> bool:
    from websockets.exceptions import ConnectionClosed

    try:
        page.until("/lb/info")
    except ConnectionClosed:
        return True
    return False


def test_a_page_and_an_osc_program_stay_in_step(drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path, "--osc", "127.0.0.1:0") as served, OscClient() as program:
        host, port = served.instrument.ready.partition("OSC ")[2].partition(",")[0].split(":")
        page = served.page().settle()
        program.say((host, int(port)), "/lb/hello", program.port)
        assert eventually(lambda: "/lb/gain" in program.heard)
        page.send(["/lb/gain", -7])
        assert eventually(lambda: program.heard["/lb/gain"] == (-7.0,))
        program.say((host, int(port)), "/lb/gain", -9.0)
        assert page.until("/lb/gain")[-1] == ["/lb/gain", -9.0]
        page.close()


def test_the_model_is_served_as_its_file_has_it(served: Serving) -> None:
    status, text, headers = served.request("/api/document/model")
    model = json.loads(text)
    assert status == 200
    assert headers["content-type"] == "application/json"
    assert model["name"] == "drums"
    assert len(model["default_latent"]) == model["latent_size"]
    assert all(len(point["latent"]) == model["latent_size"] for point in model["map_points"])
    assert "snare" in model["classes"]


def test_another_model_is_known_before_the_page_is_told_of_it(drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path) as served:
        page = served.page().settle()
        page.send(["/lb/model", "notes"])
        assert page.until("/lb/info")[-1][1] == "notes"
        assert json.loads(served.request("/api/document/model")[1])["name"] == "notes"
        page.close()


def test_a_page_process_that_dies_is_replaced_and_the_instrument_plays_on(drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path) as served:
        served.page().settle().close()
        engine, token = served.instrument.child("engine_process"), served.token()
        os.kill(served.instrument.child("page_process"), signal.SIGKILL)
        assert eventually(lambda: "page's process has ended" in served.instrument.stderr)
        page = served.page().settle()
        assert served.token() == token
        assert served.instrument.child("engine_process") == engine
        page.close()


def test_a_busy_port_is_passed_over_and_the_ready_line_says_which_it_became(
    served: Serving, drums: Path, tmp_path: Path
) -> None:
    with serving(drums, tmp_path, web=f"127.0.0.1:{served.port}") as second:
        assert second.port > served.port
        assert second.request("/")[0] == 200


def test_for_other_machines_the_link_has_the_token_and_the_page_has_not(drums: Path, tmp_path: Path) -> None:
    with serving(drums, tmp_path, web="0.0.0.0:0") as served:
        token = served.link.partition("#")[2]
        assert len(token) >= 20
        assert served.token() == ""
        assert served.request("/api/captures")[0] == 403
        assert served.request(f"/api/captures?token={token}")[0] == 200
        served.socket(token=token).close()


def test_captures_are_listed_newest_first_and_come_as_wav(served: Serving) -> None:
    for age, name in enumerate(("new.wav", "old <b>&.wav")):
        file = served.captures / name
        file.write_bytes(b"RIFF")
        os.utime(file, (1e9 - age, 1e9 - age))
    (served.captures / "notes.txt").write_text("not a sound")
    listed = json.loads(served.request("/api/captures")[1])
    assert [entry["name"] for entry in listed["captures"]] == ["new.wav", "old <b>&.wav"]
    status, content, headers = served.request("/api/captures/old%20%3Cb%3E&.wav")
    assert (status, content, headers["content-type"]) == (200, b"RIFF", "audio/wav")


@pytest.mark.parametrize("words", ["nowhere", "127.0.0.1:70000", "1.2.3.4:80"])
def test_an_address_that_cannot_be_is_told_in_a_sentence(drums: Path, tmp_path: Path, words: str) -> None:
    from tests.system.playing import playing

    with playing(drums, "--output", "null", "--midi", "none", "--osc", "off", "--web", words) as instrument:
        assert instrument.ended() == 1
        assert eventually(lambda: "page" in instrument.stderr)
        assert "Traceback" not in instrument.stderr
