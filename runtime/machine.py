"""What figures of speed depend on, in one line: no figure is told without it."""

import os
import platform
from pathlib import Path

import onnxruntime


def machine() -> str:
    """Name what the figures depend on: processor, cores, system, versions."""
    names = [platform.processor() or platform.machine()]
    listing = Path("/proc/cpuinfo")
    if listing.exists():
        lines = listing.read_text(encoding="utf-8", errors="replace").splitlines()
        names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")] or names
    versions = f"Python {platform.python_version()}, onnxruntime {onnxruntime.__version__}"
    return f"{names[0]}, {os.cpu_count()} cores, {platform.platform()}, {versions}"
