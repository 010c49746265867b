"""Another output, block or MIDI port is chosen while it plays; one that cannot be had is told, and nothing is lost."""

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from tests.system.jack_rig import Studio, jack_server
from tests.system.playing import eventually
from tests.web.conftest import open_in
from tests.web.serving import PlainPage, Serving, serving
from tests.web.test_listening import PEAK
from tests.web.test_page import knob, type_value

RATE = 48_000
COUNT_FLASHES = """() => {
  window.flashes = {};
  for (const light of document.querySelectorAll(".light")) {
    flashes[light.textContent] = 0;
    new MutationObserver(() => { flashes[light.textContent] += light.dataset.on === "true" ? 1 : 0; })
      .observe(light, { attributes: true });
  }
}"""


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
    # What somebody else asks for meanwhile is told to everybody, and takes the choice from nobody.
    other = settled(own)
    other.send(["/lb/devices"])
    other.until("/lb/midi")
    other.close()
    expect(page.get_by_label("Block")).to_have_value("256")
    page.get_by_role("button", name="Use it").click()
    expect(page.locator("#notices")).to_contain_text(re.compile("The sound goes to null now, in blocks of 256 frames"))
    expect(page.get_by_text("256 frames", exact=True).last).to_be_visible()


def test_from_no_sound_to_jack_and_back_with_a_keyboard_on_jack(
    page: Page, complaints: list[str], drums: Path, tmp_path: Path
) -> None:
    with jack_server() as server, serving(drums, tmp_path, server=server.name) as served:
        open_in(page, served.link)
        type_value(page, "decay", "75")
        page.get_by_role("button", name="Listen here").click()
        page.get_by_role("tab", name="Setup").click()
        use(page, "Output", "JACK", "Use it", "The sound goes to jack:latentbridge now, in blocks of 128 frames")
        expect(page.get_by_label("MIDI", exact=True).get_by_role("option", name="jack")).to_have_count(1)
        use(page, "MIDI", "auto", "Listen to it", "MIDI: auto (jack:latentbridge:midi_in)")
        page.evaluate(COUNT_FLASHES)
        with Studio(server, ["latentbridge:out_1", "latentbridge:out_2"]) as studio:
            heard = studio.perform([(1000, bytes([0x90, 38, 120]))], RATE // 2, freewheel=False)
            assert np.nanmax(np.abs(heard)) > 0.05
            assert eventually(lambda: page.evaluate("flashes.MIDI") > 0)
            # As drivers do that keep the processor for too long.
            engine = served.instrument.child("engine_process")
            os.kill(engine, signal.SIGSTOP)
            time.sleep(0.1)
            os.kill(engine, signal.SIGCONT)
            assert eventually(lambda: page.evaluate("flashes.Late") > 0)
            expect(page.locator("dt:text('Late blocks') + dd")).not_to_have_text("0")
            page.get_by_role("tab", name="Sound").click()
            knob(page, "brightness").click(button="right")
            page.get_by_role("menuitem", name="Learn a MIDI control").click()
            turned = [(1000 * number, bytes([0xB0, 21, 10 * number])) for number in range(1, 13)]
            studio.perform(turned, RATE // 3, freewheel=False)
            expect(page.locator("#notices")).to_contain_text("cc 21 moves axis brightness now")
            expect(knob(page, "brightness")).not_to_have_attribute("aria-valuenow", "0.5")
        page.get_by_role("tab", name="Setup").click()
        use(page, "Output", "No sound: listen in a browser", "Use it", "The sound goes to null now")
        page.get_by_role("tab", name="Sound").click()
        expect(knob(page, "decay")).to_have_attribute("aria-valuenow", "0.75")
        plain = served.page().settle()
        assert eventually(lambda: strike(plain) and page.evaluate(PEAK) > 0.02), "it is listened to all the while"


def use(page: Page, what: str, choice: str, button: str, said: str) -> None:
    """Choose a device, take it, and wait until the page says that it is in use."""
    page.get_by_label(what, exact=True).select_option(choice)
    page.get_by_role("button", name=button).click()
    expect(page.locator("#notices")).to_contain_text(said)


def strike(plain: PlainPage) -> bool:
    plain.send(["/lb/note", 38, 127])
    return True
