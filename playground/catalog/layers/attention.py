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
from playground.translation import tr, trn


class _Attention(Biased):
    padding_option: ClassVar[str] = "padding_idx"
    family: ClassVar[str] = "Sequence"

    num_heads: int = Field(
        4,
        ge=1,
        le=1024,
        title="Heads",
        description="Number of heads, which must divide the width; each uses its part of it.",
    )
    is_causal: bool = Field(
        False,
        title="Causal",
        description="A step attends only to itself and to earlier steps, as for text generation.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Fraction of the attention weights that is dropped during training.",
    )
    bias: bool = Field(True, title="Bias", description="Adds learned biases.")
    padding_idx: PaddingToken = USUAL

    def fitting(self, width: int) -> int:
        """The width, which the heads must divide."""
        if width % self.num_heads:
            fits = max(n for n in range(1, self.num_heads) if width % n == 0)
            raise ShapeError(
                "heads_do_not_divide",
                tr(
                    "{label} splits the width among its heads, and {num_heads} heads do "
                    "not divide {width}.",
                    label=tr(self.label),
                    num_heads=self.num_heads,
                    width=width,
                ),
                Fix.setting(tr("Set heads to {fits}", fits=fits), num_heads=fits),
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
    """Every step of a sequence takes a weighted mean of the values of all steps, weighted by how
    well its query matches their keys: the core of a transformer. Several heads attend to different
    things."""

    kind: ClassVar[str] = "SelfAttention"
    label: ClassVar[str] = "Self-attention"
    short: ClassVar[str] = "selfattn"
    aliases: ClassVar[tuple[str, ...]] = (
        "transformer", "multi-head", "query key value", "causal", "attention",
        "scaled dot-product",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = softmax\left(\frac{QK^T}{\sqrt{d}}\right) V"
    letters: ClassVar[str] = (
        "Q queries, K keys and V values, all computed from the input · d width of a head"
    )
    when: ClassVar[str] = "When every position of a sequence may depend on every other."
    pitfall: ClassVar[str] = (
        "Its cost grows with the square of the length, and it does not depend on order. "
        "Connect the tokens to its padding input if sequences are padded."
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
        text = trn("{count} head", "{count} heads", self.num_heads)
        return f"{text} · {tr('causal')}" if self.is_causal else text


class MultiheadAttention(_Attention):
    """The queries of one sequence attend to the keys and values of another, as a decoder attends to
    the encoder's output. Self-attention is the case of one sequence."""

    kind: ClassVar[str] = "MultiheadAttention"
    label: ClassVar[str] = "Multi-head attention"
    short: ClassVar[str] = "attn"
    aliases: ClassVar[tuple[str, ...]] = ("cross attention", "transformer", "query key value")
    formula: ClassVar[str] = r"y = softmax\left(\frac{QK^T}{\sqrt{d}}\right) V"
    letters: ClassVar[str] = "Q queries, K keys and V values · d width of a head"
    when: ClassVar[str] = "When one sequence attends to another."
    pitfall: ClassVar[str] = (
        "The heads must divide the width. Padding is attended to unless the keys' tokens "
        "are connected to the padding input."
    )
    source: ClassVar[str] = "torch.nn.MultiheadAttention; Vaswani et al. 2017"
    inputs: ClassVar[tuple[Port, ...]] = (Port("query"), Port("key"), Port("value"), PADDING)
    order: ClassVar[int] = 57

    def _sequences(self, inputs: tuple[Shape, ...]) -> list[tuple[Dim, int]]:
        names = (port.name for port in required(type(self).inputs))
        return [
            sequence(self.label, shape, port, name)
            for port, (name, shape) in enumerate(zip(names, inputs, strict=False))
        ]

    def infer(self, *inputs: Shape) -> Shape:
        """T × features of the query; keys and values are S × theirs, padding is S token ids."""
        (steps, width), (keys, _), (values, _) = self._sequences(inputs)
        if keys != values:
            raise ShapeError(
                "merge_mismatch",
                tr(
                    "{label} needs a value for every key, got {keys} keys and {values} "
                    "values: wire both to the same sequence.",
                    label=tr(self.label),
                    keys=keys,
                    values=values,
                ),
            )
        if self.is_causal and steps != keys:
            raise ShapeError(
                "merge_mismatch",
                tr(
                    "Causal attention compares positions in one sequence, got {steps} queries "
                    "and {keys} keys.",
                    steps=steps,
                    keys=keys,
                ),
                Fix.setting(tr("Turn causal off"), is_causal=False),
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
        text = trn("{count} head", "{count} heads", self.num_heads)
        return f"{text} · {tr('causal')}" if self.is_causal else text


def _in_order(parameters: dict[str, tuple[int, ...]]) -> dict[str, tuple[int, ...]]:
    # As torch lists them: those of the output, a layer of its own, come last.
    return dict(sorted(parameters.items(), key=lambda item: item[0].startswith("out_proj")))
