"""States kept to rewind to and to go on from: the last known to be healthy."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from playground.engine.checkpoint import Snapshot, snapshot, to_files, write_files
from playground.engine.trainer import Trainer

KEYFRAME_EVERY_S = 1.0
KEYFRAME_SHARE = 0.02
"""Share of the time that keyframes may take: rare for large nets, after each step for slow ones."""


class Keyframes:
    """The latest healthy state, in memory and, where a path is given, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.latest: Snapshot | None = None
        self._next = 0.0

    def is_due(self) -> bool:
        """Whether the latest has become old."""
        return time.perf_counter() >= self._next

    def take(self, trainer: Trainer, memory: Mapping[str, Tensor] | None = None) -> None:
        """Keep the state of a trainer, unless it is not healthy."""
        if trainer.is_ill:
            return
        began = time.perf_counter()
        self.latest = snapshot(trainer, memory=memory).on_cpu()
        if self.path is not None:
            _write(self.path, self.latest)
        ended = time.perf_counter()
        self._next = ended + max(KEYFRAME_EVERY_S, (ended - began) / KEYFRAME_SHARE)


def _write(path: Path, state: Snapshot) -> None:
    # A keyframe that cannot be written is no reason to stop training.
    temporary = path.with_suffix(".part")
    with contextlib.suppress(OSError):
        write_files(temporary, to_files(state))
        os.replace(temporary, path)
