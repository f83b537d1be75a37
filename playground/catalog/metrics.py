"""Metrics: what is reported beside the loss, over whole sets of examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from playground.catalog import metric_functions as functions
from playground.catalog.bound import arguments_from, takes
from playground.catalog.datasets.dataset import Labels, Target, Task
from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.translation import tr

Outputs = npt.NDArray[np.floating]
Measure = Callable[..., float]
"""Takes outputs, labels, and by name the threshold and options of the metric."""


class Metric(Declaration):
    """A number that measures how good the predictions of a net are."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    is_higher_better: ClassVar[bool] = True
    is_share: ClassVar[bool] = True
    """Whether 1 is as good as it gets, so that it can be drawn beside other fractions."""

    function: ClassVar[Measure | None] = None
    """What computes it, with the options that it names; scripts carry its source."""

    def measure(self, outputs: Outputs, labels: Labels, threshold: float) -> float:
        """For outputs N × C and labels as the data set has them.

        `threshold` separates yes from no if the net has one output for two classes.
        """
        function = type(self).function
        if function is None:
            raise ValueError(tr("{metric} has no function to compute it.", metric=tr(self.label)))
        options = arguments_from(function, self)
        if takes(function, "threshold"):
            options["threshold"] = threshold
        return float(function(outputs, labels, **options))


class Accuracy(Metric):
    """The fraction of examples whose class is predicted correctly."""

    kind: ClassVar[str] = "accuracy"
    label: ClassVar[str] = "Accuracy"
    order: ClassVar[int] = 0
    function: ClassVar[Measure] = staticmethod(functions.accuracy)
    aliases: ClassVar[tuple[str, ...]] = ("hit rate", "correct", "error rate", "acc")
    formula: ClassVar[str] = r"\frac{\text{correct}}{N}"
    letters: ClassVar[str] = "correct: examples predicted correctly · N examples"
    when: ClassVar[str] = "For classes that are about equally frequent."
    pitfall: ClassVar[str] = (
        "If 95 of 100 examples are of one class, always predicting it gives 95 %: look at the "
        "confusion matrix."
    )
    source: ClassVar[str] = "sklearn.metrics.accuracy_score"
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")


_COUNTS = "TP true positives · FP false positives · FN false negatives"


class _ByClass(Metric):
    letters: ClassVar[str] = _COUNTS
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")


class F1(_ByClass):
    """The harmonic mean of precision and recall, which is high only if both are. With two classes
    that of the positive class, with more the unweighted mean over the classes (macro)."""

    kind: ClassVar[str] = "f1"
    label: ClassVar[str] = "F1"
    order: ClassVar[int] = 1
    function: ClassVar[Measure] = staticmethod(functions.f1)
    aliases: ClassVar[tuple[str, ...]] = ("f score", "f-measure", "macro f1", "f1_score", "dice")
    formula: ClassVar[str] = r"F_1 = \frac{2TP}{2TP+FP+FN}"
    when: ClassVar[str] = "If classes differ in how frequent they are."
    pitfall: ClassVar[str] = (
        "It does not show whether false positives or false negatives prevail: also check "
        "precision and recall."
    )
    source: ClassVar[str] = "sklearn.metrics.f1_score, binary or macro; van Rijsbergen 1979"


class Precision(_ByClass):
    """The fraction of positive predictions that are correct. With two classes that of the positive
    class, with more the unweighted mean over the classes (macro)."""

    kind: ClassVar[str] = "precision"
    label: ClassVar[str] = "Precision"
    order: ClassVar[int] = 2
    function: ClassVar[Measure] = staticmethod(functions.precision)
    aliases: ClassVar[tuple[str, ...]] = ("positive predictive value", "precision_score")
    formula: ClassVar[str] = r"\frac{TP}{TP+FP}"
    when: ClassVar[str] = "If false positives are costly."
    pitfall: ClassVar[str] = (
        "A model that rarely predicts positive can score high: also check recall."
    )
    source: ClassVar[str] = "sklearn.metrics.precision_score, binary or macro"


class Recall(_ByClass):
    """The fraction of actual positives that are found. With two classes that of the positive class,
    with more the unweighted mean over the classes (macro)."""

    kind: ClassVar[str] = "recall"
    label: ClassVar[str] = "Recall"
    order: ClassVar[int] = 3
    function: ClassVar[Measure] = staticmethod(functions.recall)
    aliases: ClassVar[tuple[str, ...]] = (
        "sensitivity", "true positive rate", "balanced accuracy", "recall_score",
    )  # fmt: skip
    formula: ClassVar[str] = r"\frac{TP}{TP+FN}"
    when: ClassVar[str] = "If false negatives are costly."
    pitfall: ClassVar[str] = "A model that always predicts positive scores 1: also check precision."
    source: ClassVar[str] = "sklearn.metrics.recall_score, binary or macro"


class _Distance(Metric):
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "reconstruction")
    is_higher_better: ClassVar[bool] = False
    is_share: ClassVar[bool] = False


