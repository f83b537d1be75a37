"""The perceptron rule, which is not among torch's optimizers."""

from __future__ import annotations

from typing import ClassVar

from playground.catalog.optimizer_fields import rate_field
from playground.catalog.optimizers import Optimizer
from playground.graph.call import Call


class Perceptron(Optimizer):
    """Rosenblatt's rule for a single unit with output 0 or 1: if it is wrong, the input is added to
    the weights or subtracted from them. Converges if the classes are linearly separable, and never
    otherwise, as with XOR. It needs a Linear layer of one unit, a Step layer that passes gradients
    straight through, and mean absolute error: the gradient of that is exactly (ŷ − y)x."""

    kind: ClassVar[str] = "perceptron"
    label: ClassVar[str] = "Perceptron rule"
    aliases: ClassVar[tuple[str, ...]] = ("rosenblatt", "delta rule", "perceptron learning")
    formula: ClassVar[str] = r"w \leftarrow w + \eta (y - \hat{y})\, x"
    letters: ClassVar[str] = "w weight · x its input · y label · ŷ output, 0 or 1 · η learning rate"
    when: ClassVar[str] = "To see the first learning rule, on linearly separable classes."
    pitfall: ClassVar[str] = (
        "It never converges on classes that are not linearly separable: add a hidden "
        "layer, and use SGD with a Sigmoid."
    )
    source: ClassVar[str] = "Rosenblatt 1958, The perceptron"
    order: ClassVar[int] = 10

    lr: float = rate_field(
        1.0,
        (
            "Fraction of the input that is added or subtracted; if weights start at 0, any "
            "value works."
        ),
    )

    def call(self) -> Call:
        """The engine's own."""
        return Call("rules.Perceptron", (), self.hyperparameters())
