"""Losses: how far the output of a net is from the labels."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, SerializeAsAny

from playground.catalog.datasets.dataset import Target, Task
from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.layer import Declaration

Encoding = Literal["index", "one_hot", "value"]


class Loss(Declaration):
    """How far the output of the net is from the labels; training makes it small."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    expects: ClassVar[Literal["logits", "probabilities", "values"]] = "values"

    def call(self) -> Call:
        """The torch module that is applied to (output, labels)."""
        raise ValueError(f"{self.label} cannot be run.")

    @property
    def threshold(self) -> float:
        """Where a single output turns from no to yes."""
        return 0.0 if self.expects == "logits" else 0.5

    def outputs(self, target: Target) -> int:
        """How many numbers the net must put out for an example."""
        if target.task == "regression":
            return len(target.columns)
        return 1 if target.task == "binary" else len(target.classes)

    def encoding(self, target: Target) -> Encoding:
        """How labels are handed over: class numbers, 0/1 columns, or values as they are."""
        return "one_hot" if target.task == "classes" else "value"


class MeanSquaredError(Loss):
    """The mean of squared differences: large errors count far more than small ones."""

    kind: ClassVar[str] = "mse"
    label: ClassVar[str] = "Mean squared error"
    aliases: ClassVar[tuple[str, ...]] = ("mse", "l2 loss")
    formula: ClassVar[str] = r"L = \frac{1}{N} \sum_i (\hat{y}_i - y_i)^2"
    when: ClassVar[str] = "For numbers, where large errors matter most."
    pitfall: ClassVar[str] = "A single outlier pulls the whole fit: use MAE or Huber."
    source: ClassVar[str] = "torch.nn.MSELoss"
    order: ClassVar[int] = 3
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes")

    def call(self) -> Call:
        """torch.nn.MSELoss."""
        return Call("nn.MSELoss")


class BinaryCrossEntropyWithLogits(Loss):
    """For yes-or-no labels: takes the plain output (the logit) and applies the sigmoid itself,
    which is exact even where a sigmoid would round to 0 or 1."""

    kind: ClassVar[str] = "bce_with_logits"
    label: ClassVar[str] = "Binary cross-entropy (logits)"
    aliases: ClassVar[tuple[str, ...]] = ("bce", "log loss", "logistic loss")
    formula: ClassVar[str] = (
        r"L = -\frac{1}{N} \sum_i y_i \log\sigma(z_i) + (1-y_i) \log(1-\sigma(z_i))"
    )
    when: ClassVar[str] = "For yes-or-no labels."
    pitfall: ClassVar[str] = "Leave out a Sigmoid at the end: it is applied here."
    source: ClassVar[str] = "torch.nn.BCEWithLogitsLoss"
    order: ClassVar[int] = 1
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    expects: ClassVar[Literal["logits", "probabilities", "values"]] = "logits"

    def call(self) -> Call:
        """torch.nn.BCEWithLogitsLoss."""
        return Call("nn.BCEWithLogitsLoss")


class CrossEntropy(Loss):
    """For one class out of several: takes the plain outputs (logits), one a class, and applies
    the softmax itself."""

    kind: ClassVar[str] = "cross_entropy"
    label: ClassVar[str] = "Cross-entropy"
    aliases: ClassVar[tuple[str, ...]] = ("softmax loss", "negative log likelihood")
    formula: ClassVar[str] = r"L = -\frac{1}{N} \sum_i \log \frac{e^{z_{i,y_i}}}{\sum_k e^{z_{ik}}}"
    when: ClassVar[str] = "For one class out of several."
    pitfall: ClassVar[str] = "Leave out a Softmax at the end: it is applied here."
    source: ClassVar[str] = "torch.nn.CrossEntropyLoss"
    order: ClassVar[int] = 0
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    expects: ClassVar[Literal["logits", "probabilities", "values"]] = "logits"

    def call(self) -> Call:
        """torch.nn.CrossEntropyLoss."""
        return Call("nn.CrossEntropyLoss")

    def outputs(self, target: Target) -> int:
        """One logit a class, two for yes or no."""
        return len(target.classes)

    def encoding(self, target: Target) -> Encoding:
        """Class numbers."""
        return "index"


LossChoice = Annotated[SerializeAsAny[Loss], BeforeValidator(lambda data: make(Loss, data))]


def proposed(target: Target) -> Loss:
    """The loss that suits the labels."""
    if target.task == "regression":
        return MeanSquaredError()
    return BinaryCrossEntropyWithLogits() if target.task == "binary" else CrossEntropy()
