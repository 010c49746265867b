"""How long a message from Pd takes to latentbridge and back, with latentbridge.pd linked to a real `play drums`.

    python -m benchmarks.pd_round_trip [--pings 200]

Pd sends /lb/ping and hears /lb/pong; Pd's own clock ([realtime]) measures. No sound card is used by either. What it
does not hold is the delay from a message to its sound: `python -m benchmarks.knob_to_sound` measures that.
"""

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from runtime.machine import machine
from tests.patches.pd_rig import free_port, running_pd
from tests.patches.stage import instrument

PATCH = Path(__file__).resolve().parent.parent / "max_patches" / "latentbridge.pd"
_CLOCK = r"""#N canvas 0 0 450 300 12;
#X obj 10 10 r clock.start;
#X obj 10 40 t f b;
#X obj 10 70 realtime;
#X obj 100 70 oscformat lb ping;
#X obj 100 100 s lb.bytes;
#X obj 200 10 r lb.heard;
#X obj 200 40 route pong;
#X obj 10 130 s clock.ms;
#X obj 200 70 t b;
#X connect 0 0 1 0;
#X connect 1 0 3 0;
#X connect 1 1 2 0;
#X connect 3 0 4 0;
#X connect 5 0 6 0;
#X connect 6 0 8 0;
#X connect 8 0 2 1;
#X connect 2 0 7 0;
"""
GAP_SECONDS = 0.02


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pings", type=int, default=200)
    pings = parser.parse_args().pings
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        patch = folder / "latentbridge.pd"
        patch.write_bytes(PATCH.read_bytes())
        (folder / "clock.pd").write_text(_CLOCK)
        with instrument(folder) as port, running_pd(patch, folder, ("lb.link", "clock.ms"), ("clock.pd",)) as pd:
            pd.say("lb.server", "127.0.0.1", port)
            pd.say("lb.reply", free_port())
            pd.until("lb.link", "1")
            taken = []
            for number in range(pings):
                pd.say("clock.start", number)
                taken.append(float(pd.told("clock.ms")))
                time.sleep(GAP_SECONDS)
    highest = sorted(taken)[int(0.99 * len(taken))]
    print(f"Pd to latentbridge and back: median {statistics.median(taken):.2f} ms, 99 of 100 within {highest:.2f} ms,")
    print(f"{len(taken)} pings, {machine()}")


if __name__ == "__main__":
    main()
