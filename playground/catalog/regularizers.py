"""What keeps weights small, so that a net generalises."""

from __future__ import annotations

from typing import ClassVar

from playground.graph.declaration import Declaration


class Regularizer(Declaration):
    """Something that makes memorising harder; `where` names the place to set it."""

    where: ClassVar[str] = ""


class L1(Regularizer):
    """Adds λ times the sum of absolute weights to the loss. Its gradient is the same for every
    weight, however small, so useless weights become 0. Biases are not penalized."""

    kind: ClassVar[str] = "l1"
    label: ClassVar[str] = "L1 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("lasso", "sparsity", "l1 regularization")
    formula: ClassVar[str] = r"\lambda \sum |W|,\quad \nabla = \lambda\, sign(W)"
    letters: ClassVar[str] = "λ strength · W weights · ∇ term added to their gradient"
    when: ClassVar[str] = "When few weights should remain, to see which features matter."
    pitfall: ClassVar[str] = (
        "Weights oscillate around 0 and do not reach it exactly: lower the learning rate "
        "at the end, and treat tiny weights as 0."
    )
    source: ClassVar[str] = "Tibshirani 1996, Regression shrinkage and selection via the lasso"
    where: ClassVar[str] = "On every layer with weights, and for the whole network under Training."


class L2(Regularizer):
    """Adds half of λ times the sum of squared weights to the loss: large weights are penalized
    most. Biases are not penalized."""

    kind: ClassVar[str] = "l2"
    label: ClassVar[str] = "L2 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("ridge", "tikhonov", "l2 regularization", "weight decay")
    formula: ClassVar[str] = r"\frac{\lambda}{2} \sum W^2,\quad \nabla = \lambda W"
    letters: ClassVar[str] = "λ strength · W weights · ∇ term added to their gradient"
    when: ClassVar[str] = (
        "The first remedy when the training loss is far below the validation loss."
    )
    pitfall: ClassVar[str] = (
        "Adam scales it like the rest of the gradient, so it acts unevenly: use weight "
        "decay in AdamW."
    )
    source: ClassVar[str] = "Hoerl and Kennard 1970, Ridge regression"
    where: ClassVar[str] = "On every layer with weights, and for the whole network under Training."


class WeightDecay(Regularizer):
    """Shrinks every parameter a little in each step, including biases. In AdamW and SGDW it is
    decoupled from the gradient; in the other optimizers it is added to the gradient."""

    kind: ClassVar[str] = "weight_decay"
    label: ClassVar[str] = "Weight decay"
    formula: ClassVar[str] = r"w \leftarrow (1 - \eta\lambda)\, w"
    letters: ClassVar[str] = "w weight or bias · η learning rate · λ weight decay"
    when: ClassVar[str] = (
        "In AdamW for transformers, and with SGD as a simple L2 for all parameters."
    )
    pitfall: ClassVar[str] = (
        "It also shrinks biases and the scales of normalisation layers: use the L2 "
        "penalty of single layers to avoid that."
    )
    source: ClassVar[str] = "torch.optim.AdamW; Loshchilov and Hutter 2019"
    aliases: ClassVar[tuple[str, ...]] = ("decoupled", "l2 regularization", "shrinkage")
    where: ClassVar[str] = (
        "An option of every optimizer; decoupled in AdamW, SGDW, and in NAdam and RAdam "
        "with the option Decoupled."
    )


class DropoutRegularizer(Regularizer):
    """Sets random units to 0 during training. It is a layer: drag it onto a wire."""

    kind: ClassVar[str] = "dropout"
    label: ClassVar[str] = "Dropout"
    aliases: ClassVar[tuple[str, ...]] = ("drop out",)
    formula: ClassVar[str] = r"y = \frac{m \odot x}{1-p}"
    letters: ClassVar[str] = "x input · m 0 with probability p, else 1 · p dropout rate"
    when: ClassVar[str] = (
        "Between wide layers, when the training loss is far below the validation loss."
    )
    pitfall: ClassVar[str] = (
        "With too much dropout the network cannot fit the training data: lower the rate."
    )
    source: ClassVar[str] = "Srivastava et al. 2014"
    where: ClassVar[str] = "A layer in the palette."


