"""Blocks that are built in: several layers as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.catalog.layers.base.padding_port import PADDING, USUAL, PaddingToken, is_reported
from playground.catalog.layers.base.shape_checks import sequence
from playground.catalog.registry import make_layer
from playground.graph.block import BlockLayer, Parts
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Port
from playground.graph.shape import Shape

GAP = 190.0
ActivationKind = Literal["ReLU", "LeakyReLU", "GELU", "SiLU", "ELU", "Tanh", "Sigmoid"]
ACTIVATION = "The activation after the normalisation."


class _Block(BlockLayer):
    family: ClassVar[str] = "Blocks"
    order: ClassVar[int] = 90


def _chain(*layers: tuple[str, dict[str, Any]]) -> Graph:
    """Layers one after the other; each named by an id and its kind with options."""
    graph, last = Graph(), ""
    for rank, (node_id, data) in enumerate(layers):
        graph = graph.add(Node(node_id, make_layer(dict(data)), x=rank * GAP))
        if last:
            graph = graph.connect(Edge(last, node_id))
        last = node_id
    return graph


def _simple(graph: Graph) -> Parts:
    """Parts with one way in, at the first layer, and one way out, at the last."""
    ids = list(graph.nodes)
    return Parts(graph, {"in": ((ids[0], "in"),)}, {"out": (ids[-1], "out")})


class DenseBlock(_Block):
    """Linear, batch norm, activation and dropout in one: the usual hidden layer of a deep
    network."""

    kind: ClassVar[str] = "DenseBlock"
    label: ClassVar[str] = "Dense block"
    short: ClassVar[str] = "dense"
    aliases: ClassVar[tuple[str, ...]] = ("dense-norm-activation-dropout", "hidden layer", "mlp")
    formula: ClassVar[str] = r"y = dropout(f(norm(xW^T + b)))"
    letters: ClassVar[str] = "x input · W weights · b bias · f activation"
    when: ClassVar[str] = "As a hidden layer for tables, when plain layers overfit or train slowly."
    pitfall: ClassVar[str] = (
        "As the last layer it would drop outputs: end the network with a plain Linear layer."
    )
    source: ClassVar[str] = "Ioffe and Szegedy 2015; Srivastava et al. 2014"

    out_features: int = Field(
        32, ge=1, le=65536, title="Units", description="Number of units: the size of the output."
    )
    activation: ActivationKind = Field("ReLU", title="Activation", description=ACTIVATION)
    p: float = Field(
        0.2,
        ge=0,
        lt=1,
        title="Dropout rate",
        description="Fraction of the units that is set to 0.",
    )

    def parts(self, *inputs: Shape) -> Parts:
        """linear, norm, act, drop."""
        graph = _chain(
            ("linear", {"kind": "Linear", "out_features": self.out_features}),
            ("norm", {"kind": "BatchNorm"}),
            ("act", {"kind": self.activation}),
            ("drop", {"kind": "Dropout", "p": self.p}),
        )
        return _simple(graph)


class ConvBlock(_Block):
    """Convolution, batch norm and activation in one: the building block of image networks."""

    kind: ClassVar[str] = "ConvBlock"
    label: ClassVar[str] = "Conv block"
    short: ClassVar[str] = "convblock"
    aliases: ClassVar[tuple[str, ...]] = (
        "conv-norm-activation", "cnn", "conv bn relu", "convolution",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = f(norm(W \star x))"
    letters: ClassVar[str] = "x input · W filters · ⋆ cross-correlation · f activation"
    when: ClassVar[str] = (
        "In image networks: several of them, with pooling or a stride of 2 in between."
    )
    pitfall: ClassVar[str] = (
        "Its batch norm needs batches of 16 or more: for smaller ones use single layers "
        "with GroupNorm."
    )
    source: ClassVar[str] = "Ioffe and Szegedy 2015; He et al. 2016"

    out_channels: int = Field(
        16,
        ge=1,
        le=8192,
        title="Filters",
        description="Number of filters: the channels of the output.",
    )
    kernel_size: int = Field(
        3, ge=1, le=63, title="Kernel size", description="Side of the filter in pixels."
    )
    stride: int = Field(
        1, ge=1, le=63, title="Stride", description="Pixels the filter moves at a time."
    )
    activation: ActivationKind = Field("ReLU", title="Activation", description=ACTIVATION)

    def parts(self, *inputs: Shape) -> Parts:
        """conv without a bias (the norm has one), norm, act."""
        conv = {
            "kind": "Conv2d",
            "out_channels": self.out_channels,
            "kernel_size": self.kernel_size,
            "stride": self.stride,
            "padding": self.kernel_size // 2,
            "bias": False,
        }
        return _simple(
            _chain(
                ("conv", conv), ("norm", {"kind": "BatchNorm"}), ("act", {"kind": self.activation})
            )
        )


class ResidualBlock(_Block):
    """Two convolutions with a shortcut around them: they learn the residual, and the gradient has a
    short path. The building block of ResNet-18 and ResNet-34."""

    kind: ClassVar[str] = "ResidualBlock"
    label: ClassVar[str] = "Residual block"
    short: ClassVar[str] = "residual"
    aliases: ClassVar[tuple[str, ...]] = (
        "resnet", "basic block", "skip connection", "shortcut", "residual connection",
        "resnet block", "vanishing gradients",
    )  # fmt: skip
    formula: ClassVar[str] = r"y = f(F(x) + x)"
    letters: ClassVar[str] = "x input · F the two convolutions with their norms · f ReLU"
    when: ClassVar[str] = "In deep image networks, when more plain layers make results worse."
    pitfall: ClassVar[str] = (
        "Its batch norms need batches of 16 or more: for smaller ones ungroup it and use GroupNorm."
    )
    source: ClassVar[str] = "He et al. 2016, Deep residual learning for image recognition"

    out_channels: int = Field(
        16, ge=1, le=8192, title="Filters", description="Channels of the output."
    )
    stride: int = Field(
        1,
        ge=1,
        le=8,
        title="Stride",
        description="2 halves the image size, also in the shortcut.",
    )

    def parts(self, *inputs: Shape) -> Parts:
        """conv1, norm1, act1, conv2, norm2, add, act2; a 1×1 convolution on the shortcut where
        the size changes, as in torchvision's BasicBlock."""
        graph = _chain(
            ("conv1", self._conv(3, self.stride)),
            ("norm1", {"kind": "BatchNorm"}),
            ("act1", {"kind": "ReLU"}),
            ("conv2", self._conv(3, 1)),
            ("norm2", {"kind": "BatchNorm"}),
            ("add", {"kind": "Add"}),
            ("act2", {"kind": "ReLU"}),
        )
        ways_in = (("conv1", "in"), ("add", "in"))
        if self.stride != 1 or inputs[0].dims[:1] != (self.out_channels,):
            short = Node("short", make_layer(self._conv(1, self.stride)), x=GAP, y=160.0)
            norm = Node("short_norm", make_layer({"kind": "BatchNorm"}), x=2 * GAP, y=160.0)
            graph = graph.add(short).add(norm).connect(Edge("short", "short_norm"))
            graph = graph.connect(Edge("short_norm", "add"))
            ways_in = (("conv1", "in"), ("short", "in"))
        return Parts(graph, {"in": ways_in}, {"out": ("act2", "out")})

    def _conv(self, kernel: int, stride: int) -> dict[str, Any]:
        return {
            "kind": "Conv2d",
            "out_channels": self.out_channels,
            "kernel_size": kernel,
            "stride": stride,
            "padding": kernel // 2,
            "bias": False,
        }


