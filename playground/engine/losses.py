"""The losses of the steps: kept on the device, fetched together, averaged for the history."""

from __future__ import annotations

import math

import torch
from torch import Tensor

LATEST = 32
"""How many steps the displayed training loss is averaged over."""


class Losses:
    """Losses since the last point of the history, and the first step whose loss is not finite."""

    def __init__(self) -> None:
        self.held: list[Tensor] = []
        """The losses of the steps that were not fetched yet; the trainer appends to it."""
        self.restart()

    def restart(self) -> None:
        """Return to the state before the first step."""
        self.restore(math.nan, 0.0, 0)

    def restore(self, last: float, total: float, count: int) -> None:
        """Continue from the mean of the last steps, and the sum of so many since the last point."""
        self.held.clear()
        self.last = last
        self._sum, self._count = total, count
        self.bad_step: int | None = None

    def forgive(self) -> None:
        """Forget the step whose loss was not finite: the net is another one now."""
        self.bad_step = None

    def fetch(self, step: int) -> None:
        """Fetch the losses from the device; `step` is that of the last one."""
        if not self.held:
            return
        values = torch.stack(self.held).double().cpu()
        first = step - len(values) + 1
        self.held.clear()
        self._sum += float(values.sum())
        self._count += len(values)
        self.last = float(values[-LATEST:].mean())
        if self.bad_step is None and not math.isfinite(float(values.sum())):
            self.bad_step = first + int((~torch.isfinite(values)).nonzero()[0])

    @property
    def count(self) -> int:
        """How many steps were made since the last point of the history."""
        return self._count

    @property
    def sums(self) -> tuple[float, int]:
        """Sum and count since the last point of the history, the sum finite."""
        return (self._sum if math.isfinite(self._sum) else 0.0), self._count

    def begin(self, loss: float) -> None:
        """Set the loss before the first step."""
        self.last = loss
        self._sum, self._count = loss, 1

    def take_mean(self) -> float:
        """The mean since the last point of the history, and start the next one."""
        mean = self._sum / self._count if self._count else self.last
        self._sum, self._count = 0.0, 0
        return mean
