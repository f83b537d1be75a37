"""The learning rate of a run: a schedule, a warm-up before it, and what a plateau has cut."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from playground.catalog.schedules import ReduceOnPlateau, warmed
from playground.project.training import Training


class Pace:
    """What the learning rate is multiplied by, step by step."""

    def __init__(self, training: Training) -> None:
        self.set_recipe(training)
        self.restart()

    def set_recipe(self, training: Training) -> None:
        """Take over an edited recipe; what a plateau has cut stays as long as it is scheduled."""
        self.schedule, self.warmup = training.schedule, training.warmup_epochs
        self.is_constant = training.schedule.kind == "constant" and not training.warmup_epochs
        if not training.schedule.needs_validation:
            self.restart()

    def restart(self) -> None:
        """As before the first step."""
        self.best, self.waited, self.cut = math.inf, 0, 1.0

    def factor(self, epoch: float) -> float:
        """The factor after so many epochs, the running one in parts."""
        return self.cut * warmed(self.schedule, epoch, self.warmup)

    def see(self, val_loss: float) -> None:
        """An epoch has ended with this validation loss."""
        plateau = self.schedule
        if not isinstance(plateau, ReduceOnPlateau) or not math.isfinite(val_loss):
            return
        # A share of a loss below 0 would count the wrong way round, so its size is taken.
        limit = self.best - plateau.threshold * abs(self.best) if self.best < math.inf else math.inf
        if val_loss < limit:
            self.best, self.waited = val_loss, 0
            return
        self.waited += 1
        if self.waited > plateau.patience:
            self.waited = 0
            self.cut = max(self.cut * plateau.gamma, plateau.lowest)

    def state(self) -> dict[str, Any]:
        """As plain numbers."""
        best = self.best if math.isfinite(self.best) else None
        return {"best": best, "waited": self.waited, "cut": self.cut}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state; raises ValueError where it is none."""
        best = math.inf if state["best"] is None else float(state["best"])
        waited, cut = int(state["waited"]), float(state["cut"])
        if math.isnan(best) or waited < 0 or not 0 <= cut <= 1:
            raise ValueError(f"the state of the schedule makes no sense: {dict(state)}")
        self.best, self.waited, self.cut = best, waited, cut
