"""Layers in which every step looks at the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from pydantic import Field

from playground.catalog.layers.base.padding_port import PADDING, USUAL, PaddingToken, is_reported
from playground.catalog.layers.base.shape_checks import sequence
from playground.catalog.layers.base.weighted import Biased
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Port, required
from playground.graph.shape import Dim, Shape, ShapeError


class _Attention(Biased):
    padding_option: ClassVar[str] = "padding_idx"
    family: ClassVar[str] = "Sequence"

    num_heads: int = Field(
        4,
        ge=1,
        le=1024,
        title="Heads",
        description="How many look at once, each in its part of the width, which they must divide.",
    )
    is_causal: bool = Field(
        False,
        title="Causal",
        description="A step sees only itself and what came before, as when text is written.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Share of the looks that is left out while training.",
    )
    bias: bool = Field(True, title="Bias", description="Adds learned constants.")
    padding_idx: PaddingToken = USUAL

    def fitting(self, width: int) -> int:
        """The width, which the heads must divide."""
        if width % self.num_heads:
            fits = max(n for n in range(1, self.num_heads) if width % n == 0)
            raise ShapeError(
                "heads_do_not_divide",
                f"{self.label} splits the width among its heads, and {self.num_heads} heads do "
                f"not divide {width}.",
                Fix.setting(f"Set heads to {fits}", num_heads=fits),
            )
        return width

    def _options(self, *, is_padded: bool) -> dict[str, object]:
        found: dict[str, object] = {"is_causal": True} if self.is_causal else {}
        found |= {"dropout": self.dropout} if self.dropout else {}
        found |= {} if self.bias else {"bias": False}
        return found | ({"padding_idx": self.padding_idx} if is_padded else {})

    def _biases(self, width: int) -> dict[str, tuple[int, ...]]:
        return {"in_proj_bias": (3 * width,), "out_proj.bias": (width,)} if self.bias else {}


class SelfAttention(_Attention):
    """Every step of a sequence looks at all steps and takes from each as much as its key matches
    what the step asks for: the heart of a transformer. Several heads look for several things."""

    kind: ClassVar[str] = "SelfAttention"
    label: ClassVar[str] = "Self-attention"
    short: ClassVar[str] = "selfattn"
    aliases: ClassVar[tuple[str, ...]] = (
        "transformer", "multi-head", "query key value", "causal", "attention",
        "scaled dot-product",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = softmax\left(\frac{QK^T}{\sqrt{d}}\right) V"
    letters: ClassVar[str] = (
        "Q queries, K keys and V values, all made of the input · d width of a head"
    )
    when: ClassVar[str] = "Where every place of a sequence may need every other."
    pitfall: ClassVar[str] = (
        "Its cost grows with the square of the length, and it does not see order by itself. "
        "Short sequences that were filled up need their tokens wired to padding."
    )
    source: ClassVar[str] = "torch.nn.MultiheadAttention; Vaswani et al. 2017"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), PADDING)
    order: ClassVar[int] = 56

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps T × features; padding is T token ids."""
        steps, width = sequence(self.label, inputs[0])
        is_reported(self.label, steps, inputs, 1)
        self.fitting(width)
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Query, key and value weights in one matrix, the output's in another, and biases."""
        width = sequence(self.label, inputs[0])[1]
        weights = {"in_proj_weight": (3 * width, width), "out_proj.weight": (width, width)}
        return _in_order(weights | self._biases(width))

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.MultiheadAttention of a sequence to itself."""
        width = sequence(self.label, inputs[0])[1]
        options = self._options(is_padded=len(inputs) > 1)
        return Call("modules.SelfAttention", (width, self.num_heads), options)

    def summary(self, *inputs: Shape) -> str:
        """The heads."""
        return f"{self.num_heads} heads{' · causal' if self.is_causal else ''}"


class MultiheadAttention(_Attention):
    """The queries of one sequence look at the keys of another and take a mixture of its values: a
    decoder looks at what the encoder has read. Self-attention is the case of one sequence."""

    kind: ClassVar[str] = "MultiheadAttention"
    label: ClassVar[str] = "Multi-head attention"
    short: ClassVar[str] = "attn"
    aliases: ClassVar[tuple[str, ...]] = ("cross attention", "transformer", "query key value")
    formula: ClassVar[str] = r"y = softmax\left(\frac{QK^T}{\sqrt{d}}\right) V"
    letters: ClassVar[str] = "Q queries, K keys and V values · d width of a head"
    when: ClassVar[str] = "Where one sequence looks things up in another."
    pitfall: ClassVar[str] = (
        "The heads must divide the width. Padding is looked at unless the keys' tokens are wired "
        "to the port of that name."
    )
    source: ClassVar[str] = "torch.nn.MultiheadAttention; Vaswani et al. 2017"
    inputs: ClassVar[tuple[Port, ...]] = (Port("query"), Port("key"), Port("value"), PADDING)
    order: ClassVar[int] = 57

    def _sequences(self, inputs: tuple[Shape, ...]) -> list[tuple[Dim, int]]:
        names = (port.name for port in required(type(self).inputs))
        return [
            sequence(f"{self.label} ({name})", shape, port)
            for port, (name, shape) in enumerate(zip(names, inputs, strict=False))
        ]

    def infer(self, *inputs: Shape) -> Shape:
        """T × features of the query; keys and values are S × theirs, padding is S token ids."""
        (steps, width), (keys, _), (values, _) = self._sequences(inputs)
        if keys != values:
            raise ShapeError(
                "merge_mismatch",
                f"{self.label} needs a value for every key, got {keys} keys and {values} values: "
                "wire both to the same sequence.",
            )
        if self.is_causal and steps != keys:
            raise ShapeError(
                "merge_mismatch",
                f"Causal attention compares places in one sequence, got {steps} queries and {keys} "
                "keys.",
                Fix.setting("Not causal", is_causal=False),
            )
        is_reported(self.label, keys, inputs, 3)
        self.fitting(width)
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Query, key and value weights, the output's, and biases."""
        (_, width), (_, keys), (_, values) = self._sequences(inputs)
        weights: dict[str, tuple[int, ...]] = {"in_proj_weight": (3 * width, width)}
        if (keys, values) != (width, width):
            weights = {
                "q_proj_weight": (width, width),
                "k_proj_weight": (width, keys),
                "v_proj_weight": (width, values),
            }
        return _in_order(weights | {"out_proj.weight": (width, width)} | self._biases(width))

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.MultiheadAttention."""
        (_, width), (_, keys), (_, values) = self._sequences(inputs)
        others = {} if (keys, values) == (width, width) else {"kdim": keys, "vdim": values}
        options = {**others, **self._options(is_padded=len(inputs) > 3)}
        return Call("modules.MultiheadAttention", (width, self.num_heads), options)

    def summary(self, *inputs: Shape) -> str:
        """The heads."""
        return f"{self.num_heads} heads{' · causal' if self.is_causal else ''}"


def _in_order(parameters: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    # As torch lists them: those of the output, a layer of its own, come last.
    return dict(sorted(parameters.items(), key=lambda item: item[0].startswith("out_proj")))
