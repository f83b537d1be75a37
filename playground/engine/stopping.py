"""Early stopping: the best epoch so far, its weights, and whether patience has ended."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.patience import Patience
from playground.project.training import Training
from playground.translation import tr, trn

Weights = dict[str, Tensor]


class ResumablePatience(Patience):
    """`Patience` whose recipe may be edited and whose state is saved; scripts carry the base."""

    def set_recipe(self, epochs: int, min_delta: float) -> None:
        """Take over an edited recipe; what it has seen is kept."""
        self.epochs, self.min_delta = epochs, min_delta

    def wait_again(self) -> None:
        """Start counting from 0; the best loss is kept."""
        self.waited = 0

    def restore(self, best_loss: float, waited: int) -> None:
        """Restore the best loss and the epochs waited since."""
        self.best_loss, self.waited = best_loss, waited


class EarlyStopping:
    """Watches the validation loss and keeps the weights of the best epoch."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """As before the first epoch."""
        self._patience = ResumablePatience(0, 0.0)
        self.best_epoch = 0
        self.best: Weights = {}
        self.message = ""
        """Why training is to pause; empty while there is no reason."""

    def resume(self) -> None:
        """Training continues: whatever ended it before is no reason to pause now."""
        self.message = ""

    def see(self, net: nn.Module, val_loss: float, epoch: int, training: Training) -> None:
        """An epoch has ended with this validation loss; restores the best weights if it stops."""
        patience = self._patience
        patience.set_recipe(training.early_stopping, training.min_delta)
        if patience.improves(val_loss):
            self.best_epoch = epoch
            if training.restore_best:
                self.best = {name: t.detach().clone() for name, t in net.state_dict().items()}
            return
        if not patience.has_ended:
            return
        is_restored = training.restore_best and bool(self.best)
        if is_restored:
            put_back(net, self.best)
        self.message = self._stopped(is_restored)
        patience.wait_again()

    def _stopped(self, is_restored: bool) -> str:
        loss, epoch = f"{self.best_loss:.4g}", self.best_epoch
        if is_restored:
            return trn(
                "Stopped early: the validation loss has not improved for {count} epoch. The "
                "weights of epoch {epoch}, which had the lowest loss ({loss}), are restored. "
                "Press Train to continue.",
                "Stopped early: the validation loss has not improved for {count} epochs. The "
                "weights of epoch {epoch}, which had the lowest loss ({loss}), are restored. "
                "Press Train to continue.",
                self.waited,
                loss=loss,
                epoch=epoch,
            )
        return trn(
            "Stopped early: the validation loss has not improved for {count} epoch. The lowest "
            "was {loss} at epoch {epoch}. Press Train to continue.",
            "Stopped early: the validation loss has not improved for {count} epochs. The lowest "
            "was {loss} at epoch {epoch}. Press Train to continue.",
            self.waited,
            loss=loss,
            epoch=epoch,
        )

    @property
    def best_loss(self) -> float:
        """The lowest validation loss so far."""
        return self._patience.best_loss

    @property
    def waited(self) -> int:
        """Epochs since the validation loss last improved."""
        return self._patience.waited

    def state(self) -> dict[str, Any]:
        """As plain numbers; the weights are apart."""
        loss = self.best_loss if math.isfinite(self.best_loss) else None
        return {"loss": loss, "epoch": self.best_epoch, "waited": self.waited}

    def restore(self, state: Mapping[str, Any], best: Weights) -> None:
        """Restore a state; raises ValueError if it is not one."""
        loss = math.inf if state["loss"] is None else float(state["loss"])
        epoch, waited = int(state["epoch"]), int(state["waited"])
        if math.isnan(loss) or epoch < 0 or waited < 0:
            raise ValueError(
                tr("the state of early stopping is invalid: {state}", state=dict(state))
            )
        self._patience.restore(loss, waited)
        self.best_epoch, self.best = epoch, best
        self.message = ""


def put_back(net: nn.Module, weights: Weights) -> None:
    """Set every parameter and buffer of a net."""
    with torch.no_grad():
        for name, tensor in net.state_dict().items():
            tensor.copy_(weights[name])
