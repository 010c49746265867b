"""Memory in large pages holds what it held, and where the system grants them they are really there."""

import platform
import re
import sys
from pathlib import Path

import numpy as np

from runtime import large_pages

_HUGE = re.compile(r"^AnonHugePages:\s+(\d+) kB", re.MULTILINE)


def huge_kilobytes() -> int:
    found = _HUGE.search(Path("/proc/self/smaps_rollup").read_text())
    return int(found.group(1)) if found else 0


def system_grants_them() -> bool:
    """Whether this is a kernel that knows how, and whose administrator has not forbidden it."""
    setting = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    version = tuple(int(number) for number in platform.release().split(".")[:2] if number.isdigit())
    return sys.platform == "linux" and version >= (6, 1) and setting.exists() and "[never]" not in setting.read_text()


def test_what_was_in_memory_is_still_there_and_in_large_pages_where_the_system_grants_them() -> None:
    numbers = np.random.default_rng(0).standard_normal(4 << 20)
    before = numbers.copy()
    count = large_pages.gather()
    assert np.array_equal(numbers, before)
    if system_grants_them():
        assert count >= 30, "two arrays of 32 MB hold as many whole pages of 2 MB"
    assert huge_kilobytes() >= 2048 * min(count, 30)


def test_twice_is_as_good_as_once() -> None:
    first = large_pages.gather()
    assert abs(large_pages.gather() - first) <= 2


def test_elsewhere_nothing_happens(monkeypatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    assert large_pages.gather() == 0
