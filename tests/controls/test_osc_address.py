"""Where OSC listens: the words people type, and what they are told if it cannot be."""

import pytest

from runtime.controls.osc_address import open_osc_socket, parse_osc_address
from runtime.errors import LatentbridgeError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:9000", ("127.0.0.1", 9000)),
        ("off", None),
        (" OFF ", None),
        ("9001", ("127.0.0.1", 9001)),
        (":9001", ("127.0.0.1", 9001)),
        ("localhost", ("127.0.0.1", 9000)),
        ("LocalHost:0", ("127.0.0.1", 0)),
        ("192.168.1.7", ("192.168.1.7", 9000)),
        ("0.0.0.0:65535", ("0.0.0.0", 65_535)),
    ],
)
def test_an_address_may_be_short(text: str, address: tuple[str, int] | None) -> None:
    assert parse_osc_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", ":", "127.0.0.1:", "1.2.3:4", "::1", "[::1]:9000", "stage:3", "1.2.3.4:65536", "1.2.3.4:-1", "²:3", "on"],
)
def test_what_is_no_address_is_told_with_one_that_is(text: str) -> None:
    with pytest.raises(LatentbridgeError, match=r"no address for OSC.*127\.0\.0\.1:9000.*off"):
        parse_osc_address(text)


def test_only_this_machine_is_listened_to_unless_asked() -> None:
    address = parse_osc_address("0")
    assert address is not None
    with open_osc_socket(address) as opened:
        assert opened.getsockname()[0] == "127.0.0.1"


def test_an_address_of_another_machine_is_told_in_a_sentence() -> None:
    with pytest.raises(LatentbridgeError, match=r"203\.0\.113\.7:9000.*no address of this machine"):
        open_osc_socket(("203.0.113.7", 9000))
