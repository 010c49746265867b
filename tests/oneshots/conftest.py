"""Kits that several tests look at, made once."""

import pytest

from runtime.oneshots.instruments import write_instruments
from tests.oneshots.kits import MadeKit, make_drum_kit, make_note_kit


@pytest.fixture(scope="session")
def drum_kit(tmp_path_factory: pytest.TempPathFactory) -> MadeKit:
    made = make_drum_kit(tmp_path_factory.mktemp("drums"))
    write_instruments(made.folder, made.kit)
    return made


@pytest.fixture(scope="session")
def note_kit(tmp_path_factory: pytest.TempPathFactory) -> MadeKit:
    made = make_note_kit(tmp_path_factory.mktemp("notes"))
    write_instruments(made.folder, made.kit)
    return made
