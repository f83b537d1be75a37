"""What keeps weights small, so that a net generalises."""

from __future__ import annotations

from typing import ClassVar

from playground.graph.declaration import Declaration


class Regularizer(Declaration):
    """Something that makes memorising harder; `where` says where it is set."""

    where: ClassVar[str] = ""


class L1(Regularizer):
    """Adds λ times the sum of the weights' sizes to the loss. The pull is the same for every
    weight, however small, so useless ones are drawn all the way to 0. Biases are left alone."""

    kind: ClassVar[str] = "l1"
    label: ClassVar[str] = "L1 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("lasso", "sparsity", "l1 regularization")
    formula: ClassVar[str] = r"\lambda \sum |W|,\quad \nabla = \lambda\, sign(W)"
    letters: ClassVar[str] = "λ strength · W weights · ∇ what is added to their gradient"
    when: ClassVar[str] = "Where few weights should do the work, to see which features matter."
    pitfall: ClassVar[str] = (
        "A weight near 0 steps to and fro across it and does not rest there: lower the "
        "learning rate at the end, and take what is tiny for 0."
    )
    source: ClassVar[str] = "Tibshirani 1996, Regression shrinkage and selection via the lasso"
    where: ClassVar[str] = "On every layer with weights, and for the whole net under Training."


class L2(Regularizer):
    """Adds half of λ times the sum of squared weights to the loss: large weights are pulled
    hardest. Biases are left alone."""

    kind: ClassVar[str] = "l2"
    label: ClassVar[str] = "L2 penalty"
    aliases: ClassVar[tuple[str, ...]] = ("ridge", "tikhonov", "l2 regularization", "weight decay")
    formula: ClassVar[str] = r"\frac{\lambda}{2} \sum W^2,\quad \nabla = \lambda W"
    letters: ClassVar[str] = "λ strength · W weights · ∇ what is added to their gradient"
    when: ClassVar[str] = (
        "The first remedy where the training loss is far below the validation loss."
    )
    pitfall: ClassVar[str] = (
        "Adam divides its pull like the rest of the gradient, so it acts unevenly: use weight "
        "decay in AdamW."
    )
    source: ClassVar[str] = "Hoerl and Kennard 1970, Ridge regression"
    where: ClassVar[str] = "On every layer with weights, and for the whole net under Training."


class WeightDecay(Regularizer):
    """Shrinks every parameter a little in each step, biases too. Decoupled, as in AdamW and
    SGDW, it is apart from the gradient; with the others it is added to it."""

    kind: ClassVar[str] = "weight_decay"
    label: ClassVar[str] = "Weight decay"
    formula: ClassVar[str] = r"w \leftarrow (1 - \eta\lambda)\, w"
    letters: ClassVar[str] = "w weight or bias · η learning rate · λ weight decay"
    when: ClassVar[str] = (
        "In AdamW for transformers, and with SGD as a simple L2 for all parameters."
    )
    pitfall: ClassVar[str] = (
        "It pulls biases and the scales of norms as well: use the L2 of single layers where "
        "those should stay."
    )
    source: ClassVar[str] = "torch.optim.AdamW; Loshchilov and Hutter 2019"
    aliases: ClassVar[tuple[str, ...]] = ("decoupled", "l2 regularization", "shrinkage")
    where: ClassVar[str] = (
        "An option of every optimizer; apart from the gradient in AdamW, SGDW, and where NAdam and "
        "RAdam are decoupled."
    )


class DropoutRegularizer(Regularizer):
    """Silences units at random while training. It is a layer of its own: drag it onto a wire."""

    kind: ClassVar[str] = "dropout"
    label: ClassVar[str] = "Dropout"
    aliases: ClassVar[tuple[str, ...]] = ("drop out",)
    formula: ClassVar[str] = r"y = \frac{m \odot x}{1-p}"
    letters: ClassVar[str] = "x input · m 0 with chance p, else 1 · p share"
    when: ClassVar[str] = (
        "Where the training loss is far below the validation loss, between wide layers."
    )
    pitfall: ClassVar[str] = (
        "Too much of it and the net cannot even learn the training data: lower its share."
    )
    source: ClassVar[str] = "Srivastava et al. 2014"
    where: ClassVar[str] = "A layer in the palette."


