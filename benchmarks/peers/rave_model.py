"""RAVE (Caillon and Esling 2021, arXiv:2111.05011) as its package acids-rave builds it, with random weights.

Its code is CC BY-NC: it is installed by install.sh into an environment of its own, run, and no part of latentbridge.
"""

import sys
import types
from pathlib import Path
from typing import Any, ClassVar

import scipy.signal
import torch

SAMPLE_RATE = 48_000


class Unneeded(types.ModuleType):
    """Stands in for a package that RAVE imports for its training data, which nothing here reads."""

    __all__: ClassVar[list[str]] = []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return type(name, (), {})


def import_rave() -> Any:
    """Import RAVE without the packages of its data sets, with a scipy newer than it knows."""
    for name in ("udls", "udls.transforms", "udls.generated"):
        sys.modules.setdefault(name, Unneeded(name))
    if not hasattr(scipy.signal, "kaiser"):
        scipy.signal.kaiser = scipy.signal.windows.kaiser
    import rave

    return rave


def build(configuration: str, streaming: bool = True) -> Any:
    """Return a model with random weights, the same ones each time; ``streaming`` with cached convolutions."""
    import cached_conv
    import gin

    rave = import_rave()
    folder = Path(rave.__file__).parent
    gin.clear_config()
    for place in (folder, folder / "configs"):
        gin.add_config_file_search_path(str(place))
    gin.parse_config_files_and_bindings(
        [str(folder / "configs" / f"{configuration}.gin")], [f"SAMPLING_RATE = {SAMPLE_RATE}"]
    )
    cached_conv.use_cached_conv(streaming)
    torch.manual_seed(0)
    model = rave.RAVE(n_channels=1).eval()
    for layer in model.modules():
        # As in the files that RAVE exports: weights would else be normalised anew in every call.
        if hasattr(layer, "weight_g"):
            torch.nn.utils.remove_weight_norm(layer)
    return model
