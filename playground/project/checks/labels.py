"""What is wrong between the end of a net, its loss, and what there is to predict."""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog.datasets.dataset import Target, Task
from playground.catalog.losses import proposed
from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.fix import Edit, Fix, InsertBefore, RemoveAndJoin, SetOptions, SetTraining
from playground.graph.graph import Node
from playground.graph.shape import Shape
from playground.project.project import Project

ENDS = ("Softmax", "Sigmoid", "LogSoftmax")
LABELS: Mapping[Task, str] = {
    "regression": "numbers",
    "binary": "classes",
    "classes": "classes",
    "reconstruction": "the features themselves",
    "tokens": "tokens",
}


def against_labels(
    project: Project, target: Target, output: Node, examined: Examined
) -> list[Diagnostic]:
    """What is wrong between the end of the net, the loss, and what there is to predict."""
    loss = project.training.loss
    if target.task not in loss.tasks:
        better = proposed(target)
        fix = Fix(f"Use {better.label}", (SetTraining((("loss", better),)),))
        labels = LABELS[target.task]
        text = f"{loss.label} cannot be used with labels that are {labels}: use {better.label}."
        return [Diagnostic("error", "loss_unfit", output.id, text, fix)]
    found = _wrong_outputs(project, target, output, examined.inputs[output.id][0])
    last = project.graph.nodes[project.graph.incoming(output.id)[0].source]
    while last.is_bypassed and project.graph.incoming(last.id):
        last = project.graph.nodes[project.graph.incoming(last.id)[0].source]
    found += _wrong_weights(project, target, output)
    found += _no_shares(project, target, output)
    found += _doubled(project, last) or _bounded(project, target, last)
    return found + _silenced(last) + _lacking(project, output, last)


def _wrong_weights(project: Project, target: Target, output: Node) -> list[Diagnostic]:
    loss = project.training.loss
    own, wanted = loss.weighting, len(target.classes)
    if isinstance(own, str) or not wanted or len(own) == wanted:
        return []
    counted = f"{len(own)} {'number' if len(own) == 1 else 'numbers'}"
    text = (
        f"The class weights of {loss.label} are {counted} for {wanted} classes: give one to each, "
        f"in the order {', '.join(shown(target.classes))}."
    )
    label = "Give the others 1" if len(own) < wanted else f"Keep the first {wanted}"
    fitted = loss.with_options(class_weights=(own + (1.0,) * wanted)[:wanted])
    fix = Fix(label, (SetTraining((("loss", fitted),)),))
    return [Diagnostic("error", "wrong_class_weights", output.id, text, fix)]


def _no_shares(project: Project, target: Target, output: Node) -> list[Diagnostic]:
    loss, better = project.training.loss, proposed(target)
    if target.task != "reconstruction" or loss.expects == "values":
        return []
    if project.data.has_shares() is not False:
        return []
    text = (
        f"{loss.label} compares numbers from 0 to 1, and the features of {project.data.label} "
        f"go beyond: use {better.label}."
    )
    fix = Fix(f"Use {better.label}", (SetTraining((("loss", better),)),))
    return [Diagnostic("error", "no_shares", output.id, text, fix)]


