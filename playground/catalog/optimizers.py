"""Optimizers: how a step is made from the gradient."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator, Field, SerializeAsAny

from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.layer import Declaration

LIVE: dict[str, Any] = {"live": True}
LOG: dict[str, Any] = {"live": True, "log": True}
BETA_1 = "How much of the past the running mean of the gradient keeps."
BETA_2 = "How much of the past the running mean of the squared gradient keeps."
EPS = "Added to the divisor, so that it is never 0."


class Optimizer(Declaration):
    """How the weights are changed by the gradient, once a step."""

    lr: float = Field(
        0.01,
        gt=0,
        le=1000,
        title="Learning rate",
        description="Size of a step. Too large and the loss jumps about, too small and it crawls.",
        json_schema_extra=LOG,
    )
    weight_decay: float = Field(
        0.0,
        ge=0,
        le=10,
        title="Weight decay",
        description="Pulls every weight and bias a little towards 0 in each step.",
        json_schema_extra=LOG,
    )

    def hyperparameters(self) -> dict[str, object]:
        """Arguments of the torch optimizer, which can also be set while it runs."""
        return {"lr": self.lr, "weight_decay": self.weight_decay}

    def call(self) -> Call:
        """The torch optimizer; the parameters come in front of the arguments."""
        raise ValueError(f"{self.label} cannot be run.")


class SGD(Optimizer):
    """Steps straight down the gradient of the batch. Momentum lets it gather speed along a
    valley, Nesterov looks ahead before it steps."""

    kind: ClassVar[str] = "sgd"
    label: ClassVar[str] = "SGD"
    aliases: ClassVar[tuple[str, ...]] = ("gradient descent", "momentum", "nesterov")
    formula: ClassVar[str] = r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta v"
    when: ClassVar[str] = "To see how learning works; with momentum also for large image nets."
    pitfall: ClassVar[str] = "Its learning rate must be found anew for every net."
    source: ClassVar[str] = "torch.optim.SGD"
    order: ClassVar[int] = 0

    lr: float = Field(
        0.1,
        gt=0,
        le=1000,
        title="Learning rate",
        description="Size of a step. Too large and the loss jumps about, too small and it crawls.",
        json_schema_extra=LOG,
    )
    momentum: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is added to this one; 0.9 is usual.",
        json_schema_extra=LIVE,
    )
    nesterov: bool = Field(
        False,
        title="Nesterov",
        description="Take the gradient where momentum is about to lead. Needs momentum.",
        json_schema_extra=LIVE,
    )

    def hyperparameters(self) -> dict[str, object]:
        """Nesterov is off where there is no momentum, as torch demands."""
        nesterov = self.nesterov and self.momentum > 0
        return super().hyperparameters() | {"momentum": self.momentum, "nesterov": nesterov}

    def call(self) -> Call:
        """torch.optim.SGD."""
        return Call("torch.optim.SGD", (), {**self.hyperparameters(), "fused": True})


class RMSProp(Optimizer):
    """Divides each weight's step by the recent size of its gradient: steep directions are
    tamed, flat ones get ahead."""

    kind: ClassVar[str] = "rmsprop"
    label: ClassVar[str] = "RMSProp"
    formula: ClassVar[str] = (
        r"s \leftarrow \alpha s + (1-\alpha) g^2,\quad "
        r"w \leftarrow w - \eta \frac{g}{\sqrt{s}+\epsilon}"
    )
    when: ClassVar[str] = "For recurrent nets and noisy gradients."
    pitfall: ClassVar[str] = "Without momentum it can circle around the minimum."
    source: ClassVar[str] = "torch.optim.RMSprop; Tieleman and Hinton 2012"
    order: ClassVar[int] = 3

    alpha: float = Field(
        0.99, ge=0, lt=1, title="Alpha", description=BETA_2, json_schema_extra=LIVE
    )
    eps: float = Field(1e-8, gt=0, le=1, title="Epsilon", description=EPS, json_schema_extra=LIVE)
    momentum: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Momentum",
        description="Share of the last step that is added to this one.",
        json_schema_extra=LIVE,
    )

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        own = {"alpha": self.alpha, "eps": self.eps, "momentum": self.momentum}
        return super().hyperparameters() | own

    def call(self) -> Call:
        """torch.optim.RMSprop."""
        return Call("torch.optim.RMSprop", (), {**self.hyperparameters(), "foreach": True})


class _Adam(Optimizer):
    beta1: float = Field(
        0.9, ge=0, lt=1, title="Beta 1", description=BETA_1, json_schema_extra=LIVE
    )
    beta2: float = Field(
        0.999, ge=0, lt=1, title="Beta 2", description=BETA_2, json_schema_extra=LIVE
    )
    eps: float = Field(1e-8, gt=0, le=1, title="Epsilon", description=EPS, json_schema_extra=LIVE)

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        own = {"betas": (self.beta1, self.beta2), "eps": self.eps}
        return super().hyperparameters() | own


class Adam(_Adam):
    """Momentum, and a step size of its own for every weight. Works well without much tuning."""

    kind: ClassVar[str] = "adam"
    label: ClassVar[str] = "Adam"
    formula: ClassVar[str] = (
        r"w \leftarrow w - \eta \frac{\hat{m}}{\sqrt{\hat{v}}+\epsilon},\;"
        r"\hat{m}=\frac{m}{1-\beta_1^t},\; \hat{v}=\frac{v}{1-\beta_2^t}"
    )
    when: ClassVar[str] = "As the first choice, for nearly everything."
    pitfall: ClassVar[str] = "Weight decay is mixed into its step sizes: use AdamW for that."
    source: ClassVar[str] = "torch.optim.Adam; Kingma and Ba 2015"
    order: ClassVar[int] = 1

    def call(self) -> Call:
        """torch.optim.Adam."""
        return Call("torch.optim.Adam", (), {**self.hyperparameters(), "fused": True})


class AdamW(_Adam):
    """Adam with weight decay kept apart from the gradient, so that it works as intended."""

    kind: ClassVar[str] = "adamw"
    label: ClassVar[str] = "AdamW"
    formula: ClassVar[str] = (
        r"w \leftarrow w - \eta \lambda w - \eta \frac{\hat{m}}{\sqrt{\hat{v}}+\epsilon}"
    )
    when: ClassVar[str] = "For transformers, and wherever weight decay is used."
    pitfall: ClassVar[str] = "It forgives less than Adam if the decay is too large."
    source: ClassVar[str] = "torch.optim.AdamW; Loshchilov and Hutter 2019"
    order: ClassVar[int] = 2

    weight_decay: float = Field(
        0.01,
        ge=0,
        le=10,
        title="Weight decay",
        description="Pulls every weight and bias a little towards 0 in each step.",
        json_schema_extra=LOG,
    )

    def call(self) -> Call:
        """torch.optim.AdamW."""
        return Call("torch.optim.AdamW", (), {**self.hyperparameters(), "fused": True})


OptimizerChoice = Annotated[
    SerializeAsAny[Optimizer], BeforeValidator(lambda data: make(Optimizer, data))
]
