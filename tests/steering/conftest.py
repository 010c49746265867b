"""A steering for each test, with a folder of its own, and a real engine that has to understand all it was sent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.engine.decoder import Decoder
from tests.steering.rig import SteeringRig, drums
from tests.tiny_decoder import write_tiny_decoder


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Decoder:
    fields = drums().model_dump()
    return Decoder.load(write_tiny_decoder(tmp_path_factory.mktemp("tiny"), **fields), 4)


@pytest.fixture
def rig(tmp_path: Path, tiny: Decoder) -> Iterator[SteeringRig]:
    rig = SteeringRig(tmp_path)
    yield rig
    rig.steering.close()
    if rig.steering.desk.metadata is rig.metadata:
        rig.check_sent(tiny)
