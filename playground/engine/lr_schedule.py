"""The learning rate of a run: a schedule, the warm-up before it, and reductions on a plateau."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from playground.catalog.bound import bound
from playground.catalog.schedules import Watcher, factor_of
from playground.project.training import Training

UNWATCHED: Mapping[str, Any] = {"best": None, "waited": 0, "cut": 1.0}
"""The state that files hold for a schedule without a watcher."""


class Pace:
    """Learning-rate multiplier: schedule × warm-up × reductions on a plateau."""

    def __init__(self, training: Training) -> None:
        self._watcher: Watcher | None = None
        self.set_recipe(training)

    def set_recipe(self, training: Training) -> None:
        """Take over an edited recipe; a schedule that watches the loss keeps what it has seen."""
        schedule = training.schedule
        watcher = type(schedule).watcher
        self.is_constant = schedule.is_constant and not training.warmup_epochs
        self._factor = factor_of(schedule, training.warmup_epochs)
        self._make: Callable[[], Watcher] | None = (
            None if watcher is None else bound(watcher, schedule)
        )
        before = self._watcher
        self.restart()
        if before is not None and type(before) is type(self._watcher):
            self.restore(before.state())

    def restart(self) -> None:
        """As before the first step."""
        self._watcher = None if self._make is None else self._make()

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
        return dict(UNWATCHED if self._watcher is None else self._watcher.state())

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore a state; raises ValueError if it is not one."""
        if self._watcher is not None:
            self._watcher.restore(state)
