"""Optimizers: how a step is made from the gradient."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from playground.catalog.optimizer_fields import (
    BETA_1,
    BETA_2,
    decay_field,
    epsilon_field,
    mean_field,
    rate_field,
)
from playground.catalog.options import live
from playground.catalog.registry import make
from playground.graph.call import Call
from playground.graph.declaration import Declaration

MEAN = r"m \leftarrow \beta_1 m + (1-\beta_1) g,\quad "
MOMENTS = MEAN + r"v \leftarrow \beta_2 v + (1-\beta_2) g^2,\quad "
CORRECTED = r"\hat{m} = \frac{m}{1-\beta_1^t} \qquad \hat{v} = \frac{v}{1-\beta_2^t},\quad "


class Optimizer(Declaration):
    """How the gradient changes the weights in every step."""

    lr: float = rate_field(0.01)
    weight_decay: float = decay_field(0.0)

    runs: ClassVar[str] = ""
    """What torch calls it: "torch.optim.Adam"."""
    is_fused: ClassVar[bool] = False
    """Whether torch takes the whole step in one go; else it takes all weights together."""

    def hyperparameters(self) -> dict[str, object]:
        """Arguments of the torch optimizer, which can also be set while it runs."""
        return {"lr": self.lr, "weight_decay": self.weight_decay}

    @property
    def rule(self) -> str:
        """The formula as the options make it."""
        return self.formula

    @property
    def is_decoupled(self) -> bool:
        """Whether weight decay is apart from the gradient, or else added to it."""
        return False

    def call(self) -> Call:
        """What is built; the parameters come in front of the arguments."""
        how = "fused" if self.is_fused else "foreach"
        return Call(self.runs, (), {**self.hyperparameters(), how: True})


class SGD(Optimizer):
    """Steps in the direction of steepest descent for the batch. Momentum accumulates speed along a
    valley, and Nesterov momentum takes the gradient at the position ahead."""

    kind: ClassVar[str] = "sgd"
    label: ClassVar[str] = "SGD"
    aliases: ClassVar[tuple[str, ...]] = (
        "gradient descent", "momentum", "nesterov", "sgd with momentum",
        "stochastic gradient descent", "heavy ball",
    )  # fmt: skip
    formula: ClassVar[str] = r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta v"
    letters: ClassVar[str] = "w weight · g its gradient · η learning rate · v velocity · μ momentum"
    when: ClassVar[str] = "To see how learning works; with momentum also for large image networks."
    pitfall: ClassVar[str] = (
        "Its learning rate must be tuned for every network: start at 0.1, then try 3× "
        "smaller and 3× larger."
    )
    source: ClassVar[str] = "torch.optim.SGD"
    order: ClassVar[int] = 0
    runs: ClassVar[str] = "torch.optim.SGD"
    is_fused: ClassVar[bool] = True

    lr: float = rate_field(0.1)
    momentum: float = mean_field(
        0.0, "Momentum", "Fraction of the previous step that is added to this one; 0.9 is usual."
    )
    nesterov: bool = live(
        False,
        "Nesterov",
        "Take the gradient at the position that momentum leads to. Needs momentum.",
    )

    @property
    def rule(self) -> str:
        """Without momentum, with it, or looking ahead."""
        decay = r" - \eta \lambda w" if self.is_decoupled else ""
        if self.momentum == 0:
            return rf"w \leftarrow w{decay} - \eta g"
        last = r"\eta (g + \mu v)" if self.nesterov else r"\eta v"
        return rf"v \leftarrow \mu v + g,\quad w \leftarrow w{decay} - {last}"

    def hyperparameters(self) -> dict[str, object]:
        """Nesterov is off without momentum, as torch requires."""
        nesterov = self.nesterov and self.momentum > 0
        return super().hyperparameters() | {"momentum": self.momentum, "nesterov": nesterov}


class RMSProp(Optimizer):
    """Divides each weight's step by the recent magnitude of its gradient: smaller steps in steep
    directions, larger ones in flat directions."""

    kind: ClassVar[str] = "rmsprop"
    label: ClassVar[str] = "RMSProp"
    aliases: ClassVar[tuple[str, ...]] = ("rms prop", "root mean square propagation", "hinton")
    formula: ClassVar[str] = (
        r"s \leftarrow \alpha s + (1-\alpha) g^2,\quad "
        r"w \leftarrow w - \eta \frac{g}{\sqrt{s}+\varepsilon}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · s mean of g² · α its decay rate"
    )
    when: ClassVar[str] = "For recurrent networks and noisy gradients."
    pitfall: ClassVar[str] = (
        "Near the minimum its steps do not get smaller: let a schedule lower the learning rate."
    )
    source: ClassVar[str] = "torch.optim.RMSprop; Tieleman and Hinton 2012"
    order: ClassVar[int] = 3
    runs: ClassVar[str] = "torch.optim.RMSprop"

    alpha: float = mean_field(0.99, "Alpha", BETA_2)
    eps: float = epsilon_field(1e-8)
    momentum: float = mean_field(
        0.0, "Momentum", "Fraction of the previous step that is added to this one."
    )

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        own = {"alpha": self.alpha, "eps": self.eps, "momentum": self.momentum}
        return super().hyperparameters() | own


class _Adam(Optimizer):
    beta1: float = mean_field(0.9, "Beta 1", BETA_1)
    beta2: float = mean_field(0.999, "Beta 2", BETA_2)
    eps: float = epsilon_field(1e-8)

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        own = {"betas": (self.beta1, self.beta2), "eps": self.eps}
        return super().hyperparameters() | own


class Adam(_Adam):
    """Momentum, and a separate step size for every weight. Works well with little tuning."""

    kind: ClassVar[str] = "adam"
    label: ClassVar[str] = "Adam"
    aliases: ClassVar[tuple[str, ...]] = ("adaptive moment estimation", "adaptive learning rate")
    formula: ClassVar[str] = (
        MOMENTS + CORRECTED + r"w \leftarrow w - \eta \frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · m mean of g · v mean of g² · t step"
    )
    when: ClassVar[str] = "As the first choice for most networks."
    pitfall: ClassVar[str] = (
        "Weight decay is scaled by its step sizes and acts unevenly: use AdamW for weight decay."
    )
    source: ClassVar[str] = "torch.optim.Adam; Kingma and Ba 2015"
    order: ClassVar[int] = 1
    runs: ClassVar[str] = "torch.optim.Adam"
    is_fused: ClassVar[bool] = True


class AdamW(_Adam):
    """Adam with decoupled weight decay: the decay is not scaled by the gradient's history."""

    kind: ClassVar[str] = "adamw"
    label: ClassVar[str] = "AdamW"
    aliases: ClassVar[tuple[str, ...]] = (
        "adam w", "adam with weight decay", "decoupled weight decay",
    )  # fmt: skip
    formula: ClassVar[str] = (
        MOMENTS
        + CORRECTED
        + r"w \leftarrow w - \eta \lambda w - \eta \frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · m mean of g · v mean of g² · t step · λ "
        "weight decay"
    )
    when: ClassVar[str] = "For transformers, and whenever weight decay is used."
    pitfall: ClassVar[str] = (
        "Its decay acts in full, whatever the gradient: if weights shrink to 0, use a tenth of it."
    )
    source: ClassVar[str] = "torch.optim.AdamW; Loshchilov and Hutter 2019"
    order: ClassVar[int] = 2
    runs: ClassVar[str] = "torch.optim.AdamW"
    is_fused: ClassVar[bool] = True

    weight_decay: float = decay_field(0.01)

    @property
    def is_decoupled(self) -> bool:
        """Always."""
        return True


