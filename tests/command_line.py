"""The installed command as a person calls it, in a process of its own; or, for many calls, in this one."""

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

from runtime.cli import main

COMMAND = Path(sys.executable).with_name("latentbridge")


def latentbridge(*words: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run ``latentbridge`` with these words in a folder; stdout and stderr are text."""
    return subprocess.run(
        [str(COMMAND), *map(str, words)],
        cwd=cwd,
        env=os.environ | {"OMP_NUM_THREADS": "1", "COLUMNS": "100"} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def latentbridge_here(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run ``latentbridge`` with these words in a folder, but in this process: an error that is not told escapes."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(cwd), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(words)
    return subprocess.CompletedProcess(words, status, out.getvalue(), err.getvalue())
