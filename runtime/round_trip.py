"""Play a signal and record at the same time, so that frame k of both is the same moment: by JACK or by a sound card."""

import contextlib
import threading
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from runtime.click import Floats
from runtime.errors import LatentbridgeError
from runtime.outputs.jack_process import open_client
from runtime.outputs.portaudio import load_portaudio, quiet

PATIENCE: Final = 3.0
"""How much longer than the signal itself a recording may take before it counts as stuck, in parts of it."""
LONGEST_DECLARED_SECONDS: Final = 5.0
_LIST: Final = "`latentbridge devices` lists outputs; `jack_lsp` lists JACK's ports."


@dataclass(frozen=True, slots=True)
class Take:
    """A recording [frames] of what came back, and the way it went.

    ``declared_frames`` is what the drivers say that the way takes; 0 if they were not asked, as with JACK.
    """

    recorded: Floats
    sample_rate: int
    block_frames: int
    way: str
    declared_frames: int


def jack_rate_hz() -> int | None:
    """Return the sample rate of the JACK server, or None if none runs or JACK is not installed."""
    try:
        with contextlib.closing(open_client()) as client:
            return int(client.samplerate)
    except LatentbridgeError:
        return None


def through_jack(signal: Floats, play_to: str | None, listen_at: str | None) -> Take:
    """Play ``signal`` [frames] into one JACK port and record another; the first of the sound card's if not named.

    Raises LatentbridgeError if there is no such port or the server dies.
    """
    import jack

    client = open_client()
    take = np.zeros(len(signal), np.float32)
    position = 0
    ended = threading.Event()
    out = client.outports.register("click")
    listening = client.inports.register("listen")

    def copy(frames: int) -> None:
        nonlocal position
        begin, end = position, min(position + frames, len(signal))
        speaker = np.frombuffer(out.get_buffer(), np.float32)
        speaker[:] = 0
        speaker[: end - begin] = signal[begin:end]
        take[begin:end] = np.frombuffer(listening.get_buffer(), np.float32)[: end - begin]
        position = end
        if position == len(signal):
            ended.set()

    with contextlib.closing(client):
        target = _jack_port(client, play_to, is_input=True)
        source = _jack_port(client, listen_at, is_output=True)
        rate, block = int(client.samplerate), int(client.blocksize)
        client.set_process_callback(copy)
        # Nothing is played before both ends are connected.
        position = len(signal)
        client.activate()
        try:
            client.connect(out, target)
            client.connect(source, listening)
        except jack.JackError as error:
            raise LatentbridgeError(
                f"JACK cannot connect {target.name} and {source.name}: {error}.", "", _LIST
            ) from None
        ended.clear()
        position = 0
        if not ended.wait((1 + PATIENCE) * len(signal) / rate):
            raise LatentbridgeError(
                "JACK has stopped while the click was played.", "", "Start its server and try again."
            )
        client.deactivate()
        way = f"{target.name} to {source.name}, through JACK"
    return Take(take, rate, block, way, declared_frames=0)


def _jack_port(client: Any, name: str | None, **kind: bool) -> Any:
    ports = client.get_ports(is_audio=True, **kind)
    found = [port for port in ports if port.name == name] if name else [p for p in ports if p.is_physical]
    if not found:
        what = "to play into" if "is_input" in kind else "to listen at"
        names = ", ".join(port.name for port in ports) or "none at all"
        wrong = f"There is no JACK port {name!r} {what}." if name else f"The JACK server has no sound card {what}."
        raise LatentbridgeError(wrong, f"There are: {names}.", "Name one with --play-to and --listen-at.")
    return found[0]


def through_sound_card(signal: Floats, sample_rate: int, output: str, listen_at: str | None, block_frames: int) -> Take:
    """Play ``signal`` [frames] on a sound card and record one of its, or another's, inputs (channel 1).

    ``output`` is ``auto``, a number or part of a name, and so is ``listen_at``. Raises LatentbridgeError if there is no
    such device or it refuses.
    """
    with quiet():
        sounddevice = load_portaudio()
        try:
            devices = (
                _card(sounddevice, listen_at or output, "input"),
                _card(sounddevice, output, "output"),
            )
            stream = sounddevice.Stream(
                samplerate=sample_rate, blocksize=block_frames, device=devices, channels=1, latency="low"
            )
            declared = _plausible_frames(sum(stream.latency), sample_rate)
            stream.close()
            # playrec keeps frame k of both together.
            recorded = sounddevice.playrec(
                signal, sample_rate, 1, blocksize=block_frames, device=devices, latency="low", blocking=True
            )
        except sounddevice.PortAudioError as error:
            raise LatentbridgeError(f"The sound card cannot play and record at once: {error}.", "", _LIST) from None
    names = [str(sounddevice.query_devices(number)["name"]) for number in devices]
    return Take(recorded[:, 0].copy(), sample_rate, block_frames, f"{names[1]} to {names[0]}", declared)


def _plausible_frames(declared_seconds: float, sample_rate: int) -> int:
    """Return what drivers declare, in frames, or 0 where it is no such thing (PortAudio through JACK says years)."""
    return round(declared_seconds * sample_rate) if 0 < declared_seconds < LONGEST_DECLARED_SECONDS else 0


def _card(sounddevice: Any, wanted: str, direction: str) -> int:
    """Return the number of a device that has channels in a direction (``input`` or ``output``)."""
    able = [info for info in sounddevice.query_devices() if info[f"max_{direction}_channels"] > 0]
    if wanted == "auto":
        default = sounddevice.default.device[0 if direction == "input" else 1]
        found = [info for info in able if info["index"] == default] or able
    elif wanted.isdecimal():
        found = [info for info in able if info["index"] == int(wanted)]
    else:
        found = [info for info in able if wanted.casefold() in info["name"].casefold()]
    if not found:
        names = ", ".join(f"{info['index']} {info['name']}" for info in able) or "none"
        wrong = f"There is no sound card with an {direction} called {wanted!r}."
        raise LatentbridgeError(wrong if able else f"There is no {direction} to use.", f"There are: {names}.", _LIST)
    return int(found[0]["index"])