class SGDW(SGD):
    """SGD with decoupled weight decay: weights shrink by a fraction of themselves, and the decay
    does not enter the momentum."""

    kind: ClassVar[str] = "sgdw"
    label: ClassVar[str] = "SGDW"
    aliases: ClassVar[tuple[str, ...]] = ("decoupled weight decay", "sgd with weight decay")
    formula: ClassVar[str] = (
        r"v \leftarrow \mu v + g,\quad w \leftarrow w - \eta \lambda w - \eta v"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · v velocity · μ momentum · λ weight decay"
    )
    when: ClassVar[str] = "For SGD with momentum and weight decay, as in large image networks."
    pitfall: ClassVar[str] = (
        "With momentum 0.9 its effect is ten times weaker than the same weight decay in "
        "SGD: set it higher."
    )
    source: ClassVar[str] = "Loshchilov and Hutter 2019, Decoupled weight decay regularization"
    order: ClassVar[int] = 4

    weight_decay: float = decay_field(0.0005)

    @property
    def is_decoupled(self) -> bool:
        """Always."""
        return True

    def call(self) -> Call:
        """The engine's own: torch.optim.SGD has no decoupled weight decay."""
        return Call("rules.SGDW", (), self.hyperparameters())


class Adagrad(Optimizer):
    """Divides each weight's step by the accumulated gradients: rare features get large steps, and
    all steps get smaller over time."""

    kind: ClassVar[str] = "adagrad"
    label: ClassVar[str] = "AdaGrad"
    aliases: ClassVar[tuple[str, ...]] = ("adaptive gradient", "sparse features")
    formula: ClassVar[str] = (
        r"s \leftarrow s + g^2,\quad w \leftarrow w - \eta \frac{g}{\sqrt{s}+\varepsilon}"
    )
    letters: ClassVar[str] = "w weight · g its gradient · η learning rate · s sum of all g²"
    when: ClassVar[str] = "For sparse features, such as words."
    pitfall: ClassVar[str] = (
        "Its steps shrink until learning stops: use RMSProp or Adam for long runs."
    )
    source: ClassVar[str] = "torch.optim.Adagrad; Duchi et al. 2011"
    order: ClassVar[int] = 5
    runs: ClassVar[str] = "torch.optim.Adagrad"

    lr_decay: float = live(
        0.0, "Decay", "Divides the learning rate by 1 + decay · steps.", ge=0, le=10
    )
    eps: float = epsilon_field(1e-10)

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        return super().hyperparameters() | {"lr_decay": self.lr_decay, "eps": self.eps}