class ElasticNet(Regularizer):
    """L1 and L2 together: useless weights become 0, and correlated features are kept or dropped
    together. Set both."""

    kind: ClassVar[str] = "elastic"
    label: ClassVar[str] = "Elastic net"
    aliases: ClassVar[tuple[str, ...]] = ("elasticnet", "l1 and l2")
    formula: ClassVar[str] = r"\lambda_1 \sum |W| + \frac{\lambda_2}{2} \sum W^2"
    letters: ClassVar[str] = "λ₁ strength of L1 · λ₂ strength of L2 · W weights"
    when: ClassVar[str] = "When only some features matter, and those are correlated."
    pitfall: ClassVar[str] = "Two strengths must be tuned: start with L2 alone, then add L1."
    source: ClassVar[str] = "Zou and Hastie 2005, Regularization and variable selection"
    where: ClassVar[str] = "L1 and L2 of a layer or of the whole network, both above 0."


class MaxNorm(Regularizer):
    """After each step, the incoming weights of a unit are rescaled to the limit if their norm
    exceeds it. Allows large learning rates, often together with dropout."""

    kind: ClassVar[str] = "max_norm"
    label: ClassVar[str] = "Max-norm"
    aliases: ClassVar[tuple[str, ...]] = ("max norm", "weight constraint", "maxnorm")
    formula: ClassVar[str] = r"W_i \leftarrow W_i \min(1, c/\|W_i\|)"
    letters: ClassVar[str] = "W_i weights into unit i · c limit"
    when: ClassVar[str] = "Together with dropout and a large learning rate."
    pitfall: ClassVar[str] = (
        "A limit below the initial norm changes all weights in the first step: start with 3 or 4."
    )
    source: ClassVar[str] = "Srebro and Shraibman 2005; Srivastava et al. 2014"
    where: ClassVar[str] = "On every layer with weights."


class EarlyStopping(Regularizer):
    """Pauses training once the validation loss has not improved for some epochs, and restores the
    weights of the best epoch: after it the network overfits."""

    kind: ClassVar[str] = "early_stopping"
    label: ClassVar[str] = "Early stopping"
    aliases: ClassVar[tuple[str, ...]] = ("patience", "overfitting", "restore best weights")
    formula: ClassVar[str] = r"t^* = argmin_t\, L_{val}(t)"
    letters: ClassVar[str] = "t epoch · L_val validation loss · t* the best epoch"
    when: ClassVar[str] = "Nearly always: it only needs a validation set."
    pitfall: ClassVar[str] = "A short patience can stop the run on a plateau: raise it."
    source: ClassVar[str] = "Prechelt 1998, Early stopping - but when?"
    where: ClassVar[str] = "Patience under Training."


class GradientClipping(Regularizer):
    """Prevents very large steps: a gradient whose norm exceeds the limit is rescaled to it (by
    norm), or each of its components is clipped (by value)."""

    kind: ClassVar[str] = "clipping"
    label: ClassVar[str] = "Gradient clipping"
    aliases: ClassVar[tuple[str, ...]] = (
        "clip norm", "clip value", "exploding gradients", "clip_grad_norm",
    )  # fmt: skip
    formula: ClassVar[str] = r"g \leftarrow g \min(1, c/\|g\|)"
    letters: ClassVar[str] = "g gradient of all parameters · c limit"
    when: ClassVar[str] = (
        "For recurrent networks and transformers, and if single steps make the loss jump."
    )
    pitfall: ClassVar[str] = (
        "A limit below the usual gradient norm shortens every step: look at the gradient "
        "norm, and set the limit above it."
    )
    source: ClassVar[str] = (
        "torch.nn.utils.clip_grad_norm_; Pascanu et al. 2013, On the difficulty of training RNNs"
    )
    where: ClassVar[str] = "Clip norm and clip value under Training."


class LabelSmoothing(Regularizer):
    """Uses targets a little less than certain: the correct class gets 1 − s, and s is shared by all
    classes. Outputs are not driven to infinity."""

    kind: ClassVar[str] = "label_smoothing"
    label: ClassVar[str] = "Label smoothing"
    aliases: ClassVar[tuple[str, ...]] = ("soft labels", "soft targets")
    formula: ClassVar[str] = r"y \leftarrow (1-s)\, y + s/C"
    letters: ClassVar[str] = "y label, 1 for the correct class · s smoothing · C classes"
    when: ClassVar[str] = (
        "For labels that are sometimes wrong, and for networks that are overconfident."
    )
    pitfall: ClassVar[str] = (
        "The loss can no longer reach 0: compare runs with and without it by accuracy."
    )
    source: ClassVar[str] = "Szegedy et al. 2016, Rethinking the Inception architecture"
    where: ClassVar[str] = "An option of cross-entropy, its variants and KL divergence, under Loss."
