"""`latentbridge play`: one instrument, played until somebody ends it.

The story: find the model, start the processes that sound, open the ways in, say that all is ready, and wait. What a
control sends goes to the engine; what the engine says goes to the log, to OSC clients and to the capture worker.
"""

import contextlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter, validators

from runtime import __version__
from runtime.contract import DecoderMetadata, read_decoder_metadata
from runtime.controls.osc_address import parse_osc_address
from runtime.ending import EndedByUser, Ending
from runtime.engine_link import EngineLink
from runtime.event_log import EventLog, LogHeader
from runtime.latent.state import GLIDE_SECONDS
from runtime.mapping_file import check_mapping, load_mapping, parse_capture_key
from runtime.mapping_table import MappingTable
from runtime.model_admission import admitted_decoder
from runtime.model_files import find_model
from runtime.oneshots.tags import made_with
from runtime.oneshots.writing import make_folder
from runtime.performance import Instrument, Performance, say
from runtime.providers import AUTO, check_provider_name
from runtime.sound_report import SoundReport, SoundSettings
from runtime.space_bar import watch_space_bar
from runtime.steering.learning import learned_path
from runtime.web.page_address import open_in_browser, parse_page_address

THREAD_SWITCH_SECONDS: Final = 0.0005
"""How long a thread that hears of MIDI or OSC waits for the interpreter while another one runs Python. Python's own
5 ms would be more than the delay of small blocks leaves time for."""
_Voices = Annotated[int, Parameter(validator=validators.Number(gte=1, lte=64))]
_Block = Annotated[int, Parameter(validator=validators.Number(gte=16, lte=4096))]
_Delay = Annotated[int, Parameter(validator=validators.Number(gte=0, lte=16))]


def play(
    model: str = "drums",
    *,
    output: str = "auto",
    midi: str = "auto",
    osc: str = "127.0.0.1:9000",
    web: str = "127.0.0.1:8700",
    open_page: Annotated[bool, Parameter(name="--open", negative=())] = False,
    block: _Block = 128,
    voices: _Voices = 16,
    captures: Path | None = None,
    capture_key: str = "",
    mapping: Path | None = None,
    link: bool = False,
    log: Path | None = None,
    delay: _Delay = 0,
    provider: str = AUTO,
) -> None:
    """Play an instrument from MIDI and OSC until Ctrl-C.

    One line that begins with "ready:" says when notes would sound, and through what. The space bar writes the note
    played last as a WAV file.

    Parameters
    ----------
    model
        Name of an instrument that comes with latentbridge, or the path of an .onnx file.
    output
        "auto" takes JACK if its server runs, else the first sound card, else none. Or: "jack", "null" (no sound), or
        a sound card by number or name, as `latentbridge devices` lists them.
    midi
        "auto" listens to every MIDI keyboard there is, through JACK if that is the output. Or: "jack" (you connect
        it), "none", or a port by name.
    osc
        Address at which Max, Pd, TouchOSC and others reach the instrument; "off" closes it.
    web
        Address of the page on which the instrument is seen and played in a browser; "off" serves none. If the port is
        taken, the next free one. 0.0.0.0:8700 lets other machines in, which need the token in the link.
    open_page
        Open the page in a browser.
    block
        Frames that the sound card takes at a time: fewer means a shorter delay and more work. JACK has its own.
    voices
        Notes that can sound at once.
    captures
        Folder for one-shots; "captures" in the current folder, unless told otherwise.
    capture_key
        Keys or controllers that write the note played last: "24", "cc 119", several with commas, or "none". If left
        out, what the mapping says, and without one "24, cc 119".
    mapping
        File that says which knob moves what, see docs/mapping.md. If left out, what your knobs have learned.
    link
        Share tempo and beat with Ableton Live and other programs by Ableton Link (needs linkpython-extern).
    log
        Write every event to this file, from which `latentbridge render` makes the same sound again.
    delay
        Blocks from key to sound; 0 measures how many this computer needs.
    provider
        What decodes: "auto" takes whichever is steadiest here of the processor and the graphics cards that
        `latentbridge doctor` finds. Or: "cpu", "cuda", "coreml", "directml".
    """
    _hold_standard_streams()
    sys.setswitchinterval(THREAD_SWITCH_SECONDS)
    check_provider_name(provider)
    address, page_address = parse_osc_address(osc), parse_page_address(web)
    admitted = admitted_decoder(find_model(model))
    metadata = read_decoder_metadata(admitted.path)
    table = _mapping_table(mapping, capture_key, metadata)
    if captures:
        make_folder(captures)
    settings = SoundSettings(
        admitted, metadata, table.to_bytes(), output, block, voices, delay, provider, connect_midi=midi == "auto"
    )
    with contextlib.suppress(EndedByUser), Ending() as ending, contextlib.ExitStack() as stack:
        engine = EngineLink(settings)
        stack.callback(engine.end)
        engine.launch()
        report = engine.start()
        for remark in report.remarks:
            say(remark)
        event_log = stack.enter_context(_open_log(log, metadata, report, voices)) if log else None
        instrument = Instrument(admitted.path, metadata, voices, __version__, table, keeps_mapping=mapping is None)
        performance = Performance(instrument, engine, report, captures or Path("captures"), event_log, ending.because)
        stack.callback(performance.close)
        # Again, and so first of all: whatever else takes time to close, the sound has ended, and the log holds its end.
        stack.callback(engine.end)
        osc_address = performance.open_osc(address)
        midi_names = performance.open_midi(midi)
        link_to_page = performance.open_page(page_address)
        if link:
            performance.open_link()
        performance.begin()
        stack.enter_context(watch_space_bar(performance.capture))
        print(_ready_line(metadata, report, osc_address, midi_names, link_to_page), flush=True)
        performance.serve_page()
        if open_page and performance.page:
            open_in_browser(link_to_page)
        ending.wait()


def _mapping_table(file: Path | None, capture_key: str, metadata: DecoderMetadata) -> MappingTable:
    learned = learned_path()
    if file:
        table = load_mapping(file)
        check_mapping(table, metadata)
    else:
        # What was learned with another model may name axes that this one lacks.
        table = load_mapping(learned) if learned.exists() else MappingTable()
    return replace(table, capture=parse_capture_key(capture_key)) if capture_key else table


def _open_log(path: Path, metadata: DecoderMetadata, report: SoundReport, voices: int) -> EventLog:
    header = LogHeader(
        model=metadata.name,
        model_hash=report.model_hash,
        sample_rate=metadata.sample_rate,
        hop_frames=metadata.hop_frames,
        voices=voices,
        glide_seconds=GLIDE_SECONDS,
        made_with=made_with(report.provider, voices),
    )
    return EventLog(path, header)


def _ready_line(metadata: DecoderMetadata, report: SoundReport, osc: str, midi: str, page: str) -> str:
    delay = report.delay_frames
    converted = f" at {report.output_rate} Hz" if report.output_rate != metadata.sample_rate else ""
    return (
        f"ready: {metadata.name}, {metadata.sample_rate} Hz, block {report.block_frames} frames, "
        f"delay {delay} frames ({1000 * delay / report.output_rate:.1f} ms), output {report.output}{converted}, "
        f"OSC {osc}, MIDI {midi}, page {page}"
    )


def _hold_standard_streams() -> None:
    """Open what was closed: else a socket would get the number of stdin and be taken for it by a child."""
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)
