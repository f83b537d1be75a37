"""Layers that slide a small filter over an image or a signal."""

from __future__ import annotations

from collections.abc import Mapping
from math import gcd
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from playground.catalog.layers.base.shape_checks import image, keeps_length, signal, slid
from playground.catalog.layers.base.weighted import Biased
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.shape import Dim, Shape, ShapeError
from playground.translation import tr

Padding = Annotated[int, Field(ge=0, le=255)] | Literal["same"]


class _Convolution(Biased):
    family: ClassVar[str] = "Convolution"
    order: ClassVar[int] = 30
    shares_weights: ClassVar[bool] = True

    out_channels: int = Field(
        8,
        ge=1,
        le=8192,
        title="Filters",
        description="Number of filters: the channels of the output.",
    )
    kernel_size: int = Field(
        3, ge=1, le=255, title="Kernel size", description="Side of the filter in pixels."
    )
    stride: int = Field(
        1, ge=1, le=255, title="Stride", description="Pixels the filter moves at a time."
    )

    @property
    def is_linear(self) -> bool:
        """A convolution is a linear map."""
        return True

    def kernel(self, shape: Shape) -> tuple[int, ...]:
        """The sides of a filter."""
        return (self.kernel_size,) * (shape.rank - 1)

    def summary(self, *inputs: Shape) -> str:
        """Channels in and out, and the kernel."""
        sides = "×".join(map(str, self.kernel(inputs[0])))
        return f"{inputs[0].dims[0]} → {self.out_channels} · {sides}"

    def grouped(self, channels: int, groups: int) -> None:
        """Raise ShapeError if the channels cannot be split into the groups."""
        if channels % groups == 0 and self.out_channels % groups == 0:
            return
        fits = gcd(gcd(channels, self.out_channels), groups)
        raise ShapeError(
            "groups_do_not_divide",
            tr(
                "The {groups} groups of {label} must divide the numbers of channels and filters, "
                "got {channels} and {out_channels}.",
                label=tr(self.label),
                groups=groups,
                channels=channels,
                out_channels=self.out_channels,
            ),
            Fix.setting(tr("Set groups to {fits}", fits=fits), groups=fits),
        )


class _Sliding(_Convolution):
    padding: Padding = Field(
        0,
        title="Padding",
        description='Zeros added around the image; "same" keeps its size.',
    )
    dilation: int = Field(
        1,
        ge=1,
        le=64,
        title="Dilation",
        description=(
            "Pixels between neighbouring weights of a filter: 2 samples every second pixel "
            "and so covers twice the range."
        ),
    )
    groups: int = Field(
        1,
        ge=1,
        le=8192,
        title="Groups",
        description=(
            "Groups of channels that are convolved separately; as many groups as channels is "
            "depthwise."
        ),
    )
    bias: bool = Field(True, title="Bias", description="Adds a learned constant to every filter.")

    @property
    def is_linear(self) -> bool:
        """Unless it works in groups: a depthwise and a pointwise convolution cannot be one."""
        return self.groups == 1

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        raise NotImplementedError

    def infer(self, *inputs: Shape) -> Shape:
        """Channels become filters; sizes are n′ = ⌊(n + 2·padding − reach)/stride⌋ + 1, where the
        filter reaches over dilation·(kernel − 1) + 1."""
        channels, sizes = self._sizes(inputs[0])
        self.grouped(channels, self.groups)
        return Shape((self.out_channels, *self._slid(sizes)))

    def _slid(self, sizes: tuple[Dim, ...]) -> tuple[Dim, ...]:
        if self.padding == "same":
            if self.stride != 1:
                raise ShapeError(
                    "same_with_stride",
                    tr(
                        '{label} can keep the size with padding "same" only at stride 1, got '
                        "stride {stride}.",
                        label=tr(self.label),
                        stride=self.stride,
                    ),
                    Fix.setting(tr("Set stride to 1"), stride=1),
                )
            return sizes
        known = tuple(size for size in sizes if isinstance(size, int))
        if len(known) < len(sizes):
            if keeps_length(self.kernel_size, self.stride, self.padding, self.dilation):
                return sizes
            raise ShapeError(
                "open_size",
                tr(
                    "{label} changes the length, and {dim} is only known from the data: "
                    'use padding "same" and stride 1.',
                    label=tr(self.label),
                    dim=sizes[0],
                ),
                Fix.setting(tr("Keep the length"), padding="same", stride=1),
            )
        return slid(self.label, known, self.kernel_size, self.stride, self.padding, self.dilation)

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Weight filters × channels/groups × kernel, and bias filters."""
        (shape,) = inputs
        channels, _ = self._sizes(shape)
        weight = (self.out_channels, channels // self.groups, *self.kernel(shape))
        return {"weight": weight} | ({"bias": (self.out_channels,)} if self.bias else {})

    def call(self, *inputs: Shape) -> Call:
        """torch's layer of that name."""
        channels, _ = self._sizes(inputs[0])
        options = self.unusual(stride=1, padding=0, dilation=1, groups=1, bias=True)
        return Call(f"nn.{self.kind}", (channels, self.out_channels, self.kernel_size), options)


