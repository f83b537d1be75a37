"""Keyframes: the last healthy states, to rewind to and to resume from."""

from __future__ import annotations

import logging
import math
import os
import time
from collections.abc import Mapping
from pathlib import Path

from torch import Tensor

from playground.engine.checkpoint import snapshot, to_files, write_files
from playground.engine.snapshot import Snapshot
from playground.engine.trainer import Trainer

log = logging.getLogger(__name__)

KEYFRAME_EVERY_S = 1.0
KEYFRAME_SHARE = 0.02
"""Share of the time that keyframes may take: rare for large nets, after each step for slow ones."""


CALM = 10.0
"""How many times its lowest the loss may be before a state counts as on its way to infinity."""


class Keyframes:
    """The latest healthy state, in memory and, if a path is given, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path
        self.latest: Snapshot | None = None
        self._calm: Snapshot | None = None
        self._lowest = math.inf
        self._next = 0.0

    def is_due(self) -> bool:
        """Whether the latest has become old."""
        return time.perf_counter() >= self._next

    def begin(self, trainer: Trainer, memory: Mapping[str, Tensor] | None = None) -> None:
        """Keep the state of a trainer whose net, data or step is another than before."""
        self._lowest = math.inf
        self.take(trainer, memory)

    def after(self, healthy: Snapshot) -> Snapshot:
        """What to go back to, given the state just before NaN came up: that, or if weights
        were growing for some time already, the last keyframe from before they did."""
        if self._calm is not None and not self._is_calm(healthy):
            healthy = self._calm
        self.latest = healthy
        return healthy

    def _is_calm(self, state: Snapshot) -> bool:
        loss = state.train_loss
        return loss is None or loss <= CALM * self._lowest

    def take(self, trainer: Trainer, memory: Mapping[str, Tensor] | None = None) -> None:
        """Keep the state of a trainer, unless it is not healthy."""
        if trainer.is_non_finite:
            return
        began = time.perf_counter()
        self.latest = snapshot(trainer, memory=memory).on_cpu()
        if self.latest.train_loss is not None:
            self._lowest = min(self._lowest, self.latest.train_loss)
        if self._is_calm(self.latest):
            self._calm = self.latest
        if self.path is not None:
            _write(self.path, self.latest)
        ended = time.perf_counter()
        self._next = ended + max(KEYFRAME_EVERY_S, (ended - began) / KEYFRAME_SHARE)


def _write(path: Path, state: Snapshot) -> None:
    temporary = path.with_suffix(".part")
    try:
        write_files(temporary, to_files(state))
        os.replace(temporary, path)
    except OSError:
        # Training continues: the keyframe is still in memory.
        log.warning("the keyframe cannot be written", exc_info=True)