class Adadelta(Optimizer):
    """Adapts the step size to recent weight changes: the learning rate is only a factor, 1 as
    published."""

    kind: ClassVar[str] = "adadelta"
    label: ClassVar[str] = "Adadelta"
    aliases: ClassVar[tuple[str, ...]] = ("ada delta", "no learning rate")
    formula: ClassVar[str] = (
        r"s \leftarrow \rho s + (1-\rho) g^2,\quad "
        r"\Delta = \frac{\sqrt{u+\varepsilon}}{\sqrt{s+\varepsilon}}\, g,\quad "
        r"u \leftarrow \rho u + (1-\rho) \Delta^2,\quad w \leftarrow w - \eta \Delta"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate, a factor · s mean of g² · u mean "
        "of Δ² · ρ decay rate of both"
    )
    when: ClassVar[str] = "To train without tuning a learning rate."
    pitfall: ClassVar[str] = (
        "Its first steps are tiny, so it starts slowly: leave the learning rate at 1, or use Adam."
    )
    source: ClassVar[str] = "torch.optim.Adadelta; Zeiler 2012"
    order: ClassVar[int] = 6
    runs: ClassVar[str] = "torch.optim.Adadelta"

    lr: float = rate_field(1.0, "Factor on the adapted step.")
    rho: float = mean_field(0.9, "Rho", "Decay rate of both running means.")
    eps: float = epsilon_field(1e-6)

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        return super().hyperparameters() | {"rho": self.rho, "eps": self.eps}


