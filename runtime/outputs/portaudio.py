"""A sound card through PortAudio: rtmixer's callback, which is C, reads one ring of mixed audio.

The ring is filled up to two blocks (more if the model needs it), where a block is what the device really takes at a
time: PortAudio may call back several times in a row to serve a larger period of the device, so the period is measured
before the first note. When the ring runs dry rtmixer ends its action; it is started again with a full ring, and the
gap is counted as a late block.

Source: https://python-rtmixer.readthedocs.io/ and the PortAudio documentation of ``Pa_OpenStream``.
"""

import contextlib
import os
import statistics
import sys
import time
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from runtime.clock import FilteredClock
from runtime.errors import LatentbridgeError
from runtime.events import Event
from runtime.meters import Meter, Meters

_RING_FRAMES: Final = 1 << 15
_PERIOD_TRIAL_SECONDS: Final = 0.12
_TRIAL_STEP_SECONDS: Final = 2e-4
_SHORTEST_SLEEP_SECONDS: Final = 3e-4
_LIST: Final = "`latentbridge devices` lists them."


class PortAudioOutput:
    """An :class:`runtime.outputs.Output` on a sound card. Raises LatentbridgeError if the device cannot be used.

    ``device`` is ``auto``, a number, or part of a name.
    """

    def __init__(self, device: str, sample_rate: int, block_frames: int, delay_blocks: int, meters: Meters) -> None:
        self.clock = FilteredClock(sample_rate)
        self.faster_than_real_time = False
        self.closed = False
        self._meters = meters
        self._sample_rate = sample_rate
        with quiet():
            info = _find_device(load_portaudio(), device)
            self._open(info, block_frames)
        self.name = str(info["name"])
        self.block_frames = max(block_frames, self._measure_period())
        self._fill_frames = max(2, delay_blocks + 1) * self.block_frames
        self.delay_frames = self.port_delay_frames = self._fill_frames + self.block_frames
        self._written_frame = self._taken_frame = 0
        self.limit_frame = self._fill_frames
        self._action: Any = None

    def wait(self, seconds: float) -> list[Event]:
        """See :class:`runtime.outputs.Output`."""
        end = time.monotonic() + seconds
        while (missing := self._missing_frames()) > 0 and time.monotonic() < end:
            time.sleep(max(_SHORTEST_SLEEP_SECONDS, min(missing, self.block_frames // 4) / self._sample_rate))
        if missing <= 0:
            self.limit_frame = self._written_frame + self.block_frames
        return []

    def write(self, block: Any) -> None:
        """See :class:`runtime.outputs.Output`."""
        if self._channels == 1:
            block = block.mean(axis=0, keepdims=True, dtype=np.float32)
        self._ring.write(np.ascontiguousarray(block.T))
        self._written_frame += block.shape[1]
        if self._action not in self._mixer.actions and self._ring.read_available >= self._fill_frames:
            if self._action is not None:
                self._meters[Meter.LATE_BLOCKS] += 1
                self.clock.restart()
            self._action = self._mixer.play_ringbuffer(self._ring)

    def close(self) -> None:
        """See :class:`runtime.outputs.Output`. Aborts, since a device that has died never finishes playing."""
        with quiet():
            self._mixer.abort(ignore_errors=True)
            self._mixer.close(ignore_errors=True)

    def _missing_frames(self) -> int:
        """Frames that the device has yet to take before a block fits; follows its clock on the way."""
        taken: int = self._written_frame - self._ring.read_available
        if taken != self._taken_frame:
            self._taken_frame = taken
            now = time.perf_counter_ns()
            self.clock.update(taken, now)
            self._meters[Meter.OUTPUT_TAKEN_NS] = now
        return self._written_frame - taken + self.block_frames - self._fill_frames

    def _open(self, info: dict[str, Any], block_frames: int) -> None:
        import rtmixer
        import sounddevice

        self._channels = min(2, int(info["max_output_channels"]))
        stream = {"device": info["index"], "channels": self._channels, "samplerate": self._sample_rate}
        try:
            sounddevice.check_output_settings(dtype="float32", **stream)
        except sounddevice.PortAudioError as error:
            raise _refusal(info, self._sample_rate, error) from None
        try:
            self._mixer = rtmixer.Mixer(blocksize=block_frames, latency="low", **stream)
            self._ring = rtmixer.RingBuffer(4 * self._channels, _RING_FRAMES)
            self._mixer.start()
        except sounddevice.PortAudioError as error:
            raise LatentbridgeError(f"The sound card {info['name']} could not be opened: {error}.", "", _LIST) from None

    def _measure_period(self) -> int:
        """Play silence and watch how much the device takes at a time, in frames; the median, since we may oversleep."""
        self._ring.write(bytes(4 * self._channels * _RING_FRAMES))
        trial = self._mixer.play_ringbuffer(self._ring)
        steps = []
        last = self._ring.read_available
        end = time.monotonic() + max(_PERIOD_TRIAL_SECONDS, 4 * self._mixer.latency)
        while time.monotonic() < end:
            now = self._ring.read_available
            if now != last:
                steps.append(last - now)
                last = now
            time.sleep(_TRIAL_STEP_SECONDS)
        self._mixer.wait(self._mixer.cancel(trial), 1)
        self._ring.advance_read_index(self._ring.read_available)
        return round(statistics.median(steps)) if steps else 0


def playable_rate(device: str, sample_rate: int) -> int:
    """Return ``sample_rate`` if a device takes it, else the rate in Hz that it runs at by default.

    ``device`` as for :class:`PortAudioOutput`. Raises LatentbridgeError if there is no such device.
    """
    with quiet():
        sounddevice = load_portaudio()
        info = _find_device(sounddevice, device)
        try:
            sounddevice.check_output_settings(
                device=info["index"],
                channels=min(2, int(info["max_output_channels"])),
                dtype="float32",
                samplerate=sample_rate,
            )
        except sounddevice.PortAudioError:
            return int(info["default_samplerate"])
    return sample_rate


def is_usable(device: str) -> bool:
    """Tell whether a device, as for :class:`PortAudioOutput`, is there and would open."""
    with quiet():
        sounddevice = load_portaudio()
        try:
            info = _find_device(sounddevice, device)
            sounddevice.check_output_settings(device=info["index"], channels=1, dtype="float32")
        except (LatentbridgeError, sounddevice.PortAudioError):
            return False
    return True


def look_for_devices_again() -> None:
    """Let PortAudio see what has come and gone since it was loaded. No stream may be open in this process."""
    sounddevice = load_portaudio()
    with quiet():
        sounddevice._terminate()
        sounddevice._initialize()


def load_portaudio() -> Any:
    """Return the sounddevice module. Raises LatentbridgeError if the PortAudio library is missing."""
    try:
        import sounddevice
    except OSError:
        remedy = "Install it: sudo apt-get install libportaudio2" if sys.platform == "linux" else ""
        raise LatentbridgeError("The PortAudio library is not installed.", "", remedy) from None
    return sounddevice


def _find_device(sounddevice: Any, wanted: str) -> dict[str, Any]:
    devices = [info for info in sounddevice.query_devices() if info["max_output_channels"] > 0]
    if not devices:
        raise LatentbridgeError("No sound card was found.", "", _LIST)
    if wanted == "auto":
        index = sounddevice.default.device[1]
        return next((info for info in devices if info["index"] == index), devices[0])
    if wanted.isdecimal():
        found = [info for info in devices if info["index"] == int(wanted)]
    else:
        found = [info for info in devices if info["name"] == wanted]
        found = found or [info for info in devices if wanted.casefold() in info["name"].casefold()]
    if not found:
        names = ", ".join(f"{info['index']} {info['name']}" for info in devices)
        raise LatentbridgeError(f"There is no output {wanted!r}.", f"There are: jack, null, {names}.", _LIST)
    return dict(found[0])


def _refusal(info: dict[str, Any], sample_rate: int, error: Exception) -> LatentbridgeError:
    if info["default_samplerate"] != sample_rate:
        return LatentbridgeError(
            f"{info['name']} runs at {info['default_samplerate']:g} Hz and does not take {sample_rate} Hz.",
            "",
            f"Set the device to {sample_rate} Hz, or choose another --output.",
        )
    return LatentbridgeError(f"The output {info['name']} cannot be used: {error}.", "", _LIST)


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Send stderr nowhere: PortAudio's host libraries print there which servers they did not find."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
