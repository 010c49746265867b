"""Captures, kits and dropped sounds in a real browser: files that a user gets, and what becomes of those they bring."""

import base64
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Locator, Page, expect

from runtime.oneshots.loudness import loudness_db
from runtime.oneshots.tags import read_tags
from runtime.web.trash import TRASH
from tests.system.playing import eventually
from tests.web.conftest import open_in
from tests.web.serving import PlainPage, Serving

DROP = """([name, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type: "audio/wav" }));
  for (const kind of ["dragover", "drop"]) {
    document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, bubbles: true, cancelable: true }));
  }
}"""
NOTE_PROGRESS = """() => {
  const bar = document.querySelector("progress[aria-label=Export]");
  window.progressWasShown = false;
  new MutationObserver((changes) => {
    window.progressWasShown ||= changes.some((change) => change.attributeName === "hidden");
  }).observe(bar, { attributes: true });
}"""
"""A kit may be there before anybody could look: the page itself notes whether the hidden bar comes out."""
DRAGGED = """(handle) => {
  const transfer = new DataTransfer();
  handle.dispatchEvent(new DragEvent("dragstart", { dataTransfer: transfer, bubbles: true }));
  return transfer.getData("DownloadURL");
}"""


@pytest.fixture
def opened(opened_once: tuple[Page, list[str]]) -> Iterator[Page]:
    """One page for all: each begins in its own view."""
    page, complaints = opened_once
    yield page
    assert complaints == []


@pytest.fixture
def playing(opened: Page) -> Page:
    opened.get_by_role("tab", name="Play").click()
    return opened


def strike_and_capture(page: Page, served: Serving, pad: int = 3) -> Path:
    """Strike a pad, press the space bar, and return the file that comes of it."""
    before = set(served.captures.glob("*.wav"))
    page.get_by_role("button", name=f"Pad {pad},").click()
    page.keyboard.press("Space")
    assert eventually(lambda: len(set(served.captures.glob("*.wav")) - before) == 1)
    (file,) = set(served.captures.glob("*.wav")) - before
    return file


def see_captures(page: Page) -> None:
    page.get_by_role("tab", name="Captures").click()


# Captures ------------------------------------------------------------------------------------------------------------


def test_the_space_bar_writes_the_sound_that_was_played_and_is_seen_in_the_list(playing: Page, served: Serving) -> None:
    file = strike_and_capture(playing, served)
    note = read_tags(file).document.note
    assert note is not None
    assert note.note == 38
    expect(playing.locator("#notices")).to_contain_text(f"Captured {file.name}")
    see_captures(playing)
    row = playing.get_by_role("article", name=file.name)
    expect(row).to_contain_text(re.compile(r"\d\.\d\d s"))
    drawn = row.locator("canvas").evaluate(
        "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.filter(Boolean).length"
    )
    assert drawn > 1000


def test_the_space_bar_does_not_capture_while_somebody_types_or_presses_a_button_by_it(
    playing: Page, plain: PlainPage, served: Serving
) -> None:
    files = sorted(served.captures.glob("*.wav"))
    playing.get_by_label("Name", exact=True).click()
    playing.keyboard.type("a b")
    playing.get_by_role("button", name="Octave up").focus()
    playing.keyboard.press("Tab")
    playing.keyboard.press("Shift+Tab")
    playing.keyboard.press("Space")
    expect(playing.get_by_role("group", name="Keyboard from C2")).to_be_visible()
    playing.get_by_role("button", name="Octave down").click()
    plain.send(["/lb/ping", 1])
    assert sorted(served.captures.glob("*.wav")) == files


def test_a_capture_is_played_renamed_deleted_and_put_back(playing: Page, served: Serving) -> None:
    file = strike_and_capture(playing, served)
    content = file.read_bytes()
    see_captures(playing)
    playing.get_by_role("button", name=f"Play {file.name}").click()
    expect(playing.get_by_role("button", name=f"Stop {file.name}")).to_be_visible()
    expect(playing.get_by_role("button", name=f"Play {file.name}")).to_be_visible()
    playing.get_by_role("button", name=f"Rename {file.name}").click()
    playing.get_by_label(f"New name of {file.name}").fill("../my <i>snare</i>")
    playing.keyboard.press("Enter")
    named = "my__i_snare__i.wav"
    expect(playing.get_by_role("article", name=named)).to_be_visible()
    assert (served.captures / named).read_bytes() == content
    playing.get_by_role("button", name=f"Delete {named}").click()
    expect(playing.get_by_role("article", name=named)).to_have_count(0)
    assert (served.captures / TRASH / named).read_bytes() == content
    playing.get_by_text("Trash (").click()
    playing.get_by_role("button", name=f"Put back {named}").click()
    expect(playing.get_by_role("article", name=named)).to_be_visible()
    assert (served.captures / named).read_bytes() == content


