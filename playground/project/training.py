"""Training: the training recipe of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.catalog.losses import BinaryCrossEntropyWithLogits, LossChoice
from playground.catalog.objectives import ObjectiveChoice, Supervised
from playground.catalog.optimizers import Adam, OptimizerChoice
from playground.catalog.options import live
from playground.catalog.schedules import Constant, ScheduleChoice
from playground.graph.declaration import Declaration

DEFAULT_EPOCHS = 100
"""How many epochs the command line and exported scripts train a project without max_epochs."""
LATER: dict[str, Any] = {"rank": 1}
HALF_DTYPES: Mapping[str, str] = {"bf16": "bfloat16", "fp16": "float16"}
"""torch's names of the dtypes in which autocast computes, by precision."""


class Training(Declaration):
    """How the network is trained: the objective, the loss, and the optimizer. A step is one
    update of the weights, from one batch; an epoch is one pass over all training examples."""

    kind: ClassVar[str] = "training"
    label: ClassVar[str] = "Training"
    aliases: ClassVar[tuple[str, ...]] = (
        "hyperparameters", "recipe", "epochs", "minibatch", "warm-up", "linear warmup",
        "gradient accumulation", "activation checkpointing", "mixed precision", "amp", "float16",
        "early stopping", "random seed", "gpu",
    )  # fmt: skip
    formula: ClassVar[str] = r"w \leftarrow w - \eta \, \nabla_w \frac{1}{B} \sum_{i=1}^{B} L_i"
    letters: ClassVar[str] = "w weights · η learning rate · B batch size · L_i loss of example i"
    when: ClassVar[str] = (
        "In every project: its options are in the inspector, below those of the selection."
    )
    pitfall: ClassVar[str] = (
        "If several options change at once, it stays unclear which one helped: change one, and "
        "restart from the same seed."
    )
    source: ClassVar[str] = "Goodfellow, Bengio and Courville 2016, Deep learning, chapter 8"
    option_order: ClassVar[tuple[str, ...]] = (
        "loss",
        "optimizer",
        "schedule",
        "warmup_epochs",
        "batch_size",
        "l1",
        "l2",
        "max_epochs",
        "early_stopping",
        "min_delta",
        "restore_best",
        "clip_norm",
        "clip_value",
        "seed",
        "device",
    )

    loss: LossChoice = Field(
        BinaryCrossEntropyWithLogits(),
        title="Loss",
        description="How far the output of the network is from the labels; it must suit them.",
    )
    optimizer: OptimizerChoice = live(
        Adam(), "Optimizer", "How the weights are updated from the gradient."
    )
    batch_size: int = live(
        32,
        "Batch size",
        "Examples per step. Small batches are noisy and fast, large ones smooth and slow.",
        ge=1,
        le=1_000_000,
    )
    l1: float = live(
        0.0,
        "L1, whole network",
        "Pulls every weight of the network to exactly 0, the least useful first.",
        ge=0,
        is_log=True,
    )
    l2: float = live(
        0.0,
        "L2, whole network",
        "Keeps all weights of the network small: λ/2·‖W‖² is added to the loss.",
        ge=0,
        is_log=True,
    )
    max_epochs: int = live(
        0,
        "Stop after",
        "Epochs after which training pauses by itself; 0: never.",
        ge=0,
        le=10_000_000,
    )
    drop_last: bool = live(
        False,
        "Drop last batch",
        "Leave out the last batch of an epoch if it is smaller than the others.",
    )
    seed: int = Field(
        1,
        ge=0,
        le=2**31 - 1,
        title="Seed",
        description="Where the random draws start: the same number gives the same initial weights.",
    )
    device: Literal["auto", "cpu", "cuda", "mps"] = Field(
        "auto",
        title="Device",
        description="Compute device. Auto uses a GPU only if it is faster: not for tiny networks.",
    )
    schedule: ScheduleChoice = live(
        Constant(), "Schedule", "How the learning rate changes over the epochs.", rank=1
    )
    warmup_epochs: float = live(
        0.0,
        "Warm-up",
        "Epochs in which the learning rate rises linearly, before the schedule.",
        ge=0,
        le=10_000_000,
        rank=1,
    )
    objective: ObjectiveChoice = Field(
        Supervised(),
        title="Objective",
        description="What the network learns: the labels, its own input, or tokens of a text.",
        json_schema_extra=LATER,
    )
    early_stopping: int = live(
        0,
        "Patience",
        "Epochs without a better validation loss after which training pauses and goes "
        "back to the best weights; 0: never.",
        ge=0,
        le=10_000_000,
        rank=1,
    )
    min_delta: float = live(
        0.0,
        "Smallest improvement",
        "By how much the validation loss must fall to count as better.",
        ge=0,
        rank=1,
    )
    restore_best: bool = live(
        True,
        "Restore the best",
        "Go back to the weights of the best epoch when patience ends.",
        rank=1,
    )
    clip_norm: float = live(
        0.0,
        "Clip norm",
        "Gradients whose norm, over all parameters, is larger are scaled down to it; 0: off.",
        ge=0,
        rank=1,
    )
    clip_value: float = live(
        0.0,
        "Clip value",
        "Every number of the gradient is clipped to this size; 0: off.",
        ge=0,
        rank=1,
    )
    accumulation: int = live(
        1,
        "Accumulation",
        "Batches whose gradients are added up to one step, for large batches in little memory.",
        ge=1,
        le=10_000,
        rank=1,
    )
    precision: Literal["float32", "bf16", "fp16", "float64"] = Field(
        "float32",
        title="Precision",
        description="How exact numbers are. bf16 and fp16 compute in half as many bits where that "
        "is safe, fp16 with a scaled loss on a GPU; float64 in twice as many.",
        json_schema_extra=LATER,
    )
    recompute: bool = live(
        False,
        "Gradient checkpointing",
        "Discard most activations and recompute them in the backward pass: less memory, "
        "about a third more time. Single layers have their own switch.",
        rank=1,
    )

    @property
    def dtype(self) -> str:
        """torch's name of the dtype of parameters, features and labels."""
        return "float64" if self.precision == "float64" else "float32"

    @property
    def half_dtype(self) -> str | None:
        """torch's name of the dtype in which autocast computes; None without autocast."""
        return HALF_DTYPES.get(self.precision)

    @property
    def scales_loss(self) -> bool:
        """Whether the loss is scaled up so that small gradients do not underflow."""
        return self.precision == "fp16"

    @property
    def step_size(self) -> int:
        """How many examples a step takes: several batches if their gradients are accumulated."""
        return self.batch_size * self.accumulation