class Conv2d(_Sliding):
    """Slides small filters over an image. Each filter detects one pattern everywhere with the same
    weights, so it needs far fewer weights than a Linear layer."""

    kind: ClassVar[str] = "Conv2d"
    label: ClassVar[str] = "Conv2d"
    short: ClassVar[str] = "conv"
    aliases: ClassVar[tuple[str, ...]] = (
        "convolution", "filter", "kernel", "cnn", "depthwise", "convolutional",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{o} = b_{o} + \sum_{c} W_{o,c} \star x_{c}"
    letters: ClassVar[str] = (
        "x_c channel c of the input · W weights · b bias · y_o output of filter o · ⋆ "
        "cross-correlation"
    )
    when: ClassVar[str] = "For images: few weights, and a pattern is detected at any position."
    pitfall: ClassVar[str] = (
        "Without padding every layer makes the image smaller: set padding to same."
    )
    source: ClassVar[str] = "torch.nn.Conv2d"

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        channels, height, width = image(self.label, shape)
        return channels, (height, width)


class Conv1d(_Sliding):
    """Slides small filters along a signal (channels×length), such as a sound or a sequence whose
    features are its channels: a pattern is detected at any position."""

    kind: ClassVar[str] = "Conv1d"
    label: ClassVar[str] = "Conv1d"
    short: ClassVar[str] = "conv1d"
    aliases: ClassVar[tuple[str, ...]] = (
        "convolution", "filter", "temporal", "tcn", "convolutional",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{o} = b_{o} + \sum_{c} w_{o,c} \star x_{c}"
    letters: ClassVar[str] = (
        "x_c channel c of the input · w weights · b bias · y_o output of filter o · ⋆ "
        "cross-correlation"
    )
    when: ClassVar[str] = "For signals and series with local patterns."
    pitfall: ClassVar[str] = "It covers no more than its kernel: stack several, or use dilation."
    source: ClassVar[str] = "torch.nn.Conv1d"
    order: ClassVar[int] = 31

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        channels, length = signal(self.label, shape)
        return channels, (length,)


class ConvTranspose2d(_Convolution):
    """A transposed convolution: every pixel adds a weighted copy of the filter to the output. With
    stride 2 the image size doubles; used in decoders and generators."""

    kind: ClassVar[str] = "ConvTranspose2d"
    label: ClassVar[str] = "ConvTranspose2d"
    short: ClassVar[str] = "deconv"
    aliases: ClassVar[tuple[str, ...]] = (
        "deconvolution", "transposed convolution", "upsample", "conv2dtranspose",
        "fractionally strided", "decoder",
    )  # fmt: skip
    formula: ClassVar[str] = r"H' = (H - 1)\,s - 2p + d\,(k - 1) + o + 1"
    letters: ClassVar[str] = (
        "H height, and the width likewise · s stride · p padding · d dilation · k kernel · o "
        "output padding"
    )
    when: ClassVar[str] = "To make images larger with learned filters, as in a decoder."
    pitfall: ClassVar[str] = (
        "A kernel size that is not a multiple of the stride causes checkerboard "
        "artifacts: use 4 with stride 2."
    )
    source: ClassVar[str] = "torch.nn.ConvTranspose2d; Zeiler et al. 2010"
    unit_axis: ClassVar[int] = 1
    order: ClassVar[int] = 35

    padding: int = Field(
        0, ge=0, le=255, title="Padding", description="Pixels removed around the result."
    )
    output_padding: int = Field(
        0,
        ge=0,
        le=254,
        title="Output padding",
        description=(
            "Pixels added at one side, to choose between output sizes that have the same "
            "input size."
        ),
    )
    dilation: int = Field(
        1, ge=1, le=64, title="Dilation", description="Pixels between the weights of a filter."
    )
    groups: int = Field(
        1,
        ge=1,
        le=8192,
        title="Groups",
        description="Groups of channels that are processed separately.",
    )
    bias: bool = Field(True, title="Bias", description="Adds a learned constant to every filter.")

    def infer(self, *inputs: Shape) -> Shape:
        """C × H × W to filters × H′ × W′ with H′ = (H − 1)s − 2p + d(k − 1) + o + 1."""
        channels, *sizes = image(self.label, inputs[0])
        self.grouped(channels, self.groups)
        most = max(self.stride, self.dilation) - 1
        if self.output_padding > most:
            raise ShapeError(
                "padding_too_large",
                tr(
                    "The output padding of {label} must be smaller than its stride or dilation: "
                    "at most {most}, got {output_padding}.",
                    label=tr(self.label),
                    most=most,
                    output_padding=self.output_padding,
                ),
                Fix.setting(tr("Set output padding to {most}", most=most), output_padding=most),
            )
        more = self.dilation * (self.kernel_size - 1) + self.output_padding + 1 - 2 * self.padding
        found = [(size - 1) * self.stride + more for size in sizes]
        if min(found) < 1:
            raise ShapeError(
                "nothing_left",
                tr(
                    "The padding of {label}, {padding}, removes the whole result: make it smaller.",
                    label=tr(self.label),
                    padding=self.padding,
                ),
                Fix.setting(tr("Set padding to 0"), padding=0),
            )
        return Shape((self.out_channels, *found))

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Weight C × filters/groups × kernel × kernel, and bias filters."""
        channels, _, _ = image(self.label, inputs[0])
        weight = (channels, self.out_channels // self.groups, *self.kernel(inputs[0]))
        return {"weight": weight} | ({"bias": (self.out_channels,)} if self.bias else {})

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.ConvTranspose2d."""
        channels, _, _ = image(self.label, inputs[0])
        options = self.unusual(
            stride=1, padding=0, output_padding=0, groups=1, dilation=1, bias=True
        )
        return Call("nn.ConvTranspose2d", (channels, self.out_channels, self.kernel_size), options)
