"""Everything that is wrong with a project: the graph's own mistakes, and those against the data."""

from __future__ import annotations

from dataclasses import replace

from playground.catalog.datasets.dataset import DataError, Target
from playground.catalog.losses import proposed
from playground.graph.block import BlockLayer, expanded
from playground.graph.diagnose import Diagnostic, Examined, examine
from playground.graph.graph import Node
from playground.graph.shape import Edit, Fix, Shape
from playground.project.project import Project

ENDS = {"Softmax": "probabilities", "Sigmoid": "probabilities"}


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
        features, target = project.data.features(), project.data.target()
    except DataError as error:
        inputs = project.graph.of_kind("Input")
        place = inputs[0].id if inputs else ""
        found.append(Diagnostic("error", "data", place, str(error)))
    examined = examine(project.graph, features)
    outputs = project.graph.of_kind("Output")
    if target is not None and outputs and outputs[0].id in examined.inputs:
        found += _against_labels(project, target, outputs[0], examined)
    found += _batch_norm(project)
    return replace(examined, diagnostics=(*examined.diagnostics, *found))


def _against_labels(
    project: Project, target: Target, output: Node, examined: Examined
) -> list[Diagnostic]:
    loss = project.training.loss
    if target.task not in loss.tasks:
        better = proposed(target)
        fix = Fix(f"Use {better.label}", (Edit("project", "set_training", ((("loss", better),),)),))
        labels = "numbers" if target.task == "regression" else "classes"
        text = f"{loss.label} cannot be used with labels that are {labels}: use {better.label}."
        return [Diagnostic("error", "loss_unfit", output.id, text, fix)]
    found = _wrong_outputs(project, target, output, examined.inputs[output.id][0])
    return found + _doubled_activation(project, output)


def _wrong_outputs(
    project: Project, target: Target, output: Node, shape: Shape
) -> list[Diagnostic]:
    wanted = project.training.loss.outputs(target)
    if shape.dims == (wanted,):
        return []
    if shape.rank == 2 and shape.size is None:
        text = f"The net must put out {wanted} numbers an example, got a sequence: {shape.example}."
        last = Edit("project", "insert_kind_before", (output.id, "in", "LastStep"))
        fix = Fix("Insert Last step", (last,))
        return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]
    if shape.rank != 1:
        text = f"The net must put out {wanted} numbers an example, got {shape.example}: add Flatten"
        text += "." if shape.size == wanted else f" and a Linear layer of {wanted}."
        fix = _flat_fix(output, wanted, shape)
        return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]
    what = {"regression": f"{len(target.columns)} values"}.get(
        target.task, f"{len(target.classes)} classes"
    )
    text = (
        f"The labels are {what} and the loss is {project.training.loss.label}, so the net must put "
        f"out {wanted} {'number' if wanted == 1 else 'numbers'}, got {shape.example}."
    )
    fix = _head_fix(project, output, wanted)
    return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]


def _flat_fix(output: Node, wanted: int, shape: Shape) -> Fix:
    flatten = Edit("project", "insert_kind_before", (output.id, "in", "Flatten"))
    if shape.size == wanted:
        return Fix("Insert Flatten", (flatten,))
    return Fix(f"Insert Flatten and Linear {wanted}", (flatten, _linear(output, wanted)))


def _head_fix(project: Project, output: Node, wanted: int) -> Fix:
    # Walk back through activations to the Linear layer that makes the outputs.
    graph = project.graph
    node = graph.nodes[graph.incoming(output.id)[0].source]
    while node.layer.is_activation and graph.incoming(node.id):
        node = graph.nodes[graph.incoming(node.id)[0].source]
    if node.layer.kind != "Linear":
        return Fix(f"Insert Linear {wanted}", (_linear(output, wanted),))
    edit = Edit("project", "set_options", (node.id, (("out_features", wanted),)))
    return Fix(f"Set {node.title} to {wanted}", (edit,))


def _linear(output: Node, wanted: int) -> Edit:
    arguments = (output.id, "in", "Linear", (("out_features", wanted),))
    return Edit("project", "insert_kind_before", arguments)


def _doubled_activation(project: Project, output: Node) -> list[Diagnostic]:
    last = project.graph.nodes[project.graph.incoming(output.id)[0].source]
    loss = project.training.loss
    if loss.expects != "logits" or last.layer.kind not in ENDS:
        return []
    text = (
        f"{loss.label} applies its own {'softmax' if loss.kind == 'cross_entropy' else 'sigmoid'}, "
        f"so {last.title} in front of it squeezes the outputs twice and slows learning: remove it."
    )
    fix = Fix(f"Remove {last.title}", (Edit("graph", "remove_and_join", (last.id,)),))
    code = f"{last.layer.kind.lower()}_before_{loss.kind}"
    return [Diagnostic("warning", code, last.id, text, fix)]


def _batch_norm(project: Project) -> list[Diagnostic]:
    if project.training.batch_size > 1:
        return []
    text = (
        "BatchNorm needs several examples a batch to take a mean over, and the batch size is 1: "
        "make it larger."
    )
    fix = Fix("Set batch size to 16", (Edit("project", "set_training", ((("batch_size", 16),),)),))
    return [
        Diagnostic("error", "batch_norm_single", node.id, text, fix)
        for node in project.graph.of_kind("BatchNorm")
    ]
