"""What holds weights small: the gradients of L1 and L2, and the longest a unit's weights may be."""

from __future__ import annotations

import torch
from torch import Tensor

from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.engine.compile import Compiled
from playground.project.project import Project

Strengths = list[tuple[Tensor, float]]


class Penalties:
    """The weights of a net that are penalised or limited, and how strongly."""

    def __init__(self, project: Project, compiled: Compiled) -> None:
        self.l1: Strengths = []
        self.l2: Strengths = []
        self.limits: list[tuple[Tensor, float, int]] = []
        """Weight, largest norm, and the axis along which its units lie."""
        training = project.training
        for node_id, parameters in compiled.parameters.items():
            layer = project.graph.nodes[node_id].layer
            if not isinstance(layer, Weighted):
                continue
            for name, weight in parameters:
                if "weight" not in name or not weight.requires_grad:
                    continue
                l1, l2 = layer.strength("l1", training.l1), layer.strength("l2", training.l2)
                if l1 > 0:
                    self.l1.append((weight, l1))
                if l2 > 0:
                    self.l2.append((weight, l2))
                if layer.max_norm > 0:
                    # Of factors, every one is a unit of its own.
                    rows = weight.detach().view(-1, 1) if isinstance(layer, Scaled) else weight
                    self.limits.append((rows, layer.max_norm, units_axis(layer.kind)))

    @property
    def any(self) -> bool:
        """Whether a weight is penalised."""
        return bool(self.l1 or self.l2)

    def add_gradients(self) -> None:
        """Add the gradient of λ/2·‖W‖², which is λW, and that of λ‖W‖₁, which is λ·sign(W)."""
        for weight, strength in self.l2:
            if weight.grad is not None:
                weight.grad.add_(weight.detach(), alpha=strength)
        for weight, strength in self.l1:
            if weight.grad is not None:
                weight.grad.add_(weight.detach().sign(), alpha=strength)

    def value(self) -> float:
        """What L1 and L2 add to the loss at the weights as they are."""
        l2 = sum(float(w.detach().square().sum()) * s / 2 for w, s in self.l2)
        return l2 + sum(float(w.detach().abs().sum()) * s for w, s in self.l1)

    def limit(self) -> None:
        """Scale weights into a unit that are longer than their limit back to it."""
        with torch.no_grad():
            for weight, longest, axis in self.limits:
                weight.copy_(weight.renorm(2, axis, longest))


def units_axis(kind: str) -> int:
    """Along which axis of its weight the units of a layer lie: transposed ones have them second."""
    return 1 if kind.startswith("ConvTranspose") else 0
