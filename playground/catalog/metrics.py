"""Metrics: what is reported beside the loss, over whole sets of examples."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from playground.catalog.datasets.dataset import Labels, Target, Task
from playground.catalog.registry import declared
from playground.graph.layer import Declaration

Outputs = npt.NDArray[np.floating]


class Metric(Declaration):
    """A number that says how good the net is, in words people know."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    is_higher_better: ClassVar[bool] = True

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """For outputs N × C and labels as the data set has them.

        `threshold` parts yes from no where the net puts out one number for two classes.
        """
        raise ValueError(f"{self.label} cannot be measured.")


def predicted(outputs: Outputs, threshold: float) -> npt.NDArray[np.int64]:
    """The class each row of outputs stands for: the largest, or one number over the threshold."""
    if outputs.shape[1] == 1:
        return (outputs[:, 0] > threshold).astype(np.int64)
    return np.asarray(outputs.argmax(1), np.int64)


class Accuracy(Metric):
    """The share of examples whose class is predicted right."""

    kind: ClassVar[str] = "accuracy"
    label: ClassVar[str] = "Accuracy"
    aliases: ClassVar[tuple[str, ...]] = ("hit rate", "correct", "error rate", "acc")
    formula: ClassVar[str] = r"\frac{\text{right}}{N}"
    letters: ClassVar[str] = "N examples"
    when: ClassVar[str] = "For classes that are about equally frequent."
    pitfall: ClassVar[str] = (
        "Where 95 of 100 are of one class, always saying that one gives 95 %: look at the "
        "confusion matrix."
    )
    source: ClassVar[str] = "sklearn.metrics.accuracy_score"
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """Right ones over all."""
        return float((predicted(outputs, threshold) == labels).mean())


class RSquared(Metric):
    """The share of the labels' variance that the net explains: 1 is perfect, 0 no better than
    always saying the mean."""

    kind: ClassVar[str] = "r2"
    label: ClassVar[str] = "R²"
    aliases: ClassVar[tuple[str, ...]] = ("r squared", "coefficient of determination", "r2_score")
    formula: ClassVar[str] = r"1 - \frac{\sum (y-\hat{y})^2}{\sum (y-\bar{y})^2}"
    letters: ClassVar[str] = "y label · ŷ output · ȳ mean of the labels"
    when: ClassVar[str] = "To judge a regression without regard to the unit of its labels."
    pitfall: ClassVar[str] = (
        "Below 0 the net is worse than always saying the mean: train on, or lower the learning "
        "rate."
    )
    source: ClassVar[str] = "sklearn.metrics.r2_score"
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "reconstruction")

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """Mean over the columns; 0 where labels do not vary. Images that are put out again, say,
        are compared number by number."""
        outputs = outputs.reshape(labels.shape)
        residual = ((labels - outputs) ** 2).sum(0)
        total = ((labels - labels.mean(0)) ** 2).sum(0)
        return float(np.where(total > 0, 1 - residual / np.where(total > 0, total, 1), 0).mean())


class TokenAccuracy(Metric):
    """The share of the tokens asked for that are predicted right."""

    kind: ClassVar[str] = "token_accuracy"
    label: ClassVar[str] = "Token accuracy"
    aliases: ClassVar[tuple[str, ...]] = ("next token accuracy", "masked accuracy")
    order: ClassVar[int] = 0
    formula: ClassVar[str] = r"\frac{\text{right}}{\text{asked}}"
    letters: ClassVar[str] = "asked: the tokens that are to be predicted"
    when: ClassVar[str] = "For the objectives that predict tokens."
    pitfall: ClassVar[str] = (
        "Frequent tokens, such as spaces, are easy and lift it: look at the perplexity as well."
    )
    source: ClassVar[str] = "Devlin et al. 2019, BERT"
    tasks: ClassVar[tuple[Task, ...]] = ("tokens",)

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """For outputs N × T × V and labels N × T, −100 where none is asked for."""
        asked = labels >= 0
        return float((outputs.argmax(-1) == labels)[asked].mean()) if asked.any() else math.nan


class Perplexity(Metric):
    """Between how many tokens the net wavers on average: 1 is certain, the size of the
    vocabulary is no better than guessing."""

    kind: ClassVar[str] = "perplexity"
    label: ClassVar[str] = "Perplexity"
    aliases: ClassVar[tuple[str, ...]] = ("ppl", "language model")
    formula: ClassVar[str] = r"\exp(-\frac{1}{N} \sum_i \log p_{i,y_i})"
    letters: ClassVar[str] = "N tokens asked for · p probability of the right one, y"
    when: ClassVar[str] = "To compare language models over the same tokens."
    pitfall: ClassVar[str] = (
        "Between characters and words, or between data sets, its values cannot be compared: "
        "keep the tokens the same."
    )
    source: ClassVar[str] = "Jelinek et al. 1977, Perplexity"
    tasks: ClassVar[tuple[Task, ...]] = ("tokens",)
    is_higher_better: ClassVar[bool] = False

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """From logits or log-probabilities: e to the mean negative log-probability."""
        asked = labels >= 0
        if not asked.any():
            return math.nan
        z = outputs[asked].astype(np.float64)
        top = z.max(1, keepdims=True)
        norms = top[:, 0] + np.log(np.exp(z - top).sum(1))
        picked = z[np.arange(len(z)), labels[asked].astype(np.int64)]
        return float(np.exp(min(700.0, float((norms - picked).mean()))))


def metrics_for(target: Target) -> tuple[Metric, ...]:
    """The metrics that fit the labels."""
    return tuple(m() for m in declared(Metric).values() if target.task in m.tasks)
