"""What latentbridge's own shipped decoder costs, measured as its peers are; and the engine around it, tight and paced.

python -m benchmarks.peers.own_cost [--seconds 8]
"""

import numpy as np

from benchmarks.peers.costing import Cost, asked_seconds, cost_of, tell
from runtime import large_pages, realtime_priority
from runtime.contract import CONTROL_INPUTS
from runtime.engine.decoder import Decoder, open_session
from runtime.engine.render import Engine, EngineSettings
from runtime.model_files import find_model
from runtime.paced_cost import keep_sounding, paced_cost

BATCHES = (1, 8)
OWN = "latentbridge drums"
DECODER, ENGINE, PACED = f"{OWN}, decoder alone", f"{OWN}, whole engine", f"{OWN}, whole engine, paced"


def main() -> None:
    seconds = asked_seconds("Time the shipped decoder.")
    path = find_model("drums")
    session = open_session(path, path.read_bytes(), "cpu")
    decoder = Decoder.load(path, max(BATCHES))
    # As the engine's process does.
    large_pages.gather()
    hop_frames, hop_seconds = decoder.metadata.hop_frames, decoder.metadata.hop_seconds
    random = np.random.default_rng(0)
    for voices in BATCHES:
        inputs = session.get_inputs()
        feed = {t.name: random.uniform(-1, 1, (voices, *t.shape[1:])).astype(np.float32) for t in inputs}
        feed["time_rate"][:] = 1
        states = [t.name for t in inputs][len(CONTROL_INPUTS) :]
        feed |= {name: np.zeros_like(feed[name]) for name in states}

        def hop(feed: dict[str, np.ndarray] = feed, states: list[str] = states) -> None:
            _, *after = session.run(None, feed)
            feed.update(zip(states, after, strict=True))

        tell(cost_of(DECODER, hop, voices, hop_seconds, seconds, warm_up_calls=50))
        engine = Engine(decoder, EngineSettings(voices))

        def play(engine: Engine = engine, voices: int = voices) -> None:
            keep_sounding(engine, voices, 0)
            engine.render(hop_frames)
            engine.played.clear()

        tell(cost_of(ENGINE, play, voices, hop_seconds, seconds, warm_up_calls=50))
        realtime = realtime_priority.enter()
        paced = paced_cost(Engine(decoder, EngineSettings(voices)), voices, hop_frames, seconds / 2)
        if realtime:
            realtime_priority.leave()
        tell(Cost(PACED, voices, paced.milliseconds_per_voice_second, 1000 * hop_seconds))


if __name__ == "__main__":
    main()
