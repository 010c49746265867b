"""Pure Data, the real one, speaks to the instrument with nothing but the objects that it comes with."""

import queue
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.events import Event, Kind, played
from tests.controls.osc_rig import PATIENCE_SECONDS, Rig
from tests.tiny_decoder import TinySettings, tiny_metadata

PATCH = r"""#N canvas 0 0 450 300 12;
#X obj 10 10 loadbang;
#X obj 10 40 trigger bang bang bang bang bang;
#X msg 10 70 connect 127.0.0.1 {port};
#X msg 10 100 {reply} pd;
#X obj 10 130 oscformat lb hello;
#X msg 10 160 0.5 -1 0 2;
#X obj 10 190 oscformat lb z;
#X msg 10 220 60 127;
#X obj 10 250 oscformat lb note;
#X msg 10 280 1;
#X obj 10 310 oscformat lb part 3 axis tone;
#X obj 10 340 list prepend send;
#X obj 10 370 list trim;
#X obj 10 400 netsend -u -b;
#X obj 10 430 netreceive -u -b {reply};
#X obj 10 460 oscparse;
#X obj 10 490 print heard;
#X connect 0 0 1 0;
#X connect 1 4 2 0;
#X connect 1 3 3 0;
#X connect 1 2 5 0;
#X connect 1 1 7 0;
#X connect 1 0 9 0;
#X connect 2 0 13 0;
#X connect 3 0 4 0;
#X connect 4 0 11 0;
#X connect 5 0 6 0;
#X connect 6 0 11 0;
#X connect 7 0 8 0;
#X connect 8 0 11 0;
#X connect 9 0 10 0;
#X connect 10 0 11 0;
#X connect 11 0 12 0;
#X connect 12 0 13 0;
#X connect 14 0 15 0;
#X connect 15 0 16 0;
"""


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Pd:
    """Pure Data without window or sound, and what it prints."""

    def __init__(self, patch: Path) -> None:
        self._process = subprocess.Popen(
            ["pd", "-nogui", "-noaudio", "-nomidi", "-noprefs", "-stderr", "-open", str(patch)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def heard(self) -> str:
        """The next message that the patch has heard."""
        while True:
            line = self._lines.get(timeout=PATIENCE_SECONDS)
            assert "error" not in line
            assert "couldn't create" not in line
            if line.startswith("heard:"):
                return line.removeprefix("heard:").removeprefix(" list").strip()

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(PATIENCE_SECONDS)

    def _read(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            self._lines.put(line.strip())


@pytest.fixture
def rig() -> Iterator[Rig]:
    built = Rig(tiny_metadata(TinySettings()))
    yield built
    built.close()


def test_pd_plays_moves_and_hears_what_changes(rig: Rig, tmp_path: Path) -> None:
    patch = tmp_path / "latentbridge.pd"
    patch.write_text(PATCH.format(port=rig.service.address[1], reply=free_port()))
    pd = Pd(patch)
    try:
        expected = [
            Event(Kind.LATENT, values=(0.5, -1.0, 0.0, 2.0)),
            Event(Kind.NOTE_ON, note=60, value=1.0),
            Event(Kind.AXIS, part=3, index=0, value=1.0),
        ]
        assert [rig.event() for _ in expected] == expected
        assert pd.heard() == "lb info tiny 4 48000 128 16 384 0.0.test"
        assert pd.heard() == "lb axisinfo 1 tone -2 2 0"
        while pd.heard() != "lb voices 0":
            pass
        rig.say(played(Event(Kind.AXIS, index=1, value=0.75)))
        assert pd.heard() == "lb axis noise 0.75"
    finally:
        pd.stop()
    assert rig.service.bad_packets == 0
