"""Project: all that a person decides, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar, Literal

from pydantic import Field

from playground.catalog.datasets.dataset import DataError, Dataset, Target
from playground.catalog.datasets.toy import Moons
from playground.catalog.layers.base.user_block import SavedBlock
from playground.catalog.losses import BinaryCrossEntropyWithLogits, LossChoice, proposed
from playground.catalog.objectives import ObjectiveChoice, ObjectiveError, Supervised
from playground.catalog.optimizers import Adam, OptimizerChoice
from playground.catalog.options import live
from playground.catalog.registry import make_layer
from playground.catalog.schedules import Constant, ScheduleChoice
from playground.graph.block import opened
from playground.graph.declaration import Declaration
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.shape import Edit, Fix, Shape

LATER: dict[str, Any] = {"rank": 1}


class Training(Declaration):
    """How the net is trained: what it learns, what tells how good it is, and how a step is made
    of that. A step is one update of the weights, from one batch; an epoch is every example once."""

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
        "In every project: its options stand in the inspector, below what is selected."
    )
    pitfall: ClassVar[str] = (
        "Several options changed at once leave open which one helped: change one, and restart from "
        "the same seed."
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
        description="How far the net's output is from the labels; it must suit them.",
    )
    optimizer: OptimizerChoice = live(Adam(), "Optimizer", "How a step is made from the gradient.")
    batch_size: int = live(
        32,
        "Batch size",
        "Examples a step. Small ones are noisy and quick, large ones smooth and slow.",
        ge=1,
        le=1_000_000,
    )
    l1: float = live(
        0.0,
        "L1, whole net",
        "Pulls every weight of the net all the way to 0, the useless ones first.",
        ge=0,
        is_log=True,
    )
    l2: float = live(
        0.0,
        "L2, whole net",
        "Keeps all weights of the net small: λ/2·‖W‖² is added to the loss.",
        ge=0,
        is_log=True,
    )
    max_epochs: int = live(
        0,
        "Stop after",
        "Epochs after which training pauses by itself; 0 goes on until you pause it.",
        ge=0,
        le=10_000_000,
    )
    drop_last: bool = live(
        False,
        "Drop last batch",
        "Leave out the last batch of an epoch where it is smaller than the others.",
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
        description="What computes. Auto takes a GPU only where it is faster: not for tiny nets.",
    )
    schedule: ScheduleChoice = live(
        Constant(), "Schedule", "How the learning rate changes over the epochs.", rank=1
    )
    warmup_epochs: float = live(
        0.0,
        "Warm-up",
        "Epochs in which the learning rate climbs in a line, before the schedule.",
        ge=0,
        le=10_000_000,
        rank=1,
    )
    objective: ObjectiveChoice = Field(
        Supervised(),
        title="Objective",
        description="What the net learns: the labels, its own input, or tokens of a text.",
        json_schema_extra=LATER,
    )
    early_stopping: int = live(
        0,
        "Patience",
        "Epochs without a better validation loss after which training pauses and goes "
        "back to the best weights; 0 goes on.",
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
        "Go back to the weights of the best epoch where patience ends.",
        rank=1,
    )
    clip_norm: float = live(
        0.0,
        "Clip norm",
        "A gradient longer than this, all parameters together, is shortened to it; 0 does not.",
        ge=0,
        rank=1,
    )
    clip_value: float = live(
        0.0,
        "Clip value",
        "Every number of the gradient is cut off at this size; 0 does not.",
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
        "Forget most activations and compute them again on the way back: less memory, "
        "about a third more time. Single layers have a switch of their own.",
        rank=1,
    )


@dataclass(frozen=True)
class Project:
    """The graph, the data set and the training recipe."""

    graph: Graph = field(default_factory=Graph)
    data: Dataset = field(default_factory=Moons)
    training: Training = field(default_factory=Training)

    def with_graph(self, graph: Graph) -> Project:
        """With another graph."""
        return replace(self, graph=graph)

    def with_data(self, data: Dataset) -> Project:
        """With another data set. What is as the labels proposed it follows the new ones: the loss,
        and the units of the last Linear layer. A loss that somebody picked stays if it can."""
        return replace(self, data=data)._following(self)

    def with_training(self, **options: Any) -> Project:
        """With some options of the training recipe changed, validated; another objective is
        followed as other data is."""
        project = replace(self, training=self.training.with_options(**options))
        if project.training.objective == self.training.objective or "loss" in options:
            return project
        return project._following(self)

    def _following(self, before: Project) -> Project:
        target, old = aim(self), aim(before)
        if target is None:
            return self
        loss = self.training.loss
        was_proposed = old is not None and loss == proposed(old)
        if was_proposed or target.task not in loss.tasks:
            loss = proposed(target)
        project = replace(self, training=self.training.with_options(loss=loss))
        head = self._head()
        if old is None or head is None or not loss.outputs(target):
            return project
        if head.layer.options()["out_features"] != before.training.loss.outputs(old):
            return project
        graph = self.graph.set_options(head.id, out_features=loss.outputs(target))
        return project.with_graph(graph)

    def followed(self, before: Project) -> str:
        """What followed other data or another objective, in a sentence; "" where nothing did."""
        same_aim = self.training.objective == before.training.objective
        if self.data == before.data and same_aim:
            return ""
        found = []
        if self.training.loss != before.training.loss:
            found.append(f"the loss is now {self.training.loss.label}")
        head, old = self._head(), before._head()
        if head is not None and old is not None and head.layer != old.layer:
            units = head.layer.options()["out_features"]
            found.append(f"{head.title} has {units:,} unit{'s' if units != 1 else ''}")
        return f"As the labels ask: {', and '.join(found)}." if found else ""

    def _head(self) -> Node | None:
        """The Linear layer that the Output is fed by, perhaps through activations."""
        outputs = self.graph.of_kind("Output")
        ends = [edge for output in outputs for edge in self.graph.incoming(output.id)]
        while len(ends) == 1:
            node = self.graph.nodes[ends[0].source]
            if node.layer.kind == "Linear":
                return node
            if not node.layer.is_activation:
                return None
            ends = self.graph.incoming(node.id)
        return None

    def trains_like(self, other: Project) -> bool:
        """Whether both would train alike: places and names on the canvas do not count."""
        return (
            self.graph.same_net(other.graph)
            and self.data == other.data
            and self.training == other.training
        )

    # Edits that fixes are made of

    def apply(self, fix: Fix) -> Project:
        """With a diagnostic fixed."""
        project = self
        for edit in fix.edits:
            project = project._edited(edit)
        return project

    def _edited(self, edit: Edit) -> Project:
        if edit.on == "graph":
            return self.with_graph(getattr(self.graph, edit.method)(*edit.arguments))
        edited: Project = getattr(self, edit.method)(*edit.arguments)
        return edited

    def insert_kind_before(
        self, node_id: str, port: str, kind: str, options: tuple[tuple[str, object], ...] = ()
    ) -> Project:
        """With a layer of that kind in front of a node's input, its options as they come or set."""
        layer = make_layer({**dict(options), "kind": kind})
        return self.with_graph(self.graph.insert_before(node_id, port, layer))

    def set_options(self, node_id: str, options: tuple[tuple[str, object], ...]) -> Project:
        """With options of a layer set."""
        return self.with_graph(self.graph.set_options(node_id, **dict(options)))

    def set_part_options(
        self, path: tuple[str, ...], options: tuple[tuple[str, object], ...]
    ) -> Project:
        """With options of a part of a block set; `path` leads there from the block's node."""
        block = self.graph.nodes[path[0]].layer
        assert isinstance(block, SavedBlock)
        layer = block.with_part_options(path[1:], **dict(options))
        return self.with_graph(self.graph.set_layer(path[0], layer))

    def open_block(self, node_id: str, inputs: tuple[Shape, ...]) -> Project:
        """With a block that is fed these shapes replaced by its parts."""
        return self.with_graph(opened(self.graph, node_id, inputs)[0])

    def set_training(self, options: tuple[tuple[str, object], ...]) -> Project:
        """With options of the training recipe set."""
        return self.with_training(**dict(options))

    def add_end(self, kind: str) -> Project:
        """With an Input or Output, wired to the one layer that waits for it if there is one."""
        graph = self.graph
        xs = [node.x for node in graph.nodes.values()] or [0.0]
        ys = [node.y for node in graph.nodes.values()] or [0.0]
        x = min(xs) - 220 if kind == "Input" else max(xs) + 220
        graph, new_id = graph.add_layer(make_layer({"kind": kind}), x, sum(ys) / len(ys))
        for edge in self._loose_ends(kind, new_id):
            try:
                graph = graph.connect(edge)
                break
            except GraphError:
                continue
        return self.with_graph(graph)

    def _loose_ends(self, kind: str, new_id: str) -> list[Edge]:
        graph = self.graph
        if kind == "Input":
            waiting = [
                n for n in graph.nodes.values() if n.layer.inputs and not graph.incoming(n.id)
            ]
            edges = [Edge(new_id, n.id, "out", n.layer.inputs[0].name) for n in waiting]
        else:
            last = [n for n in graph.nodes.values() if n.layer.outputs and not graph.outgoing(n.id)]
            edges = [Edge(n.id, new_id, n.layer.outputs[0].name) for n in reversed(last)]
        return edges if len(edges) == 1 or kind == "Output" else []


def target_of(data: Dataset) -> Target | None:
    """What the data set wants predicted; None where that cannot be told, as for a lost file."""
    try:
        return data.target()
    except DataError:
        return None


def aim(project: Project) -> Target | None:
    """What the net must put out under the objective; None where that cannot be told."""
    try:
        return project.training.objective.target(project.data)
    except (DataError, ObjectiveError):
        return None


def empty_project() -> Project:
    """A project with an Input and an Output, and nothing between them yet."""
    graph = Graph()
    graph = graph.add(Node("input1", make_layer({"kind": "Input"}), x=0, y=0))
    graph = graph.add(Node("output1", make_layer({"kind": "Output"}), x=640, y=0))
    return Project(graph)