class _Transformer(_Block):
    padding_option: ClassVar[str] = "padding_idx"
    inputs: ClassVar[tuple[Port, ...]] = (Port("in"), PADDING)

    num_heads: int = Field(4, ge=1, le=256, title="Heads", description="Number of attention heads.")
    hidden: int = Field(
        128,
        ge=1,
        le=65536,
        title="Hidden",
        description="Width of the hidden layer, usually 4 times the input's.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout rate",
        description="Fraction that is set to 0 during training.",
    )
    padding_idx: PaddingToken = USUAL

    def infer(self, *inputs: Shape) -> tuple[Shape, ...]:
        """Keeps T × features; padding is T token ids."""
        if len(inputs) > 1:
            is_reported(self.label, sequence(self.label, inputs[0])[0], inputs, 1)
        return super().infer(*inputs)

    def _sublayers(self, width: int, attention: Sequence[tuple[str, dict[str, Any]]]) -> Graph:
        """x + attention(norm(x)) for each attention, then x + net(norm(x)): pre-norm order."""
        net = (
            ("up", {"kind": "Linear", "out_features": self.hidden}),
            ("act", {"kind": "GELU"}),
            ("down", {"kind": "Linear", "out_features": width}),
        )
        graph = Graph()
        last = ""
        for rank, (name, layers) in enumerate(
            [*((n, ((n, d),)) for n, d in attention), ("net", net)]
        ):
            graph, last = _residual(graph, name, layers, last, rank, self.dropout)
        return graph

    @staticmethod
    def _width(shape: Shape) -> int:
        last = shape.dims[-1] if shape.dims else 0
        return last if isinstance(last, int) else 0


