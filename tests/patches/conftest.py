"""One instrument for all patches of this folder, and somebody who watches it."""

from collections.abc import Iterator

import pytest

from tests.patches.stage import Theatre, Witness, instrument


@pytest.fixture(scope="package")
def theatre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    """A running `play drums`."""
    captures = tmp_path_factory.mktemp("captures")
    with instrument(captures) as port:
        yield Theatre(port, captures)


@pytest.fixture
def witness(theatre: Theatre) -> Iterator[Witness]:
    """Another client of it, who has heard the whole state and forgotten it."""
    watching = Witness(theatre.port)
    watching.settle()
    yield watching
    watching.close()
