"""What layers with weights have in common: initializers, and what holds the weights small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from playground.catalog.constant_initializers import Ones, Zeros
from playground.catalog.initializers import Initializer, InitializerChoice, TorchDefault
from playground.catalog.options import Among, live
from playground.graph.call import Call
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.translation import tr

VECTOR_DRAWS = frozenset(
    f"init.{name}_" for name in ("zeros", "ones", "constant", "normal", "uniform", "trunc_normal")
)
"""What can fill a bias. The others need a matrix: they count its inputs and outputs."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A tensor of a layer, or one row of it, that an initializer fills once the layer is built."""

    parameter: str
    call: Call
    row: int | None = None


def fills_a_bias(kind: type[Declaration]) -> bool:
    """Whether an initializer can draw a vector."""
    call = kind().call() if issubclass(kind, Initializer) else None
    return call is None or call.target in VECTOR_DRAWS


def _for_bias(initializer: Initializer) -> Initializer:
    if not fills_a_bias(type(initializer)):
        raise ValueError(
            tr(
                "{initializer} needs the number of inputs of a matrix, which a bias does not "
                "have: use Zeros or Normal",
                initializer=tr(initializer.label),
            )
        )
    return initializer


BiasInitializerChoice = Annotated[InitializerChoice, AfterValidator(_for_bias), Among(fills_a_bias)]


def _drawn_by(initializer: Initializer, title: str, text: str) -> Any:
    return Field(initializer, title=title, description=text, json_schema_extra={"rank": 1})


def _penalty(default: float, title: str, text: str) -> Any:
    return live(default, title, text, ge=0, is_log=True, rank=2)


def _longest(default: float, text: str) -> Any:
    return live(default, "Max norm", text, ge=0, rank=2)


class Weighted(Layer):
    """A layer with a weight that is drawn by an initializer and can be held small."""

    initializer: InitializerChoice = _drawn_by(
        TorchDefault(),
        "Initializer",
        "How the weights are initialized. He suits ReLU, Xavier suits tanh.",
    )
    l1: float = _penalty(
        0.0,
        "L1 penalty",
        "Drives weights of this layer to exactly 0, the least useful first.",
    )
    l2: float = _penalty(
        0.0, "L2 penalty", "Keeps the weights of this layer small: λ/2·‖W‖² is added to the loss."
    )
    max_norm: float = _longest(
        0.0,
        (
            "After every step, the weights of a unit are rescaled to at most this norm; 0 "
            "means no limit."
        ),
    )

    unit_axis: ClassVar[int] = 0
    """The axis of the weight along which its units lie."""
    is_held_with_net: ClassVar[bool] = True
    """Whether L1 and L2 of the whole net hold its weights as well."""
    has_factors: ClassVar[bool] = False
    """Whether its weight is one factor per feature, and each of them a unit."""

    @staticmethod
    def is_weight(parameter: str) -> bool:
        """Whether L1, L2 and max-norm act on a parameter; they leave biases alone."""
        return "weight" in parameter

    def held(self, l1: float, l2: float) -> dict[str, float]:
        """What holds its weights small, and how strongly, if the whole net has these L1 and L2:
        "l1", "l2" and "max_norm", without those that are off."""
        strengths = {
            "l1": self.strength("l1", l1),
            "l2": self.strength("l2", l2),
            "max_norm": self.max_norm,
        }
        return {name: strength for name, strength in strengths.items() if strength > 0}

    def strength(self, penalty: str, of_net: float) -> float:
        """How strongly "l1", say, holds its weights: its own, and that of the whole net."""
        own: float = getattr(self, penalty)
        return own + of_net if self.is_held_with_net else own

    def initializer_of(self, parameter: str, shape: tuple[int, ...]) -> Initializer | None:
        """What draws one of the parameters; None if it is torch alone."""
        return self.initializer if self.is_weight(parameter) and len(shape) > 1 else None

    def draws(self, *inputs: Shape) -> tuple[Draw, ...]:
        """The tensors to initialize once torch has built the layer, in this order."""
        found = []
        for parameter, shape in self.parameters(*inputs).items():
            initializer = self.initializer_of(parameter, shape)
            call = None if initializer is None else initializer.call()
            if call is not None:
                found.append(Draw(parameter, call))
        return tuple(found)


class Biased(Weighted):
    """A layer with a weight and a bias, each drawn by an initializer of its own."""

    bias_initializer: BiasInitializerChoice = _drawn_by(
        TorchDefault(),
        "Bias initializer",
        "How the bias is initialized; torch initializes it like the weights.",
    )

    def initializer_of(self, parameter: str, shape: tuple[int, ...]) -> Initializer | None:
        """The bias has its own."""
        if "bias" in parameter:
            return self.bias_initializer
        return super().initializer_of(parameter, shape)


class Scaled(Weighted):
    """A layer whose weight is one factor a feature, not a matrix.

    Only what can fill a vector draws it. L1 and L2 of the whole net leave it alone: they are meant
    for weights that mix features, and would pull a norm's factors away from 1.
    """

    initializer: BiasInitializerChoice = _drawn_by(
        Ones(), "Initializer", "How the scales are initialized; 1 in torch."
    )
    max_norm: float = _longest(
        0.0, "After every step, larger factors are clipped to this; 0 means no limit."
    )
    is_held_with_net: ClassVar[bool] = False
    has_factors: ClassVar[bool] = True

    def initializer_of(self, parameter: str, shape: tuple[int, ...]) -> Initializer | None:
        """The weight is a vector."""
        return self._drawn("initializer") if parameter == "weight" else None

    def _drawn(self, option: str) -> Initializer | None:
        # None if torch begins with the same numbers by itself.
        chosen: Initializer = getattr(self, option)
        return None if chosen == type(self).model_fields[option].default else chosen


class ScaledShifted(Scaled):
    """A layer with a factor and a shift a feature, each drawn by an initializer of its own."""

    bias_initializer: BiasInitializerChoice = _drawn_by(
        Zeros(),
        "Bias initializer",
        "How the shifts are initialized; 0 in torch.",
    )

    def initializer_of(self, parameter: str, shape: tuple[int, ...]) -> Initializer | None:
        """The shift has its own."""
        return self._drawn("bias_initializer" if parameter == "bias" else "initializer")
