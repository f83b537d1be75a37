"""Relatives of ReLU: smooth ones, and ones that let something of the negative side through."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.initializers import TorchDefault
from playground.catalog.layers.base.activation import Activation, Array
from playground.catalog.layers.base.shape_checks import fixed, numbers
from playground.catalog.layers.base.weighted import BiasInitializerChoice, Scaled
from playground.catalog.options import live
from playground.graph.call import Call
from playground.graph.fix import Fix
from playground.graph.shape import Shape, ShapeError
from playground.translation import N_, tr

SELU_ALPHA, SELU_SCALE = 1.6732632423543772, 1.0507009873554805


class GELU(Activation):
    """Multiplies every number by the probability that a standard normal value is smaller: a smooth
    ReLU. Usual in transformers."""

    kind: ClassVar[str] = "GELU"
    label: ClassVar[str] = "GELU"
    short: ClassVar[str] = "gelu"
    aliases: ClassVar[tuple[str, ...]] = ("gaussian error linear unit", "smooth relu")
    formula: ClassVar[str] = r"f(z) = z \, \Phi(z)"
    letters: ClassVar[str] = (
        "z input · Φ cumulative distribution function of the normal distribution"
    )
    when: ClassVar[str] = "In transformers, and in deep networks instead of ReLU."
    pitfall: ClassVar[str] = (
        "It costs more than ReLU, with little benefit in small networks: use ReLU there."
    )
    source: ClassVar[str] = "torch.nn.GELU; Hendrycks and Gimpel 2016"
    order: ClassVar[int] = 25

    approximate: Literal["none", "tanh"] = Field(
        "none",
        title="Approximate",
        description="Tanh is the approximation that GPT-2 uses.",
    )

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.GELU."""
        return Call("nn.GELU", (), {} if self.approximate == "none" else {"approximate": "tanh"})

    def value(self, z: Array) -> Array:
        """z Φ(z), or z/2 · (1 + tanh(√(2/π)(z + 0.044715 z³)))."""
        return z * self._share(z)

    def _share(self, z: Array) -> Array:
        if self.approximate == "tanh":
            return 0.5 * (1 + np.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))
        error: Array = np.vectorize(math.erf, otypes=[float])(z / math.sqrt(2))
        return 0.5 * (1 + error)

    def slope(self, z: Array) -> Array:
        """Φ(z) + z φ(z), or the slope of the approximation."""
        if self.approximate == "tanh":
            inner = math.sqrt(2 / math.pi) * (1 + 3 * 0.044715 * z**2)
            return self._share(z) * (1 + 2 * z * inner * (1 - self._share(z)))
        return self._share(z) + z * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


class SiLU(Activation):
    """Multiplies every number by its sigmoid: smooth, slightly below 0 for negative values. Also
    called swish."""

    kind: ClassVar[str] = "SiLU"
    label: ClassVar[str] = "SiLU"
    short: ClassVar[str] = "silu"
    aliases: ClassVar[tuple[str, ...]] = ("swish", "sigmoid linear unit")
    formula: ClassVar[str] = r"f(z) = z \, \sigma(z) = \frac{z}{1 + e^{-z}}"
    letters: ClassVar[str] = "z input · σ sigmoid"
    when: ClassVar[str] = "In deep convolutional networks instead of ReLU."
    pitfall: ClassVar[str] = (
        "It is not monotone: small negative inputs give slightly negative outputs."
    )
    source: ClassVar[str] = "torch.nn.SiLU; Ramachandran et al. 2017, Searching for activations"
    order: ClassVar[int] = 26

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.SiLU."""
        return Call("nn.SiLU")

    def value(self, z: Array) -> Array:
        """z σ(z)."""
        weighed: Array = z / (1 + np.exp(-z))
        return weighed

    def slope(self, z: Array) -> Array:
        """σ(z) (1 + z (1 − σ(z)))."""
        gate: Array = 1 / (1 + np.exp(-z))
        slope: Array = gate * (1 + z * (1 - gate))
        return slope


class ELU(Activation):
    """Like ReLU, but with a smooth negative part, so that means stay closer to 0 and gradients do
    not vanish at once."""

    kind: ClassVar[str] = "ELU"
    label: ClassVar[str] = "ELU"
    short: ClassVar[str] = "elu"
    aliases: ClassVar[tuple[str, ...]] = ("exponential linear unit", "exponential")
    formula: ClassVar[str] = r"f(z) = z \; (z > 0), \quad \alpha (e^z - 1) \; (z \leq 0)"
    letters: ClassVar[str] = "z input · α alpha"
    when: ClassVar[str] = "When activations should be centred on 0 and units must not die."
    pitfall: ClassVar[str] = (
        "The exponential makes it slower than ReLU: use Leaky ReLU if speed matters."
    )
    source: ClassVar[str] = "torch.nn.ELU; Clevert et al. 2015"
    order: ClassVar[int] = 27

    alpha: float = live(1.0, "Alpha", "Its limit for large negative values is −alpha.", ge=0, le=10)

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.ELU."""
        return Call("nn.ELU", () if self.alpha == 1 else (self.alpha,))

    def value(self, z: Array) -> Array:
        """z, or α(exp z − 1) below 0."""
        return np.where(z > 0, z, self.alpha * np.expm1(np.minimum(z, 0)))

    def slope(self, z: Array) -> Array:
        """1, or α exp z below 0."""
        return np.where(z > 0, 1.0, self.alpha * np.exp(np.minimum(z, 0)))


