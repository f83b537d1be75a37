"""Everything that is wrong with a project: the graph's own mistakes, and those against the data."""

from __future__ import annotations

from dataclasses import replace

from playground.catalog.datasets.dataset import DataError, Target
from playground.catalog.layers.base.weighted import Weighted
from playground.catalog.losses import MeanAbsoluteError
from playground.catalog.objectives import ObjectiveError, Supervised
from playground.catalog.optimizers import SGD
from playground.graph.block import BlockLayer, expanded
from playground.graph.diagnose import Diagnostic, Examined, Severity, examine
from playground.graph.fix import Fix, SetFrozen, SetOptions, SetTraining
from playground.graph.shape import Shape
from playground.project.checks.blocks import opened
from playground.project.checks.labels import against_labels
from playground.project.checks.linear_chains import linear_chains
from playground.project.checks.padding import against_padding
from playground.project.project import Project


def flattened(project: Project) -> Project:
    """The project with every block replaced by its parts, as it is run and exported."""
    if not any(isinstance(node.layer, BlockLayer) for node in project.graph.nodes.values()):
        return project
    return project.with_graph(expanded(project.graph, check(project)).graph)


def check(project: Project) -> Examined:
    """Shapes, parameter counts and every finding; nothing is run."""
    found: list[Diagnostic] = []
    features: Shape | None = None
    target: Target | None = None
    try:
        features = project.data.features()
        target = project.training.objective.target(project.data)
    except DataError as error:
        found.append(Diagnostic("error", "data", _end(project, "Input"), str(error)))
    except ObjectiveError as error:
        found.append(_unfit_objective(project, str(error)))
    examined = examine(project.graph, features)
    found += linear_chains(project.graph, examined)
    inside = opened(project, examined, features)
    found += inside.notified(_inside(inside.project, inside.examined, target))
    if project.training.batch_size == 1:
        every = opened(project, examined, features, BlockLayer)
        found += every.notified(_batch_norm(every.project, every.examined))
    found += _nothing_learns(project, examined)
    return replace(examined, diagnostics=(*examined.diagnostics, *found))


def _inside(project: Project, examined: Examined, target: Target | None) -> list[Diagnostic]:
    found: list[Diagnostic] = []
    outputs = project.graph.of_kind("Output")
    if target is not None and outputs and outputs[0].id in examined.inputs:
        found += against_labels(project, target, outputs[0], examined)
    found += _vocabulary(project)
    found += against_padding(project, examined)
    return found + _perceptron(project)


def _end(project: Project, kind: str) -> str:
    ends = project.graph.of_kind(kind)
    return ends[0].id if ends else ""


def training_fix(label: str, **options: object) -> Fix:
    """A fix that sets options of the training recipe."""
    return Fix(label, (SetTraining(tuple(options.items())),))


def _unfit_objective(project: Project, why: str) -> Diagnostic:
    text = f"{why}: use another data set, or let the net learn the labels."
    fix = training_fix("Learn the labels", objective=Supervised())
    return Diagnostic("error", "objective_unfit", _end(project, "Output"), text, fix)


def _vocabulary(project: Project) -> list[Diagnostic]:
    size, found = len(project.data.vocabulary()), []
    for node in project.graph.nodes.values():
        known = getattr(node.layer, "num_embeddings", size)
        if known >= size:
            continue
        text = f"The data has {size} different tokens, and {node.title} knows only {known}."
        fix = Fix(f"Set it to {size}", (SetOptions((("num_embeddings", size),), node.id),))
        found.append(Diagnostic("error", "vocabulary_too_small", node.id, text, fix))
    return found


def _perceptron(project: Project) -> list[Diagnostic]:
    if project.training.optimizer.kind != "perceptron":
        return []
    graph = project.graph
    learning = (Weighted, BlockLayer)
    weighted = [node for node in graph.nodes.values() if isinstance(node.layer, learning)]
    steps = graph.of_kind("Step")
    place = _end(project, "Output")
    if len(weighted) != 1 or weighted[0].layer.kind != "Linear" or len(steps) != 1:
        text = (
            "The perceptron rule trains one Linear unit with a Step behind it and nothing else: "
            "use SGD for other nets."
        )
        fix = training_fix("Use SGD", optimizer=SGD())
        return [Diagnostic("error", "perceptron_net", place, text, fix)]
    found = []
    if project.training.loss.kind != "mae":
        text = (
            "The perceptron rule follows from mean absolute error, whose gradient behind a Step "
            f"is (ŷ − y)x; the loss is {project.training.loss.label}."
        )
        fix = training_fix("Use mean absolute error", loss=MeanAbsoluteError())
        found.append(Diagnostic("error", "perceptron_loss", place, text, fix))
    if not getattr(steps[0].layer, "straight_through", False):
        text = "A Step has gradient 0 everywhere: the perceptron rule needs it straight through."
        edit = SetOptions((("straight_through", True),), steps[0].id)
        fix = Fix("Pass gradients straight through", (edit,))
        found.append(Diagnostic("error", "perceptron_step", steps[0].id, text, fix))
    return found


def _nothing_learns(project: Project, examined: Examined) -> list[Diagnostic]:
    graph = project.graph
    needed = graph.reachable((node.id for node in graph.of_kind("Output")), backwards=True)
    own = [graph.nodes[i] for i in needed if examined.parameters.get(i)]
    held = [node.id for node in own if node.is_frozen]
    if not held or any(not (node.is_frozen or node.is_bypassed) for node in own):
        return []
    text = "Training changes nothing, because all weights are frozen: let at least one layer learn."
    ids = tuple(i for i in graph.order if i in held)
    label = "Thaw it" if len(ids) == 1 else "Thaw them all"
    fix = Fix(label, (SetFrozen(ids, False),))
    return [Diagnostic("warning", "nothing_learns", ids[0], text, fix)]


def _batch_norm(project: Project, examined: Examined) -> list[Diagnostic]:
    fix, found = training_fix("Set batch size to 16", batch_size=16), []
    for node in project.graph.of_kind("BatchNorm"):
        if node.is_bypassed:
            continue
        text = (
            "BatchNorm needs several examples a batch to take a mean over, and the batch size is "
            "1: make it larger."
        )
        severity: Severity = "error"
        (shape,) = examined.inputs.get(node.id, (Shape(()),))
        if shape.rank > 1 and shape.dims[1:] != (1,) * (shape.rank - 1):
            severity = "warning"
            text = (
                "BatchNorm takes its mean over one example alone, because the batch size is 1, and "
                "is another net when it is used: make it larger."
            )
        found.append(Diagnostic(severity, "batch_norm_single", node.id, text, fix))
    return found
