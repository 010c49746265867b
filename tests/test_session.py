"""Claims about `play` before anything sounds."""

import sys
from collections.abc import Iterator

import pytest

from runtime.errors import LatentbridgeError
from runtime.session import play


@pytest.fixture
def usual_switching() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("usual_switching")
@pytest.mark.parametrize("midi", ["auto", "jack", "none"])
def test_threads_that_hear_get_the_interpreter_soon_while_another_runs_python(midi: str) -> None:
    with pytest.raises(LatentbridgeError, match="no model"):
        play("no such model", midi=midi)
    assert sys.getswitchinterval() <= 0.0005
