"""How the weights of a layer are drawn before training."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny, model_validator

from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.declaration import Declaration

Fan = Literal["fan_in", "fan_out"]
Nonlinearity = Literal["relu", "leaky_relu", "tanh", "selu", "sigmoid", "linear"]
SQUARED_GAINS = {"relu": 2.0, "tanh": 25 / 9, "selu": 9 / 16, "sigmoid": 1.0, "linear": 1.0}
"""Of torch.nn.init.calculate_gain; a leaky ReLU's depends on its slope."""
GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward nets"
HE = "He et al. 2015, Delving deep into rectifiers"
LECUN = "LeCun et al. 1998, Efficient BackProp; Klambauer et al. 2017 for SELU"


class Initializer(Declaration):
    """How weights are drawn before training."""

    def call(self) -> Call | None:
        """The torch.nn.init function that fills a tensor; None leaves torch's own draw."""
        return None

    def variance(self, fan_in: int, fan_out: int) -> float | None:
        """The variance of one weight in theory; None if it depends on the layer."""
        return None

    @property
    def spread(self) -> str:
        """The same as LaTeX of n_{in} and n_{out}; empty if there is none."""
        return ""


class TorchDefault(Initializer):
    """PyTorch's default: uniform within ±1/√fan_in for linear and convolution layers."""

    kind: ClassVar[str] = "default"
    label: ClassVar[str] = "Torch default"
    order: ClassVar[int] = 0
    formula: ClassVar[str] = r"W \sim U(-1/\sqrt{n_{in}},\; 1/\sqrt{n_{in}})"
    letters: ClassVar[str] = "U uniform distribution · n_in inputs of a unit"
    aliases: ClassVar[tuple[str, ...]] = ("pytorch default", "standard", "automatic")
    when: ClassVar[str] = "As a start; it suits shallow networks."
    pitfall: ClassVar[str] = "In deep ReLU networks signals fade with it: use He."
    source: ClassVar[str] = "torch.nn.Linear, torch.nn.Conv2d"

    def variance(self, fan_in: int, fan_out: int) -> float:
        """1 / (3 fan_in)."""
        return 1 / (3 * fan_in)

    @property
    def spread(self) -> str:
        """As a uniform draw within ±1/√fan_in has it."""
        return r"\frac{1}{3 n_{in}}"


class Uniform(Initializer):
    """Every number of a range with the same probability."""

    kind: ClassVar[str] = "uniform"
    label: ClassVar[str] = "Uniform"
    aliases: ClassVar[tuple[str, ...]] = ("random", "random uniform", "flat", "runif")
    formula: ClassVar[str] = r"W \sim U(c - a,\; c + a)"
    letters: ClassVar[str] = "U uniform distribution · c centre · a reach"
    when: ClassVar[str] = "To set the range of the weights directly."
    pitfall: ClassVar[str] = (
        "It does not depend on the size of the layer, so signals can explode or vanish: "
        "use Xavier or He, which scale with it."
    )
    source: ClassVar[str] = "torch.nn.init.uniform_"

    centre: float = Field(0.0, title="Centre", description="Middle of the range.")
    reach: float = Field(
        0.1, ge=0, title="Reach", description="Largest distance of a weight from the centre."
    )

    def call(self) -> Call:
        """torch.nn.init.uniform_."""
        low, high = self.centre - self.reach, self.centre + self.reach
        return Call("init.uniform_", (), {"a": low, "b": high})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """reach² / 3."""
        return self.reach**2 / 3

    @property
    def spread(self) -> str:
        """The reach squared, by 3."""
        return rf"\frac{{{self.reach:g}^2}}{{3}}"


