"""Early stopping: the best epoch so far, its weights, and whether patience has ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from playground.project.training import Training

Weights = dict[str, Tensor]


class EarlyStopping:
    """Watches the validation loss and keeps the weights of the best epoch."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As before the first epoch."""
        self.best_loss, self.best_epoch, self.waited = math.inf, 0, 0
        self.best: Weights = {}
        self.message = ""
        """Why training is to pause; empty while there is no reason."""

    def resume(self) -> None:
        """Training continues: whatever ended it before is no reason to pause now."""
        self.message = ""

    def see(self, net: nn.Module, val_loss: float, epoch: int, training: Training) -> None:
        """An epoch has ended with this validation loss; sets the best weights where it is time."""
        if val_loss < self.best_loss - training.min_delta:
            self.best_loss, self.best_epoch, self.waited = val_loss, epoch, 0
            if training.restore_best:
                self.best = {name: t.detach().clone() for name, t in net.state_dict().items()}
            return
        self.waited += 1
        if self.waited < training.early_stopping:
            return
        epochs = "epoch" if self.waited == 1 else "epochs"
        self.message = (
            f"Stopped early: the validation loss has not improved for {self.waited} {epochs}. "
            f"The best was {self.best_loss:.4g} at epoch {self.best_epoch}"
        )
        if training.restore_best and self.best:
            put_back(net, self.best)
            self.message += ", and its weights are back"
        self.message += ". Press Train to continue."
        self.waited = 0

    def state(self) -> dict[str, Any]:
        """As plain numbers; the weights are apart."""
        loss = self.best_loss if math.isfinite(self.best_loss) else None
        return {"loss": loss, "epoch": self.best_epoch, "waited": self.waited}

    def restore(self, state: Mapping[str, Any], best: Weights) -> None:
        """Take up a state; raises ValueError where it is none."""
        loss = math.inf if state["loss"] is None else float(state["loss"])
        epoch, waited = int(state["epoch"]), int(state["waited"])
        if math.isnan(loss) or epoch < 0 or waited < 0:
            raise ValueError(f"the state of early stopping makes no sense: {dict(state)}")
        self.best_loss, self.best_epoch, self.waited, self.best = loss, epoch, waited, best
        self.message = ""


def put_back(net: nn.Module, weights: Weights) -> None:
    """Set every parameter and buffer of a net."""
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            tensor.copy_(weights[name])