def test_a_capture_is_downloaded_and_dragged_out_as_the_file_it_is(playing: Page, served: Serving) -> None:
    file = strike_and_capture(playing, served)
    see_captures(playing)
    link = playing.get_by_role("link", name=f"Download {file.name}")
    with playing.expect_download() as started:
        link.click()
    assert started.value.suggested_filename == file.name
    assert Path(started.value.path()).read_bytes() == file.read_bytes()
    for handle in (link, playing.get_by_role("article", name=file.name).locator("canvas")):
        kind, name, address = str(handle.evaluate(DRAGGED)).split(":", 2)
        assert (kind, name) == ("audio/wav", file.name)
        assert served.request(address.removeprefix(served.origin))[1] == file.read_bytes()


# Kits ----------------------------------------------------------------------------------------------------------------


def test_the_pads_are_written_as_a_kit_that_sounds_as_they_do(
    playing: Page, served: Serving, plain: PlainPage, tmp_path: Path
) -> None:
    plain.send(["/lb/axis/brightness", 0.9], ["/lb/key/reroll", 38])
    expect(playing.locator('[role=slider][aria-label="brightness"]')).to_have_attribute("aria-valuenow", "0.9")
    # What is struck at once after a knob is heard while it still glides.
    playing.wait_for_timeout(500)
    heard = strike_and_capture(playing, served)
    playing.get_by_label("Name", exact=True).fill("Beat/1")
    playing.evaluate(NOTE_PROGRESS)
    playing.get_by_role("button", name="Export the kit").click()
    link = playing.get_by_role("link", name="Download Beat_1.zip")
    with playing.expect_download() as started:
        link.click()
    assert playing.evaluate("window.progressWasShown")
    with zipfile.ZipFile(started.value.path()) as archive:
        archive.extractall(tmp_path)
    plan = json.loads((tmp_path / "Beat_1" / "kit.json").read_text())
    assert [sound["keys"] for sound in plan["sounds"]] == [[key, key] for key in range(36, 52)]
    assert [sound.get("choke_group", 0) for sound in plan["sounds"] if sound["note"] in (42, 44, 46)] == [1, 1, 1]
    files = sorted((tmp_path / "Beat_1").glob("*.wav"))
    assert len(files) == 16
    assert {file.suffix for file in (tmp_path / "Beat_1").iterdir()} >= {".sfz", ".dspreset", ".multisample", ".adg"}
    (snare,) = [sound["file"] for sound in plan["sounds"] if sound["note"] == 38]
    assert likeness(heard, tmp_path / "Beat_1" / snare) > 0.99
    plain.send(["/lb/axis/brightness", 0.5], ["/lb/key/reset", 38])


def likeness(one: Path, other: Path) -> float:
    """Largest correlation of two sounds, whatever their levels."""
    first, second = (soundfile.read(path, always_2d=True)[0].mean(axis=1) for path in (one, other))
    size = 1 << (len(first) + len(second)).bit_length()
    product = np.fft.irfft(np.fft.rfft(first, size) * np.conj(np.fft.rfft(second, size)))
    return float(product.max() / np.sqrt((first @ first) * (second @ second)))


# Sounds that are brought ---------------------------------------------------------------------------------------------


def kick(path: Path, seconds: float = 0.3) -> Path:
    """A sine that falls from 200 Hz to 50 Hz and dies away."""
    time = np.arange(round(seconds * 44_100)) / 44_100
    sound = np.sin(2 * np.pi * (50 * time + 150 / 20 * (1 - np.exp(-20 * time)))) * np.exp(-12 * time)
    soundfile.write(path, 0.5 * sound, 44_100)
    return path


