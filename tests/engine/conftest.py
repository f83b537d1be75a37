"""What holds for every test of the engine: nothing is left running."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psutil
import pytest


@pytest.fixture(autouse=True)
def nothing_left_running() -> Iterator[None]:
    """No thread and no process outlives a test."""
    threads = set(threading.enumerate())
    processes = set(psutil.Process().children(recursive=True))
    yield
    left = [thread.name for thread in set(threading.enumerate()) - threads]
    assert not left, f"threads left running: {left}"
    born = set(psutil.Process().children(recursive=True)) - processes
    assert not born, f"processes left running: {born}"