class ElasticNet(Regularizer):
    """L1 and L2 together: useless weights end at 0, and of features that go together none is
    left out by chance. Set both."""

    kind: ClassVar[str] = "elastic"
    label: ClassVar[str] = "Elastic net"
    aliases: ClassVar[tuple[str, ...]] = ("elasticnet", "l1 and l2")
    formula: ClassVar[str] = r"\lambda_1 \sum |W| + \frac{\lambda_2}{2} \sum W^2"
    letters: ClassVar[str] = "λ₁ strength of L1 · λ₂ strength of L2 · W weights"
    when: ClassVar[str] = "Where only some features matter, and those go together in groups."
    pitfall: ClassVar[str] = "Two strengths have to be found: begin with L2 alone, then add L1."
    source: ClassVar[str] = "Zou and Hastie 2005, Regularization and variable selection"
    where: ClassVar[str] = "L1 and L2 of a layer or of the whole net, both above 0."


class MaxNorm(Regularizer):
    """After each step, the incoming weights of a unit that are longer than the limit are scaled
    back to it. Large learning rates stay safe, often together with dropout."""

    kind: ClassVar[str] = "max_norm"
    label: ClassVar[str] = "Max-norm"
    aliases: ClassVar[tuple[str, ...]] = ("max norm", "weight constraint", "maxnorm")
    formula: ClassVar[str] = r"W_i \leftarrow W_i \min(1, c/\|W_i\|)"
    letters: ClassVar[str] = "W_i weights into unit i · c limit"
    when: ClassVar[str] = "Together with dropout and a large learning rate."
    pitfall: ClassVar[str] = (
        "A limit below the length that weights start with cuts them all in the first step: "
        "begin with 3 or 4."
    )
    source: ClassVar[str] = "Srebro and Shraibman 2005; Srivastava et al. 2014"
    where: ClassVar[str] = "On every layer with weights."


class EarlyStopping(Regularizer):
    """Pauses training once the validation loss has not improved for some epochs, and goes back
    to the weights of the best epoch: what is learned after that is learned by heart."""

    kind: ClassVar[str] = "early_stopping"
    label: ClassVar[str] = "Early stopping"
    aliases: ClassVar[tuple[str, ...]] = ("patience", "overfitting", "restore best weights")
    formula: ClassVar[str] = r"t^* = argmin_t\, L_{val}(t)"
    letters: ClassVar[str] = "t epoch · L_val validation loss · t* the epoch that is gone back to"
    when: ClassVar[str] = "Nearly always: it costs no more than some examples for validation."
    pitfall: ClassVar[str] = (
        "A short patience ends the run in a flat stretch that would have passed: raise it."
    )
    source: ClassVar[str] = "Prechelt 1998, Early stopping - but when?"
    where: ClassVar[str] = "Patience under Training."


class GradientClipping(Regularizer):
    """Keeps single steps from going too far: a gradient longer than the limit is shortened to
    it (by norm), or each of its numbers is cut off (by value)."""

    kind: ClassVar[str] = "clipping"
    label: ClassVar[str] = "Gradient clipping"
    aliases: ClassVar[tuple[str, ...]] = (
        "clip norm", "clip value", "exploding gradients", "clip_grad_norm",
    )  # fmt: skip
    formula: ClassVar[str] = r"g \leftarrow g \min(1, c/\|g\|)"
    letters: ClassVar[str] = "g gradient of all parameters · c limit"
    when: ClassVar[str] = (
        "For recurrent nets and transformers, and wherever single steps make the loss jump."
    )
    pitfall: ClassVar[str] = (
        "A limit below the usual length of the gradient shortens every step: look at the "
        "gradient's norm, and set it above."
    )
    source: ClassVar[str] = (
        "torch.nn.utils.clip_grad_norm_; Pascanu et al. 2013, On the difficulty of training RNNs"
    )
    where: ClassVar[str] = "Clip norm and clip value under Training."


class LabelSmoothing(Regularizer):
    """Asks for a little less than certainty: the right class gets 1 − s, and s is shared by all.
    The net does not drive its outputs to infinity."""

    kind: ClassVar[str] = "label_smoothing"
    label: ClassVar[str] = "Label smoothing"
    aliases: ClassVar[tuple[str, ...]] = ("soft labels", "soft targets")
    formula: ClassVar[str] = r"y \leftarrow (1-s)\, y + s/C"
    letters: ClassVar[str] = "y label, 1 for the right class · s share · C classes"
    when: ClassVar[str] = (
        "For classes whose labels are now and then wrong, and for nets that are too sure."
    )
    pitfall: ClassVar[str] = (
        "The loss can no longer reach 0: compare runs with and without it by their accuracy."
    )
    source: ClassVar[str] = "Szegedy et al. 2016, Rethinking the Inception architecture"
    where: ClassVar[str] = (
        "An option of cross-entropy, its relatives and KL divergence, under Loss."
    )
