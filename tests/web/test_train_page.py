"""A folder becomes an instrument in a real browser, by visible labels: looked at, trained, heard meanwhile, played.

One run of the real trainer serves all, and is finished as soon as enough was seen of it.
"""

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Page, Route, expect

from runtime.contract import read_decoder_metadata
from runtime.data_folder import instruments_folder
from tests.web.conftest import open_in
from tests.web.serving import PlainPage, Serving
from tests.web.train_page import (
    LONG_MS,
    NAME,
    hearing_in,
    is_in_stage,
    look_at,
    nothing_stands_in_the_way,
    run_in,
    seconds_of,
    strike,
)

ONESHOTS = Path(__file__).parents[1] / "data" / "oneshots"
MINUTES = "4"
"""Longer than anybody waits here: the run is finished before."""


@pytest.fixture(scope="module", autouse=True)
def instruments() -> Iterator[Path]:
    """An empty folder of instruments."""
    folder = instruments_folder()
    assert folder.is_relative_to(os.environ["XDG_DATA_HOME"]), "nobody's own instruments are taken away"
    shutil.rmtree(folder, ignore_errors=True)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def sounds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirteen drums, one that is too long, and four files that cannot be used."""
    folder = tmp_path_factory.mktemp("sounds") / "My kit"
    shutil.copytree(ONESHOTS, folder)
    shutil.copy(folder / "kick" / "bd_808.flac", folder / "tom" / "copy.flac")
    for name in ("empty.wav", "also <i>empty.wav"):
        (folder / "snare" / name).touch()
    soundfile.write(folder / "hat" / "silent.wav", np.zeros(4800), 48_000)
    noise = np.random.default_rng(0).uniform(-0.5, 0.5, 6 * 48_000) * np.linspace(1, 0, 6 * 48_000) ** 4
    soundfile.write(folder / "percussion" / "long.wav", noise, 48_000)
    return folder


@pytest.fixture
def opened(opened_once: tuple[Page, list[str]]) -> Iterator[Page]:
    """One page for all, in the view."""
    page, complaints = opened_once
    page.get_by_role("tab", name="Train").click()
    yield page
    assert complaints == []


# Before --------------------------------------------------------------------------------------------------------------


def test_a_folder_at_fault_is_told_where_its_path_was_typed(opened: Page, tmp_path: Path) -> None:
    sounds = opened.get_by_role("region", name="Sounds", exact=True)
    look_at(opened, "/nowhere/at/all")
    expect(sounds).to_contain_text("There is no folder '/nowhere/at/all'")
    look_at(opened, tmp_path)
    expect(sounds).to_contain_text("holds no sound files", timeout=LONG_MS)
    expect(sounds).not_to_contain_text("/nowhere")
    look_at(opened, "")
    expect(sounds).to_contain_text("Type the path of a folder")
    opened.get_by_label("Folder of sounds").fill("/nowhere/else")
    opened.get_by_role("button", name="Train", exact=True).click()
    expect(opened.get_by_role("region", name="Instrument", exact=True)).to_contain_text(
        "There is no folder '/nowhere/else'"
    )
    expect(opened.get_by_role("region", name="Runs")).to_be_hidden()


def test_folders_are_walked_through_by_the_keyboard(opened: Page, sounds: Path) -> None:
    path = opened.get_by_label("Folder of sounds")
    path.fill(str(sounds.parent))
    opened.keyboard.press("Tab")
    expect(opened.get_by_role("button", name="Browse", expanded=False)).to_be_focused()
    opened.keyboard.press("Enter")
    folders = opened.get_by_role("group", name="Folders")
    expect(folders).to_contain_text(f"{sounds.parent}: 0 sounds, 1 folder")
    expect(folders.get_by_role("button", name="My kit")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(folders).to_contain_text("0 sounds, 6 folders")
    opened.keyboard.press("End")
    opened.keyboard.press("ArrowUp")
    expect(folders.get_by_role("button", name="snare")).to_be_focused()
    opened.keyboard.press("Enter")
    expect(folders).to_contain_text(f"{sounds}/snare: 5 sounds, 0 folders")
    expect(folders.get_by_role("button", name="Take this folder")).to_be_focused()
    folders.get_by_role("button", name="Up").press("Enter")
    expect(folders.get_by_role("button", name="snare")).to_be_focused()
    folders.get_by_role("button", name="Take this folder").press("Enter")
    expect(path).to_have_value(str(sounds))
    expect(opened.get_by_role("button", name="Look at it")).to_be_focused()
    expect(folders).to_be_hidden()
    expect(opened.get_by_label("Name", exact=True)).to_have_value(NAME)


def test_what_is_in_a_folder_is_shown_and_what_is_left_out_by_reason(opened: Page, sounds: Path) -> None:
    look_at(opened, sounds)
    found = opened.get_by_role("region", name="Sounds", exact=True)
    expect(found).to_contain_text("14 sounds", timeout=LONG_MS)
    expect(found).to_contain_text("1 sound is longer than 4 s and fades out there")
    expect(found.get_by_role("list", name="Classes")).to_contain_text(re.compile("cymbal 1.*kick 3.*tom 1"))
    expect(found).to_contain_text("4 files skipped")
    empty = found.get_by_text("2 × is empty")
    expect(found.get_by_text("also <i>empty.wav")).to_be_hidden()
    empty.click()
    expect(found.get_by_text("snare/also <i>empty.wav")).to_be_visible()
    for reason in ("1 × is silent", "1 × holds the same sound as another"):
        expect(found.get_by_text(reason)).to_be_visible()
    expect(opened.get_by_label("Kind").locator("option").first).to_have_text("As found: drums")
    nothing_stands_in_the_way(opened)


def test_without_what_training_needs_the_view_says_so_and_offers_nothing(
    page: Page, served: Serving, complaints: list[str]
) -> None:
    sentence = "Training needs the package torch, which is not installed."
    answer = json.dumps({"needs": sentence, "runs": []})

    def lacking(route: Route) -> None:
        route.fulfill(body=answer, content_type="application/json")

    page.route("**/api/training", lacking)
    open_in(page, served.link)
    page.get_by_role("tab", name="Train").click()
    expect(page.get_by_text(sentence)).to_be_visible()
    for button in ("Browse", "Look at it", "Train"):
        expect(page.get_by_role("button", name=button, exact=True)).to_be_disabled()
    expect(page.get_by_label("Folder of sounds")).to_be_disabled()


def test_a_run_that_was_interrupted_is_offered_to_go_on_for_what_it_lacks(opened: Page, instruments: Path) -> None:
    run = instruments / "runs" / "broken off"
    run.mkdir(parents=True)
    (run / "order.json").write_text(json.dumps({"folder": "/sounds", "minutes": 30, "kind": "notes"}))
    (run / "progress.json").write_text(json.dumps({"stage": "training", "step": 900, "seconds": 11.5 * 60}))
    (run / "checkpoint.ckpt").touch()
    opened.get_by_role("tab", name="Setup").click()
    opened.get_by_role("tab", name="Train").click()
    row = opened.get_by_role("region", name="Runs").get_by_role("listitem").filter(has_text="broken off")
    expect(row).to_contain_text("not finished · notes")
    row.get_by_role("button", name="Open broken off").click()
    is_in_stage(opened, "Not finished", "broken off")
    shown = run_in(opened, "broken off")
    expect(shown).to_contain_text("Step 900 · 12 min")
    expect(shown.get_by_label("More minutes")).to_have_value("19")
    expect(shown.get_by_role("button", name="Go on")).to_be_enabled()
    shown.get_by_role("button", name="Close").click()
    shutil.rmtree(run)


# While it trains -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def begun(opened_once: tuple[Page, list[str]], sounds: Path) -> Page:
    """The page, on which a training was ordered that goes on until it is told to finish."""
    page, _ = opened_once
    page.get_by_role("tab", name="Train").click()
    page.get_by_label("Folder of sounds").fill(str(sounds))
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Minutes", exact=True).fill(MINUTES)
    page.get_by_role("button", name="Train", exact=True).click()
    is_in_stage(page, "Training")
    return page


@pytest.fixture
def training(begun: Page, opened: Page) -> Page:
    return opened


def test_how_it_goes_is_said_drawn_and_heard(training: Page) -> None:
    run = run_in(training)
    expect(run).to_contain_text(re.compile(r"Step [0-9]+ · .*about [0-9]+ min.* left"))
    expect(run.get_by_role("progressbar", name="How much is done")).to_be_visible()
    loss = run.get_by_role("img", name=re.compile(r"Loss: from [0-9.]+ to [0-9.]+ after [0-9]+ s; lowest"))
    expect(loss).to_be_visible()
    assert loss.locator("path").get_attribute("d")
    expect(run.get_by_role("img", name=re.compile(r"Sounds trained on: [0-9.]+ dB"))).to_be_visible()
    expect(run.get_by_role("article")).to_have_count(6)
    sound = run.get_by_role("article").first
    expect(sound).to_contain_text(re.compile(r"[0-9]\.[0-9] dB"))
    for picture in sound.get_by_role("img").all():
        training.wait_for_function("one => one.complete && one.naturalWidth > 10", arg=picture.element_handle())


def test_an_original_and_what_is_made_of_it_are_heard_one_after_the_other(training: Page) -> None:
    # The longest, which is still playing when the other one is pressed.
    sound = max(run_in(training).get_by_role("article").all(), key=seconds_of)
    original, made = (sound.get_by_role("button", name=name) for name in ("original", "from the instrument"))
    training.evaluate("""() => {
      window.begun = [];
      const set = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime").set;
      Object.defineProperty(Audio.prototype, "currentTime", { configurable: true, set(to) {
        window.begun.push(to);
        set.call(this, to);
      }, get: Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "currentTime").get });
    }""")
    original.evaluate("one => one.click()")
    training.wait_for_timeout(150)
    made.evaluate("one => one.click()")
    first, second = training.evaluate("window.begun")
    assert first == 0
    assert 0 < second < seconds_of(sound)
    expect(original).to_have_attribute("aria-pressed", "false")
    expect(made).to_have_attribute("aria-pressed", "false")


def test_one_is_trained_at_a_time_and_giving_up_is_asked_once_more(training: Page) -> None:
    expect(training.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    expect(training.get_by_text(f"One at a time: {NAME} is being trained.")).to_be_visible()
    training.get_by_role("button", name="Give up", exact=True).click()
    asked = training.get_by_role("group", name="Give up?")
    expect(asked.get_by_role("button", name="Give up now")).to_be_focused()
    training.keyboard.press("Escape")
    expect(asked).to_be_hidden()
    expect(training.get_by_role("button", name="Give up", exact=True)).to_be_focused()
    is_in_stage(training, "Training")


def test_another_page_that_is_opened_meanwhile_sees_the_same(training: Page, open_another: Callable[[], Page]) -> None:
    other = open_another()
    other.get_by_role("tab", name="Train").click()
    is_in_stage(other, "Training")
    expect(run_in(other).get_by_role("article")).to_have_count(6)
    expect(other.get_by_role("button", name="Train", exact=True)).to_be_disabled()
    training.get_by_label("Play what it has learnt so far").check()
    expect(other.get_by_label("Play what it has learnt so far")).to_be_checked()


def test_the_model_that_plays_changes_by_itself_while_it_learns_and_nobody_is_disturbed(
    training: Page, served: Serving, plain: PlainPage
) -> None:
    follow = training.get_by_label("Play what it has learnt so far")
    follow.check()
    run = run_in(training)
    expect(run).to_contain_text(re.compile("Hearing [0-9]+ plays"), timeout=LONG_MS)
    said = hearing_in(run)
    expect(training.locator("#model-name")).to_have_text(NAME)
    assert hearing_in(run) == said, "the first hearing was not noticed: it has the weights of what it began with"
    before = model(served)
    # Somebody stands on a button and looks at the pictures, when the next one comes.
    button = run.get_by_role("article").first.get_by_role("button").first
    button.focus()
    pictures = run.locator("article img")
    old = [picture.get_attribute("src") for picture in pictures.all()]
    training.evaluate("window.scrollTo(0, 300)")
    expect(run).to_contain_text(f"Hearing {said + 1} plays", timeout=LONG_MS)
    assert all(picture.get_attribute("src") not in old for picture in pictures.all())
    expect(button).to_be_focused()
    assert training.evaluate("window.scrollY") == 300
    after = model(served)
    assert (before["name"], after["name"]) == (NAME, NAME)
    assert before["hash"] != after["hash"]
    assert run.get_by_role("img", name=re.compile(f"in {said + 1} hearings")).locator("circle").count() == said + 1
    strike(plain)


def model(served: Serving) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(served.request("/api/document/model")[1])
    return document


def test_nothing_stands_in_the_way_while_it_trains(training: Page) -> None:
    nothing_stands_in_the_way(training)


# When it is finished -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ended(begun: Page) -> Page:
    """The page, on which somebody has wanted the instrument at once."""
    begun.get_by_label("Play what it has learnt so far").uncheck()
    begun.get_by_role("button", name="Finish now").click()
    is_in_stage(begun, "Finished")
    return begun


@pytest.fixture
def finished(ended: Page, opened: Page) -> Page:
    return opened


def test_a_run_that_is_finished_now_is_an_instrument_that_plays(
    finished: Page, plain: PlainPage, instruments: Path
) -> None:
    plain.send(["/lb/model", "drums"])
    expect(finished.locator("#model-name")).to_have_text("drums")
    run = run_in(finished)
    run.get_by_role("button", name="Play it").click()
    expect(finished.locator("#model-name")).to_have_text(NAME)
    expect(run).to_contain_text("It plays now.")
    assert read_decoder_metadata(instruments / f"{NAME}.onnx").name == NAME
    strike(plain)


def test_what_was_made_is_seen_read_and_taken_away(finished: Page, instruments: Path) -> None:
    run = run_in(finished)
    for link, name in (("Download the instrument", f"{NAME}.onnx"), ("Download its encoder", f"{NAME}.encoder.onnx")):
        with finished.expect_download() as started:
            run.get_by_role("link", name=link).click()
        assert started.value.suggested_filename == name
        assert Path(started.value.path()).read_bytes() == (instruments / name).read_bytes()
    picture = run.get_by_role("img", name=re.compile("each beside what the instrument makes"))
    picture.scroll_into_view_if_needed()
    finished.wait_for_function("one => one.complete && one.naturalWidth > 100", arg=picture.element_handle())
    expect(run.get_by_label("Lines of the trainer")).to_contain_text("written after")
    run.get_by_text("What was found in the folder").click()
    expect(run).to_contain_text("4 files skipped")
    nothing_stands_in_the_way(finished)


def test_a_page_that_comes_later_finds_the_run_as_it_ended(finished: Page, open_another: Callable[[], Page]) -> None:
    other = open_another()
    other.get_by_role("tab", name="Train").click()
    is_in_stage(other, "Finished")
    run_in(other).get_by_role("button", name="Close").click()
    expect(run_in(other)).to_be_hidden()
    row = other.get_by_role("region", name="Runs").get_by_role("listitem").filter(has_text=NAME)
    expect(row).to_contain_text("finished · drums")
    expect(row.get_by_role("button", name=f"Open {NAME}")).to_be_focused()
    other.keyboard.press("Enter")
    expect(run_in(other).get_by_role("heading", name=NAME)).to_be_focused()
    expect(run_in(other).get_by_role("article")).to_have_count(6)
    expect(other.get_by_label("Name", exact=True)).to_have_value(f"{NAME}_2")


def test_a_name_that_is_taken_is_refused_where_it_was_typed(finished: Page) -> None:
    finished.get_by_label("Name", exact=True).fill(NAME)
    finished.get_by_role("button", name="Train", exact=True).click()
    order = finished.get_by_role("region", name="Instrument", exact=True)
    expect(order).to_contain_text(f"There is an instrument or a run called {NAME} already.")
    expect(order.get_by_role("button", name="Train", exact=True)).to_be_enabled()


def test_a_finished_run_is_trained_longer_given_up_and_can_go_on(finished: Page) -> None:
    run = run_in(finished)
    run.get_by_label("More minutes").fill("5")
    run.get_by_role("button", name="Train longer").click()
    run.get_by_role("button", name="Give up", exact=True).click()
    run.get_by_role("button", name="Give up now").click()
    is_in_stage(finished, "Stopped")
    expect(run).to_contain_text("It can go on from its last checkpoint.")
    expect(run.get_by_role("button", name="Go on")).to_be_enabled()
    expect(run.get_by_role("heading", name=NAME)).to_be_focused()
