"""What keeps weights small, so that a net generalises."""

from __future__ import annotations

from typing import ClassVar

from playground.graph.layer import Declaration


class Regularizer(Declaration):
    """Something that makes memorising harder; `where` says where it is set."""

    where: ClassVar[str] = ""


class L1(Regularizer):
    """Adds λ times the sum of the weights' sizes to the loss. The pull is the same for every
    weight, so useless ones end at exactly 0. Biases are left alone."""

    kind: ClassVar[str] = "l1"
    label: ClassVar[str] = "L1 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("lasso", "sparsity")
    formula: ClassVar[str] = r"\lambda \sum |W|,\quad \nabla = \lambda\, sign(W)"
    source: ClassVar[str] = "Tibshirani 1996, Regression shrinkage and selection via the lasso"
    where: ClassVar[str] = "on every layer with weights, and for the whole net under Training"


class L2(Regularizer):
    """Adds half of λ times the sum of squared weights to the loss: large weights are pulled
    hardest. Biases are left alone."""

    kind: ClassVar[str] = "l2"
    label: ClassVar[str] = "L2 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("ridge", "tikhonov")
    formula: ClassVar[str] = r"\frac{\lambda}{2} \sum W^2,\quad \nabla = \lambda W"
    source: ClassVar[str] = "Hoerl and Kennard 1970, Ridge regression"
    where: ClassVar[str] = "on every layer with weights, and for the whole net under Training"


class WeightDecay(Regularizer):
    """Shrinks every parameter a little in each step, biases too. With AdamW it is apart from
    the gradient; with the others it is added to it."""

    kind: ClassVar[str] = "weight_decay"
    label: ClassVar[str] = "Weight decay"
    formula: ClassVar[str] = r"w \leftarrow (1 - \eta\lambda)\, w"
    source: ClassVar[str] = "torch.optim.AdamW; Loshchilov and Hutter 2019"
    where: ClassVar[str] = "an option of every optimizer"


class DropoutRegularizer(Regularizer):
    """Silences units at random while training. It is a layer of its own: drag it onto a wire."""

    kind: ClassVar[str] = "dropout"
    label: ClassVar[str] = "Dropout"
    formula: ClassVar[str] = r"y = \frac{m \odot x}{1-p}"
    source: ClassVar[str] = "Srivastava et al. 2014"
    where: ClassVar[str] = "a layer in the palette"