class SELU(Activation):
    """An ELU scaled so that mean 0 and variance 1 are preserved from layer to layer. It needs LeCun
    normal initialization and AlphaDropout."""

    kind: ClassVar[str] = "SELU"
    label: ClassVar[str] = "SELU"
    short: ClassVar[str] = "selu"
    aliases: ClassVar[tuple[str, ...]] = ("self-normalizing", "scaled exponential linear unit")
    formula: ClassVar[str] = r"f(z) = \lambda z \; (z > 0), \quad \lambda\alpha(e^z - 1) \; (z < 0)"
    letters: ClassVar[str] = "z input · λ 1.0507 · α 1.6733"
    when: ClassVar[str] = "In deep stacks of Linear layers without normalisation."
    pitfall: ClassVar[str] = "It normalises only with LeCun initialization and AlphaDropout."
    source: ClassVar[str] = "torch.nn.SELU; Klambauer et al. 2017, Self-normalizing neural networks"
    order: ClassVar[int] = 27

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.SELU."""
        return Call("nn.SELU")

    def value(self, z: Array) -> Array:
        """λz, or λα(exp z − 1) below 0."""
        return SELU_SCALE * np.where(z > 0, z, SELU_ALPHA * np.expm1(np.minimum(z, 0)))

    def slope(self, z: Array) -> Array:
        """λ, or λα exp z below 0."""
        return SELU_SCALE * np.where(z > 0, 1.0, SELU_ALPHA * np.exp(np.minimum(z, 0)))


class PReLU(Scaled, Activation):
    """A leaky ReLU whose negative slope is learned, one for all units or one for each."""

    kind: ClassVar[str] = "PReLU"
    label: ClassVar[str] = "PReLU"
    short: ClassVar[str] = "prelu"
    aliases: ClassVar[tuple[str, ...]] = ("parametric relu", "learned slope")
    formula: ClassVar[str] = r"f(z) = \max(0, z) + a\,\min(0, z), \; a \; learned"
    letters: ClassVar[str] = "z input · a slope, a parameter"
    when: ClassVar[str] = "When the negative slope should be learned."
    pitfall: ClassVar[str] = (
        "Weight decay drives its slope to 0, which makes it a ReLU: use L2 on the other layers."
    )
    source: ClassVar[str] = "torch.nn.PReLU; He et al. 2015, Delving deep into rectifiers"
    order: ClassVar[int] = 27

    per_unit: bool = Field(
        False,
        title="One per unit",
        description=(
            "Learns a slope for every unit or channel, instead of one for the whole layer."
        ),
    )
    # Its first slope is what draws it.
    initializer: BiasInitializerChoice = Field(TorchDefault(), json_schema_extra={"hidden": True})
    init: float = Field(
        0.25, ge=-1, le=1, title="Initial slope", description="The slope before training."
    )

    def infer(self, *inputs: Shape) -> Shape:
        """Keeps the shape."""
        self._slopes(inputs[0])
        return inputs[0]

    def _slopes(self, shape: Shape) -> int:
        numbers(self.label, shape)
        if not self.per_unit:
            return 1
        if shape.rank not in (1, 3):
            raise ShapeError(
                "wrong_rank",
                tr(
                    "PReLU can learn one slope per unit for vectors and images, got {shape}: "
                    "learn one slope for the whole layer.",
                    shape=shape.example,
                ),
                Fix.setting(tr("Learn one slope"), per_unit=False),
            )
        return fixed(self.label, N_("number of units"), shape.dims[0], shape)

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """The slopes."""
        return {"weight": (self._slopes(inputs[0]),)}

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.PReLU."""
        options: dict[str, object] = {}
        if self.per_unit:
            options["num_parameters"] = self._slopes(inputs[0])
        if self.init != 0.25:
            options["init"] = self.init
        return Call("nn.PReLU", (), options)

    def value(self, z: Array) -> Array:
        """z, or the first slope times z below 0."""
        return np.where(z > 0, z, self.init * z)

    def slope(self, z: Array) -> Array:
        """1, or the first slope below 0."""
        return np.where(z > 0, 1.0, self.init)


class Softplus(Activation):
    """A smooth ReLU: always positive, with a slope that never reaches 0. Useful when an output must
    be positive, such as a variance."""

    kind: ClassVar[str] = "Softplus"
    label: ClassVar[str] = "Softplus"
    short: ClassVar[str] = "softplus"
    aliases: ClassVar[tuple[str, ...]] = ("smooth relu", "positive")
    formula: ClassVar[str] = r"f(z) = \frac{1}{\beta} \log(1 + e^{\beta z})"
    letters: ClassVar[str] = "z input · β beta"
    when: ClassVar[str] = "When an output must be positive, such as a variance."
    pitfall: ClassVar[str] = (
        "It is slower than ReLU and rarely better inside a network: use it at the end."
    )
    source: ClassVar[str] = "torch.nn.Softplus"
    order: ClassVar[int] = 28

    beta: float = Field(
        1.0,
        ge=0.01,
        le=100,
        title="Beta",
        description="How sharp the bend is; it approaches ReLU for large values.",
    )
    threshold: float = Field(
        20.0,
        ge=0,
        title="Threshold",
        description="If beta · z is above this, the function is linear.",
    )

    @property
    def output_range(self) -> tuple[float, float]:
        """Nothing below 0."""
        return 0.0, math.inf

    def call(self, *inputs: Shape) -> Call:
        """torch.nn.Softplus."""
        return Call("nn.Softplus", (), self.unusual(beta=1.0, threshold=20.0))

    def value(self, z: Array) -> Array:
        """log(1 + exp(βz)) / β, z itself beyond the threshold."""
        soft = np.logaddexp(0, self.beta * z) / self.beta
        return np.where(self.beta * z > self.threshold, z, soft)

    def slope(self, z: Array) -> Array:
        """σ(βz), 1 beyond the threshold."""
        soft = np.exp(-np.logaddexp(0, -self.beta * z))
        return np.where(self.beta * z > self.threshold, 1.0, soft)
