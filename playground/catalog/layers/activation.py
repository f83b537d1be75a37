"""Non-linear functions between the layers."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from pydantic import Field

from playground.catalog.layers.base.activation import Activation, Array
from playground.catalog.options import live
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.layer import Provides
from playground.graph.shape import Shape, ShapeError
from playground.translation import tr


class ReLU(Activation):
    """Passes positive values and sets the rest to 0. Fast and hard to saturate, but a unit whose
    input is always negative gets no gradient and dies."""

    kind: ClassVar[str] = "ReLU"
    label: ClassVar[str] = "ReLU"
    short: ClassVar[str] = "relu"
    aliases: ClassVar[tuple[str, ...]] = ("rectifier", "rectified linear unit", "ramp")
    is_rectifier: ClassVar[bool] = True
    formula: ClassVar[str] = r"f(z) = \max(0, z)"
    when: ClassVar[str] = "The first choice between hidden layers."
    pitfall: ClassVar[str] = (
        "Units whose input is always negative die. Leaky ReLU, He initialization or a "
        "lower learning rate help."
    )
    source: ClassVar[str] = "torch.nn.ReLU"

    @property
    def output_range(self) -> tuple[float, float]:
        """Nothing below 0."""
        return 0.0, math.inf

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.ReLU."""
        return Call("nn.ReLU")

    def value(self, z: Array) -> Array:
        """max(0, z)."""
        return np.maximum(z, 0)

    def slope(self, z: Array) -> Array:
        """1 if z is positive."""
        return (z > 0).astype(float)


class LeakyReLU(Activation):
    """Like ReLU, but with a small slope for negative values, so that units cannot die."""

    kind: ClassVar[str] = "LeakyReLU"
    label: ClassVar[str] = "Leaky ReLU"
    short: ClassVar[str] = "leaky"
    aliases: ClassVar[tuple[str, ...]] = (
        "leaky relu", "lrelu", "leaky rectifier", "dying relu", "dead units",
    )  # fmt: skip
    formula: ClassVar[str] = r"f(z) = \max(0, z) + a\,\min(0, z)"
    letters: ClassVar[str] = "z input · a negative slope"
    when: ClassVar[str] = "When units of a ReLU network die."
    pitfall: ClassVar[str] = "With a slope near 1 the network is almost linear: keep it below 0.3."
    source: ClassVar[str] = "torch.nn.LeakyReLU"
    order: ClassVar[int] = 21

    negative_slope: float = live(
        0.01,
        "Negative slope",
        "Slope for negative values: 0 is ReLU, 1 is linear.",
        ge=0,
        le=1,
    )

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.LeakyReLU."""
        return Call("nn.LeakyReLU", (self.negative_slope,))

    def value(self, z: Array) -> Array:
        """z, or the slope times z below 0."""
        return np.where(z > 0, z, self.negative_slope * z)

    def slope(self, z: Array) -> Array:
        """1, or the slope below 0."""
        return np.where(z > 0, 1.0, self.negative_slope)


class Sigmoid(Activation):
    """Maps every number to between 0 and 1. Its slope is at most 1/4, so gradients vanish through
    many layers; its output is never negative, which makes the path to the minimum zig-zag."""

    kind: ClassVar[str] = "Sigmoid"
    label: ClassVar[str] = "Sigmoid"
    short: ClassVar[str] = "sigmoid"
    aliases: ClassVar[tuple[str, ...]] = ("logistic", "expit", "squash", "logistic regression")
    formula: ClassVar[str] = r"f(z) = \frac{1}{1 + e^{-z}}"
    when: ClassVar[str] = "As a gate, or for a probability at the end."
    pitfall: ClassVar[str] = (
        "Gradients vanish through many layers: use ReLU or Tanh between layers. Do not "
        "use it before a loss on logits."
    )
    source: ClassVar[str] = "torch.nn.Sigmoid"
    order: ClassVar[int] = 23
    provides: ClassVar[Provides] = "probabilities"

    @property
    def output_range(self) -> tuple[float, float]:
        """0 to 1."""
        return 0.0, 1.0

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Sigmoid."""
        return Call("nn.Sigmoid")

    def value(self, z: Array) -> Array:
        """1 / (1 + exp(-z))."""
        return 1 / (1 + np.exp(-z))

    def slope(self, z: Array) -> Array:
        """f (1 - f)."""
        return self.value(z) * (1 - self.value(z))


