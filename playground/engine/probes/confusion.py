"""Which classes are taken for which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from playground.catalog.metric_functions import predicted
from playground.engine.probe import Probe
from playground.engine.trainer import Trainer


class ConfusionProbe(Probe):
    """Counts over the validation examples: "matrix" int64, true class × predicted class, and
    "classes", their names."""

    key: ClassVar[str] = "confusion"
    help: ClassVar[str] = "Which classes are taken for which, over the validation examples."
    interval_s: ClassVar[float] = 0.25

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """The counts; None for regression."""
        target = trainer.objective.target
        if target.task not in ("binary", "classes"):
            return None
        part = trainer.objective.val
        outputs = trainer.outputs(part.x).float().cpu().numpy()
        guesses = predicted(outputs, trainer.project.training.loss.threshold)
        count = len(target.classes)
        pairs = part.labels.astype(np.int64) * count + guesses
        matrix = np.bincount(pairs, minlength=count * count).reshape(count, count)
        return {"matrix": matrix, "classes": target.classes}
