"""How strong the signal on every wire is, forward and back."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.engine.probe import Probe
from playground.engine.trainer import Trainer


class ActivityProbe(Probe):
    """Root mean square of the output of every node in the last watched step, and of the gradient
    of the loss with respect to it. "nodes": ids; "activation", "gradient": float32, one per node;
    the gradient is NaN if none flows, as at the Input."""

    key: ClassVar[str] = "activity"
    help: ClassVar[str] = "Scale of activations and of gradients on every wire."
    watches_step: ClassVar[bool] = True

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """The scales; None if no step was watched yet."""
        if trainer.recorded is None:
            return None
        outputs = trainer.recorded.outputs
        return {
            "nodes": tuple(outputs),
            "activation": _scales(list(outputs.values())),
            "gradient": _scales([out.grad for out in outputs.values()]),
        }


def _scales(tensors: list[Tensor | None]) -> np.ndarray:
    found = [t.detach().float() for t in tensors if t is not None]
    norms = iter(torch._foreach_norm(found) if found else ())
    scales = [
        math.nan if t is None else _finite(float(next(norms))) / max(1, t.numel()) ** 0.5
        for t in tensors
    ]
    return np.array(scales, np.float32)


def _finite(norm: float) -> float:
    # NaN means that there is none; a gradient that is NaN is reported as infinite.
    return math.inf if math.isnan(norm) else norm
