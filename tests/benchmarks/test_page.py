"""The benchmark page says what was measured, and nothing else: goals missed are shown as missed, failures are named."""

import datetime
import json
from pathlib import Path

import pytest

from benchmarks import all as everything
from benchmarks import voice_curve
from benchmarks.catalogue import CATALOGUE, Entry
from benchmarks.page import DOCS, MISSED, PAGE, REACHED, RESULTS, write_page
from benchmarks.result import Benchmark, Figure, Goal, Result, chart, figure, read_results
from runtime.errors import LatentbridgeError

MOST_PICTURE_BYTES = 60_000
REPOSITORY = Path(__file__).parents[2]
KNOB = Benchmark("knob_to_sound", "Knob", "From packet to sound.", {"99 of *": "a hop passes first"})
CURVE = Benchmark("voice_curve", "Voices", "What they cost.")
PEERS = Benchmark("peers.compare", "Others", "What they cost.")
BENCHMARKS = (KNOB, CURVE, PEERS)


def result(name: str, *figures: Figure, **fields: object) -> Result:
    date = datetime.date(2026, 11, 21)
    return Result(name=name, machine="a machine", date=date, command="python -m it", figures=figures, **fields)


def example() -> dict[str, Result]:
    """Results of three benchmarks that have pictures."""
    waits, voices = [4.0, 6.5, 9.0, 16.0], [1, 8, 64]
    knob = chart("From packet to changed sound", "ms", waits, "% of moves", {"moves": [25, 50, 75, 100]})
    pair = {"tight": [10.0, 15, 40], "paced": [14.0, 20, 60]}
    curve = [chart(t, "voices", voices, "ms", pair) for t in (voice_curve.SHARE, voice_curve.COST, voice_curve.BLOCK)]
    peers = chart("Cost", "voices", [1, 8], "ms", {"RAVE v2": [393.0, 94], "WaveNet": [12_400.0, None]})
    return {
        "knob_to_sound": result(
            "knob_to_sound", figure("99 of 100 moves within", "ms", [15.5], Goal(at_most=15)), charts=(knob,)
        ),
        "voice_curve": result(
            "voice_curve", figure("16 voices", "%", [30, 32, 45], Goal(at_most=50)), charts=tuple(curve)
        ),
        "peers.compare": result("peers.compare", figure("RAVE v2", "ms", [393.0]), charts=(peers,)),
    }


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def line_of(page: Path, words: str) -> str:
    """The only line of the page's figures with these words, not that of the summary at its top."""
    below = page.read_text().partition("## Knob")[2]
    found = [line for line in below.splitlines() if words in line and line.startswith("|")]
    assert len(found) == 1, found
    return found[0]


def test_the_same_results_make_the_same_page_and_pictures(tmp_path: Path) -> None:
    write_page(example(), BENCHMARKS, tmp_path)
    first = files_of(tmp_path)
    write_page(example(), BENCHMARKS, tmp_path)
    assert files_of(tmp_path) == first
    write_page(example(), BENCHMARKS, tmp_path / "again")
    assert files_of(tmp_path / "again") == first
    pictures = [name for name in first if name.endswith(".png")]
    assert len(pictures) == 3
    assert all(len(first[name]) < MOST_PICTURE_BYTES for name in pictures)
    assert all(name in first[PAGE].decode() for name in pictures)


def test_a_figure_over_its_goal_is_shown_as_not_reached_with_the_reason(tmp_path: Path) -> None:
    page = write_page(example(), BENCHMARKS, tmp_path)
    assert MISSED in line_of(page, "99 of 100 moves within")
    assert "- Not reached: 99 of 100 moves within: a hop passes first." in page.read_text()
    assert MISSED not in line_of(page, "16 voices")
    assert REACHED in line_of(page, "16 voices")
    glance = page.read_text().partition("## Knob")[0]
    assert glance.count(MISSED) == 1


def test_a_goal_for_the_longest_is_not_reached_by_the_median() -> None:
    values = [1.0, 1.1, 2.5]
    assert figure("start", "s", values, Goal(at_most=2)).reached is True
    assert figure("start", "s", values, Goal(at_most=2, of="highest")).reached is False
    assert figure("start", "s", values).reached is None


def test_a_file_cannot_claim_a_goal_that_its_figure_misses(tmp_path: Path) -> None:
    file = tmp_path / "knob_to_sound.json"
    written = example()["knob_to_sound"]
    written.write(file)
    assert read_results(tmp_path) == {"knob_to_sound": written}
    document = json.loads(file.read_text())
    assert document["figures"][0]["reached"] is False
    document["figures"][0]["reached"] = True
    file.write_text(json.dumps(document))
    assert read_results(tmp_path)["knob_to_sound"].figures[0].reached is False


def test_what_failed_and_what_was_never_run_stands_on_the_page(tmp_path: Path) -> None:
    results = {"voice_curve": result("voice_curve", failure="it ended with status 1.")}
    page = write_page(results, BENCHMARKS, tmp_path).read_text()
    assert "**Failed, so nothing was measured**: it ended with status 1." in page
    assert page.count("**Not measured yet**") == 2
    assert page.count("**not measured**") == 3


def test_a_picture_whose_result_has_gone_does_not_stay(tmp_path: Path) -> None:
    write_page(example(), BENCHMARKS, tmp_path)
    write_page({}, BENCHMARKS, tmp_path)
    assert not list(tmp_path.rglob("*.png"))


def test_a_benchmark_that_fails_leaves_its_last_words_and_not_its_old_result(tmp_path: Path) -> None:
    old = tmp_path / "start_time.json"
    result("start_time", figure("output jack", "s", [1.0])).write(old)
    assert everything.run(Entry("start_time", 1, ()), ["--no-such-option"], tmp_path) is False
    failure = read_results(tmp_path)["start_time"]
    assert not failure.figures
    assert "status 2" in failure.failure
    assert "--no-such-option" in failure.failure


def test_a_foreign_file_among_the_results_is_named(tmp_path: Path) -> None:
    (tmp_path / "foreign.json").write_text('{"machine": 1}')
    with pytest.raises(LatentbridgeError, match=r"foreign\.json is not the result of a benchmark"):
        read_results(tmp_path)


def test_every_benchmark_of_the_catalogue_says_what_it_measures() -> None:
    for entry in CATALOGUE:
        benchmark = entry.load()
        assert benchmark.name == entry.name
        assert len(benchmark.what) > 100
        assert all(benchmark.reason(name) for name in benchmark.reasons)


def test_the_page_in_the_repository_is_made_of_the_results_beside_it(tmp_path: Path) -> None:
    made = write_page(read_results(REPOSITORY / RESULTS), [entry.load() for entry in CATALOGUE], tmp_path)
    assert (REPOSITORY / DOCS / PAGE).read_text() == made.read_text(), "run: python -m benchmarks.page"
