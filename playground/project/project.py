"""Project: all that a person decides, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from playground.catalog.datasets.dataset import DataError, Dataset, Target
from playground.catalog.datasets.toy import Moons
from playground.catalog.losses import proposed
from playground.catalog.objectives import ObjectiveError
from playground.catalog.registry import make_layer
from playground.graph.fix import Edit, Fix, SetTraining
from playground.graph.graph import Graph, Node
from playground.graph.shape import Shape
from playground.project.edits import edited
from playground.project.training import Training
from playground.translation import tr, trn


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
        """Replace the data set. Loss and output size are updated only if they still equal the
        defaults for the old labels, or cannot be used with the new ones."""
        return replace(self, data=data)._adjusted(self)

    def with_training(self, **options: Any) -> Project:
        """With some options of the training recipe changed, validated; after a change of the
        objective, loss and output size are updated as by `with_data`."""
        project = replace(self, training=self.training.with_options(**options))
        if project.training.objective == self.training.objective or "loss" in options:
            return project
        return project._adjusted(self)

    def _adjusted(self, before: Project) -> Project:
        target, old = aim(self), aim(before)
        if target is None:
            return self
        loss = self.training.loss
        was_proposed = old is not None and loss == proposed(old)
        if was_proposed or target.task not in loss.tasks:
            loss = proposed(target)
        project = replace(self, training=self.training.with_options(loss=loss))
        head = self.head
        if old is None or head is None or not loss.outputs(target):
            return project
        if units_of(head) != before.training.loss.outputs(old):
            return project
        options = {head.layer.units_option: loss.outputs(target)}
        return project.with_graph(self.graph.set_options(head.id, **options))

    def adjustments(self, before: Project) -> str:
        """What was updated for other data or another objective, as a sentence; "" for nothing."""
        same_aim = self.training.objective == before.training.objective
        if self.data == before.data and same_aim:
            return ""
        loss = tr(self.training.loss.label)
        is_other_loss = self.training.loss != before.training.loss
        head, old = self.head, before.head
        if head is None or old is None or head.layer == old.layer:
            if is_other_loss:
                return tr("Adjusted to the new labels: the loss is now {loss}.", loss=loss)
            return ""
        if is_other_loss:
            return trn(
                "Adjusted to the new labels: the loss is now {loss}, and {layer} has {count:,} "
                "unit.",
                "Adjusted to the new labels: the loss is now {loss}, and {layer} has {count:,} "
                "units.",
                units_of(head),
                loss=loss,
                layer=head.title,
            )
        return trn(
            "Adjusted to the new labels: {layer} has {count:,} unit.",
            "Adjusted to the new labels: {layer} has {count:,} units.",
            units_of(head),
            layer=head.title,
        )

    @property
    def head(self) -> Node | None:
        """The layer whose number of units is that of the outputs: the last one, apart from
        activations, if it has such an option."""
        ends = [edge for node in self.graph.output_nodes for edge in self.graph.incoming(node.id)]
        while len(ends) == 1:
            node = self.graph.nodes[ends[0].source]
            if node.layer.units_option:
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

    def apply(self, fix: Fix) -> Project:
        """With a diagnostic fixed; raises GraphError if the graph has changed too much for it."""
        project = self
        for edit in fix.edits:
            project = project.edited(edit)
        return project

    def edited(self, edit: Edit) -> Project:
        """After one edit of a fix."""
        if isinstance(edit, SetTraining):
            return self.with_training(**dict(edit.options))
        return self.with_graph(edited(self.graph, edit, features_of(self.data)))


def units_of(head: Node) -> int:
    """How many units a node has whose layer has an option for that."""
    return int(head.layer.options()[head.layer.units_option])


def features_of(data: Dataset) -> Shape | None:
    """The shape of one example; None if it is not known, as for a missing file."""
    try:
        return data.features()
    except DataError:
        return None


def target_of(data: Dataset) -> Target | None:
    """What the data set wants predicted; None if it is not known, as for a missing file."""
    try:
        return data.target()
    except DataError:
        return None


def aim(project: Project) -> Target | None:
    """What the network must output under the objective; None if it is not known."""
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
