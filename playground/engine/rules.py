"""Update rules and losses that torch does not have.

Exported scripts carry the text of these classes, so they use torch alone, name it `torch` and
`nn`, have no decorators, and quote other names in annotations.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import nn


class SGDW(torch.optim.Optimizer):
    """SGD whose weight decay is apart from momentum: v ← μv + g, w ← w − ηλw − ηv."""

    def __init__(
        self,
        parameters: "Iterable[nn.Parameter]",
        lr: float,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        options = {"weight_decay": weight_decay, "momentum": momentum, "nesterov": nesterov}
        super().__init__(parameters, {"lr": lr, **options})

    def step(self, closure: "Any" = None) -> "Any":
        """One update from the gradients."""
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        self._update(parameter, parameter.grad, group)

    def _update(self, parameter: nn.Parameter, grad: torch.Tensor, group: dict[str, float]) -> None:
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        if group["momentum"]:
            state = self.state[parameter]
            if "momentum_buffer" in state:
                state["momentum_buffer"].mul_(group["momentum"]).add_(grad)
            else:
                state["momentum_buffer"] = grad.detach().clone()
            speed = state["momentum_buffer"]
            grad = grad.add(speed, alpha=group["momentum"]) if group["nesterov"] else speed
        parameter.add_(grad, alpha=-group["lr"])


class Perceptron(torch.optim.Optimizer):
    """Rosenblatt's rule, w ← w + η(y − ŷ)x: with mean absolute error behind a straight-through
    step, (ŷ − y)x is the gradient."""

    def __init__(
        self, parameters: "Iterable[nn.Parameter]", lr: float, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})

    def step(self, closure: "Any" = None) -> "Any":
        """One update from the gradients."""
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        parameter.mul_(1 - group["lr"] * group["weight_decay"])
                        parameter.add_(parameter.grad, alpha=-group["lr"])


class Hinge(nn.Module):
    """max(0, 1 − y·ŷ), the mean over examples, for labels −1 and 1; those of label 1 are
    multiplied by `pos_weight`."""

    pos_weight: torch.Tensor

    def __init__(self, pos_weight: "torch.Tensor | None" = None) -> None:
        super().__init__()
        self.register_buffer("pos_weight", torch.ones(1) if pos_weight is None else pos_weight)

    def forward(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """How far each output is from a margin of 1 on its side."""
        lacking = torch.clamp(1 - labels * outputs, min=0)
        return torch.where(labels > 0, self.pos_weight * lacking, lacking).mean()


class WeightedBCE(nn.Module):
    """−(w·y·log p + (1 − y)·log(1 − p)), the mean over all numbers: torch.nn.BCELoss with the
    `pos_weight` w that torch.nn.BCEWithLogitsLoss has, a number a column."""

    pos_weight: torch.Tensor

    def __init__(self, pos_weight: torch.Tensor) -> None:
        super().__init__()
        self.register_buffer("pos_weight", pos_weight)

    def forward(self, outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        """The part of the yes and the part of the no, each as torch computes it."""
        compare, one = nn.functional.binary_cross_entropy, torch.ones_like(outputs)
        yes = compare(outputs, one, weight=self.pos_weight * labels)
        return yes + compare(outputs, 0 * one, weight=1 - labels)
