"""Running the command line as a process of its own, the way a person does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def playground(*words: object, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """The finished process of `playground WORDS`."""
    return subprocess.run(
        [sys.executable, "-m", "playground", *map(str, words)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=cwd,
        env=environment(),
        timeout=100,
        check=False,
    )


def environment() -> dict[str, str]:
    """Offscreen, and this checkout first."""
    path = os.pathsep.join(part for part in (str(ROOT), os.environ.get("PYTHONPATH", "")) if part)
    return {
        **os.environ,
        "PYTHONPATH": path,
        "PYTHONIOENCODING": "utf-8",
        "QT_QPA_PLATFORM": "offscreen",
    }