def shown(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The names of classes as a sentence can hold them: the first few."""
    few = tuple(name if len(name) <= 20 else f"{name[:19]}…" for name in classes[:5])
    return few if len(classes) <= 5 else (*few, "…")


def _wrong_outputs(
    project: Project, target: Target, output: Node, shape: Shape
) -> list[Diagnostic]:
    wanted = project.training.loss.outputs(target)
    count = _numbers(wanted)
    if target.task == "tokens":
        return _wrong_tokens(project, output, shape, wanted)
    if shape.dims == (wanted,) or (target.task == "reconstruction" and shape.size == wanted):
        return []
    if shape.rank == 2 and (shape.size is None or project.data.family == "Sequences"):
        text = f"The net must put out {count} an example, got a sequence: {shape.example}."
        last = InsertBefore("LastStep", output.id)
        fix = Fix("Insert Last step", (last,))
        if shape.dims[-1] != wanted:
            fix = Fix(f"Insert Last step and Linear {wanted}", (last, _linear(output, wanted)))
        return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]
    if shape.rank != 1:
        text = f"The net must put out {count} an example, got {shape.example}: add Flatten"
        text += "." if shape.size == wanted else f" and a Linear layer of {wanted}."
        fix = _flat_fix(output, wanted, shape)
        return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]
    what = f"The labels are {len(target.classes)} classes"
    if target.columns:
        verb = "is" if len(target.columns) == 1 else "are"
        what = f"There {verb} {_numbers(len(target.columns))} to predict"
    text = (
        f"{what} and the loss is {project.training.loss.label}, so the net must put "
        f"out {count}, got {shape.example}."
    )
    fix = _head_fix(project, output, wanted)
    return [Diagnostic("error", "wrong_outputs", output.id, text, fix)]


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"


def _wrong_tokens(project: Project, output: Node, shape: Shape, wanted: int) -> list[Diagnostic]:
    length = project.data.features().dims[0]
    if shape.dims == (length, wanted):
        return []
    text = (
        f"The net must put out {wanted} numbers, one a token, at each of the {length} steps, "
        f"got {shape.example}."
    )
    is_row = shape.rank == 2 and shape.dims[0] == length
    fix = _head_fix(project, output, wanted) if is_row else None
    return [Diagnostic("error", "wrong_tokens", output.id, text, fix)]


def _flat_fix(output: Node, wanted: int, shape: Shape) -> Fix:
    flatten = InsertBefore("Flatten", output.id)
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
    edit = SetOptions((("out_features", wanted),), node.id)
    return Fix(f"Set {node.title} to {wanted}", (edit,))


def _linear(output: Node, wanted: int) -> InsertBefore:
    return InsertBefore("Linear", output.id, options=(("out_features", wanted),))


def _doubled(project: Project, last: Node) -> list[Diagnostic]:
    loss = project.training.loss
    if loss.expects != "logits" or last.layer.kind not in ENDS:
        return []
    is_softmax = loss.kind == "cross_entropy"
    text = (
        f"{loss.label} applies its own {'softmax' if is_softmax else 'sigmoid'}, "
        f"so {last.title} in front of it squeezes the outputs twice and slows learning: remove it."
    )
    fix = Fix(f"Remove {last.title}", (RemoveAndJoin(last.id),))
    code = f"{last.layer.kind.lower()}_before_{loss.kind}"
    if is_softmax and last.layer.kind == "LogSoftmax":
        text = (
            f"{loss.label} takes the log-softmax itself, so {last.title} does nothing: remove it."
        )
        return [Diagnostic("hint", code, last.id, text, fix)]
    return [Diagnostic("warning", code, last.id, text, fix)]


RANGES: Mapping[str, str] = {
    "ReLU": "no number below 0",
    "Softplus": "no number below 0",
    "Sigmoid": "only numbers from 0 to 1",
    "Softmax": "only numbers from 0 to 1",
    "LogSoftmax": "no number above 0",
    "Tanh": "only numbers from −1 to 1",
    "Hardtanh": "only numbers between its limits",
    "Step": "only 0 and 1",
}


def _bounded(project: Project, target: Target, last: Node) -> list[Diagnostic]:
    loss, range_ = project.training.loss, RANGES.get(last.layer.kind)
    if range_ is None:
        return []
    fix = Fix(f"Remove {last.title}", (RemoveAndJoin(last.id),))
    if loss.expects in ("logits", "margins"):
        text = (
            f"{loss.label} takes any number, and {last.title} puts out {range_}, so the net can "
            "never be sure of some answers: remove it."
        )
        return [Diagnostic("warning", "bounded_end", last.id, text, fix)]
    if loss.expects == "values" and target.task == "regression":
        text = f"{last.title} at the end puts out {range_}: remove it, unless all labels lie there."
        return [Diagnostic("hint", "bounded_end", last.id, text, fix)]
    return []


def _silenced(last: Node) -> list[Diagnostic]:
    if last.layer.kind not in ("Dropout", "AlphaDropout", "GaussianNoise"):
        return []
    text = (
        f"{last.title} right before the Output changes the answers themselves while training: "
        "move it between the layers, or remove it."
    )
    fix = Fix(f"Remove {last.title}", (RemoveAndJoin(last.id),))
    return [Diagnostic("hint", "dropout_at_end", last.id, text, fix)]


def _lacking(project: Project, output: Node, last: Node) -> list[Diagnostic]:
    loss, kind = project.training.loss, last.layer.kind
    if loss.expects == "probabilities" and kind not in ("Sigmoid", "Softmax"):
        text = (
            f"{loss.label} takes probabilities, from 0 to 1, and {last.title} puts out any number: "
            "put a Sigmoid behind it."
        )
        fix = Fix("Insert Sigmoid", (InsertBefore("Sigmoid", output.id),))
        return [Diagnostic("error", "sigmoid_missing", output.id, text, fix)]
    if loss.expects == "log_probabilities" and kind != "LogSoftmax":
        text = (
            f"{loss.label} takes the logarithms of probabilities: put a LogSoftmax in front of "
            "the Output."
        )
        edits: list[Edit] = [InsertBefore("LogSoftmax", output.id)]
        if kind in ENDS:
            edits.insert(0, RemoveAndJoin(last.id))
        fix = Fix("Insert LogSoftmax", tuple(edits))
        return [Diagnostic("warning", "log_softmax_missing", output.id, text, fix)]
    return []
