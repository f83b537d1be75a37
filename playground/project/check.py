"""Everything that is wrong with a project: errors of the graph, and of the graph with the data."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

from playground.catalog.datasets.dataset import DataError, Target
from playground.catalog.objectives import ObjectiveError, Supervised
from playground.graph.block import BlockLayer, Expanded, expanded
from playground.graph.diagnose import Diagnostic, Examined, Severity, examine
from playground.graph.fix import Fix, SetFrozen, SetOptions
from playground.graph.graph import Node
from playground.graph.shape import Shape
from playground.project.checks.blocks import opened
from playground.project.checks.labels import against_labels
from playground.project.checks.linear_chains import linear_chains
from playground.project.checks.padding import against_padding
from playground.project.checks.perceptron import against_perceptron
from playground.project.project import Project
from playground.translation import tr


@dataclass(frozen=True)
class Checked(Examined):
    """A project and all that is known of it without running it.

    It is made once for every change, by `check`, and passed on to whatever needs shapes, parameter
    counts, findings, or the graph that runs.
    """

    project: Project = field(default_factory=Project)
    features: Shape | None = None
    """The shape of one example; None if it is not known, as for a missing file."""

    @cached_property
    def expanded(self) -> Expanded:
        """The graph with every block replaced by its parts, and which part belongs to which."""
        return expanded(self.project.graph, self)

    @cached_property
    def flat(self) -> Checked:
        """The project as it is run and exported: every block replaced by its parts."""
        if not any(isinstance(n.layer, BlockLayer) for n in self.project.graph.nodes.values()):
            return self
        graph = self.expanded.graph
        return _checked(
            examine(graph, self.features), self.project.with_graph(graph), self.features
        )


def _checked(examined: Examined, project: Project, features: Shape | None) -> Checked:
    return Checked(
        examined.shapes,
        examined.parameters,
        examined.inputs,
        examined.diagnostics,
        project,
        features,
    )


def flattened(project: Project) -> Project:
    """The project with every block replaced by its parts; see `Checked.flat`."""
    return check(project).flat.project


def check(project: Project) -> Checked:
    """Shapes, parameter counts and every finding; nothing is run."""
    found: list[Diagnostic] = []
    features: Shape | None = None
    target: Target | None = None
    try:
        features = project.data.features()
        target = project.training.objective.target(project.data)
    except DataError as error:
        found.append(Diagnostic("error", "data", _id(project.graph.input_nodes), str(error)))
    except ObjectiveError as error:
        found.append(_unfit_objective(project, str(error)))
    examined = examine(project.graph, features)
    found += linear_chains(project.graph, examined)
    inside = opened(project, examined, features)
    found += inside.outside(_inside(inside.project, inside.examined, target))
    if project.training.batch_size == 1:
        every = opened(project, examined, features, BlockLayer)
        found += every.outside(_batch_of_one(every.project, every.examined))
    found += _nothing_learns(project, examined)
    examined = replace(examined, diagnostics=(*examined.diagnostics, *found))
    return _checked(examined, project, features)


def _inside(project: Project, examined: Examined, target: Target | None) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    outputs = project.graph.output_nodes
    if target is not None and outputs and outputs[0].id in examined.inputs:
        found += against_labels(project, target, outputs[0], examined)
    found += _vocabulary(project)
    found += against_padding(project, examined)
    return found + against_perceptron(project)


def _id(ends: tuple[Node, ...]) -> str:
    return ends[0].id if ends else ""


def _unfit_objective(project: Project, reason: str) -> Diagnostic:
    text = tr(
        "{reason}: choose another data set, or set the objective to Supervised.", reason=reason
    )
    fix = Fix.training(tr("Set the objective to Supervised"), objective=Supervised())
    return Diagnostic("error", "objective_unfit", _id(project.graph.output_nodes), text, fix)


def _vocabulary(project: Project) -> list[Diagnostic]:
    size, found = len(project.data.vocabulary()), []
    for node in project.graph.nodes.values():
        option = node.layer.vocabulary_option
        known = node.layer.options()[option] if option else size
        if known >= size:
            continue
        text = tr(
            "The data has {size} different tokens, but {layer} only knows {known}. Increase its "
            "number of tokens.",
            size=size,
            layer=node.title,
            known=known,
        )
        edit = SetOptions(((option, size),), node.id)
        fix = Fix(tr("Set it to {size}", size=size), (edit,))
        found.append(Diagnostic("error", "vocabulary_too_small", node.id, text, fix))
    return found


def _nothing_learns(project: Project, examined: Examined) -> list[Diagnostic]:
    graph = project.graph
    needed = graph.reachable((node.id for node in graph.output_nodes), backwards=True)
    own = [graph.nodes[i] for i in needed if examined.parameters.get(i)]
    frozen = [node.id for node in own if node.is_frozen]
    if not frozen or any(not (node.is_frozen or node.is_bypassed) for node in own):
        return []
    text = tr("All weights are frozen, so training changes nothing. Unfreeze at least one layer.")
    ids = tuple(i for i in graph.order if i in frozen)
    label = tr("Unfreeze it") if len(ids) == 1 else tr("Unfreeze all")
    return [
        Diagnostic("warning", "nothing_learns", ids[0], text, Fix(label, (SetFrozen(ids, False),)))
    ]


def _batch_of_one(project: Project, examined: Examined) -> list[Diagnostic]:
    fix, found = Fix.training(tr("Set batch size to 16"), batch_size=16), []
    for node in project.graph.nodes.values():
        if node.is_bypassed or not node.layer.uses_batch_statistics:
            continue
        text = tr(
            "{layer} needs several examples per batch to compute a mean, but the batch size is 1. "
            "Increase the batch size.",
            layer=node.title,
        )
        severity: Severity = "error"
        (shape,) = examined.inputs.get(node.id, (Shape(()),))
        if shape.rank > 1 and shape.dims[1:] != (1,) * (shape.rank - 1):
            severity = "warning"
            text = tr(
                "With batch size 1, {layer} normalises each example by itself, so the network "
                "behaves differently in evaluation. Increase the batch size.",
                layer=node.title,
            )
        found.append(Diagnostic(severity, "batch_norm_single", node.id, text, fix))
    return found
