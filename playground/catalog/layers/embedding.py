"""Token ids to vectors, and where in the sequence they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.base.shape_checks import sequence
from playground.catalog.layers.base.weighted import Draw, Weighted
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError
from playground.translation import tr


class Embedding(Weighted):
    """A table with a learned vector for every token: words that are used alike get similar vectors.
    It takes token ids, whole numbers from 0, and looks up their vectors."""

    kind: ClassVar[str] = "Embedding"
    label: ClassVar[str] = "Embedding"
    family: ClassVar[str] = "Sequence"
    short: ClassVar[str] = "embed"
    aliases: ClassVar[tuple[str, ...]] = (
        "word vectors", "lookup", "tokens", "words", "word2vec", "dictionary",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_t = W_{x_t}"
    letters: ClassVar[str] = "x_t token at step t · W table of vectors"
    when: ClassVar[str] = "As the first layer for words and other categories."
    pitfall: ClassVar[str] = (
        "A word that never occurs in training keeps its random vector: use one token for "
        "all rare words."
    )
    source: ClassVar[str] = "torch.nn.Embedding; Bengio et al. 2003"
    order: ClassVar[int] = 50
    vocabulary_option: ClassVar[str] = "num_embeddings"
    padding_option: ClassVar[str] = "padding_idx"

    num_embeddings: int = Field(
        1000,
        ge=1,
        le=10_000_000,
        title="Tokens",
        description="Number of tokens in the vocabulary.",
    )
    embedding_dim: int = Field(
        32, ge=1, le=65536, title="Width", description="Length of the vector of a token."
    )
    padding_idx: int | None = Field(
        None,
        ge=0,
        title="Padding token",
        description="The id that fills short sequences; its vector stays 0.",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """T ids to T × width."""
        (shape,) = inputs
        if shape.dtype != "int":
            raise ShapeError(
                "not_token_ids",
                tr(
                    "Embedding expects token ids, whole numbers, got numbers ({shape}): "
                    "choose a data set of text, or use Linear.",
                    shape=shape.example,
                ),
            )
        if shape.rank > 1:
            raise ShapeError(
                "wrong_rank",
                tr("Embedding expects a sequence of ids, got {shape}.", shape=shape.example),
            )
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            raise ShapeError(
                "no_such_token",
                tr(
                    "Embedding has tokens 0 to {last}, so {padding_idx} cannot be the padding.",
                    last=self.num_embeddings - 1,
                    padding_idx=self.padding_idx,
                ),
                Fix.setting(tr("No padding token"), padding_idx=None),
            )
        return Shape((*shape.dims, self.embedding_dim))

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """The table, tokens × width."""
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    def draws(self, *inputs: Shape) -> tuple[Draw, ...]:
        """The padding token stays 0, whatever draws the others."""
        found = super().draws(*inputs)
        if not found or self.padding_idx is None:
            return found
        return (*found, Draw("weight", Call("init.zeros_"), self.padding_idx))

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Embedding."""
        options = {} if self.padding_idx is None else {"padding_idx": self.padding_idx}
        return Call("nn.Embedding", (self.num_embeddings, self.embedding_dim), options)

    def summary(self, *inputs: Shape) -> str:
        """Tokens and width."""
        return tr("{count:,} tokens → {width}", count=self.num_embeddings, width=self.embedding_dim)


class SinusoidalEncoding(Layer):
    """Adds sines and cosines of the position, from high to low frequencies, because attention does
    not depend on order. Nothing is learned, and any length works."""

    kind: ClassVar[str] = "SinusoidalEncoding"
    label: ClassVar[str] = "Positional encoding"
    family: ClassVar[str] = "Sequence"
    short: ClassVar[str] = "position"
    aliases: ClassVar[tuple[str, ...]] = (
        "sinusoidal", "sine", "position", "positional embedding", "sin cos",
    )  # fmt: skip
    formula: ClassVar[str] = (
        r"y_{t,2i} = x_{t,2i} + \sin\frac{t}{10000^{2i/d}},\; "
        r"y_{t,2i+1} = x_{t,2i+1} + \cos\frac{t}{10000^{2i/d}}"
    )
    letters: ClassVar[str] = "x input · t step · i pair of features · d number of features"
    when: ClassVar[str] = "Before attention, which does not depend on order."
    pitfall: ClassVar[str] = (
        "It dominates small embeddings: initialize embeddings with a standard deviation "
        "near 1, as torch does."
    )
    source: ClassVar[str] = "Vaswani et al. 2017, Attention is all you need, section 3.5"
    order: ClassVar[int] = 51

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps T × features."""
        sequence(self.label, inputs[0])
        return inputs[0]

    def call(self, *inputs: Shape) -> Call:
        """Sines and cosines."""
        return Call("modules.SinusoidalEncoding", (sequence(self.label, inputs[0])[1],))


class LearnedEncoding(Weighted):
    """Adds a learned vector for every position, as in BERT and GPT-2. It has a fixed maximum
    length."""

    kind: ClassVar[str] = "LearnedEncoding"
    label: ClassVar[str] = "Learned positions"
    family: ClassVar[str] = "Sequence"
    short: ClassVar[str] = "positions"
    aliases: ClassVar[tuple[str, ...]] = (
        "positional embedding", "position", "position embedding", "positional encoding",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_t = x_t + p_t"
    letters: ClassVar[str] = "x input · p_t learned vector of step t"
    when: ClassVar[str] = "Before attention, for sequences of a known length."
    pitfall: ClassVar[str] = (
        "It cannot handle positions beyond its maximum length: use Positional encoding "
        "for longer sequences."
    )
    source: ClassVar[str] = "Gehring et al. 2017; Devlin et al. 2018. Drawn from N(0, 0.02²)"
    order: ClassVar[int] = 52

    max_length: int = Field(
        128, ge=1, le=1_000_000, title="Longest", description="Maximum length of a sequence."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps T × features."""
        steps, _ = sequence(self.label, inputs[0])
        if isinstance(steps, int) and steps > self.max_length:
            raise ShapeError(
                "too_long",
                tr(
                    "{label} has {max_length} positions, got a sequence of {steps} steps.",
                    label=tr(self.label),
                    max_length=self.max_length,
                    steps=steps,
                ),
                Fix.setting(tr("Set longest to {steps}", steps=steps), max_length=steps),
            )
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """A vector for every position."""
        return {"weight": (self.max_length, sequence(self.label, inputs[0])[1])}

    def call(self, *inputs: Shape) -> Call:
        """A table that is added."""
        features = sequence(self.label, inputs[0])[1]
        return Call("modules.LearnedEncoding", (features, self.max_length))

    def summary(self, *inputs: Shape) -> str:
        """How many positions."""
        return tr("{count:,} positions", count=self.max_length)
