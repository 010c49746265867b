"""Packages that a part of latentbridge needs and that are not installed, in a sentence that says how to get them."""

import importlib.util
import sys
from pathlib import Path
from typing import Final

from runtime.errors import LatentbridgeError

TRAINING: Final = "Training"
_FOR_TRAINING: Final = ("torch", "lightning_fabric", "tensorboard", "onnx", "scipy", "sklearn", "matplotlib")
"""What the extra ``train`` brings, by the names of modules."""
_CHECKOUT: Final = Path(__file__).resolve().parent.parent


def missing_package(package: str, what: str) -> LatentbridgeError:
    """Return the sentences for a package that ``what`` needs: ``TRAINING``, or latentbridge as a whole."""
    extra = "[train]" if what == TRAINING else ""
    in_checkout = (_CHECKOUT / "pyproject.toml").exists()
    source = f'-e "{_CHECKOUT}{extra}"' if in_checkout else f'"latentbridge{extra}"'
    return LatentbridgeError(
        f"{what} needs the package {package}, which is not installed.",
        "",
        f"Install it with this line: {sys.executable} -m pip install {source}",
    )


def needed_for_training() -> str:
    """Return why nothing can be trained here, in sentences; nothing if all is installed. It loads no package."""
    for package in _FOR_TRAINING:
        if importlib.util.find_spec(package) is None:
            return str(missing_package(package, TRAINING))
    return ""
