"""A running OSC service for the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.controls.osc_rig import Rig
from tests.tiny_decoder import TinySettings, tiny_metadata


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A service for a model with four latent dimensions and the axes tone, noise, level and decay (−2…2)."""
    built = Rig(tiny_metadata(TinySettings()))
    yield built
    built.close()
    assert built.service.faults == 0
