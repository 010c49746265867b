"""How long a kit of a thousand one-shots takes on one core, from drawing its sounds to the last file.

    python -m benchmarks.kit_speed [drums] [--sounds 1000] [--core 0]

Everything that `latentbridge kit MODEL OUT --sounds 1000` does once the model is loaded, into a temporary folder.
Times by the clock, which other programs stretch, and of the processor, which they do not.
"""

import argparse
import os
import tempfile
import time
from pathlib import Path

from runtime.engine.decoder import Decoder
from runtime.machine import machine
from runtime.model_files import find_model
from runtime.oneshots.command import VOICES
from runtime.oneshots.kit_making import make_kit, read_kit
from runtime.oneshots.kit_planning import KitWish, plan_kit


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", nargs="?", default="drums")
    parser.add_argument("--sounds", type=int, default=1000)
    parser.add_argument("--core", type=int, default=0)
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {options.core})
    decoder = Decoder.load(find_model(options.model), VOICES)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        times = [(time.perf_counter(), time.process_time())]
        plan, _ = plan_kit(decoder, KitWish(seed=1, sounds=options.sounds))
        times.append((time.perf_counter(), time.process_time()))
        make_kit(decoder, plan, folder)
        times.append((time.perf_counter(), time.process_time()))
        kit = read_kit(plan.model_copy(update={"sounds": plan.sounds[:100]}), folder, decoder)
    seconds = sum(sound.frames / sound.sample_rate for sound in kit.sounds) / len(kit.sounds)
    print(machine())
    print(f"{options.sounds} sounds of {options.model}, {seconds:.2f} s each on average (of the first 100)")
    for what, before, after in (("choosing", 0, 1), ("making and writing", 1, 2), ("in all", 0, 2)):
        clock, processor = (after_ - before_ for before_, after_ in zip(times[before], times[after], strict=True))
        print(f"{what}: {clock:.1f} s by the clock, {processor:.1f} s of the processor")


if __name__ == "__main__":
    main()
