"""The process that owns the engine and does nothing else: it loads, measures, opens its output, and plays.

Once it plays (:mod:`runtime.player`) it reads no file but another model's, on a thread behind its own
(:mod:`runtime.model_loading`), parses no packet, and never prints or raises. Garbage collection is off; nothing is
allocated that grows. If the interface dies its socket closes: the engine fades out and ends.

An engine that takes the place of one that died (:mod:`runtime.supervision`) counts its own frames from 0 too; what it
says carries the frames of the whole performance, which went on meanwhile.
"""

import base64
import contextlib
import gc
import signal
import socket
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from runtime import large_pages, realtime_priority
from runtime.audio_ring import AudioRing
from runtime.child_process import Document, Parent, sleep_while_open
from runtime.contract import DecoderMetadata
from runtime.delay import needed_blocks
from runtime.engine.history import NoteHistory
from runtime.engine.render import Engine, EngineSettings
from runtime.errors import LatentbridgeError
from runtime.mapping import MappingTable
from runtime.meters import Meters
from runtime.model_loading import ModelLoading
from runtime.model_order import HISTORIES
from runtime.outputs import Output
from runtime.outputs.converted import at_engine_rate, device_times
from runtime.outputs.jack import JackOutput
from runtime.outputs.null import NullOutput
from runtime.player import Player
from runtime.providers import load_decoder
from runtime.record_socket import RecordSocket

_RETURN_LOOK_SECONDS: Final = 0.5
"""How often a sound card that has gone is looked for."""
_OPENINGS: Final = 10
"""How often it is tried to open one that is there again."""
_PAGE_BYTES: Final = 4096
_THREAD_SWITCH_SECONDS: Final = 0.00003
"""How long the thread that makes sound waits at most while another one in this process runs Python."""


def main() -> None:
    """Load, measure, say what was found, then play until told to stop or left alone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = Parent()
    try:
        _run(parent)
    except LatentbridgeError as error:
        parent.fail(error)


def _run(parent: Parent) -> None:
    setup = parent.setup
    voices: int = setup["voices"]
    interface = parent.socket("interface")
    assert interface is not None
    decoder = load_decoder(Path(setup["model"]), bytes(parent.buffer("model").memory), voices, setup["provider"])
    mapping = MappingTable.from_bytes(base64.b64decode(setup["mapping"]))
    settings = EngineSettings(voices=voices)
    large_pages.gather()
    realtime_priority.enter()
    sys.setswitchinterval(_THREAD_SWITCH_SECONDS)
    parent.say({"loaded": decoder.hash, "provider": decoder.provider})

    choice = parent.listen()
    if choice["wait_for_output"] and choice["output"] not in ("jack", "null"):
        _await_device(choice["output"], interface)
    block_frames: int = choice["block_frames"]
    sample_rate = decoder.metadata.sample_rate
    output_rate = _output_rate(choice, sample_rate)
    blocks: int = choice["delay_blocks"]
    if not blocks:
        trial = Engine(decoder, settings, mapping)
        blocks = needed_blocks(trial, voices, block_frames, output_rate, sample_rate)
    meters = Meters(parent.buffer("meters").memory)
    device, remarks = _open_output(parent, choice, blocks, output_rate, meters)
    output = at_engine_rate(device, sample_rate, output_rate)
    engine = Engine(decoder, settings, mapping, _history(parent, setup["history"], decoder.metadata))
    # Seeds of notes that come without one go on where those of the engine before have ended.
    engine.statistics.notes = setup["notes"]
    first_frame = _first_frame(device, choice, sample_rate, output_rate)
    loading = ModelLoading(engine, setup["sha256"], [parent.buffer(name).memory for name in HISTORIES])
    mix = AudioRing(parent.buffer("mix").memory)
    player = Player(engine, output, RecordSocket(interface), meters, first_frame, loading, mix)
    player.render()
    gc.collect()
    gc.freeze()
    gc.disable()
    parent.say(
        {
            "output": output.name,
            **asdict(device_times(output, sample_rate)),
            "delay_blocks": blocks,
            "first_frame": first_frame,
            "silent_from_frame": choice["silent_from_frame"],
            "remarks": remarks,
        }
    )
    player.play()


def _await_device(wanted: str, interface: socket.socket) -> None:
    """Wait until a sound card that had gone is there again and would open; the process ends with the interface."""
    from runtime.outputs.portaudio import is_usable, look_for_devices_again

    while not is_usable(wanted):
        sleep_while_open(interface, _RETURN_LOOK_SECONDS)
        look_for_devices_again()


def _output_rate(choice: Document, sample_rate: int) -> int:
    """Return the rate in Hz that the chosen output will have: the model's where it lets us choose."""
    if choice["output"] in ("jack", "null"):
        return int(choice.get("sample_rate", sample_rate))
    from runtime.outputs.portaudio import playable_rate

    try:
        return playable_rate(choice["output"], sample_rate)
    except LatentbridgeError:
        # Opening it will say why, or do without.
        return sample_rate


