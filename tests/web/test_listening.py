"""Listen here: what a page hears is what the engine mixes, to the bit, and a browser plays it."""

import json
import re
import signal
import socket
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from playwright.sync_api import Page, expect
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from runtime.engine.decoder import Decoder
from runtime.engine.render import Engine, EngineSettings
from runtime.event_log import read_event_log
from tests.system.playing import PATIENCE_SECONDS
from tests.tiny_decoder import TinySettings, write_tiny_decoder
from tests.web.serving import PlainPage, Serving, serving

HEAD = struct.Struct("<QQ")
RATE = 48_000


def listen(served: Serving, token: str = "", **options: Any) -> ClientConnection:
    address = f"ws://127.0.0.1:{served.port}/mix?token={token or served.token()}"
    options |= {"origin": served.origin, "open_timeout": PATIENCE_SECONDS}
    return connect(address, **options).__enter__()


def stretches(listener: ClientConnection) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The mix as it comes: first frame and sound [2, frames]."""
    while True:
        message = listener.recv(PATIENCE_SECONDS)
        assert isinstance(message, bytes)
        first, frames = HEAD.unpack_from(message)
        sound = np.frombuffer(message, np.float32, offset=HEAD.size).reshape(2, -1)
        assert sound.shape[1] == frames
        yield first, sound


def test_what_a_page_hears_is_rendered_from_the_log_to_the_bit(tmp_path: Path) -> None:
    model, log = write_tiny_decoder(tmp_path, TinySettings(decay_seconds=0.1)), tmp_path / "played.log"
    with serving(model, tmp_path, "--log", str(log)) as served:
        page, listener = served.page().settle(), listen(served)
        assert json.loads(listener.recv(PATIENCE_SECONDS)) == {"sample_rate": RATE}
        page.send(["/lb/note", 60, 100], ["/lb/note", 67, 90])
        page.send(["/lb/axis/tone", 0.9], ["/lb/axis/noise/lfo", 0.5, 7])
        page.send(["/lb/axis/noise/lfo", 0])
        parts, begin, has_sounded = [], -1, False
        for first, sound in stretches(listener):
            begin = first if begin < 0 else begin
            assert first == begin + sum(part.shape[1] for part in parts), "a stretch is missing"
            parts.append(sound)
            has_sounded = has_sounded or bool(np.abs(sound).max() > 0.05)
            if has_sounded and len(parts) > 20 and not np.abs(np.concatenate(parts[-20:], axis=1)).max() > 0.02:
                break
        listener.close()
        served.instrument.process.send_signal(signal.SIGINT)
        assert served.instrument.ended() == 0
    live = np.concatenate(parts, axis=1)
    take = read_event_log(log)
    engine = Engine(Decoder.load(model, take.header.voices), EngineSettings(voices=take.header.voices))
    for event in take.events:
        engine.post(event)
    engine.render(begin)
    assert np.array_equal(engine.render(live.shape[1]), live)


def test_a_listener_that_was_away_gets_the_sound_of_now_and_is_told_what_it_missed(served: Serving) -> None:
    with socket.socket() as small:
        # Small room on our side too, or the system would keep seconds of sound for us.
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 13)
        small.connect(("127.0.0.1", served.port))
        listener = listen(served, sock=small)
        listener.recv(PATIENCE_SECONDS)
        time.sleep(3)
        expected = -1
        for first, sound in stretches(listener):
            if expected >= 0 and first != expected:
                break
            expected = first + sound.shape[1]
        assert first > expected
        listener.close()


def test_the_mix_needs_the_token_too(served: Serving) -> None:
    with pytest.raises(InvalidStatus, match="403"):
        listen(served, "wrong")


PEAK = """async () => {
  const { page } = await import("/main.js");
  const node = page.listening.node;
  if (!node) return 0;
  const analyser = new AnalyserNode(node.context, { fftSize: 32768 });
  node.connect(analyser);
  await new Promise((resolve) => setTimeout(resolve, 800));
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  node.disconnect(analyser);
  return Math.max(...samples.map(Math.abs));
}"""


def test_a_browser_plays_what_the_instrument_plays(opened: Page, plain: PlainPage) -> None:
    opened.get_by_role("button", name="Listen here").click()
    expect(opened.get_by_role("button", name="Listen here", pressed=True)).to_be_visible()
    expect(opened.locator("#bar-tools")).to_contain_text(re.compile(r"[0-9]+ ms after a key"))
    assert opened.evaluate(PEAK) == 0
    peaks = []
    for _ in range(20):
        plain.send(["/lb/note", 38, 127])
        peaks.append(opened.evaluate(PEAK))
        if peaks[-1] > 0.05:
            break
    assert peaks[-1] > 0.05
    opened.get_by_role("button", name="Listen here").click()
    expect(opened.get_by_role("button", name="Listen here", pressed=False)).to_be_visible()


def test_where_a_browser_does_not_allow_it_the_page_says_so(page: Page, complaints: list[str], served: Serving) -> None:
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(served.link)
    page.get_by_role("button", name="Listen here").click()
    expect(page.locator("#notices")).to_contain_text("only from the machine it runs on")
    # A tunnel leads to a page that cannot know its token, unless the link has it.
    expect(page.locator("#notices")).to_contain_text(f"http://127.0.0.1:8700/#{served.token()} here")
