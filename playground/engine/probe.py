"""The base of every probe: a reading taken from a running net."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from playground.engine.trainer import Trainer

Floats = npt.NDArray[np.float32]


class Probe:
    """Reads one thing from a trainer between two steps, at its own rate.

    One file in `probes/` each. An instance lives as long as the run, so it may remember.
    """

    key: ClassVar[str] = ""
    help: ClassVar[str] = ""
    interval_s: ClassVar[float] = 0.1
    watches_step: ClassVar[bool] = False
    """Whether it reads what one step left in `trainer.recorded`."""

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """The current reading: plain values and numpy arrays; None if there is nothing to read."""
        return None

    def memory(self) -> Mapping[str, Floats]:
        """What must outlive the run, saved with the state of training; often nothing."""
        return {}

    def recall(self, memory: Mapping[str, Floats]) -> None:
        """Restore a memory; an invalid one is ignored, because it comes from a file."""
