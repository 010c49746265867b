"""A steering for each test, with a folder of its own."""

from pathlib import Path

import pytest

from tests.steering.rig import SteeringRig


@pytest.fixture
def rig(tmp_path: Path) -> SteeringRig:
    return SteeringRig(tmp_path)