def test_a_wav_that_is_dropped_moves_the_knobs_and_can_be_compared_by_ear_and_eye(
    opened: Page, plain: PlainPage, tmp_path: Path
) -> None:
    file = kick(tmp_path / "my kick <1>.wav")
    opened.evaluate(DROP, [file.name, base64.b64encode(file.read_bytes()).decode()])
    expect(opened.get_by_role("tab", name="Match")).to_have_attribute("aria-selected", "true")
    assert plain.until("/lb/encoded")[-1][1] == "my_kick__1.wav"
    assert len(plain.until("/lb/z")[-1]) == 17
    card = opened.get_by_role("region", name="Comparison")
    expect(card).to_contain_text("dB from what the instrument makes of it")
    for name in ("Original", "From the instrument"):
        expect(card.get_by_role("button", name=name)).to_be_enabled()
        canvas = card.get_by_role("img", name=f"Waveform: {name}")
        expect(canvas).to_be_visible()
        assert eventually(
            lambda canvas=canvas: canvas.evaluate(  # type: ignore[misc]
                "one => one.getContext('2d').getImageData(0, 0, one.width, one.height).data.some(Boolean)"
            )
        )
    card.get_by_role("button", name="Original").click()
    card.get_by_role("button", name="From the instrument").click()
    expect(card.get_by_role("button", name="From the instrument")).to_have_attribute("aria-pressed", "false")


def test_both_sounds_that_are_compared_are_equally_loud(opened: Page, served: Serving, tmp_path: Path) -> None:
    opened.get_by_role("tab", name="Match").click()
    with opened.expect_request(re.compile("/api/uploads/.*/original")) as asked:
        opened.get_by_label("Your sound").set_input_files(kick(tmp_path / "kick.wav"))
    number = asked.value.url.split("/")[-2]
    expect(opened.get_by_role("button", name="Original")).to_be_enabled()
    loudness = []
    for which in ("original", "reconstruction"):
        file = tmp_path / f"{which}.wav"
        file.write_bytes(served.request(f"/api/uploads/{number}/{which}")[1])
        sound, rate = soundfile.read(file, dtype="float32", always_2d=True)
        loudness.append(loudness_db(np.ascontiguousarray(sound.T), rate))
    assert abs(loudness[0] - loudness[1]) < 0.1


KEEP_PLAYERS = """(() => {
  const Own = window.Audio;
  window.players = [];
  window.Audio = function () { const made = new Own(); players.push(made); return made; };
})()"""
LISTEN_TO_PLAYERS = """() => {
  const context = new AudioContext({ sampleRate: 48000 });
  window.ear = new AnalyserNode(context, { fftSize: 32768 });
  for (const player of players) context.createMediaElementSource(player).connect(ear);
  return context.resume();
}"""
LAST_HEARD = """() => {
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  return Array.from(samples);
}"""


def test_what_is_compared_is_heard_and_changed_at_the_same_moment(
    page: Page, complaints: list[str], served: Serving, tmp_path: Path
) -> None:
    page.add_init_script(KEEP_PLAYERS)
    open_in(page, served.link)
    page.get_by_role("tab", name="Match").click()
    with page.expect_request(re.compile("/api/uploads/.*/original")) as asked:
        page.get_by_label("Your sound").set_input_files(kick(tmp_path / "kick.wav"))
    number = asked.value.url.split("/")[-2]
    first, second = (page.get_by_role("button", name=name) for name in ("Original", "From the instrument"))
    expect(second).to_be_enabled()
    page.evaluate(LISTEN_TO_PLAYERS)
    for which, play in (("original", first), ("reconstruction", second)):
        served_file, heard = tmp_path / f"{which}.wav", tmp_path / "heard.wav"
        served_file.write_bytes(served.request(f"/api/uploads/{number}/{which}")[1])

        def is_heard(play: Locator = play, served_file: Path = served_file, heard: Path = heard) -> bool:
            play.click()
            page.wait_for_timeout(600)
            soundfile.write(heard, page.evaluate(LAST_HEARD), 48_000, subtype="FLOAT")
            return likeness(heard, served_file) > 0.95

        assert eventually(is_heard), which
    assert likeness(tmp_path / "original.wav", tmp_path / "reconstruction.wav") < 0.95, "they can be told apart"
    # The same, so slowly that there is time to change.
    page.evaluate("players.forEach((one) => { one.defaultPlaybackRate = 0.1; })")
    first.click()
    page.wait_for_timeout(500)
    second.click()
    assert 0.02 < page.evaluate("players[0].currentTime") < 0.2
    expect(second).to_have_attribute("aria-pressed", "true")
    expect(first).to_have_attribute("aria-pressed", "false")


def test_what_is_no_sound_is_told_in_a_sentence_by_its_own_name(opened: Page, tmp_path: Path) -> None:
    opened.evaluate(DROP, ["letter.wav", base64.b64encode(b"Dear Sir").decode()])
    card = opened.get_by_role("region", name="Comparison")
    expect(card.get_by_role("status")).to_contain_text("letter.wav cannot be read as sound")
    expect(card).not_to_contain_text("latentbridge-")
    expect(card.get_by_role("button", name="Original")).to_be_disabled()
