"""The size of the weights of every layer."""

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from playground.engine.probe import Probe
from playground.engine.trainer import Trainer


class WeightSizesProbe(Probe):
    """Root mean square of the weights of every layer: "nodes" ids, "sizes" float32."""

    key: ClassVar[str] = "acme.weight_sizes"
    help: ClassVar[str] = "How large the weights of every layer are."
    interval_s: ClassVar[float] = 0.25

    def read(self, trainer: Trainer) -> Mapping[str, Any]:
        """One number per layer."""
        found = trainer.compiled.parameters
        sizes = [
            float(sum(p.detach().square().mean() for _, p in parameters)) ** 0.5
            for parameters in found.values()
        ]
        return {"nodes": tuple(found), "sizes": np.array(sizes, np.float32)}
