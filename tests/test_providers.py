"""Which provider plays: what was asked for, or the quickest that really runs.

No graphics card is needed: that the choice follows the figures is claimed of figures, and that what does not run is
never chosen, of this machine's own onnxruntime.
"""

from pathlib import Path

import pytest

from runtime.cli import main
from runtime.contract import ContractError
from runtime.errors import LatentbridgeError
from runtime.providers import ProviderCost, best, load_decoder, offered_providers, provider_costs
from tests.tiny_decoder import TinySettings, write_tiny_decoder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_decoder(tmp_path_factory.mktemp("model"), TinySettings("constant"))


def test_the_choice_is_the_steadiest_not_the_quickest_on_average() -> None:
    cpu, cuda = ProviderCost("cpu", 0.0010, 0.0012), ProviderCost("cuda", 0.0005, 0.0030)
    assert best([cpu, cuda]) == "cpu"
    assert best([ProviderCost("cpu", 0.0040, 0.0050), cuda]) == "cuda"


def test_a_provider_that_does_not_run_is_never_the_choice() -> None:
    assert best([ProviderCost("cpu", 0.1, 0.2), ProviderCost("cuda", problem="no card")]) == "cpu"
    assert best([]) == "cpu"


def test_auto_takes_one_that_has_run_here(model: Path) -> None:
    running = {cost.provider for cost in provider_costs(model, 4) if not cost.problem}
    assert "cpu" in running
    assert load_decoder(model, model.read_bytes(), 4, "auto").provider in running


def test_every_provider_that_onnxruntime_names_is_tried_and_those_that_fail_say_why(model: Path) -> None:
    costs = provider_costs(model, 4)
    assert [cost.provider for cost in costs] == offered_providers()
    for cost in costs:
        assert bool(cost.problem) != (0 < cost.median_seconds <= cost.p99_seconds)


def test_a_name_that_is_no_provider_is_refused_with_those_that_are(model: Path) -> None:
    with pytest.raises(LatentbridgeError, match="auto, cpu, cuda"):
        load_decoder(model, model.read_bytes(), 4, "gpu")


def test_a_file_that_is_no_decoder_is_no_fault_of_a_provider(tmp_path: Path) -> None:
    file = tmp_path / "noise.onnx"
    file.write_bytes(b"noise")
    with pytest.raises(ContractError):
        load_decoder(file, file.read_bytes(), 4, "auto")


def test_play_takes_a_provider_by_name_and_says_if_it_cannot(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    absent = [cost for cost in provider_costs(model, 4) if cost.problem]
    assert main(["play", str(model), "--output", "null", "--midi", "none", "--osc", "off", "--provider", "gpu"]) == 1
    assert "auto, cpu, cuda" in capsys.readouterr().err
    for cost in absent:
        options = ["--output", "null", "--midi", "none", "--osc", "off", "--provider", cost.provider]
        assert main(["play", str(model), *options]) == 1
        said = capsys.readouterr().err
        assert f"The provider {cost.provider!r} does not run here" in said
        assert "Traceback" not in said
