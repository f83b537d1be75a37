"""How large the gradient of every layer is, now and over time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.engine.probe import Probe
from playground.engine.trainer import Trainer

COLUMNS = 240


class GradientProbe(Probe):
    """The L2 norm of the gradient of all parameters of a layer at the last step, and more.

    "nodes": ids; "norms", "weights", "updates": float32, one per layer, the last the size of the
    update over the size of the weights; "over_time": float32 layers × readings, log10 of the
    norms; "over_time_epoch": float32.
    """

    key: ClassVar[str] = "gradients"
    help: ClassVar[str] = "Norm of the gradient of every layer with weights."
    watches_step: ClassVar[bool] = True

    def __init__(self) -> None:
        self._nodes: tuple[str, ...] = ()
        self._columns: list[np.ndarray] = []
        self._epochs: list[float] = []
        self._every, self._count = 1, 0

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """The norms; None before the first step."""
        found = trainer.compiled.parameters
        # A frozen layer has no gradient, which is no error.
        layers = {n: ps for n, ps in found.items() if any(p.requires_grad for _, p in ps)}
        norms = [_norm([p.grad for _, p in found]) for found in layers.values()]
        if all(norm is None for norm in norms):
            return None
        values = np.array([np.nan if n is None else n for n in norms], np.float32)
        self._keep(tuple(layers), values, trainer)
        updates = trainer.recorded.updates if trainer.recorded else {}
        return {
            "nodes": self._nodes,
            "norms": values,
            "weights": np.array(
                [_norm([p.detach() for _, p in f]) for f in layers.values()], np.float32
            ),
            "updates": np.array([updates.get(n, np.nan) for n in layers], np.float32),
            "over_time": np.stack(self._columns, 1),
            "over_time_epoch": np.array(self._epochs, np.float32),
        }

    def _keep(self, nodes: tuple[str, ...], norms: np.ndarray, trainer: Trainer) -> None:
        if nodes != self._nodes:
            self._nodes, self._columns, self._epochs = nodes, [], []
            self._every, self._count = 1, 0
        # The run was rewound, or the same step is requested again.
        kept = sum(1 for epoch in self._epochs if epoch < trainer.epoch)
        self._count -= len(self._epochs) - kept
        self._columns, self._epochs = self._columns[:kept], self._epochs[:kept]
        self._count += 1
        if self._count % self._every and self._columns:
            return
        with np.errstate(divide="ignore", invalid="ignore"):
            self._columns.append(np.maximum(np.log10(norms), -30).astype(np.float32))
        self._epochs.append(trainer.epoch)
        if len(self._columns) >= COLUMNS:
            # Every other reading is enough from here on: the strip stays as wide.
            self._columns, self._epochs = self._columns[::2], self._epochs[::2]
            self._every *= 2


def _norm(tensors: list[Tensor | None]) -> float | None:
    found = [t for t in tensors if t is not None]
    if not found:
        return None
    return float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(found))))
