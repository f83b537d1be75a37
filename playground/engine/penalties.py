"""The weights of a net that L1, L2 and max-norm act on."""

from __future__ import annotations

from torch import Tensor

from playground.catalog.layers.base.weighted import Weighted
from playground.engine.compile import Compiled
from playground.engine.weight_limits import add_l1_gradients, add_l2_gradients, limit_norms
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
            held = layer.held(training.l1, training.l2)
            for name, weight in parameters:
                if not layer.is_weight(name) or not weight.requires_grad:
                    continue
                if "l1" in held:
                    self.l1.append((weight, held["l1"]))
                if "l2" in held:
                    self.l2.append((weight, held["l2"]))
                if "max_norm" in held:
                    units = _by_units(weight, layer)
                    self.limits.append((units, held["max_norm"], layer.unit_axis))

    @property
    def any(self) -> bool:
        """Whether a weight is penalised."""
        return bool(self.l1 or self.l2)

    def add_gradients(self) -> None:
        """Add the gradients of L2 and L1 to those of the loss."""
        add_l2_gradients(self.l2)
        add_l1_gradients(self.l1)

    def value(self) -> float:
        """What L1 and L2 add to the loss at the weights as they are."""
        l2 = sum(float(w.detach().square().sum()) * s / 2 for w, s in self.l2)
        return l2 + sum(float(w.detach().abs().sum()) * s for w, s in self.l1)

    def limit(self) -> None:
        """Scale the weights of units that are longer than their limit back to it."""
        limit_norms(self.limits)


def _by_units(weight: Tensor, layer: Weighted) -> Tensor:
    return weight.detach().view(-1, 1) if layer.has_factors else weight
