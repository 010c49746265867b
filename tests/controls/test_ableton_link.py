"""Ableton Link with a real peer: another program's tempo and beat are followed, and ours are taken along."""

import time
from pathlib import Path

import link

from runtime.controls.ableton_link import LinkTempo
from runtime.events import Event, Kind
from runtime.steering.control_state import Control
from tests.steering.rig import SteeringRig

PATIENCE_SECONDS = 20.0
OURS = Control(Kind.TEMPO)


def wait_for(condition: object) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < end, "what was waited for did not happen"
        time.sleep(0.02)


def test_a_peers_tempo_and_beat_are_followed_and_ours_is_taken_along(tmp_path: Path) -> None:
    rig = SteeringRig(tmp_path)
    desk = rig.steering.desk
    peer = link.Link(97.0)
    peer.enabled = True
    ours = LinkTempo(desk)
    try:
        wait_for(lambda: ours.peers)
        session = peer.captureAppSessionState()
        session.setTempo(133.0, peer.clock().micros())
        peer.commitAppSessionState(session)
        wait_for(lambda: abs(desk.numbers(OURS)[0] - 133.0) < 0.01)
        told: list[tuple[Event, int]] = []
        desk._send = lambda event: told.append((event, event.time))
        wait_for(lambda: len(told) >= 2)
        beats = []
        for event, arrival_ns in told[:2]:
            state = peer.captureAppSessionState()
            micros = peer.clock().micros() - (time.perf_counter_ns() - arrival_ns) // 1000
            beats.append((sum(event.values), state.beatAtTime(micros, 4.0)))
        for mine, theirs in beats:
            apart = (mine - theirs + 2.0) % 4.0 - 2.0
            assert abs(apart) < 0.05, "the same place in the bar, to within some 20 ms"
        desk.do(Event(Kind.TEMPO, part=0, value=90.0))
        wait_for(lambda: abs(peer.captureAppSessionState().tempo() - 90.0) < 0.01)
    finally:
        ours.close()
        peer.enabled = False
