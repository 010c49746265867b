"""One instrument for all tests of the page that leave it as it was."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.model_files import shipped_models
from tests.web.serving import Page, Serving, serving


@pytest.fixture(scope="session")
def drums() -> Path:
    return shipped_models()["drums"]


@pytest.fixture(scope="module")
def served(drums: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    with serving(drums, tmp_path_factory.mktemp("captures")) as running:
        yield running


@pytest.fixture
def page(served: Serving) -> Iterator[Page]:
    opened = served.page().settle()
    yield opened
    opened.close()
