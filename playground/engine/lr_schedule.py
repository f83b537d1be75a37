"""The learning rate of a run: a schedule, the warm-up before it, and reductions on a plateau."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from playground.catalog.bound import bound
from playground.catalog.schedules import factor_of
from playground.project.training import Training
from playground.translation import tr


class Pace:
    """Learning-rate multiplier: schedule × warm-up × reductions on a plateau."""

    def __init__(self, training: Training) -> None:
        self.set_recipe(training)
        self.restart()

    def set_recipe(self, training: Training) -> None:
        """Take over an edited recipe; a schedule that watches the loss keeps what it has seen."""
        schedule = training.schedule
        before = getattr(self, "_watcher", None)
        watcher = type(schedule).watcher
        self.is_constant = schedule.is_constant and not training.warmup_epochs
        self._factor = factor_of(schedule, training.warmup_epochs)
        self._watcher = None if watcher is None else bound(watcher, schedule)()
        if before is not None and self._watcher is not None:
            self._take(before.best, before.waited, before.cut)

    def restart(self) -> None:
        """As before the first step."""
        self._take(math.inf, 0, 1.0)

    def _take(self, best: float, waited: int, cut: float) -> None:
        if self._watcher is not None:
            self._watcher.best, self._watcher.waited, self._watcher.cut = best, waited, cut

    @property
    def cut(self) -> float:
        """What a schedule that watches the validation loss has left of the learning rate."""
        return 1.0 if self._watcher is None else self._watcher.cut

    def factor(self, epoch: float) -> float:
        """The multiplier after so many epochs, with the fraction of the current one."""
        return self.cut * self._factor(epoch)

    def see(self, val_loss: float) -> None:
        """An epoch has ended with this validation loss."""
        if self._watcher is not None:
            self._watcher.see(val_loss)

    def state(self) -> dict[str, Any]:
        """As plain numbers."""
        if self._watcher is None:
            return {"best": None, "waited": 0, "cut": 1.0}
        best = self._watcher.best if math.isfinite(self._watcher.best) else None
        return {"best": best, "waited": self._watcher.waited, "cut": self._watcher.cut}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take up a state; raises ValueError if it is not one."""
        best = math.inf if state["best"] is None else float(state["best"])
        waited, cut = int(state["waited"]), float(state["cut"])
        if math.isnan(best) or waited < 0 or not 0 <= cut <= 1:
            raise ValueError(tr("the state of the schedule is invalid: {state}", state=dict(state)))
        self._take(best, waited, cut)