def _residual(
    graph: Graph,
    name: str,
    layers: Sequence[tuple[str, dict[str, Any]]],
    last: str,
    rank: int,
    dropout: float,
) -> tuple[Graph, str]:
    chain: list[tuple[str, dict[str, Any]]] = [(f"{name}_norm", {"kind": "LayerNorm"}), *layers]
    if dropout:
        chain.append((f"{name}_drop", {"kind": "Dropout", "p": dropout}))
    chain.append((f"{name}_add", {"kind": "Add"}))
    before = last
    for column, (node_id, data) in enumerate(chain):
        layer = make_layer(dict(data))
        graph = graph.add(Node(node_id, layer, x=column * GAP, y=rank * 150.0))
        if last:
            graph = graph.connect(Edge(last, node_id, "out", layer.inputs[0].name))
        last = node_id
    if before:
        graph = graph.connect(Edge(before, last))
    return graph, last


class EncoderBlock(_Transformer):
    """Self-attention over all positions of a sequence, then two Linear layers at each: the building
    block of BERT-like networks. The width stays the same and must be a multiple of the heads."""

    kind: ClassVar[str] = "EncoderBlock"
    label: ClassVar[str] = "Encoder block"
    short: ClassVar[str] = "encoder"
    aliases: ClassVar[tuple[str, ...]] = (
        "transformer", "bert", "self-attention", "transformer encoder", "vit",
    )  # fmt: skip
    formula: ClassVar[str] = r"h = x + A(norm(x)),\quad y = h + F(norm(h))"
    letters: ClassVar[str] = "x input · A self-attention · F two Linear layers"
    when: ClassVar[str] = "For texts and sequences that are complete, as in BERT."
    pitfall: ClassVar[str] = (
        "It does not depend on order: put a positional encoding before the first one."
    )
    source: ClassVar[str] = "Vaswani et al. 2017; pre-norm order after Xiong et al. 2020"
    is_causal: ClassVar[bool] = False

    def parts(self, *inputs: Shape) -> Parts:
        """Self-attention and a net, each with a layer norm before and a wire around it."""
        attention = {
            "kind": "SelfAttention",
            "num_heads": self.num_heads,
            "is_causal": self.is_causal,
            "padding_idx": self.padding_idx,
        }
        graph = self._sublayers(self._width(inputs[0]), [("attention", attention)])
        ways_in = {
            "in": (("attention_norm", "in"), ("attention_add", "in")),
            "padding": (("attention", "padding"),),
        }
        return Parts(graph, ways_in, {"out": ("net_add", "out")})


class DecoderBlock(EncoderBlock):
    """Like the encoder block, but with causal attention, so that the network can be trained to
    predict the next token: the building block of GPT-like networks."""

    kind: ClassVar[str] = "DecoderBlock"
    label: ClassVar[str] = "Decoder block"
    short: ClassVar[str] = "decoder"
    aliases: ClassVar[tuple[str, ...]] = (
        "transformer", "gpt", "causal self-attention", "transformer decoder", "language model",
    )  # fmt: skip
    when: ClassVar[str] = "To predict the next token, as in GPT."
    pitfall: ClassVar[str] = (
        "It does not depend on order: put a positional encoding before the first one."
    )
    source: ClassVar[str] = "Radford et al. 2019 (GPT-2); Vaswani et al. 2017"
    is_causal: ClassVar[bool] = True
