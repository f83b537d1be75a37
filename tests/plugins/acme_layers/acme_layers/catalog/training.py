"""An optimizer, a schedule and a metric."""

from typing import ClassVar

import numpy as np

from playground.catalog.metric_functions import predicted
from playground.catalog.metrics import Measure, Metric, Task
from playground.catalog.optimizers import Optimizer
from playground.catalog.options import live
from playground.catalog.schedules import Factor, Schedule


class Adagrad(Optimizer):
    """Divides each weight's step by all the gradients it has seen, so steps only get smaller."""

    kind: ClassVar[str] = "acme.adagrad"
    label: ClassVar[str] = "Adagrad with decay"
    source: ClassVar[str] = "torch.optim.Adagrad; Duchi et al. 2011"
    runs: ClassVar[str] = "torch.optim.Adagrad"

    lr_decay: float = live(0.0, "Decay", "Reduces the learning rate in every step.", ge=0)

    def hyperparameters(self) -> dict[str, object]:
        """Under torch's names; these can be set during training."""
        return super().hyperparameters() | {"lr_decay": self.lr_decay}


def halving(epoch: float, every: int) -> float:
    """½ for every so many epochs."""
    return float(0.5 ** (epoch // every))


class Halving(Schedule):
    """Halves the learning rate every so many epochs."""

    kind: ClassVar[str] = "acme.halving"
    label: ClassVar[str] = "Halving"
    formula: ClassVar[str] = r"\eta_t = \eta\, 2^{-\lfloor t/s \rfloor}"
    source: ClassVar[str] = "an example"
    function: ClassVar[Factor] = staticmethod(halving)

    every: int = live(10, "Every", "Epochs between two reductions.", ge=1)


def error_rate(outputs: np.ndarray, labels: np.ndarray, threshold: float) -> float:
    """Wrong predictions over all."""
    return float(np.mean(predicted(outputs, threshold) != labels))


class ErrorRate(Metric):
    """The fraction of examples whose class is predicted wrongly."""

    kind: ClassVar[str] = "acme.error_rate"
    label: ClassVar[str] = "Error rate"
    formula: ClassVar[str] = r"\frac{\text{wrong}}{N}"
    source: ClassVar[str] = "1 − accuracy"
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    is_higher_better: ClassVar[bool] = False
    function: ClassVar[Measure] = staticmethod(error_rate)