class Tanh(Activation):
    """Maps every number to between −1 and 1, centred on 0. Far from 0 it is flat: the unit is
    saturated and learns slowly."""

    kind: ClassVar[str] = "Tanh"
    label: ClassVar[str] = "Tanh"
    short: ClassVar[str] = "tanh"
    aliases: ClassVar[tuple[str, ...]] = ("hyperbolic tangent", "squash")
    formula: ClassVar[str] = r"f(z) = \tanh(z)"
    when: ClassVar[str] = "In small networks, and when values should be centred on 0."
    pitfall: ClassVar[str] = (
        "It saturates: deep stacks learn slowly unless initialized with Xavier."
    )
    source: ClassVar[str] = "torch.nn.Tanh"
    order: ClassVar[int] = 22

    @property
    def output_range(self) -> tuple[float, float]:
        """−1 to 1."""
        return -1.0, 1.0

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Tanh."""
        return Call("nn.Tanh")

    def value(self, z: Array) -> Array:
        """tanh z."""
        return np.tanh(z)

    def slope(self, z: Array) -> Array:
        """1 - tanh² z."""
        return 1 - np.tanh(z) ** 2


class _OverAxis(Activation):
    dim: int | None = Field(
        None,
        ge=1,
        le=8,
        title="Axis",
        description=(
            "The axis along which values add up to 1; 1 is the first after the batch. Empty: "
            "the features of vectors and sequences, the channels of images."
        ),
        json_schema_extra={"rank": 1},
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        shape = super().infer(*inputs)
        if self.dim is not None and self.dim > shape.rank:
            raise ShapeError(
                "no_axis",
                tr(
                    "{label} has no axis {dim}: an example is {shape}, which has {rank}.",
                    label=tr(self.label),
                    dim=self.dim,
                    shape=shape.example,
                    rank=shape.rank,
                ),
                Fix.setting(tr("Use the default axis"), dim=None),
            )
        return shape

    def call(self, *inputs: Shape) -> Call:
        """torch's layer of that name."""
        usual = 1 if inputs[0].rank == 3 else -1
        return Call(f"nn.{self.kind}", (), {"dim": usual if self.dim is None else self.dim})


class Softmax(_OverAxis):
    """Turns the numbers of the last axis into probabilities that add up to 1. Cross-entropy
    includes it, so it is rarely needed at the end of a network."""

    kind: ClassVar[str] = "Softmax"
    label: ClassVar[str] = "Softmax"
    short: ClassVar[str] = "softmax"
    is_elementwise: ClassVar[bool] = False
    aliases: ClassVar[tuple[str, ...]] = ("probabilities", "normalised exponential", "softargmax")
    formula: ClassVar[str] = r"f(z)_i = \frac{e^{z_i}}{\sum_j e^{z_j}}"
    letters: ClassVar[str] = "z the numbers of the last axis"
    when: ClassVar[str] = "To turn the outputs for several classes into probabilities."
    pitfall: ClassVar[str] = "Do not use it before cross-entropy, which applies it itself."
    source: ClassVar[str] = "torch.nn.Softmax"
    order: ClassVar[int] = 24
    provides: ClassVar[Provides] = "probabilities"

    @property
    def output_range(self) -> tuple[float, float]:
        """0 to 1."""
        return 0.0, 1.0

    def value(self, z: Array) -> Array:
        """1 / (1 + exp(-z)), the share of z beside a 0."""
        return 1 / (1 + np.exp(-z))

    def slope(self, z: Array) -> Array:
        """f (1 - f)."""
        return self.value(z) * (1 - self.value(z))


