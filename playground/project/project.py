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


def features_of(data: Dataset) -> Shape | None:
    """The shape of one example; None if it is not known, as for a missing file."""
    try:
        return data.features()
    except DataError:
        return None


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
