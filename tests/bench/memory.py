"""A million steps of a tiny net: memory stays flat in both processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WARM_STEPS, STEPS = 150_000, 1_000_000


def measure() -> dict[str, float]:
    """Growth of the resident memory of window and engine from step 150,000 to 1,000,000."""
    words = [sys.executable, "-m", "tests.bench.memory"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _run() -> dict[str, float]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import psutil

    from playground.app.offscreen import Offscreen
    from tests.bench.nets import tiny

    stage = Offscreen((1440, 900), "dark")
    run = stage.window.run
    stage.window.project_files.show_project(tiny(), None, None)
    stage.wait_for(run.opened)
    engine, own = psutil.Process(run.engine_pid), psutil.Process()
    run.play()
    sizes = []
    for goal in (WARM_STEPS, STEPS):
        while run.last_frame is None or run.last_frame.step < goal:
            stage.settle(500)
        sizes.append((own.memory_info().rss, engine.memory_info().rss))
    (window_0, engine_0), (window_1, engine_1) = sizes
    stage.close()
    return {
        "window after 1,000,000 steps ÷ after 150,000": window_1 / window_0,
        "engine after 1,000,000 steps ÷ after 150,000": engine_1 / engine_0,
        "window, MB": window_1 / 1e6,
        "engine, MB": engine_1 / 1e6,
    }


if __name__ == "__main__":
    print(json.dumps(_run()))
