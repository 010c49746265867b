"""Another output, block or MIDI port is chosen while it plays; one that cannot be had is told, and nothing is lost."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.conftest import open_in
from tests.web.serving import PlainPage, Serving, serving


@pytest.fixture(scope="module")
def own(drums: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(drums, tmp_path_factory.mktemp("captures")) as running:
        yield running


def settled(own: Serving) -> PlainPage:
    return own.page().settle()


def test_outputs_and_midi_ports_are_listed_with_those_in_use(own: Serving) -> None:
    in_use = settled_with(own)["/lb/info"][3]
    page = settled(own)
    page.send(["/lb/devices"])
    heard = page.until("/lb/midi")
    assert ["/lb/output", "null", in_use] in heard
    assert heard[-1][:2] == ["/lb/midi", "none"]
    assert any(message[0] == "/lb/outputinfo" and message[2] == "null" for message in heard)
    page.close()


def test_another_block_is_taken_and_all_that_was_set_stays(own: Serving) -> None:
    page = settled(own)
    page.send(["/lb/axis/brightness", 0.875], ["/lb/gain", -3])
    page.send(["/lb/output", "null", 512])
    assert page.until("/lb/sound")[-1][1] == 0
    assert page.until("/lb/sound")[-1][1] == 1
    assert page.until("/lb/output")[-1][1:] == ["null", 512]
    late = settled_with(own)
    assert late["/lb/info"][3] == 512
    assert late["/lb/axis/brightness"] == [0.875]
    assert late["/lb/gain"] == [-3.0]
    page.send(["/lb/note", 38, 127])
    while page.until("/lb/voices")[-1][1] == 0:
        pass
    page.close()


def settled_with(own: Serving) -> dict[str, list[object]]:
    """What a page that comes now is told, by address."""
    page = own.page()
    heard = {address: arguments for address, *arguments in page.until("/lb/voices")}
    page.close()
    return heard


def test_an_output_that_is_not_there_is_told_and_the_one_before_sounds_on(own: Serving) -> None:
    page = settled(own)
    page.send(["/lb/output", "no such card"])
    assert page.until("/lb/error")[-1][1] == 4
    assert page.until("/lb/output")[-1][1] == "null"
    page.send(["/lb/note", 38, 127])
    while page.until("/lb/voices")[-1][1] == 0:
        pass
    page.close()


def test_midi_that_is_not_there_is_told(own: Serving) -> None:
    page = settled(own)
    page.send(["/lb/midi", "no such keyboard"])
    assert page.until("/lb/error")[-1][1] == 4
    page.send(["/lb/midi", "jack"])
    assert "needs JACK as the output" in page.until("/lb/error")[-1][2]
    page.close()


def test_the_block_is_changed_on_the_page(page: Page, complaints: list[str], own: Serving) -> None:
    open_in(page, own.link)
    page.get_by_role("tab", name="Setup").click()
    expect(page.get_by_label("Output")).to_have_value("null")
    page.get_by_label("Block").select_option("256 frames")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#notices")).to_contain_text(re.compile("The sound goes to null now, in blocks of 256 frames"))
    expect(page.get_by_text("256 frames", exact=True).last).to_be_visible()