class Adamax(_Adam):
    """Adam with the largest recent gradient in place of the mean of squares: more stable when a few
    gradients are very large."""

    kind: ClassVar[str] = "adamax"
    label: ClassVar[str] = "Adamax"
    aliases: ClassVar[tuple[str, ...]] = ("ada max", "infinity norm")
    formula: ClassVar[str] = (
        r"m \leftarrow \beta_1 m + (1-\beta_1) g,\quad "
        r"u \leftarrow \max(\beta_2 u, |g| + \varepsilon),\quad "
        r"w \leftarrow w - \frac{\eta}{1-\beta_1^t} \frac{m}{u}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · m mean of g · u largest recent g · t step"
    )
    when: ClassVar[str] = "When single gradients are very large, as in embeddings of rare words."
    pitfall: ClassVar[str] = (
        "One very large gradient keeps that weight's steps small for hundreds of steps: "
        "clip the gradient, or lower beta 2."
    )
    source: ClassVar[str] = "torch.optim.Adamax; Kingma and Ba 2015"
    order: ClassVar[int] = 7
    runs: ClassVar[str] = "torch.optim.Adamax"


class _Decoupled(_Adam):
    decoupled: bool = live(False, "Decoupled", "Decoupled weight decay, as in AdamW.")

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        return super().hyperparameters() | {"decoupled_weight_decay": self.decoupled}

    @property
    def is_decoupled(self) -> bool:
        """If chosen."""
        return self.decoupled


class NAdam(_Decoupled):
    """Adam with Nesterov momentum."""

    kind: ClassVar[str] = "nadam"
    label: ClassVar[str] = "NAdam"
    aliases: ClassVar[tuple[str, ...]] = ("nesterov adam", "nesterov")
    formula: ClassVar[str] = (
        MOMENTS
        + r"w \leftarrow w - \eta \frac{\mu_{t+1} \hat{m} + (1-\mu_t) \hat{g}}"
        + r"{\sqrt{\hat{v}}+\varepsilon}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · m mean of g · v mean of g² · t step · μ "
        "momentum at a step"
    )
    when: ClassVar[str] = "Like Adam, for slightly faster convergence."
    pitfall: ClassVar[str] = (
        "A learning rate that suits Adam may be too large: halve it if the loss jumps."
    )
    source: ClassVar[str] = "torch.optim.NAdam; Dozat 2016"
    order: ClassVar[int] = 8
    runs: ClassVar[str] = "torch.optim.NAdam"

    momentum_decay: float = live(
        0.004, "Momentum decay", "How fast momentum increases to beta 1.", ge=0, le=1
    )

    def hyperparameters(self) -> dict[str, object]:
        """As torch names them."""
        return super().hyperparameters() | {"momentum_decay": self.momentum_decay}


class RAdam(_Decoupled):
    """Adam that takes plain momentum steps until it has seen enough gradients to estimate their
    variance: a built-in warm-up."""

    kind: ClassVar[str] = "radam"
    label: ClassVar[str] = "RAdam"
    aliases: ClassVar[tuple[str, ...]] = ("rectified adam", "warm-up")
    formula: ClassVar[str] = (
        MOMENTS
        + CORRECTED
        + r"w \leftarrow w - \eta\, r_t \frac{\hat{m}}{\sqrt{\hat{v}}+\varepsilon} "
        + r"\text{ once } \rho_t > 5,\quad w \leftarrow w - \eta \hat{m} \text{ before}"
    )
    letters: ClassVar[str] = (
        "w weight · g its gradient · η learning rate · m mean of g · v mean of g² · t "
        "step · ρ length of the approximated average · r rectification factor"
    )
    when: ClassVar[str] = "When Adam needs a warm-up that you do not want to tune."
    pitfall: ClassVar[str] = (
        "Its first steps are proportional to the gradient: if they are too large, lower "
        "the learning rate or clip the gradient."
    )
    source: ClassVar[str] = "torch.optim.RAdam; Liu et al. 2020"
    order: ClassVar[int] = 9
    runs: ClassVar[str] = "torch.optim.RAdam"


OptimizerChoice = Annotated[
    SerializeAsAny[Optimizer], BeforeValidator(lambda data: make(Optimizer, data))
]
