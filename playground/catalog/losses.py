"""Losses: how far the output of a net is from the labels."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal, cast

from pydantic import BeforeValidator, Field, SerializeAsAny

from playground.catalog.class_weights import ClassWeights, class_weights_field
from playground.catalog.datasets.dataset import Target, Task
from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.declaration import Declaration
from playground.translation import tr

Encoding = Literal["index", "one_hot", "value", "signed"]
Expects = Literal["logits", "probabilities", "log_probabilities", "margins", "values"]


class Loss(Declaration):
    """How far the output of the net is from the labels; training makes it small."""

    tasks: ClassVar[tuple[Task, ...]] = ()
    expects: ClassVar[Expects] = "values"
    applies_softmax: ClassVar[bool] = False
    """Whether it takes the softmax of the logits itself, and not the sigmoid."""

    def call(self, target: Target) -> Call:
        """The torch module that is applied to (output, labels)."""
        raise ValueError(tr("{label} cannot be run.", label=tr(self.label)))

    @property
    def threshold(self) -> float:
        """The value above which a single output predicts the second class."""
        return 0.0 if self.expects in ("logits", "margins") else 0.5

    @property
    def weighting(self) -> ClassWeights:
        """How much each class counts; "none" also if the loss has no such option."""
        return cast("ClassWeights", getattr(self, "class_weights", "none"))

    def weights_argument(self, target: Target) -> str:
        """What the loss calls the weights of classes: "weight", one per class, or "pos_weight",
        by which the yes of every column is multiplied."""
        return "pos_weight" if self.outputs(target) == 1 else "weight"

    def own_weights(self, target: Target) -> tuple[float, ...]:
        """The numbers that were set for the classes, as the argument takes them: of a single
        output only their ratio counts. Empty if none were set."""
        if isinstance(self.weighting, str):
            return ()
        if self.outputs(target) > 1:
            return self.weighting
        no, yes = self.weighting
        return (yes / no,)

    def smoothing(self, target: Target) -> tuple[float, float]:
        """What is done to labels of 0 and 1 before the loss sees them: the share that is taken
        from them, and what is added to every number."""
        return 0.0, 0.0

    def outputs(self, target: Target) -> int:
        """How many numbers the network must output for an example, or for a token."""
        if target.columns:
            return len(target.columns)
        return 1 if target.task == "binary" else len(target.classes)

    def encoding(self, target: Target) -> Encoding:
        """How labels are handed over: class numbers, 0/1 columns, ±1, or values as they are."""
        return "one_hot" if target.task == "classes" else "value"


def _smoothing() -> Any:
    return Field(
        0.0,
        ge=0,
        lt=1,
        title="Label smoothing",
        description=(
            "Fraction of the probability that is moved from the correct class to all "
            "classes; 0.1 is usual."
        ),
    )


class MeanSquaredError(Loss):
    """The mean of squared differences: large errors count far more than small ones."""

    kind: ClassVar[str] = "mse"
    label: ClassVar[str] = "Mean squared error"
    aliases: ClassVar[tuple[str, ...]] = (
        "mse", "l2 loss", "squared error", "least squares", "quadratic loss", "linear regression",
        "mseloss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = \frac{1}{N} \sum_i (\hat{y}_i - y_i)^2"
    letters: ClassVar[str] = "N numbers · y label · ŷ output"
    when: ClassVar[str] = "For regression, when large errors matter most."
    pitfall: ClassVar[str] = "A single outlier can dominate the fit: use MAE or Huber."
    source: ClassVar[str] = "torch.nn.MSELoss"
    order: ClassVar[int] = 3
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes", "reconstruction")

    def call(self, target: Target) -> Call:
        """torch.nn.MSELoss."""
        return Call("nn.MSELoss")


class _Columns(Loss):
    # Every column of the output is a yes or no of its own.
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes", "reconstruction")

    label_smoothing: float = _smoothing()
    class_weights: ClassWeights = class_weights_field()

    def smoothing(self, target: Target) -> tuple[float, float]:
        """Towards 1/2."""
        return self.label_smoothing, self.label_smoothing / 2

    def weights_argument(self, target: Target) -> str:
        """For the yes of every column."""
        return "pos_weight"


class BinaryCrossEntropyWithLogits(_Columns):
    """For yes-or-no labels: takes the plain output (the logit) and applies the sigmoid itself,
    which is exact even if a sigmoid would round to 0 or 1."""

    kind: ClassVar[str] = "bce_with_logits"
    label: ClassVar[str] = "Binary cross-entropy (logits)"
    aliases: ClassVar[tuple[str, ...]] = (
        "bce", "log loss", "logistic loss", "logistic regression", "sigmoid cross-entropy",
        "bcewithlogitsloss", "binary_crossentropy",
    )  # fmt: skip
    formula: ClassVar[str] = (
        r"L = -\frac{1}{N} \sum_i \ell_i,\quad "
        r"\ell_i = y_i \log\sigma(z_i) + (1-y_i) \log(1-\sigma(z_i))"
    )
    letters: ClassVar[str] = "N numbers · y label, 0 or 1 · z output · σ sigmoid · ℓ log-likelihood"
    when: ClassVar[str] = "For yes-or-no labels."
    pitfall: ClassVar[str] = "Do not end the network with Sigmoid: the loss applies it."
    source: ClassVar[str] = "torch.nn.BCEWithLogitsLoss"
    order: ClassVar[int] = 1
    expects: ClassVar[Expects] = "logits"

    def call(self, target: Target) -> Call:
        """torch.nn.BCEWithLogitsLoss."""
        return Call("nn.BCEWithLogitsLoss")


class _OneOfSeveral(Loss):
    # An output a class, of which one is right; two for yes or no.
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes", "tokens")

    label_smoothing: float = _smoothing()
    class_weights: ClassWeights = class_weights_field()

    def weights_argument(self, target: Target) -> str:
        """One per class."""
        return "weight"

    def outputs(self, target: Target) -> int:
        """One per class, two for yes or no."""
        return len(target.classes)

    def encoding(self, target: Target) -> Encoding:
        """Class numbers."""
        return "index"


class CrossEntropy(_OneOfSeveral):
    """For one class out of several: takes the plain outputs (logits), one per class, and applies
    the softmax itself."""

    kind: ClassVar[str] = "cross_entropy"
    label: ClassVar[str] = "Cross-entropy"
    aliases: ClassVar[tuple[str, ...]] = (
        "softmax loss", "negative log likelihood", "log loss", "logistic regression", "ce",
        "categorical_crossentropy", "sparse_categorical_crossentropy", "crossentropyloss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = -\frac{1}{N} \sum_i \log \frac{e^{z_{i,y_i}}}{\sum_k e^{z_{ik}}}"
    letters: ClassVar[str] = "N examples · z outputs, one per class k · y the correct class"
    when: ClassVar[str] = "For one class out of several."
    pitfall: ClassVar[str] = "Do not end the network with Softmax: the loss applies it."
    source: ClassVar[str] = "torch.nn.CrossEntropyLoss"
    order: ClassVar[int] = 0
    expects: ClassVar[Expects] = "logits"
    applies_softmax: ClassVar[bool] = True

    def call(self, target: Target) -> Call:
        """torch.nn.CrossEntropyLoss."""
        options = {"label_smoothing": self.label_smoothing} if self.label_smoothing else {}
        return Call("nn.CrossEntropyLoss", (), options)


class MeanAbsoluteError(Loss):
    """The mean of absolute differences: the effect of outliers grows only linearly."""

    kind: ClassVar[str] = "mae"
    label: ClassVar[str] = "Mean absolute error"
    aliases: ClassVar[tuple[str, ...]] = (
        "mae", "l1 loss", "absolute error", "least absolute deviations", "l1loss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = \frac{1}{N} \sum_i |\hat{y}_i - y_i|"
    letters: ClassVar[str] = "N numbers · y label · ŷ output"
    when: ClassVar[str] = "For regression, when a few labels are outliers and should not dominate."
    pitfall: ClassVar[str] = (
        "Its gradient does not shrink near the minimum, so the loss jitters at the end: "
        "use a schedule that lowers the learning rate, or use Huber."
    )
    source: ClassVar[str] = "torch.nn.L1Loss"
    order: ClassVar[int] = 4
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "binary", "classes", "reconstruction")

    def call(self, target: Target) -> Call:
        """torch.nn.L1Loss."""
        return Call("nn.L1Loss")


class Huber(Loss):
    """Quadratic for small differences and linear for large ones: smooth near the minimum, and
    robust to outliers."""

    kind: ClassVar[str] = "huber"
    label: ClassVar[str] = "Huber"
    aliases: ClassVar[tuple[str, ...]] = (
        "smooth l1", "robust regression", "outliers", "huberloss",
    )  # fmt: skip
    formula: ClassVar[str] = (
        r"L = \frac{1}{N} \sum_i d_i^2/2 \text{ if } |d_i| \leq \delta,"
        r"\;\delta(|d_i| - \delta/2) \text{ else}"
    )
    letters: ClassVar[str] = "N numbers · d output minus label · δ delta"
    when: ClassVar[str] = "For regression with some outliers; a compromise between MSE and MAE."
    pitfall: ClassVar[str] = (
        "Delta is in the unit of the labels: with labels from 0 to 1 the usual 1 has no "
        "effect. Scale the labels, or make delta smaller."
    )
    source: ClassVar[str] = "torch.nn.HuberLoss; Huber 1964"
    order: ClassVar[int] = 5
    tasks: ClassVar[tuple[Task, ...]] = ("regression", "reconstruction")

    delta: float = Field(
        1.0,
        gt=0,
        le=1e6,
        title="Delta",
        description="The difference above which the loss is linear.",
    )

    def call(self, target: Target) -> Call:
        """torch.nn.HuberLoss."""
        return Call("nn.HuberLoss", (), {"delta": self.delta})


class BinaryCrossEntropy(_Columns):
    """For yes-or-no labels if the network itself ends in a sigmoid. The loss on logits computes the
    same more accurately."""

    kind: ClassVar[str] = "bce"
    label: ClassVar[str] = "Binary cross-entropy (probabilities)"
    aliases: ClassVar[tuple[str, ...]] = (
        "bce", "log loss", "bceloss", "binary_crossentropy",
    )  # fmt: skip
    formula: ClassVar[str] = (
        r"L = -\frac{1}{N} \sum_i \ell_i,\quad \ell_i = y_i \log p_i + (1-y_i) \log(1-p_i)"
    )
    letters: ClassVar[str] = "N numbers · y label, 0 or 1 · p output · ℓ log-likelihood"
    when: ClassVar[str] = (
        "For yes-or-no labels, when the network must output the probability itself."
    )
    pitfall: ClassVar[str] = (
        "Once the sigmoid rounds to 0 or 1, the gradient of that example vanishes: "
        "remove the Sigmoid and use the loss on logits."
    )
    source: ClassVar[str] = "torch.nn.BCELoss"
    order: ClassVar[int] = 6
    expects: ClassVar[Expects] = "probabilities"

    def call(self, target: Target) -> Call:
        """torch.nn.BCELoss; the engine's own with class weights, which torch's has not."""
        is_weighted = self.class_weights != "none" and target.classes
        return Call("rules.WeightedBCE" if is_weighted else "nn.BCELoss")


class NegativeLogLikelihood(_OneOfSeveral):
    """For one class out of several if the network ends in a log-softmax: together they are
    cross-entropy."""

    kind: ClassVar[str] = "nll"
    label: ClassVar[str] = "Negative log-likelihood"
    aliases: ClassVar[tuple[str, ...]] = (
        "nll", "negative log likelihood", "maximum likelihood", "log softmax", "nllloss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = -\frac{1}{N} \sum_i \log p_{i,y_i}"
    letters: ClassVar[str] = "N examples · log p outputs, one per class · y the correct class"
    when: ClassVar[str] = "For one class out of several, after a LogSoftmax."
    pitfall: ClassVar[str] = (
        "Without a LogSoftmax before it the loss falls below 0 and has no meaning: use "
        "cross-entropy, which includes it."
    )
    source: ClassVar[str] = "torch.nn.NLLLoss"
    order: ClassVar[int] = 7
    expects: ClassVar[Expects] = "log_probabilities"

    def call(self, target: Target) -> Call:
        """torch.nn.NLLLoss; with label smoothing torch.nn.CrossEntropyLoss, whose own log-softmax
        leaves log-probabilities as they are."""
        if self.label_smoothing:
            return Call("nn.CrossEntropyLoss", (), {"label_smoothing": self.label_smoothing})
        return Call("nn.NLLLoss")


class Hinge(Loss):
    """The loss of support vector machines: 0 once the correct class is ahead by a margin of 1. With
    several classes, every wrong class within the margin contributes, divided by their number."""

    kind: ClassVar[str] = "hinge"
    label: ClassVar[str] = "Hinge"
    aliases: ClassVar[tuple[str, ...]] = (
        "svm", "support vector machine", "margin", "multi-margin", "max-margin", "multimarginloss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = \frac{1}{N} \sum_i \max(0, 1 - y_i \hat{y}_i),\; y = \pm 1"
    letters: ClassVar[str] = "N examples · y label · ŷ output"
    when: ClassVar[str] = (
        "For a decision boundary with a wide margin, as in a support vector machine."
    )
    pitfall: ClassVar[str] = (
        "Its outputs are not probabilities, and examples beyond the margin have no "
        "gradient: use cross-entropy if you need probabilities."
    )
    source: ClassVar[str] = "Cortes and Vapnik 1995; torch.nn.MultiMarginLoss for several classes"
    order: ClassVar[int] = 8
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    expects: ClassVar[Expects] = "margins"

    class_weights: ClassWeights = class_weights_field()

    def call(self, target: Target) -> Call:
        """The engine's own for two classes, torch.nn.MultiMarginLoss for more."""
        return Call("rules.Hinge" if target.task == "binary" else "nn.MultiMarginLoss")

    def encoding(self, target: Target) -> Encoding:
        """−1 and 1, or class numbers."""
        return "signed" if target.task == "binary" else "index"