class Normal(Initializer):
    """Normal distribution around a mean. If it is too wide, signals explode in deep networks; if
    too narrow, they vanish."""

    kind: ClassVar[str] = "normal"
    when: ClassVar[str] = "To see the effect of the standard deviation."
    pitfall: ClassVar[str] = (
        "It does not depend on the size of the layer, so signals can explode or vanish: "
        "use Xavier or He, which scale with it."
    )
    label: ClassVar[str] = "Normal"
    aliases: ClassVar[tuple[str, ...]] = ("gaussian", "random", "random normal", "bell curve")
    source: ClassVar[str] = "torch.nn.init.normal_"
    formula: ClassVar[str] = r"W \sim N(\mu, \sigma^2)"
    letters: ClassVar[str] = "N normal distribution · μ mean · σ standard deviation"

    mean: float = Field(0.0, title="Mean", description="Mean of the distribution.")
    std: float = Field(0.05, ge=0, title="Std", description="Standard deviation σ of the noise.")

    def call(self) -> Call:
        """torch.nn.init.normal_."""
        return Call("init.normal_", (), {"mean": self.mean, "std": self.std})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """σ²."""
        return self.std**2

    @property
    def spread(self) -> str:
        """The width of the bell squared."""
        return rf"{self.std:g}^2"


class TruncatedNormal(Initializer):
    """Normal distribution with its tails cut off, so that no initial weight is extreme."""

    kind: ClassVar[str] = "truncated_normal"
    label: ClassVar[str] = "Truncated normal"
    aliases: ClassVar[tuple[str, ...]] = ("trunc normal", "clipped gaussian", "bert")
    when: ClassVar[str] = "For embeddings and transformers, which often start with a σ of 0.02."
    pitfall: ClassVar[str] = (
        "The cut makes the distribution narrower than σ, half as wide with a cut of 1: "
        "make σ larger."
    )
    formula: ClassVar[str] = r"W \sim N(\mu, \sigma^2),\; |W - \mu| \leq k\sigma"
    letters: ClassVar[str] = "N normal distribution · μ mean · σ standard deviation · k cut"
    source: ClassVar[str] = "torch.nn.init.trunc_normal_"

    mean: float = Field(0.0, title="Mean", description="Mean of the distribution.")
    std: float = Field(0.05, gt=0, title="Std", description="Standard deviation σ before the cut.")
    cut: float = Field(
        2.0,
        ge=0.1,
        le=10,
        title="Cut",
        description="Number of σ from the mean at which it is cut off.",
    )

    def call(self) -> Call:
        """torch.nn.init.trunc_normal_."""
        reach = self.cut * self.std
        bounds = {"a": self.mean - reach, "b": self.mean + reach}
        return Call("init.trunc_normal_", (), {"mean": self.mean, "std": self.std, **bounds})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """σ² (1 − 2kφ(k) / (2Φ(k) − 1)), with the bell curve φ and its integral Φ."""
        density = math.exp(-(self.cut**2) / 2) / math.sqrt(2 * math.pi)
        inside = math.erf(self.cut / math.sqrt(2))
        return self.std**2 * (1 - 2 * self.cut * density / inside)


class Orthogonal(Initializer):
    """An orthogonal matrix: preserves the norm of signals exactly in linear networks of any depth.
    Good for recurrent layers."""

    kind: ClassVar[str] = "orthogonal"
    label: ClassVar[str] = "Orthogonal"
    aliases: ClassVar[tuple[str, ...]] = ("rotation", "isometry", "saxe", "unitary")
    when: ClassVar[str] = "For recurrent layers, and for deep networks without normalisation."
    pitfall: ClassVar[str] = (
        "A ReLU after it still halves the variance of the signal: set the gain to √2, about 1.41."
    )
    formula: ClassVar[str] = r"W^T W = g^2 I"
    letters: ClassVar[str] = "g gain · I identity"
    source: ClassVar[str] = (
        "torch.nn.init.orthogonal_; Saxe et al. 2014, Exact solutions to the nonlinear dynamics "
        "of learning in deep linear neural networks"
    )

    gain: float = Field(1.0, gt=0, title="Gain", description="Factor on the norm of signals.")

    def call(self) -> Call:
        """torch.nn.init.orthogonal_."""
        return Call("init.orthogonal_", (), {"gain": self.gain})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """gain² / max(fan_in, fan_out): rows or columns have length gain."""
        return self.gain**2 / max(fan_in, fan_out)

    @property
    def spread(self) -> str:
        """The gain squared, by the larger of the two."""
        return rf"\frac{{{_squared(self.gain)}}}{{\max(n_{{in}}, n_{{out}})}}"


