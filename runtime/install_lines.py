"""The line that installs what is missing, and whether training has what it needs, without loading any of it."""

import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from runtime.errors import LatentbridgeError

_CHECKOUT: Final = Path(__file__).resolve().parent.parent
_NEEDED: Final = ("torch", "lightning_fabric", "tensorboard", "onnx", "scipy", "sklearn", "matplotlib")
"""Packages that training imports and playing does not."""


def missing_package(package: str, is_for_training: bool) -> LatentbridgeError:
    """Return the sentences about a package that is not installed."""
    what, extra = ("Training", "[train]") if is_for_training else ("latentbridge", "")
    in_checkout = (_CHECKOUT / "pyproject.toml").exists()
    source = f'-e "{_CHECKOUT}{extra}"' if in_checkout else f'"latentbridge{extra}"'
    return LatentbridgeError(
        f"{what} needs the package {package}, which is not installed.",
        "",
        f"Install it with this line: {sys.executable} -m pip install {source}",
    )


def training_lacks() -> LatentbridgeError | None:
    """Return the sentences about the first package that training lacks here; None if it has all."""
    missing = next((package for package in _NEEDED if find_spec(package) is None), None)
    return None if missing is None else missing_package(missing, is_for_training=True)
