"""A model that nobody knows is run where it can crash, hang or swell, and what came of it is told in sentences."""

import os
import re
import signal
import subprocess
import threading
import time
from pathlib import Path

import onnxruntime
import pytest

from runtime.contract import ContractError
from runtime.model_files import find_model
from runtime.model_trial import TrialLimits, try_model
from tests import hostile_models
from tests.hostile_models import GREEDY_BYTES, Change, write_changed
from tests.tiny_decoder import TinySettings, write_tiny_decoder
from tests.tiny_encoder import write_tiny_model


def children() -> set[int]:
    """Processes of ours that run or have not been waited for."""
    found = subprocess.run(["ps", "--ppid", str(os.getpid()), "-o", "pid=,comm="], capture_output=True, text=True)
    return {int(line.split()[0]) for line in found.stdout.splitlines() if not line.endswith(" ps")}


@pytest.mark.parametrize("channels", [1, 2])
def test_a_model_that_does_no_harm_passes_without_a_word(channels: int, tmp_path: Path) -> None:
    decoder = write_tiny_model(tmp_path, TinySettings(channels=channels))
    assert try_model(decoder, "decoder") == ()
    assert try_model(decoder.with_name("tiny.encoder.onnx"), "encoder") == ()


def test_the_shipped_drums_pass_without_a_word() -> None:
    assert try_model(find_model("drums"), "decoder") == ()


def refusal(path: Path, limits: TrialLimits | None = None) -> ContractError:
    """How a decoder is refused; the process in which it was tried is gone then."""
    with pytest.raises(ContractError) as refused:
        try_model(path, "decoder", limits)
    assert not children()
    assert path.name in refused.value.wrong
    assert refused.value.expected
    assert refused.value.remedy
    return refused.value


def test_a_model_that_computes_without_end_is_ended_by_the_clock(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.takes_minutes)
    assert "had not finished after 3 seconds" in refusal(path, TrialLimits(wall_seconds=3)).wrong


def test_a_model_that_computes_without_end_is_ended_by_the_system(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.takes_minutes)
    assert "more than 2 seconds of processor time" in refusal(path, TrialLimits(processor_seconds=2)).wrong


def test_memory_beyond_the_limit_is_not_given(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.asks_for_much_memory)
    wrong = refusal(path, TrialLimits(memory_bytes=GREEDY_BYTES // 2)).wrong
    assert re.search(r"allocate memory|of memory", wrong)


def test_a_model_of_a_hundred_gigabytes_is_refused(tmp_path: Path) -> None:
    assert "memory" in refusal(write_changed(tmp_path, hostile_models.asks_for_hundred_gigabytes)).wrong


def test_states_beyond_the_limit_are_told_in_sentences(tmp_path: Path) -> None:
    """Our own arrays are under the limit too: states are held for every voice."""
    path = write_changed(tmp_path, hostile_models.huge_state)
    assert "memory" in refusal(path, TrialLimits(memory_bytes=10**9)).wrong


def test_a_model_that_crashes_only_far_away_is_found_out(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.crash_far_away)
    onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])  # Loading it does no harm.
    assert "ended by the signal SIGFPE" in refusal(path).wrong


def test_a_trial_that_somebody_kills_is_no_pass(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.takes_minutes)

    def kill_it() -> None:
        while not (found := children()):
            time.sleep(0.05)
        os.kill(found.pop(), signal.SIGSEGV)

    killer = threading.Thread(target=kill_it)
    killer.start()
    with pytest.raises(ContractError, match="ended by the signal SIGSEGV"):
        try_model(path, "decoder")
    killer.join()


def test_a_decoder_that_fails_for_all_when_one_voice_is_far_away_is_refused(tmp_path: Path) -> None:
    assert "falls silent for all voices" in refusal(write_changed(tmp_path, hostile_models.fail_far_away)).wrong


SAID: dict[str, tuple[Change, str]] = {
    "far away": (hostile_models.nan_far_away, ""),
    "nearby": (hostile_models.nan_nearby, "ordinary places"),
}


@pytest.mark.parametrize(("change", "said"), SAID.values(), ids=SAID.keys())
def test_bad_numbers_are_no_reason_to_refuse_and_are_said_where_notes_will_be(
    change: Change, said: str, tmp_path: Path
) -> None:
    remarks = try_model(write_changed(tmp_path, change), "decoder")
    assert len(remarks) == bool(said)
    assert said in "".join(remarks)


def test_bad_numbers_above_the_keys_of_a_model_are_nothing_to_speak_of(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.nan_above_low_keys, pitch_range=hostile_models.LOW_KEYS)
    assert try_model(path, "decoder") == ()


def test_a_decoder_that_gives_bad_numbers_at_its_own_default_place_is_said_to(tmp_path: Path) -> None:
    (remark,) = try_model(write_tiny_decoder(tmp_path, TinySettings("nan")), "decoder")
    assert "default place" in remark


def test_a_model_that_gives_no_sound_at_all_is_tried_far_away_all_the_same(tmp_path: Path) -> None:
    path = write_changed(tmp_path, hostile_models.crash_far_away, TinySettings("nan"))
    assert "SIGFPE" in refusal(path).wrong


def test_what_does_not_load_is_refused_in_the_words_of_who_loads_it(tmp_path: Path) -> None:
    def wobble(model: hostile_models.onnx.ModelProto) -> None:
        model.graph.node[0].op_type = "Wobble"

    assert "onnxruntime cannot load" in refusal(write_changed(tmp_path, wobble)).wrong


def test_what_a_dying_process_says_does_not_reach_the_terminal(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONFAULTHANDLER", "1")  # Python then says what hit it, as C libraries do.
    refusal(write_changed(tmp_path, hostile_models.crash_far_away))
    assert capfd.readouterr() == ("", "")
