"""Time from start to a usable window, over that of a bare PySide6 and pyqtgraph window."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
TURNS = 5
BARE = """
import os
from PySide6.QtWidgets import QApplication, QMainWindow
from PySide6.QtCore import QTimer
import pyqtgraph
app = QApplication([])
window = QMainWindow()
window.setCentralWidget(pyqtgraph.PlotWidget())
window.show()
QTimer.singleShot(0, lambda: os._exit(0))
app.exec()
"""
OURS = """
import os, sys
from PySide6.QtCore import QTimer
from playground.cli import main
from playground.app.shell import window
shown = window.MainWindow.showEvent
def show(self, event):
    shown(self, event)
    QTimer.singleShot(0, lambda: os._exit(0))
window.MainWindow.showEvent = show
main([])
"""


def measure() -> dict[str, float]:
    """The ratio of the medians, from the start of the process to an idle window."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    times: dict[str, list[float]] = {BARE: [], OURS: []}
    for turn in range(TURNS + 1):
        for script, found in times.items():
            began = time.perf_counter()
            subprocess.run(
                [sys.executable, "-c", script],
                cwd=ROOT,
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            if turn:  # the first fills the disk's cache
                found.append(time.perf_counter() - began)
    bare, ours = median(times[BARE]), median(times[OURS])
    return {
        "start to usable window ÷ bare PySide6 + pyqtgraph": ours / bare,
        "start to usable window, s": ours,
        "bare window, s": bare,
    }
