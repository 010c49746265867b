"""The page costs a start nothing: what serves it is loaded by its own process alone."""

import subprocess
import sys


def test_playing_loads_nothing_that_serves() -> None:
    code = "import sys, runtime.session; print(*sorted({'starlette', 'uvicorn', 'websockets'} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []


def test_serving_loads_neither_an_engine_nor_numbers() -> None:
    wanted = "{'numpy', 'onnxruntime', 'torch'}"
    code = f"import sys, runtime.web.page_process; print(*sorted({wanted} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []
