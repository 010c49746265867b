"""Run every benchmark of the page, one after another, and write the page.

    python -m benchmarks.all [--quick] [--only NAME …] [--isolation-minutes 10] [--memory-minutes 60]
                             [--python .venv-peers/bin/python]

The machine should have nothing else to do. What fails leaves a line on the page that says so. ``--quick`` shows within
minutes that everything runs, and measures nothing worth keeping: its results and page go to build/quick_benchmarks.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.catalogue import CATALOGUE, Entry
from benchmarks.page import DOCS, RESULTS, write_page
from benchmarks.result import failed, read_results

QUICK = Path("build/quick_benchmarks")
PATIENCE = 3
"""A benchmark is ended after this many times the minutes it should take, and …"""
LEAST_MINUTES_OF_PATIENCE = 5
ENDING_SECONDS = 20


def run(entry: Entry, options: list[str], results: Path) -> bool:
    """Run one benchmark; whether it left a result of its own. Otherwise the result says why there is none."""
    file = results / f"{entry.name}.json"
    # Without this, a benchmark that writes nothing would seem to have measured what it did last time.
    file.unlink(missing_ok=True)
    began = time.monotonic()
    with tempfile.TemporaryFile("w+") as errors:
        failure = _outcome(entry, [*options, "--json", str(file)], errors.fileno())
        if not failure and not file.exists():
            failure = "it ended without a result."
        if failure:
            errors.seek(0)
            said = errors.read().strip()
            print(said, file=sys.stderr)
            lines = said.splitlines()
            failure += f" Its last words: `{_without_paths(lines[-1])}`" if lines else ""
            failed(entry.load(), options, failure).write(file)
    minutes = (time.monotonic() - began) / 60
    print(f"{entry.name}: {f'FAILED: {failure}' if failure else 'measured'}, {minutes:.1f} minutes\n", flush=True)
    return not failure


def _outcome(entry: Entry, options: list[str], errors: int) -> str:
    """Run the module, in a process group that is ended as a whole; why it failed, or an empty string."""
    command = [sys.executable, "-m", f"benchmarks.{entry.name}", *options]
    patience_minutes = max(LEAST_MINUTES_OF_PATIENCE, PATIENCE * entry.minutes)
    process = subprocess.Popen(command, stderr=errors, start_new_session=True)
    try:
        status = process.wait(60 * patience_minutes)
        return "" if status == 0 else f"it ended with status {status}."
    except subprocess.TimeoutExpired:
        return f"it had not ended after {patience_minutes:.0f} minutes."
    finally:
        _end_group(process)


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """End what a benchmark left behind: JACK servers and instruments."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(ENDING_SECONDS)


def _without_paths(line: str) -> str:
    """A line for the page: not endless, and without the folders of this machine."""
    return line.replace(f"{Path.cwd()}/", "").replace(str(Path.home()), "~").replace("`", "'")[:300]


def options_of(entry: Entry, arguments: argparse.Namespace) -> list[str]:
    """Return the options with which a benchmark is run."""
    options = list(entry.quick) if arguments.quick else []
    if entry.name == "peers.compare":
        options += ["--python", str(arguments.python)]
    for name, minutes in (("isolation", arguments.isolation_minutes), ("memory", arguments.memory_minutes)):
        if entry.name == name and not arguments.quick:
            options += ["--minutes", f"{minutes:g}"]
    return options


def main() -> None:
    parser = argparse.ArgumentParser(description="Run all benchmarks and write the page.")
    parser.add_argument("--quick", action="store_true", help="see that everything runs; measures nothing")
    parser.add_argument("--only", nargs="+", default=[], metavar="NAME", choices=[entry.name for entry in CATALOGUE])
    parser.add_argument("--isolation-minutes", type=float, default=10, help="at each of two blocks")
    parser.add_argument("--memory-minutes", type=int, default=60, help="of sound, in freewheel")
    parser.add_argument("--python", type=Path, default=Path(".venv-peers/bin/python"), help="of the peers' environment")
    arguments = parser.parse_args()
    results, docs = (QUICK / "results", QUICK / "docs") if arguments.quick else (RESULTS, DOCS)
    results.mkdir(parents=True, exist_ok=True)
    entries = [entry for entry in CATALOGUE if not arguments.only or entry.name in arguments.only]
    if not arguments.quick:
        print(f"About {sum(entry.minutes for entry in entries):.0f} minutes in all.")
    measured = []
    for entry in entries:
        how_long = "a minute or so" if arguments.quick else f"about {entry.minutes:g} minutes"
        print(f"{entry.name}: {entry.load().title}, {how_long}", flush=True)
        measured.append(run(entry, options_of(entry, arguments), results))
    print(f"written: {write_page(read_results(results), [entry.load() for entry in CATALOGUE], docs)}")
    if not all(measured):
        sys.exit(f"{measured.count(False)} of {len(measured)} benchmarks failed; the page says which.")


if __name__ == "__main__":
    main()