class LogSoftmax(_OverAxis):
    """The logarithm of softmax, computed without overflow. The negative log-likelihood loss
    expects it; cross-entropy does both at once."""

    kind: ClassVar[str] = "LogSoftmax"
    label: ClassVar[str] = "LogSoftmax"
    short: ClassVar[str] = "logsoftmax"
    is_elementwise: ClassVar[bool] = False
    aliases: ClassVar[tuple[str, ...]] = ("log probabilities", "nll")
    formula: ClassVar[str] = r"f(z)_i = z_i - \log \sum_j e^{z_j}"
    letters: ClassVar[str] = "z the numbers of the last axis"
    when: ClassVar[str] = "Together with the negative log-likelihood loss."
    pitfall: ClassVar[str] = "Do not use it before cross-entropy, which applies it itself."
    source: ClassVar[str] = "torch.nn.LogSoftmax"
    order: ClassVar[int] = 28
    provides: ClassVar[Provides] = "log_probabilities"

    @property
    def output_range(self) -> tuple[float, float]:
        """Nothing above 0."""
        return -math.inf, 0.0

    def value(self, z: Array) -> Array:
        """z - log(exp(z) + 1), the logarithm of the share of z beside a 0."""
        return z - np.logaddexp(z, 0)

    def slope(self, z: Array) -> Array:
        """1 - exp f."""
        return 1 - np.exp(self.value(z))


class Hardtanh(Activation):
    """Clips values to two limits: a piecewise linear tanh. From 0 to 6 it is ReLU6, as used in
    mobile networks. Beyond the limits the gradient is 0."""

    kind: ClassVar[str] = "Hardtanh"
    label: ClassVar[str] = "Hardtanh"
    short: ClassVar[str] = "hardtanh"
    aliases: ClassVar[tuple[str, ...]] = ("relu6", "clip", "clamp", "hard tanh")
    formula: ClassVar[str] = r"f(z) = \min(\max(z, a), b)"
    letters: ClassVar[str] = "z input · a lowest · b highest"
    when: ClassVar[str] = "As a cheap Tanh, and when values must stay within bounds."
    pitfall: ClassVar[str] = "Outside its bounds the gradient is 0: scale the input, or use Tanh."
    source: ClassVar[str] = "torch.nn.Hardtanh"
    order: ClassVar[int] = 28

    min_val: float = Field(
        -1.0, ge=-100, le=0, title="Lowest", description="Lower values are clipped to this."
    )
    max_val: float = Field(
        1.0, gt=0, le=100, title="Highest", description="Higher values are clipped to this."
    )

    @property
    def output_range(self) -> tuple[float, float]:
        """The limits."""
        return self.min_val, self.max_val

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Hardtanh."""
        is_default = (self.min_val, self.max_val) == (-1, 1)
        return Call("nn.Hardtanh", () if is_default else (self.min_val, self.max_val))

    def value(self, z: Array) -> Array:
        """z between the limits."""
        return np.clip(z, self.min_val, self.max_val)

    def slope(self, z: Array) -> Array:
        """1 between the limits, 0 beyond."""
        return ((z > self.min_val) & (z < self.max_val)).astype(float)


class Step(Activation):
    """The step function of the perceptron: 1 for values of at least 0, else 0. Its slope is 0, so
    layers before it do not learn by gradient descent. Straight-through passes the gradient as if
    the slope were 1: a biased estimate that often works."""

    kind: ClassVar[str] = "Step"
    label: ClassVar[str] = "Step"
    short: ClassVar[str] = "step"
    aliases: ClassVar[tuple[str, ...]] = ("heaviside", "threshold", "perceptron", "binary")
    formula: ClassVar[str] = r"f(z) = 1 \; (z \geq 0), \quad 0 \; (z < 0)"
    when: ClassVar[str] = "To show the perceptron, and networks with binary units."
    pitfall: ClassVar[str] = (
        "Its slope is 0, so layers before it learn only with the straight-through option."
    )
    source: ClassVar[str] = "Rosenblatt 1958; straight-through: Bengio et al. 2013"
    order: ClassVar[int] = 29

    straight_through: bool = live(
        False, "Straight-through", "Pass the gradient unchanged, as if the slope were 1."
    )

    @property
    def output_range(self) -> tuple[float, float]:
        """0 or 1."""
        return 0.0, 1.0

    def call(self, *inputs: Shape) -> Call:
        """The step, with the gradient that was chosen."""
        return Call("modules.Step", (), {"straight_through": True} if self.straight_through else {})

    def value(self, z: Array) -> Array:
        """1 from 0 on."""
        return (z >= 0).astype(float)

    def slope(self, z: Array) -> Array:
        """0, or the 1 that is used in its place."""
        return np.full_like(z, float(self.straight_through))
