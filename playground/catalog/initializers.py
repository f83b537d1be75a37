"""How the weights of a layer are drawn before training."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, SerializeAsAny

from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.layer import Declaration

Fan = Literal["fan_in", "fan_out"]
GLOROT = "Glorot and Bengio 2010, Understanding the difficulty of training deep feedforward nets"
HE = "He et al. 2015, Delving deep into rectifiers"


class Initializer(Declaration):
    """How weights are drawn before training."""

    def call(self) -> Call | None:
        """The torch.nn.init function that fills a tensor; None leaves torch's own draw."""
        return None

    def variance(self, fan_in: int, fan_out: int) -> float | None:
        """The variance of one weight in theory; None where it depends on the layer."""
        return None


class TorchDefault(Initializer):
    """What torch draws on its own: uniform within ±1/√fan_in for linear and convolution layers."""

    kind: ClassVar[str] = "default"
    label: ClassVar[str] = "Torch default"
    order: ClassVar[int] = 0
    formula: ClassVar[str] = r"W \sim U(-1/\sqrt{n_{in}},\; 1/\sqrt{n_{in}})"
    when: ClassVar[str] = "To start with; it suits shallow nets."
    pitfall: ClassVar[str] = "Deep ReLU nets fade with it: use He."
    source: ClassVar[str] = "torch.nn.Linear, torch.nn.Conv2d"

    def variance(self, fan_in: int, fan_out: int) -> float:
        """1 / (3 fan_in)."""
        return 1 / (3 * fan_in)


class Zeros(Initializer):
    """All weights 0. Every unit of a layer then stays the same for ever: symmetry is not broken."""

    kind: ClassVar[str] = "zeros"
    when: ClassVar[str] = "For biases, and to see why weights must not start equal."
    pitfall: ClassVar[str] = "All units of a layer stay the same for ever."
    label: ClassVar[str] = "Zeros"
    formula: ClassVar[str] = "W = 0"

    def call(self) -> Call:
        """torch.nn.init.zeros_."""
        return Call("init.zeros_")

    def variance(self, fan_in: int, fan_out: int) -> float:
        """0."""
        return 0.0


class Normal(Initializer):
    """Bell curve around a mean. Too wide and deep nets explode, too narrow and they go silent."""

    kind: ClassVar[str] = "normal"
    when: ClassVar[str] = "To try what the width of a draw does."
    pitfall: ClassVar[str] = "It knows nothing of the size of the layer."
    label: ClassVar[str] = "Normal"
    aliases: ClassVar[tuple[str, ...]] = ("gaussian",)
    formula: ClassVar[str] = r"W \sim N(\mu, \sigma^2)"

    mean: float = Field(0.0, title="Mean", description="Centre of the bell curve.")
    std: float = Field(0.05, ge=0, title="Std", description="Width of the bell curve, σ.")

    def call(self) -> Call:
        """torch.nn.init.normal_."""
        return Call("init.normal_", (), {"mean": self.mean, "std": self.std})

    def variance(self, fan_in: int, fan_out: int) -> float:
        """σ²."""
        return self.std**2


class _Xavier(Initializer):
    aliases: ClassVar[tuple[str, ...]] = ("glorot",)
    source: ClassVar[str] = GLOROT

    gain: float = Field(
        1.0, gt=0, title="Gain", description="Factor for the activation: 1 for tanh's middle."
    )

    def variance(self, fan_in: int, fan_out: int) -> float:
        """gain² · 2 / (fan_in + fan_out)."""
        return self.gain**2 * 2 / (fan_in + fan_out)


class XavierUniform(_Xavier):
    """Keeps the scale of signals and gradients through tanh and sigmoid layers; uniform draw."""

    kind: ClassVar[str] = "xavier_uniform"
    when: ClassVar[str] = "With Tanh and Sigmoid."
    pitfall: ClassVar[str] = "Behind ReLUs the signal halves in every layer: use He."
    label: ClassVar[str] = "Xavier uniform"
    formula: ClassVar[str] = r"W \sim U(-a, a),\; a = g\sqrt{6/(n_{in}+n_{out})}"

    def call(self) -> Call:
        """torch.nn.init.xavier_uniform_."""
        return Call("init.xavier_uniform_", (), {"gain": self.gain})


class XavierNormal(_Xavier):
    """Keeps the scale of signals and gradients through tanh and sigmoid layers; normal draw."""

    kind: ClassVar[str] = "xavier_normal"
    when: ClassVar[str] = "With Tanh and Sigmoid."
    pitfall: ClassVar[str] = "Behind ReLUs the signal halves in every layer: use He."
    label: ClassVar[str] = "Xavier normal"
    formula: ClassVar[str] = r"W \sim N(0, \sigma^2),\; \sigma = g\sqrt{2/(n_{in}+n_{out})}"

    def call(self) -> Call:
        """torch.nn.init.xavier_normal_."""
        return Call("init.xavier_normal_", (), {"gain": self.gain})


class _He(Initializer):
    aliases: ClassVar[tuple[str, ...]] = ("kaiming",)
    source: ClassVar[str] = HE

    fan: Fan = Field(
        "fan_in",
        title="Fan",
        description="fan_in keeps the forward signal's scale, fan_out the gradient's.",
    )

    def _arguments(self) -> dict[str, object]:
        return {"mode": self.fan, "nonlinearity": "relu"}

    def variance(self, fan_in: int, fan_out: int) -> float:
        """2 / fan."""
        return 2 / (fan_in if self.fan == "fan_in" else fan_out)


class HeUniform(_He):
    """Made for ReLU: makes up for the half of the signal that a ReLU cuts off; uniform draw."""

    kind: ClassVar[str] = "he_uniform"
    when: ClassVar[str] = "With ReLU and its relatives."
    pitfall: ClassVar[str] = "With Tanh it starts too wide and saturates."
    label: ClassVar[str] = "He uniform"
    formula: ClassVar[str] = r"W \sim U(-a, a),\; a = \sqrt{6/n_{in}}"

    def call(self) -> Call:
        """torch.nn.init.kaiming_uniform_."""
        return Call("init.kaiming_uniform_", (), self._arguments())


class HeNormal(_He):
    """Made for ReLU: makes up for the half of the signal that a ReLU cuts off; normal draw."""

    kind: ClassVar[str] = "he_normal"
    when: ClassVar[str] = "With ReLU and its relatives."
    pitfall: ClassVar[str] = "With Tanh it starts too wide and saturates."
    label: ClassVar[str] = "He normal"
    formula: ClassVar[str] = r"W \sim N(0, 2/n_{in})"

    def call(self) -> Call:
        """torch.nn.init.kaiming_normal_."""
        return Call("init.kaiming_normal_", (), self._arguments())


InitializerChoice = Annotated[
    SerializeAsAny[Initializer], BeforeValidator(lambda data: make(Initializer, data))
]
