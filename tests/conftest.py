"""What every test needs: the player's own presets, kits and learned knobs are left alone, and two processes get along.

`make test` runs two processes at once. One begins with all of `tests/system`: instruments that play in real time, one
after the other, since two at once would take each other's processor. The other begins with the trainer, which computes
all the time, and lets the first one go before it.
"""

import os

# Threads that split an operator wait for each other longer than they work, and would fight the other process.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from typing import Any

import hypothesis
import pytest

LIVE = "tests/system/"
ORDER = (LIVE, "tests/trainer/", "")
"""What comes first: what cannot be divided among the processes, then what takes longest, then all else."""
GIVES_WAY = 10
"""Steps of niceness: a tenth of the processor's time where both want it."""

# How long an example takes is no claim of ours, and on a busy machine any of them may have to wait.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True, scope="session")
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let this process and those it starts keep their data in an empty folder."""
    patch = pytest.MonkeyPatch()
    patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("data")))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    """Hand out tests by the file, those of instruments that play all at once, and in the order of ``ORDER``."""
    from xdist.scheduler import LoadScopeScheduling

    class ByFile(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return LIVE if nodeid.startswith(LIVE) else nodeid.partition("::")[0]

    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring the tests of one of several processes into the order in which they are handed out."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: next(i for i, start in enumerate(ORDER) if item.nodeid.startswith(start)))


def pytest_runtestloop(session: pytest.Session) -> None:
    """Forget whether this process gives way; see the next hook."""
    session.stash[_FIRST] = True


_FIRST = pytest.StashKey[bool]()


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let a process that does not begin with instruments go behind the one that does."""
    if item.session.stash.get(_FIRST, False) and hasattr(item.config, "workerinput"):
        item.session.stash[_FIRST] = False
        if not item.nodeid.startswith(LIVE):
            os.nice(GIVES_WAY)