class _Xavier(Initializer):
    aliases: ClassVar[tuple[str, ...]] = ("glorot", "xavier initialization", "tanh")
    letters: ClassVar[str] = "g gain · n_in inputs of a unit · n_out outputs of an input"
    when: ClassVar[str] = "With Tanh and Sigmoid."
    pitfall: ClassVar[str] = (
        "With ReLUs the variance of the signal halves in every layer: use He, or a gain of √2."
    )
    source: ClassVar[str] = GLOROT

    gain: float = Field(
        1.0,
        gt=0,
        title="Gain",
        description="Factor g for the activation that follows: 1 as published; torch suggests 5/3 "
        "for tanh and √2 for ReLU.",
    )

    def call(self) -> Call:
        """torch.nn.init's function of that name."""
        return Call(f"init.{self.kind}_", (), {"gain": self.gain})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """gain² · 2 / (fan_in + fan_out)."""
        return self.gain**2 * 2 / (fan_in + fan_out)

    @property
    def spread(self) -> str:
        """Twice the gain squared, by both together."""
        return rf"\frac{{{_squared(self.gain, 2)}}}{{n_{{in}}+n_{{out}}}}"


class XavierUniform(_Xavier):
    """Preserves the variance of signals and gradients through tanh and sigmoid layers; uniform
    distribution."""

    kind: ClassVar[str] = "xavier_uniform"
    label: ClassVar[str] = "Xavier uniform"
    formula: ClassVar[str] = r"W \sim U(-a, a),\; a = g\sqrt{6/(n_{in}+n_{out})}"


class XavierNormal(_Xavier):
    """Preserves the variance of signals and gradients through tanh and sigmoid layers; normal
    distribution."""

    kind: ClassVar[str] = "xavier_normal"
    label: ClassVar[str] = "Xavier normal"
    formula: ClassVar[str] = r"W \sim N(0, \sigma^2),\; \sigma = g\sqrt{2/(n_{in}+n_{out})}"


class _He(Initializer):
    aliases: ClassVar[tuple[str, ...]] = ("kaiming", "he initialization", "msra", "relu")
    letters: ClassVar[str] = "g gain, √2 for a ReLU · n the fan, inputs or outputs of a unit"
    when: ClassVar[str] = "With ReLU and its variants."
    pitfall: ClassVar[str] = (
        "The default gain is that of a ReLU: for another activation choose it under Gain "
        "for, or use Xavier."
    )
    source: ClassVar[str] = HE

    fan: Fan = Field(
        "fan_in",
        title="Fan",
        description="The n of the formula: fan_in keeps the forward signal's scale, fan_out the "
        "gradient's.",
    )
    nonlinearity: Nonlinearity = Field(
        "relu",
        title="Gain for",
        description="The activation that follows sets the gain g: √2 for relu, √(2/(1 + a²)) for "
        "leaky_relu of slope a, 5/3 for tanh, 3/4 for selu, 1 for sigmoid and linear.",
    )
    negative_slope: float = Field(
        0.01,
        ge=0,
        le=10,
        title="Negative slope",
        description="The a of the leaky ReLU that follows: its slope for negative input.",
        json_schema_extra={"only_with": ["nonlinearity", "leaky_relu"]},
    )

    @model_validator(mode="before")
    @classmethod
    def _older(cls, data: Any) -> Any:
        # Older files: a slope without a nonlinearity means a leaky ReLU.
        is_older = isinstance(data, dict) and "nonlinearity" not in data
        if is_older and data.get("negative_slope"):
            return {**data, "nonlinearity": "leaky_relu"}
        return data

    @property
    def squared_gain(self) -> float:
        """g², which makes up for what the activation takes of the variance, as torch has it."""
        if self.nonlinearity == "leaky_relu":
            return 2 / (1 + self.negative_slope**2)
        return SQUARED_GAINS[self.nonlinearity]

    def _arguments(self) -> dict[str, object]:
        slope = {"a": self.negative_slope} if self.nonlinearity == "leaky_relu" else {}
        return {**slope, "mode": self.fan, "nonlinearity": self.nonlinearity}

    def variance(self, fan_in: int, fan_out: int) -> float:
        """g² / fan."""
        return self.squared_gain / (fan_in if self.fan == "fan_in" else fan_out)

    @property
    def spread(self) -> str:
        """The gain squared, by the fan that is chosen."""
        return (
            rf"\frac{{{self.squared_gain:.3g}}}{{n_{{{'in' if self.fan == 'fan_in' else 'out'}}}}}"
        )


