"""Whether the last layer outputs what the loss expects: logits, probabilities, or any number."""

from __future__ import annotations

import math

from playground.catalog.datasets.dataset import Target
from playground.graph.diagnose import Diagnostic
from playground.graph.fix import Edit, Fix, InsertBefore, RemoveAndJoin
from playground.graph.graph import Node
from playground.project.project import Project
from playground.translation import tr


def against_loss(project: Project, target: Target, output: Node) -> list[Diagnostic]:
    """What is wrong between the last layer and the loss."""
    graph = project.graph
    last = graph.nodes[graph.incoming(output.id)[0].source]
    while last.is_bypassed and graph.incoming(last.id):
        last = graph.nodes[graph.incoming(last.id)[0].source]
    found = _doubled(project, last) or _bounded(project, target, last)
    return found + _random(last) + _missing(project, output, last)


def _remove(last: Node) -> Fix:
    return Fix(tr("Remove {layer}", layer=last.title), (RemoveAndJoin(last.id),))


def _doubled(project: Project, last: Node) -> list[Diagnostic]:
    loss, provides = project.training.loss, last.layer.provides
    if loss.expects != "logits" or provides == "values":
        return []
    code = f"{last.layer.kind.lower()}_before_{loss.kind}"
    names = {"loss": tr(loss.label), "layer": last.title}
    if loss.applies_softmax and provides == "log_probabilities":
        text = tr(
            "{loss} applies log-softmax itself, so {layer} has no effect. Remove it.", **names
        )
        return [Diagnostic("hint", code, last.id, text, _remove(last))]
    if loss.applies_softmax:
        text = tr(
            "{loss} applies softmax itself, so {layer} before it squashes the outputs twice and "
            "slows learning. Remove it.",
            **names,
        )
    else:
        text = tr(
            "{loss} applies sigmoid itself, so {layer} before it squashes the outputs twice and "
            "slows learning. Remove it.",
            **names,
        )
    return [Diagnostic("warning", code, last.id, text, _remove(last))]


def _shown(low: float, high: float) -> str:
    if math.isinf(high):
        return tr("no number below {low}", low=_number(low))
    if math.isinf(low):
        return tr("no number above {high}", high=_number(high))
    return tr("only numbers from {low} to {high}", low=_number(low), high=_number(high))


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _bounded(project: Project, target: Target, last: Node) -> list[Diagnostic]:
    loss, ends = project.training.loss, last.layer.output_range
    if ends is None:
        return []
    names = {"loss": tr(loss.label), "layer": last.title, "range": _shown(*ends)}
    if loss.expects in ("logits", "margins"):
        text = tr(
            "{loss} expects any number, but {layer} outputs {range}, so the network can never be "
            "certain of some answers. Remove it.",
            **names,
        )
        return [Diagnostic("warning", "bounded_end", last.id, text, _remove(last))]
    if loss.expects == "values" and target.task == "regression":
        text = tr(
            "{layer} at the end outputs {range}. Remove it, unless all labels are in this range.",
            **names,
        )
        return [Diagnostic("hint", "bounded_end", last.id, text, _remove(last))]
    return []


def _random(last: Node) -> list[Diagnostic]:
    if not last.layer.is_noise:
        return []
    text = tr(
        "{layer} directly before the Output changes the predictions at random during training. "
        "Move it between other layers, or remove it.",
        layer=last.title,
    )
    return [Diagnostic("hint", "dropout_at_end", last.id, text, _remove(last))]


def _missing(project: Project, output: Node, last: Node) -> list[Diagnostic]:
    loss, provides = project.training.loss, last.layer.provides
    if loss.expects == "probabilities" and provides != "probabilities":
        text = tr(
            "{loss} expects probabilities from 0 to 1, but {layer} outputs other numbers too. "
            "Insert a Sigmoid after it.",
            loss=tr(loss.label),
            layer=last.title,
        )
        fix = Fix(tr("Insert Sigmoid"), (InsertBefore("Sigmoid", output.id),))
        return [Diagnostic("error", "sigmoid_missing", output.id, text, fix)]
    if loss.expects == "log_probabilities" and provides != "log_probabilities":
        text = tr(
            "{loss} expects log-probabilities. Insert a LogSoftmax before the Output.",
            loss=tr(loss.label),
        )
        edits: list[Edit] = [InsertBefore("LogSoftmax", output.id)]
        if provides == "probabilities":
            edits.insert(0, RemoveAndJoin(last.id))
        fix = Fix(tr("Insert LogSoftmax"), tuple(edits))
        return [Diagnostic("warning", "log_softmax_missing", output.id, text, fix)]
    return []
