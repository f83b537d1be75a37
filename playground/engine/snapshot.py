"""The state of training as a value: tensors and numbers, apart from files and from the trainer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from playground.translation import tr

DRAWS: Mapping[str, Any] = {"cuda": torch.cuda, "mps": torch.mps}
"""Devices with a random generator of their own, which dropout draws from."""
OPTIMIZER, HISTORY, MEMORY, BEST = "optimizer.", "history.", "memory.", "best."


@dataclass(frozen=True)
class Snapshot:
    """All that training needs to resume as if it had never stopped."""

    weights: Mapping[str, Tensor]
    tensors: Mapping[str, Tensor]
    """Optimizer state, random states, curves and what probes remember, by a path such as
    "optimizer.linear1.weight.exp_avg"."""
    numbers: Mapping[str, Any]

    @property
    def step(self) -> int:
        """How many steps had been made."""
        return int(self.numbers["step"])

    @property
    def train_loss(self) -> float | None:
        """The mean loss of the last steps; None before the first step."""
        loss = self.numbers["last"][0]
        return None if loss is None else float(loss)

    def on_cpu(self) -> Snapshot:
        """The same, safe from whatever happens to the device."""
        weights = {name: tensor.cpu() for name, tensor in self.weights.items()}
        return replace(self, weights=weights, tensors={n: t.cpu() for n, t in self.tensors.items()})

    @property
    def memory(self) -> dict[str, Tensor]:
        """What probes remembered."""
        return self.part(MEMORY)

    def part(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose path begins so, by the rest of it."""
        found = self.tensors.items()
        return {name.removeprefix(prefix): t for name, t in found if name.startswith(prefix)}

    @property
    def counts(self) -> tuple[int, int, int]:
        """Steps, epochs done, and examples seen in the running epoch; raises ValueError."""
        step, epochs_done, seen = (self.numbers[name] for name in ("step", "epochs_done", "seen"))
        if not all(type(n) is int and 0 <= n < 2**53 for n in (step, epochs_done, seen)):
            raise ValueError(
                tr(
                    "step, epochs_done and seen must be whole numbers, got {found}",
                    found=[step, epochs_done, seen],
                )
            )
        return step, epochs_done, seen

    @property
    def last_losses(self) -> tuple[float, float]:
        """Training and validation loss; NaN if there was none."""
        train, val = (math.nan if v is None else float(v) for v in self.numbers["last"])
        return train, val

    @property
    def loss_sums(self) -> tuple[float, int]:
        """Sum and count of the losses since the last point of the history."""
        total, count = self.numbers["losses"]
        return float(total), int(count)

    @property
    def metrics(self) -> dict[str, float]:
        """The last metrics over the validation examples, by kind."""
        return {str(k): float(v) for k, v in self.numbers["metrics"].items()}

    @property
    def optimizer_states(self) -> dict[str, dict[str, Tensor]]:
        """What the optimizer keeps, by name of the parameter and of the tensor."""
        found: dict[str, dict[str, Tensor]] = {}
        for path, tensor in self.part(OPTIMIZER).items():
            name, _, key = path.rpartition(".")
            found.setdefault(name, {})[key] = tensor
        return found

    def best_weights(self, like: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """The weights of the best epoch, of the types of `like`; raises ValueError."""
        best = self.part(BEST)
        if best and {n: t.shape for n, t in best.items()} != {n: t.shape for n, t in like.items()}:
            raise ValueError(tr("the weights of the best epoch do not fit the network"))
        return {name: tensor.to(like[name]) for name, tensor in best.items()}

    def restore_draws(self, device: torch.device, masks: torch.Generator | None) -> None:
        """Set the random generators of torch, of the device, and of the objective."""
        if masks is not None and "random.masks" in self.tensors:
            masks.set_state(self.tensors["random.masks"])
        torch.set_rng_state(self.tensors["random.torch"])
        if device.type in DRAWS and f"random.{device.type}" in self.tensors:
            DRAWS[device.type].set_rng_state(self.tensors[f"random.{device.type}"])