class HeUniform(_He):
    """For ReLU: compensates for the half of the signal that a ReLU removes; uniform
    distribution."""

    kind: ClassVar[str] = "he_uniform"
    label: ClassVar[str] = "He uniform"
    formula: ClassVar[str] = r"W \sim U(-a, a),\; a = g\sqrt{3/n}"

    def call(self) -> Call:
        """torch.nn.init.kaiming_uniform_."""
        return Call("init.kaiming_uniform_", (), self._arguments())


class HeNormal(_He):
    """For ReLU: compensates for the half of the signal that a ReLU removes; normal distribution."""

    kind: ClassVar[str] = "he_normal"
    label: ClassVar[str] = "He normal"
    formula: ClassVar[str] = r"W \sim N(0, \sigma^2),\; \sigma = g/\sqrt{n}"

    def call(self) -> Call:
        """torch.nn.init.kaiming_normal_."""
        return Call("init.kaiming_normal_", (), self._arguments())


class _LeCun(Initializer):
    aliases: ClassVar[tuple[str, ...]] = ("lecun", "selu", "snn", "variance scaling")
    letters: ClassVar[str] = "n_in inputs of a unit"
    when: ClassVar[str] = "With SELU, and between layers with no activation."
    pitfall: ClassVar[str] = (
        "With ReLUs the variance of the signal halves in every layer: use He, which "
        "compensates for it."
    )
    source: ClassVar[str] = LECUN

    def variance(self, fan_in: int, fan_out: int) -> float:
        """1 / fan_in."""
        return 1 / fan_in

    @property
    def spread(self) -> str:
        """1, by what comes in."""
        return r"\frac{1}{n_{in}}"


class LeCunUniform(_LeCun):
    """Preserves the variance of the forward signal without a ReLU; suits SELU; uniform
    distribution."""

    kind: ClassVar[str] = "lecun_uniform"
    label: ClassVar[str] = "LeCun uniform"
    formula: ClassVar[str] = r"W \sim U(-a, a),\; a = \sqrt{3/n_{in}}"

    def call(self) -> Call:
        """torch.nn.init.kaiming_uniform_ with gain 1."""
        return Call("init.kaiming_uniform_", (), {"nonlinearity": "linear"})


class LeCunNormal(_LeCun):
    """Preserves the variance of the forward signal without a ReLU; suits SELU; normal
    distribution."""

    kind: ClassVar[str] = "lecun_normal"
    label: ClassVar[str] = "LeCun normal"
    formula: ClassVar[str] = r"W \sim N(0, 1/n_{in})"

    def call(self) -> Call:
        """torch.nn.init.kaiming_normal_ with gain 1."""
        return Call("init.kaiming_normal_", (), {"nonlinearity": "linear"})


def _squared(gain: float, factor: float = 1) -> str:
    return f"{factor * gain**2:.3g}"


InitializerChoice = Annotated[
    SerializeAsAny[Initializer], BeforeValidator(lambda data: make(Initializer, data))
]
