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

Padding = Annotated[int, Field(ge=0, le=255)] | Literal["same"]


class _Convolution(Biased):
    family: ClassVar[str] = "Convolution"
    order: ClassVar[int] = 30
    shares_weights: ClassVar[bool] = True

    out_channels: int = Field(
        8, ge=1, le=8192, title="Filters", description="How many patterns to look for."
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
        """Raise ShapeError where the channels cannot be split into the groups."""
        if channels % groups == 0 and self.out_channels % groups == 0:
            return
        fits = gcd(gcd(channels, self.out_channels), groups)
        raise ShapeError(
            "groups_do_not_divide",
            f"{self.label} in {groups} groups needs numbers of channels and filters that {groups} "
            f"divides, got {channels} and {self.out_channels}.",
            Fix.setting(f"Set groups to {fits}", groups=fits),
        )


class _Sliding(_Convolution):
    padding: Padding = Field(
        0,
        title="Padding",
        description='Zeros added around the image; "same" adds as many as keep its size.',
    )
    dilation: int = Field(
        1,
        ge=1,
        le=64,
        title="Dilation",
        description="Pixels from one number of a filter to the "
        "next: 2 looks at every second pixel and so reaches twice as far.",
    )
    groups: int = Field(
        1,
        ge=1,
        le=8192,
        title="Groups",
        description="Groups of channels that do not see each other; as many as channels is "
        "depthwise.",
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
                    f'{self.label} can keep the size with padding "same" only at stride 1, got '
                    f"stride {self.stride}.",
                    Fix.setting("Set stride to 1", stride=1),
                )
            return sizes
        known = tuple(size for size in sizes if isinstance(size, int))
        if len(known) < len(sizes):
            if keeps_length(self.kernel_size, self.stride, self.padding, self.dilation):
                return sizes
            raise ShapeError(
                "open_size",
                f"{self.label} changes the length, and {sizes[0]} is only known from the data: use "
                'padding "same" and stride 1.',
                Fix.setting("Keep the length", padding="same", stride=1),
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
    """Slides small filters over an image. Each filter looks for one pattern everywhere with the
    same weights, so it needs far fewer of them than a Linear layer."""

    kind: ClassVar[str] = "Conv2d"
    label: ClassVar[str] = "Conv2d"
    short: ClassVar[str] = "conv"
    aliases: ClassVar[tuple[str, ...]] = (
        "convolution", "filter", "kernel", "cnn", "depthwise", "convolutional",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{o} = b_{o} + \sum_{c} W_{o,c} \star x_{c}"
    letters: ClassVar[str] = (
        "x_c channel c of the input · W weights · b bias · y_o output of filter o · ⋆ the "
        "filter slid over it"
    )
    when: ClassVar[str] = "For images: few weights, and a pattern is found wherever it is."
    pitfall: ClassVar[str] = (
        "Without padding every layer makes the image smaller: set padding to same."
    )
    source: ClassVar[str] = "torch.nn.Conv2d"

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        channels, height, width = image(self.label, shape)
        return channels, (height, width)


class Conv1d(_Sliding):
    """Slides small filters along a signal (channels×length), such as a sound or a sequence whose
    features are its channels: the same pattern is found wherever it stands."""

    kind: ClassVar[str] = "Conv1d"
    label: ClassVar[str] = "Conv1d"
    short: ClassVar[str] = "conv1d"
    aliases: ClassVar[tuple[str, ...]] = (
        "convolution", "filter", "temporal", "tcn", "convolutional",
    )  # fmt: skip
    formula: ClassVar[str] = r"y_{o} = b_{o} + \sum_{c} w_{o,c} \star x_{c}"
    letters: ClassVar[str] = (
        "x_c channel c of the input · w weights · b bias · y_o output of filter o · ⋆ the "
        "filter slid over it"
    )
    when: ClassVar[str] = "For signals and series in which what is near matters."
    pitfall: ClassVar[str] = "It sees no further than its kernel: stack them, or dilate them."
    source: ClassVar[str] = "torch.nn.Conv1d"
    order: ClassVar[int] = 31

    def _sizes(self, shape: Shape) -> tuple[int, tuple[Dim, ...]]:
        channels, length = signal(self.label, shape)
        return channels, (length,)


class ConvTranspose2d(_Convolution):
    """The way back of a convolution: every pixel paints a small pattern, and they are added up.
    With stride 2 the image doubles; decoders and generators are made of it."""

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
        "A kernel that the stride does not divide leaves a checkerboard: use 4 with stride 2."
    )
    source: ClassVar[str] = "torch.nn.ConvTranspose2d; Zeiler et al. 2010"
    order: ClassVar[int] = 35

    padding: int = Field(
        0, ge=0, le=255, title="Padding", description="Pixels cut off around the result."
    )
    output_padding: int = Field(
        0,
        ge=0,
        le=254,
        title="Output padding",
        description="Pixels added at one side, to meet a size that two inputs could come from.",
    )
    dilation: int = Field(
        1, ge=1, le=64, title="Dilation", description="Pixels between the numbers of a filter."
    )
    groups: int = Field(
        1, ge=1, le=8192, title="Groups", description="Groups of channels that stay apart."
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
                f"{self.label}'s output padding must be smaller than its stride or dilation: at "
                f"most {most}, got {self.output_padding}.",
                Fix.setting(f"Set output padding to {most}", output_padding=most),
            )
        more = self.dilation * (self.kernel_size - 1) + self.output_padding + 1 - 2 * self.padding
        found = [(size - 1) * self.stride + more for size in sizes]
        if min(found) < 1:
            raise ShapeError(
                "nothing_left",
                f"{self.label}'s padding of {self.padding} cuts off all of the result: make it "
                "smaller.",
                Fix.setting("Set padding to 0", padding=0),
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
