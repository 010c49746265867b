"""`latentbridge bench`: what it says is what it measured, and its advice follows from its table."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from runtime.bench import CHORD_VOICES, STEADY_VOICES, BenchReport, ChordCost, advice, describe
from runtime.cli import main
from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.paced_cost import keep_sounding, paced_cost
from tests.tiny_decoder import TinySettings, write_tiny_decoder


def chord(voices: int, block_frames: int, delay_ms: float, keeps_up: bool = True) -> ChordCost:
    return ChordCost(voices, block_frames, 0.001, 1, delay_ms, keeps_up)


def report(*chords: ChordCost) -> BenchReport:
    return BenchReport("a machine", "drums", False, (), chords)


def test_the_command_measures_an_instrument_and_keeps_its_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings("constant"), longest_note_seconds=0.2)
    assert main(["bench", str(model), "--seconds", "0.5", "--json", str(tmp_path / "bench.json")]) == 0
    said = capsys.readouterr().out
    figures = json.loads((tmp_path / "bench.json").read_text())
    assert [row["voices"] for row in figures["steady"]] == list(STEADY_VOICES)
    for row in figures["steady"]:
        assert 0 < row["median_seconds"] <= row["worst_seconds"]
        assert f"{100 * row['share']:.1f} %" in said
    assert {row["voices"] for row in figures["chords"]} == set(CHORD_VOICES)
    for row in figures["chords"]:
        assert row["delay_ms"] == pytest.approx(row["delay_blocks"] * row["block_frames"] / 48)


def test_a_file_that_cannot_be_written_is_said_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = write_tiny_decoder(tmp_path, TinySettings("constant"))
    assert main(["bench", str(model), "--json", str(tmp_path / "nowhere" / "bench.json")]) == 1
    told = capsys.readouterr()
    assert "cannot be written" in told.err
    assert told.out == "", "nothing was measured in vain"


def test_so_many_voices_sound_all_the_time_however_short_the_notes(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings("constant"), longest_note_seconds=0.03), 16)
    engine = Engine(decoder, EngineSettings(16))
    key, sounding = 0, []
    for _ in range(200):
        key = keep_sounding(engine, 5, key)
        engine.render(128)
        sounding.append(engine.sounding)
    assert max(sounding) == 5
    silent = [number for number, voices in enumerate(sounding) if voices < 5]
    assert all(later - earlier > 1 for earlier, later in pairwise(silent)), "begun again in the next block"
    assert key > 50, "notes of 30 ms were begun anew"


def test_more_voices_cost_more_in_all_and_less_each(tmp_path: Path) -> None:
    decoder = Decoder.load(write_tiny_decoder(tmp_path, TinySettings("constant"), longest_note_seconds=1.0), 32)
    one, many = (paced_cost(Engine(decoder, EngineSettings(32)), voices, 128, 0.5) for voices in (1, 32))
    assert many.share > one.share
    assert many.milliseconds_per_voice_second < one.milliseconds_per_voice_second


def test_the_advice_is_the_largest_block_within_a_millisecond_of_the_shortest_delay() -> None:
    said = list(advice(report(chord(8, 32, 2.0), chord(8, 128, 2.7), chord(8, 256, 5.3))))
    assert said[1].startswith("8 voices: safe at block 128, 2.7 ms")


def test_what_does_not_keep_up_is_never_advised() -> None:
    late = chord(16, 64, 1.3, keeps_up=False)
    said = "\n".join(advice(report(chord(4, 128, 2.7), late)))
    assert "16 voices: not safe" in said
    assert "too much" in "\n".join(describe(report(late)))
    assert "too slow" in "\n".join(advice(report(late, replace(late, voices=4))))


def test_a_delay_that_will_be_noticed_is_called_so() -> None:
    assert "will be noticed" in "\n".join(advice(report(chord(4, 1024, 21.3))))
    assert "noticed" not in "\n".join(advice(report(chord(4, 128, 2.7))))
