"""Where the user's own things lie: presets, kits, learned knobs, and instruments that were trained."""

from pathlib import Path
from typing import Final

import platformdirs

_INSTRUMENTS: Final = "instruments"


def data_folder() -> Path:
    """Return the folder of all that is the user's own; it need not be there yet."""
    return platformdirs.user_data_path("latentbridge")


def instruments_folder() -> Path:
    """Return the folder of instruments that were trained from the page, and of their runs; it need not be there yet."""
    return data_folder() / _INSTRUMENTS
