"""Who may talk to the page's server: the page that it serves, and nobody else's. Real sockets throughout."""

import json
import socket

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from runtime.web.osc_json import LARGEST_TEXT_BYTES
from tests.web.serving import PlainPage, Serving

ELSEWHERE = "http://evil.example"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "", "127.0.0.1.evil.example:{port}"])
def test_a_name_that_was_made_to_lead_here_is_refused(served: Serving, host: str) -> None:
    status, text, _ = served.request("/", headers={"Host": host.format(port=served.port)})
    assert status == 403
    assert b"token" not in text


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST:{port}", "localhost:9999"])
def test_its_own_names_are_let_in_through_a_tunnel_too(served: Serving, host: str) -> None:
    assert served.request("/", headers={"Host": host.format(port=served.port)})[0] == 200


@pytest.mark.parametrize("origin", [ELSEWHERE, "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_another_sites_page_can_neither_read_nor_write_nor_open_a_socket(served: Serving, origin: str) -> None:
    assert served.request("/api/captures", headers={"Origin": origin})[0] == 403
    token = {"X-Latentbridge-Token": served.token(), "Origin": origin}
    assert served.request("/api/captures", "POST", headers=token)[0] == 403
    with pytest.raises(InvalidStatus, match="403"):
        served.socket(origin=origin)


@pytest.mark.parametrize("token", ["", "wrong", "é"])
def test_without_the_token_of_this_run_nothing_can_be_changed(served: Serving, token: str) -> None:
    headers = {"Origin": served.origin} | ({"X-Latentbridge-Token": token} if token.isascii() else {})
    assert served.request("/api/captures", "POST", headers=headers)[0] == 403
    with pytest.raises(InvalidStatus, match="403"):
        served.socket(token=token)


def test_a_socket_that_does_not_say_where_it_comes_from_is_refused(served: Serving) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        served.socket(origin=None)


def test_no_path_leads_out_of_the_page_or_the_captures(served: Serving) -> None:
    (served.captures.parent / "secret.wav").write_bytes(b"secret")
    for path in (
        "/../server.py",
        "/%2e%2e/server.py",
        "/..%2fserver.py",
        "/api/captures/../secret.wav",
        "/api/captures/..%2fsecret.wav",
        "/api/captures/%2e%2e%2fsecret.wav",
        f"/api/captures/{'a' * 5000}.wav",
        "/api/captures/%00.wav",
    ):
        status, text, _ = served.request(path)
        assert status == 404, path
        assert b"secret" not in text


def test_the_page_may_load_nothing_from_elsewhere_and_stand_in_no_frame(served: Serving) -> None:
    policy = served.request("/")[2]["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "frame",
    [
        "not json",
        "{}",
        "[1]",
        "[[]]",
        '[["no slash"]]',
        '[["/lb/axis/tone", null]]',
        '[["/lb/axis/tone", [1]]]',
        '[["/lb/axis/tone", NaN]]',
        '[["/lb/axis/tone", 1e999]]',
        "[" * 3000,
        json.dumps([["/lb/ping", 1]] * 300),
        json.dumps([["/lb/z", *[0.5] * 65]]),
        b"\0\1\2",
    ],
    ids=lambda frame: repr(frame)[:20],
)
def test_a_frame_that_makes_no_sense_ends_the_socket_and_nothing_else(
    served: Serving, plain: PlainPage, frame: str
) -> None:
    other = served.page().settle()
    plain.socket.send(frame)
    with pytest.raises(ConnectionClosed) as ended:
        plain.until("never")
    assert ended.value.rcvd is not None
    assert ended.value.rcvd.code == 1007
    other.send(["/lb/stat"])
    other.until("/lb/stat")
    other.close()


def test_a_frame_that_is_too_large_ends_the_socket(plain: PlainPage) -> None:
    plain.socket.send(json.dumps([["/lb/find", "a" * LARGEST_TEXT_BYTES]]))
    with pytest.raises(ConnectionClosed) as ended:
        plain.until("never")
    assert ended.value.sent is not None or ended.value.rcvd is not None


def test_a_request_that_never_ends_keeps_nobody_waiting(served: Serving) -> None:
    with socket.create_connection(("127.0.0.1", served.port)) as slow:
        slow.send(b"GET / HTTP/1.1\r\nHost:")
        assert served.request("/")[0] == 200