class KLDivergence(Loss):
    """How far the predicted distribution is from that of the labels, which is 1 for the correct
    class, or less with label smoothing. The network ends in a log-softmax. Without smoothing it
    equals the negative log-likelihood."""

    kind: ClassVar[str] = "kl"
    label: ClassVar[str] = "KL divergence"
    aliases: ClassVar[tuple[str, ...]] = (
        "kullback-leibler", "relative entropy", "soft labels", "distillation", "kldivloss",
    )  # fmt: skip
    formula: ClassVar[str] = r"L = \frac{1}{N} \sum_i \sum_k q_{ik} \log \frac{q_{ik}}{p_{ik}}"
    letters: ClassVar[str] = (
        "N examples · q labels as a distribution over classes k · log p outputs"
    )
    when: ClassVar[str] = "To compare distributions, with smoothed labels."
    pitfall: ClassVar[str] = (
        "It expects log-probabilities: end the network with LogSoftmax. It has no class "
        "weights: use cross-entropy for those."
    )
    source: ClassVar[str] = "torch.nn.KLDivLoss; Kullback and Leibler 1951"
    order: ClassVar[int] = 9
    tasks: ClassVar[tuple[Task, ...]] = ("binary", "classes")
    expects: ClassVar[Expects] = "log_probabilities"

    label_smoothing: float = _smoothing()

    def smoothing(self, target: Target) -> tuple[float, float]:
        """Shared by all classes."""
        return self.label_smoothing, self.label_smoothing / len(target.classes)

    def call(self, target: Target) -> Call:
        """torch.nn.KLDivLoss, the mean over examples."""
        return Call("nn.KLDivLoss", (), {"reduction": "batchmean"})

    def outputs(self, target: Target) -> int:
        """One log-probability a class, two for yes or no."""
        return len(target.classes)

    def encoding(self, target: Target) -> Encoding:
        """A distribution over the classes."""
        return "one_hot"


LossChoice = Annotated[SerializeAsAny[Loss], BeforeValidator(lambda data: make(Loss, data))]


def proposed(target: Target) -> Loss:
    """The loss that suits the labels."""
    if target.task in ("regression", "reconstruction"):
        return MeanSquaredError()
    return BinaryCrossEntropyWithLogits() if target.task == "binary" else CrossEntropy()
