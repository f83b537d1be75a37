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


class Embedding(Weighted):
    """A table with a learned vector for every token: words that are used alike come to lie near
    each other. It takes token ids, whole numbers from 0, and looks their vectors up."""

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
        "A word that never occurs in training keeps its random vector: let one token stand for "
        "all rare ones."
    )
    source: ClassVar[str] = "torch.nn.Embedding; Bengio et al. 2003"
    order: ClassVar[int] = 50
    vocabulary_option: ClassVar[str] = "num_embeddings"
    padding_option: ClassVar[str] = "padding_idx"

    num_embeddings: int = Field(
        1000, ge=1, le=10_000_000, title="Tokens", description="How many tokens there are."
    )
    embedding_dim: int = Field(
        32, ge=1, le=65536, title="Width", description="How many numbers describe a token."
    )
    padding_idx: int | None = Field(
        None,
        ge=0,
        title="Padding token",
        description="The id that fills short sequences up; its vector stays 0.",
    )

    def infer(self, *inputs: Shape) -> Shape:
        """T ids to T × width."""
        (shape,) = inputs
        if shape.dtype != "int":
            raise ShapeError(
                "not_token_ids",
                f"Embedding expects token ids, whole numbers, got numbers ({shape.example}): pick "
                "a data set of text, or use Linear.",
            )
        if shape.rank > 1:
            raise ShapeError(
                "wrong_rank", f"Embedding expects a sequence of ids, got {shape.example}."
            )
        if self.padding_idx is not None and self.padding_idx >= self.num_embeddings:
            raise ShapeError(
                "no_such_token",
                f"Embedding has tokens 0 to {self.num_embeddings - 1}, so {self.padding_idx} "
                "cannot be the padding.",
                Fix.setting("No padding token", padding_idx=None),
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
        return f"{self.num_embeddings:,} tokens → {self.embedding_dim}"


class SinusoidalEncoding(Layer):
    """Tells attention, which sees no order, where every step stands: waves of the position are
    added, from fast to slow ones, like the hands of many clocks. Nothing is learned, and any
    length will do."""

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
    letters: ClassVar[str] = "x input · t step · i pair of features · d how many features"
    when: ClassVar[str] = "Before attention, which does not see order by itself."
    pitfall: ClassVar[str] = (
        "Added to small embeddings it drowns them: draw those with a spread near 1, as torch does."
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
    """Adds a learned vector for every position, as BERT and GPT-2 do. It knows no position beyond
    those it has learned."""

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
        "It knows nothing of places beyond those it was trained on: use Positional encoding "
        "for longer ones."
    )
    source: ClassVar[str] = "Gehring et al. 2017; Devlin et al. 2018. Drawn from N(0, 0.02²)"
    order: ClassVar[int] = 52

    max_length: int = Field(
        128, ge=1, le=1_000_000, title="Longest", description="Steps of the longest sequence."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps T × features."""
        steps, _ = sequence(self.label, inputs[0])
        if isinstance(steps, int) and steps > self.max_length:
            raise ShapeError(
                "too_long",
                f"{self.label} knows {self.max_length} positions, got a sequence of {steps}.",
                Fix.setting(f"Set longest to {steps}", max_length=steps),
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
        return f"{self.max_length:,} positions"
