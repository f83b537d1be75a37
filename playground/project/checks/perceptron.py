"""Whether a network is the single unit that the perceptron rule can train."""

from __future__ import annotations

from playground.catalog.layers.activation import Step
from playground.catalog.layers.base.weighted import Weighted
from playground.catalog.layers.dense import Linear
from playground.catalog.losses import MeanAbsoluteError
from playground.catalog.optimizers import SGD
from playground.catalog.perceptron import Perceptron
from playground.graph.block import BlockLayer
from playground.graph.diagnose import Diagnostic
from playground.graph.fix import Fix, SetOptions
from playground.project.project import Project
from playground.translation import tr


def against_perceptron(project: Project) -> list[Diagnostic]:
    """What the perceptron rule, if it is chosen, cannot train."""
    if not isinstance(project.training.optimizer, Perceptron):
        return []
    nodes, ends = project.graph.nodes.values(), project.graph.output_nodes
    weighted = [node for node in nodes if isinstance(node.layer, Weighted | BlockLayer)]
    steps = [(node, node.layer) for node in nodes if isinstance(node.layer, Step)]
    place = ends[0].id if ends else ""
    if len(weighted) != 1 or not isinstance(weighted[0].layer, Linear) or len(steps) != 1:
        text = tr(
            "The perceptron rule trains one Linear unit followed by a Step, and nothing else. Use "
            "SGD for other networks."
        )
        fix = Fix.training(tr("Use SGD"), optimizer=SGD())
        return [Diagnostic("error", "perceptron_net", place, text, fix)]
    found = []
    if not isinstance(project.training.loss, MeanAbsoluteError):
        text = tr(
            "The perceptron rule follows from mean absolute error, whose gradient behind a Step is "
            "(ŷ − y)x, but the loss is {loss}. Use mean absolute error.",
            loss=tr(project.training.loss.label),
        )
        fix = Fix.training(tr("Use mean absolute error"), loss=MeanAbsoluteError())
        found.append(Diagnostic("error", "perceptron_loss", place, text, fix))
    node, step = steps[0]
    if not step.straight_through:
        text = tr(
            "The gradient of a Step is 0 everywhere. The perceptron rule needs it passed straight "
            "through."
        )
        edit = SetOptions((("straight_through", True),), node.id)
        fix = Fix(tr("Pass gradients straight through"), (edit,))
        found.append(Diagnostic("error", "perceptron_step", node.id, text, fix))
    return found
