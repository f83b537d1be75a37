"""Steps per second with the window drawing, over a bare loop in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.nets import PROJECTS, bare_loop

SECONDS, WARM_S, TURNS = 6.0, 1.5, 3
ROOT = Path(__file__).parents[2]


def measure() -> dict[str, float]:
    """For each net: the ratio of steps/s, and the 99th percentile of the frame interval in ms."""
    found: dict[str, float] = {}
    for name in PROJECTS:
        # Turn by turn, so that a noisy neighbour hits both.
        turns = [(_elsewhere("app", name), _elsewhere("bare", name)) for _ in range(TURNS)]
        ratios = [app["steps_per_s"] / bare["steps_per_s"] for app, bare in turns]
        found[f"steps/s with window ÷ bare torch, {name}"] = median(ratios)
        found[f"frame interval p50, ms, {name}"] = median(a["p50_ms"] for a, _ in turns)
        found[f"frame interval p99, ms, {name}"] = median(a["p99_ms"] for a, _ in turns)
        found[f"frames/s with news of the net, {name}"] = median(
            a["frames_per_s"] for a, _ in turns
        )
    return found


def _elsewhere(what: str, name: str) -> dict[str, float]:
    words = [sys.executable, "-m", "tests.bench.live", what, name]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    answer: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return answer


def bare(name: str) -> dict[str, float]:
    """Steps/s of the bare loop."""
    run = bare_loop(name)
    run(2000)
    steps, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS / 2:
        run(500)
        steps += 500
    return {"steps_per_s": steps / (time.perf_counter() - began)}


def app(name: str) -> dict[str, float]:
    """Steps/s and frame intervals of the app, its window open, four panels and canvas moving."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import numpy as np
    from PySide6.QtCore import QTimer

    from playground.app.offscreen import Offscreen

    stage = Offscreen((1440, 900), "dark")
    window, run = stage.window, stage.window.run
    window.project_files.show_project(PROJECTS[name](), None, None)
    stage.wait_for(run.opened)
    if len(window.panels.shown) < 4:
        window.panels.choose(("loss", "gradients", "confusion", "metrics"))
    ticks: list[float] = []
    frames: list[tuple[float, int]] = []
    run.ticked.connect(lambda: ticks.append(time.perf_counter()))
    run.frame_arrived.connect(lambda frame: frames.append((time.perf_counter(), frame.step)))
    run.play()
    stage.settle(int(1000 * WARM_S))
    del ticks[:], frames[:]
    QTimer.singleShot(int(1000 * SECONDS), run.pause)
    while run.is_training and not run.is_pausing:
        stage.wait_for(run.status_changed)
    intervals = np.diff(np.array(ticks)) * 1000
    (began, first), (ended, last) = frames[0], frames[-1]
    found: dict[str, Any] = {
        "steps_per_s": (last - first) / (ended - began),
        "p50_ms": float(np.percentile(intervals, 50)),
        "p99_ms": float(np.percentile(intervals, 99)),
        "frames_per_s": len(frames) / (ended - began),
    }
    stage.close()
    return found


if __name__ == "__main__":
    print(json.dumps({"app": app, "bare": bare}[sys.argv[1]](sys.argv[2])))