class MeanError(_Distance):
    """The mean absolute difference of outputs and labels, in the unit of the labels."""

    kind: ClassVar[str] = "mae"
    label: ClassVar[str] = "Mean absolute error"
    order: ClassVar[int] = 1
    function: ClassVar[Measure] = staticmethod(functions.mae)
    aliases: ClassVar[tuple[str, ...]] = ("mae", "mean_absolute_error")
    formula: ClassVar[str] = r"\frac{1}{N} \sum_i |y_i - \hat{y}_i|"
    letters: ClassVar[str] = "N numbers · y label · ŷ output"
    when: ClassVar[str] = "To report a typical error in the unit of the labels."
    pitfall: ClassVar[str] = (
        "If the labels are standardised, so is the error. R² does not depend on the unit."
    )
    source: ClassVar[str] = "sklearn.metrics.mean_absolute_error"


class RootMeanSquaredError(_Distance):
    """The root of the mean squared error, in the unit of the labels: large errors count more."""

    kind: ClassVar[str] = "rmse"
    label: ClassVar[str] = "RMSE"
    order: ClassVar[int] = 2
    function: ClassVar[Measure] = staticmethod(functions.rmse)
    aliases: ClassVar[tuple[str, ...]] = ("root mean squared error", "root_mean_squared_error")
    formula: ClassVar[str] = r"\sqrt{\frac{1}{N} \sum_i (y_i - \hat{y}_i)^2}"
    letters: ClassVar[str] = "N numbers · y label · ŷ output"
    when: ClassVar[str] = "If large errors are worse than many small ones."
    pitfall: ClassVar[str] = "A few outliers can dominate it: also check the mean absolute error."
    source: ClassVar[str] = "sklearn.metrics.root_mean_squared_error"


class RSquared(Metric):
    """The fraction of the labels' variance that the predictions explain: 1 is perfect, 0 is no
    better than always predicting the mean."""

    kind: ClassVar[str] = "r2"
    label: ClassVar[str] = "R²"
    order: ClassVar[int] = 0
    function: ClassVar[Measure] = staticmethod(functions.r2)
    aliases: ClassVar[tuple[str, ...]] = ("r squared", "coefficient of determination", "r2_score")
    formula: ClassVar[str] = r"1 - \frac{\sum (y-\hat{y})^2}{\sum (y-\bar{y})^2}"
    letters: ClassVar[str] = "y label · ŷ output · ȳ mean of the labels"
    when: ClassVar[str] = "To judge a regression independently of the unit of its labels."
    pitfall: ClassVar[str] = (
        "Below 0 the network is worse than always predicting the mean: train longer, or lower the "
        "learning rate."
    )
    source: ClassVar[str] = (
        'sklearn.metrics.r2_score, multioutput="variance_weighted", if every column varies'
    )
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "reconstruction")


class TokenAccuracy(Metric):
    """The fraction of the tokens to predict that are predicted correctly."""

    kind: ClassVar[str] = "token_accuracy"
    label: ClassVar[str] = "Token accuracy"
    aliases: ClassVar[tuple[str, ...]] = ("next token accuracy", "masked accuracy")
    order: ClassVar[int] = 0
    function: ClassVar[Measure] = staticmethod(functions.token_accuracy)
    formula: ClassVar[str] = r"\frac{\text{correct}}{N}"
    letters: ClassVar[str] = "correct: tokens predicted correctly · N tokens to predict"
    when: ClassVar[str] = "For the objectives that predict tokens."
    pitfall: ClassVar[str] = (
        "Frequent tokens, such as spaces, are easy and raise it: also check the perplexity."
    )
    source: ClassVar[str] = "Devlin et al. 2019, BERT"
    tasks: ClassVar[tuple[Task, ...]] = ("tokens",)


class Perplexity(Metric):
    """The exponential of the mean cross-entropy per token: 1 is perfect, the size of the vocabulary
    is no better than guessing."""

    kind: ClassVar[str] = "perplexity"
    label: ClassVar[str] = "Perplexity"
    aliases: ClassVar[tuple[str, ...]] = ("ppl", "language model")
    formula: ClassVar[str] = r"\exp(-\frac{1}{N} \sum_i \log p_{i,y_i})"
    letters: ClassVar[str] = "N tokens to predict · p predicted probability of the correct token, y"
    when: ClassVar[str] = "To compare language models over the same tokens."
    pitfall: ClassVar[str] = (
        "Values for different tokens (characters, words) or data sets cannot be compared: keep "
        "the tokens the same."
    )
    source: ClassVar[str] = "Jelinek et al. 1977, Perplexity"
    tasks: ClassVar[tuple[Task, ...]] = ("tokens",)
    is_higher_better: ClassVar[bool] = False
    is_share: ClassVar[bool] = False
    function: ClassVar[Measure] = staticmethod(functions.perplexity)


def metrics_for(target: Target) -> tuple[Metric, ...]:
    """The metrics that fit the labels."""
    return tuple(m() for m in declared(Metric).values() if target.task in m.tasks)


def name_in_sentence(kind: str) -> str:
    """A metric's name within a sentence, translated: "accuracy", "R²"."""
    metric = declared(Metric).get(kind)
    label = tr(metric.label) if metric is not None else kind
    return label.lower() if label[1:2].islower() else label