def _history(parent: Parent, which: int, metadata: DecoderMetadata) -> NoteHistory:
    """Lay out the note history, or take over that of the engine before."""
    memory = parent.buffer(HISTORIES[which]).memory
    history = NoteHistory(metadata, memory)
    history.mend()
    # Touched once, so that no page has to be found while a note sounds.
    for at in range(0, NoteHistory.size_bytes(metadata), _PAGE_BYTES):
        memory[at] = memory[at]
    return history


def _first_frame(device: Output, choice: Document, sample_rate: int, output_rate: int) -> int:
    """Return which frame of the whole performance is this engine's frame 0."""
    ended: int = choice["silent_from_frame"]
    if not ended:
        return 0
    if isinstance(device, JackOutput) and not choice["silent_since_ns"]:
        return ended + round(device.silent_frames * sample_rate / output_rate)
    silent_ns: int = time.perf_counter_ns() - choice["silent_since_ns"]
    return ended + round(silent_ns * sample_rate / 1e9)


def _open_output(
    parent: Parent, choice: Document, delay_blocks: int, sample_rate: int, meters: Meters
) -> tuple[Output, list[str]]:
    """Open the chosen output; for ``auto`` nothing at all is still an output, with a remark that says why."""
    wanted: str = choice["output"]
    block_frames: int = choice["block_frames"]
    remarks = []
    if wanted == "jack":
        end = parent.socket("output")
        assert end is not None
        ring = AudioRing(parent.buffer("ring").memory)
        return JackOutput(RecordSocket(end), ring, block_frames, delay_blocks, sample_rate, choice["name"]), []
    if wanted != "null":
        try:
            patience = _OPENINGS if choice["wait_for_output"] else 1
            return _open_card(wanted, sample_rate, block_frames, delay_blocks, meters, patience), []
        except LatentbridgeError as error:
            if wanted != "auto":
                raise
            remarks = [f"{error.wrong} Playing without sound (--output null); all else works."]
    return NullOutput(block_frames, delay_blocks, sample_rate, meters), remarks


def _open_card(
    wanted: str, sample_rate: int, block_frames: int, delay_blocks: int, meters: Meters, attempts: int
) -> Output:
    """Open a sound card; one that has just come back may take several attempts."""
    # Loading PortAudio takes time that JACK and null need not spend.
    from runtime.outputs.portaudio import PortAudioOutput, look_for_devices_again

    for _ in range(attempts - 1):
        with contextlib.suppress(LatentbridgeError):
            return PortAudioOutput(wanted, sample_rate, block_frames, delay_blocks, meters)
        time.sleep(_RETURN_LOOK_SECONDS)
        look_for_devices_again()
    return PortAudioOutput(wanted, sample_rate, block_frames, delay_blocks, meters)
