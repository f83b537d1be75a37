"""The curves of the run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from playground.engine.probe import Probe
from playground.engine.trainer import Trainer


class HistoryProbe(Probe):
    """Every point of the history: "step" and "epoch" as float64, losses and metrics as float32."""

    key: ClassVar[str] = "history"
    help: ClassVar[str] = "Training and validation loss and metrics over the epochs."
    interval_s: ClassVar[float] = 0.08

    def read(self, trainer: Trainer) -> Mapping[str, Any]:
        """Columns by name, all of one length."""
        columns = trainer.history.arrays()
        precise = ("step", "epoch")
        return {n: c if n in precise else c.astype(np.float32) for n, c in columns.items()}
