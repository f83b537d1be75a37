"""Objectives: what one training step means, that is, what the net's output is compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from playground.catalog.datasets.dataset import Dataset, Target
from playground.catalog.registry import make
from playground.graph.declaration import Declaration
from playground.translation import tr

Asks = Literal["labels", "features", "next tokens", "hidden tokens"]
"""What the outputs are compared with."""
HIDDEN_SHARE = 0.15
"""The fraction of the tokens that are selected, as in BERT."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How outputs and labels reach the loss. Axes are those of `Tensor.flatten`; with None the
    tensor stays as it is."""

    output_axes: tuple[int, ...] | None = None
    """The axes over which outputs are flattened."""
    label_axes: tuple[int, ...] | None = None
    """The axes over which labels are flattened."""
    feature_axes: tuple[int, ...] | None = None
    """If the labels are the features: the axes over which these are flattened."""
    token_labels: str = ""
    """If the labels are tokens: the function of `engine.tokens` that makes them."""
    hides_tokens: bool = False
    """Whether tokens of the features are hidden in every step."""


COMPARISONS: Mapping[Asks, Comparison] = {
    "labels": Comparison(),
    "features": Comparison(output_axes=(1,), feature_axes=(1,)),
    "next tokens": Comparison(output_axes=(0, 1), label_axes=(), token_labels="next_tokens"),
    "hidden tokens": Comparison(
        output_axes=(0, 1), label_axes=(), token_labels="asked", hides_tokens=True
    ),
}


class ObjectiveError(ValueError):
    """An objective that a data set does not suit; the message says why."""


class Objective(Declaration):
    """What the net learns from an example."""

    asks: ClassVar[Asks] = "labels"

    @property
    def comparison(self) -> Comparison:
        """How outputs are compared with what it asks for."""
        return COMPARISONS[self.asks]

    @property
    def hidden_share(self) -> float:
        """The fraction of the tokens that are selected in a step, if it hides tokens."""
        return HIDDEN_SHARE

    def target(self, data: Dataset) -> Target:
        """What the network must output; raises DataError, or ObjectiveError for unfit data."""
        return data.target()


class Supervised(Objective):
    """Predict the label of an example from its features."""

    kind: ClassVar[str] = "supervised"
    label: ClassVar[str] = "Supervised"
    aliases: ClassVar[tuple[str, ...]] = (
        "labels", "classification", "regression", "supervised learning", "prediction",
    )  # fmt: skip
    formula: ClassVar[str] = r"\min_\theta L(f_\theta(x), y)"
    letters: ClassVar[str] = "θ all parameters · L loss · f the network · x features · y label"
    when: ClassVar[str] = "When examples have labels: classes or numbers to predict."
    pitfall: ClassVar[str] = (
        "Wrong labels are learned too: look at the examples that the network gets wrong."
    )
    source: ClassVar[str] = "Bishop 2006, Pattern recognition and machine learning"
    order: ClassVar[int] = 0


class Autoencoder(Objective):
    """Reconstruct the features. With a narrow layer in the middle, the network has to learn a
    compact representation; labels are not used."""

    kind: ClassVar[str] = "autoencoder"
    asks: ClassVar[Asks] = "features"
    label: ClassVar[str] = "Autoencoder"
    aliases: ClassVar[tuple[str, ...]] = (
        "reconstruction", "compression", "self-supervised", "unsupervised", "bottleneck",
        "dimensionality reduction",
    )  # fmt: skip
    formula: ClassVar[str] = r"\min_\theta L(f_\theta(x), x)"
    letters: ClassVar[str] = "θ all parameters · L loss · f the network · x features"
    when: ClassVar[str] = "To compress examples, to learn a representation, or to detect outliers."
    pitfall: ClassVar[str] = (
        "With a middle as wide as the input it learns to copy: make the middle narrower, "
        "or add noise to the input."
    )
    source: ClassVar[str] = "Hinton and Salakhutdinov 2006, Reducing the dimensionality of data"
    order: ClassVar[int] = 1

    def target(self, data: Dataset) -> Target:
        """As many numbers as go in."""
        shape = data.features()
        if shape.dtype != "float":
            raise ObjectiveError(
                tr("An autoencoder outputs numbers, but {data} is tokens", data=tr(data.label))
            )
        names = data.feature_names()
        size = shape.size or 0
        columns = names if len(names) == size else tuple(f"x{i + 1}" for i in range(size))
        return Target("reconstruction", columns=columns)


class _OverTokens(Objective):
    def target(self, data: Dataset) -> Target:
        """A token at every step."""
        vocabulary = data.vocabulary()
        if not vocabulary or data.features().rank != 1:
            raise ObjectiveError(
                tr(
                    "{objective} needs sequences of tokens, and {data} has none",
                    objective=tr(self.label),
                    data=tr(data.label),
                )
            )
        return Target("tokens", vocabulary)


class CausalLM(_OverTokens):
    """At every step of a text, predict the next token. A step must not see later ones: use causal
    attention, or a network that reads in one direction."""

    kind: ClassVar[str] = "causal_lm"
    asks: ClassVar[Asks] = "next tokens"
    label: ClassVar[str] = "Next token"
    aliases: ClassVar[tuple[str, ...]] = (
        "causal language model", "gpt", "generation", "next token prediction", "language model",
        "autoregressive", "decoder",
    )  # fmt: skip
    formula: ClassVar[str] = r"\min_\theta -\sum_t \log p_\theta(x_{t+1} \mid x_1 \ldots x_t)"
    letters: ClassVar[str] = "θ all parameters · p predicted probability · x_t token at step t"
    when: ClassVar[str] = "To learn to generate text, from text without labels."
    pitfall: ClassVar[str] = (
        "A layer that sees later steps copies the answer: turn on Causal in attention, "
        "and use no bidirectional layers."
    )
    source: ClassVar[str] = "Radford et al. 2018, Improving language understanding"
    order: ClassVar[int] = 2


class MaskedLM(_OverTokens):
    """Hide some tokens of a text and predict them from both sides. Of the selected tokens, 80 % are
    masked, 10 % are replaced by a random token and 10 % stay, as in BERT. Training selects new ones
    in every step; validation always uses the same."""

    kind: ClassVar[str] = "masked_lm"
    asks: ClassVar[Asks] = "hidden tokens"
    label: ClassVar[str] = "Masked tokens"
    aliases: ClassVar[tuple[str, ...]] = (
        "masked language model", "bert", "cloze", "mlm", "fill in the blank", "language model",
        "encoder",
    )  # fmt: skip
    formula: ClassVar[str] = r"\min_\theta -\sum_{t \in M} \log p_\theta(x_t \mid x_{\setminus M})"
    letters: ClassVar[str] = (
        "θ all parameters · p predicted probability · M the masked positions · x without "
        "them is the input"
    )
    when: ClassVar[str] = "To learn representations of tokens, from text without labels."
    pitfall: ClassVar[str] = (
        "A network that reads in one direction misses half of the context: use encoder "
        "blocks, or a bidirectional LSTM."
    )
    source: ClassVar[str] = "Devlin et al. 2019, BERT"
    order: ClassVar[int] = 3

    share: float = Field(
        HIDDEN_SHARE,
        gt=0,
        lt=1,
        title="Masked",
        description="Fraction of the tokens that are selected.",
    )

    @property
    def hidden_share(self) -> float:
        """The option."""
        return self.share


ObjectiveChoice = Annotated[
    SerializeAsAny[Objective], BeforeValidator(lambda data: make(Objective, data))
]
