"""Some of the examples themselves, for a picture of the data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from playground.engine.probe import Probe
from playground.engine.trainer import Trainer

SHOWN = 300


class ExampleProbe(Probe):
    """Up to 300 training examples: "x" float32, N × the shape of one; "y" as the data set has
    them; "train" and "validation", how many there are of each."""

    key: ClassVar[str] = "examples"
    help: ClassVar[str] = "Some of the training examples."
    interval_s: ClassVar[float] = 1.0

    def read(self, trainer: Trainer) -> Mapping[str, Any]:
        """The first of them: their order is drawn, so they are a fair sample."""
        examples = trainer.objective.examples
        return {
            "x": examples.x_train[:SHOWN],
            "y": examples.y_train[:SHOWN],
            "train": len(examples.x_train),
            "validation": len(examples.x_val),
        }
