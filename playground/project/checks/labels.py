"""Whether the loss and the shape of the network's output fit the labels."""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog.datasets.dataset import Target, Task
from playground.catalog.losses import proposed
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Fix, InsertBefore, SetOptions
from playground.graph.graph import Node
from playground.graph.shape import Shape
from playground.project.checks.last_layer import against_loss
from playground.project.project import Project
from playground.translation import N_, tr, trn

LABELS: Mapping[Task, str] = {
    "regression": N_("numbers"),
    "binary": N_("classes"),
    "classes": N_("classes"),
    "reconstruction": N_("the features themselves"),
    "tokens": N_("tokens"),
}


def against_labels(
    project: Project, target: Target, output: Node, examined: Examined
) -> list[Diagnostic]:
    """What is wrong between the end of the network, the loss, and what there is to predict."""
    loss = project.training.loss
    if target.task not in loss.tasks:
        better = proposed(target)
        text = tr(
            "{loss} cannot be used with labels that are {labels}. Use {better}.",
            loss=tr(loss.label),
            labels=tr(LABELS[target.task]),
            better=tr(better.label),
        )
        fix = Fix.training(tr("Use {loss}", loss=tr(better.label)), loss=better)
        return [Diagnostic("error", "loss_unfit", output.id, text, fix)]
    found = _wrong_outputs(project, target, output, examined.inputs[output.id][0])
    found += _wrong_weights(project, target, output)
    found += _outside_0_to_1(project, target, output)
    return found + against_loss(project, target, output)


def _wrong_weights(project: Project, target: Target, output: Node) -> list[Diagnostic]:
    loss = project.training.loss
    own, wanted = loss.weighting, len(target.classes)
    if isinstance(own, str) or not wanted or len(own) == wanted:
        return []
    text = trn(
        "{loss} has {count} class weight for {classes} classes. Give one weight per class, in the "
        "order {names}.",
        "{loss} has {count} class weights for {classes} classes. Give one weight per class, in the "
        "order {names}.",
        len(own),
        loss=tr(loss.label),
        classes=wanted,
        names=", ".join(shown(target.classes)),
    )
    few = len(own) < wanted
    kept = trn("Keep the first {count} weight", "Keep the first {count} weights", wanted)
    label = tr("Set the others to 1") if few else kept
    fitted = loss.with_options(class_weights=(own + (1.0,) * wanted)[:wanted])
    fix = Fix.training(label, loss=fitted)
    return [Diagnostic("error", "wrong_class_weights", output.id, text, fix)]


def _outside_0_to_1(project: Project, target: Target, output: Node) -> list[Diagnostic]:
    loss, better = project.training.loss, proposed(target)
    if target.task != "reconstruction" or loss.expects == "values":
        return []
    if project.data.has_shares() is not False:
        return []
    text = tr(
        "{loss} compares numbers from 0 to 1, but features of {data} lie outside this range. Use "
        "{better}.",
        loss=tr(loss.label),
        data=tr(project.data.label),
        better=tr(better.label),
    )
    fix = Fix.training(tr("Use {loss}", loss=tr(better.label)), loss=better)
    return [Diagnostic("error", "no_shares", output.id, text, fix)]


def shown(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The names of classes as a sentence can hold them: the first few."""
    few = tuple(name if len(name) <= 20 else f"{name[:19]}…" for name in classes[:5])
    return few if len(classes) <= 5 else (*few, "…")


def _wrong_outputs(
    project: Project, target: Target, output: Node, shape: Shape
) -> list[Diagnostic]:
    wanted = project.training.loss.outputs(target)
    if target.task == "tokens":
        return _wrong_tokens(project, output, shape, wanted)
    if shape.dims == (wanted,) or (target.task == "reconstruction" and shape.size == wanted):
        return []
    if shape.rank == 2 and (shape.size is None or project.data.is_sequence):
        text, fix = _sequence(output, shape, wanted)
    elif shape.rank != 1:
        text, fix = _not_flat(output, shape, wanted)
    else:
        text = _wrong_count(project, target, shape, wanted)
        fix = _head_fix(project, output, wanted)
    return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]


def _sequence(output: Node, shape: Shape, wanted: int) -> tuple[str, Fix]:
    text = trn(
        "The network must output {count} number per example, but it outputs a sequence: {shape}.",
        "The network must output {count} numbers per example, but it outputs a sequence: {shape}.",
        wanted,
        shape=shape.example,
    )
    last = InsertBefore("LastStep", output.id)
    if shape.dims[-1] == wanted:
        return text, Fix(tr("Insert Last step"), (last,))
    label = tr("Insert Last step and Linear {units}", units=wanted)
    return text, Fix(label, (last, _linear(output, wanted)))


def _not_flat(output: Node, shape: Shape, wanted: int) -> tuple[str, Fix]:
    flatten = InsertBefore("Flatten", output.id)
    if shape.size == wanted:
        text = trn(
            "The network must output {count} number per example, but it outputs {shape}. Add "
            "Flatten.",
            "The network must output {count} numbers per example, but it outputs {shape}. Add "
            "Flatten.",
            wanted,
            shape=shape.example,
        )
        return text, Fix(tr("Insert Flatten"), (flatten,))
    text = trn(
        "The network must output {count} number per example, but it outputs {shape}. Add Flatten "
        "and a Linear layer with {count} unit.",
        "The network must output {count} numbers per example, but it outputs {shape}. Add Flatten "
        "and a Linear layer with {count} units.",
        wanted,
        shape=shape.example,
    )
    label = tr("Insert Flatten and Linear {units}", units=wanted)
    return text, Fix(label, (flatten, _linear(output, wanted)))


def _wrong_count(project: Project, target: Target, shape: Shape, wanted: int) -> str:
    if target.columns:
        return trn(
            "There is {count} number to predict, so the network must output {count} number per "
            "example, but it outputs {shape}.",
            "There are {count} numbers to predict, so the network must output {count} numbers per "
            "example, but it outputs {shape}.",
            wanted,
            shape=shape.example,
        )
    return trn(
        "The labels have {classes} classes and the loss is {loss}, so the network must output "
        "{count} number per example, but it outputs {shape}.",
        "The labels have {classes} classes and the loss is {loss}, so the network must output "
        "{count} numbers per example, but it outputs {shape}.",
        wanted,
        classes=len(target.classes),
        loss=tr(project.training.loss.label),
        shape=shape.example,
    )


def _wrong_tokens(project: Project, output: Node, shape: Shape, wanted: int) -> list[Diagnostic]:
    length = project.data.features().dims[0]
    if shape.dims == (length, wanted):
        return []
    text = trn(
        "The network must output {count} number, one per token, at each of the {steps} steps, but "
        "it outputs {shape}.",
        "The network must output {count} numbers, one per token, at each of the {steps} steps, but "
        "it outputs {shape}.",
        wanted,
        steps=length,
        shape=shape.example,
    )
    is_row = shape.rank == 2 and shape.dims[0] == length
    fix = _head_fix(project, output, wanted) if is_row else None
    return [Diagnostic("error", "wrong_tokens", output.id, text, fix)]


def _head_fix(project: Project, output: Node, wanted: int) -> Fix:
    head = project.head
    if head is None:
        return Fix(tr("Insert Linear {units}", units=wanted), (_linear(output, wanted),))
    edit = SetOptions(((head.layer.units_option, wanted),), head.id)
    return Fix(tr("Set {layer} to {units}", layer=head.title, units=wanted), (edit,))


def _linear(output: Node, wanted: int) -> InsertBefore:
    return InsertBefore("Linear", output.id, options=(("out_features", wanted),))
