"""`latentbridge play`: one instrument, played until somebody ends it.

The story: find the model, start the processes that sound, open the ways in, say that all is ready, and wait. What a
control sends goes to the engine; what the engine says goes to the log, to OSC clients and to the capture worker.
"""

import contextlib
import os
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from runtime.contract import DecoderMetadata, read_decoder_metadata
from runtime.ending import EndedByUser, Ending
from runtime.engine_link import EngineLink, SoundReport, SoundSettings
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.mapping import MappingTable
from runtime.model_files import find_model
from runtime.space_bar import watch_space_bar

def play(
    model: Annotated[str, Parameter(help="Name of a shipped instrument, or path of an .onnx file.")] = "drums",
    *,
    output: str = "auto",
    midi: str = "auto",
    osc: str = "127.0.0.1:9000",
    block: int = 128,
    voices: int = 16,
    delay: int = 0,
    captures: Path | None = None,
    log: Path | None = None,
    mapping: Path | None = None,
) -> None:
    _hold_standard_streams()
    path = find_model(model)
    metadata = read_decoder_metadata(path)
    table = MappingTable()
    settings = SoundSettings(path, metadata, table.to_bytes(), output, block, voices, delay, connect_midi=midi == "auto")
    with contextlib.suppress(EndedByUser), Ending() as ending, contextlib.ExitStack() as stack:
        link = EngineLink(settings, lambda who: ending.because(LatentbridgeError(f"{who} has ended.")))
        stack.callback(link.end)
        link.launch()
        report = link.start()
        link.listen(lambda event: None)
        print(f"ready: {metadata.name} {report}", flush=True)
        ending.wait()


def _hold_standard_streams() -> None:
    """Open what was closed: else a socket would get the number of stdin and be taken for it by a child."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
