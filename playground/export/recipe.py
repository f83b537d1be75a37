"""What a training recipe builds before the loop: loss, optimizer, and the weights held small."""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog.label_functions import balancer, weighs_classes
from playground.catalog.layers.base.weighted import Weighted
from playground.export.data import label_call
from playground.export.evaluation import target_of
from playground.export.sources import Sources, is_own
from playground.export.text import call_text
from playground.graph.call import Call
from playground.project.project import Project

Weights = Mapping[str, tuple[str, ...]]
"""By node id, the weights of a layer as the script names them."""
LIMITS = "playground.engine.weight_limits"
HELD: Mapping[str, str] = {
    "l2": "add_l2_gradients",
    "l1": "add_l1_gradients",
    "max_norm": "limit_norms",
}
"""The function of the engine that acts on the weights of each list."""


def called(call: Call, sources: Sources) -> str:
    """What a call is named in a script; its source is brought along if torch does not have it."""
    return sources.of_target(call.target) if is_own(call.target) else call.target


def optimizer_line(project: Project, sources: Sources) -> str:
    """`optimizer = ...`."""
    call = project.training.optimizer.call()
    arguments = ["net.parameters()", *map(repr, call.args)]
    return f"optimizer = {call_text(called(call, sources), arguments, call.kwargs)}"


def loss_line(project: Project, sources: Sources) -> str:
    """`compare = ...`."""
    loss, target = project.training.loss, target_of(project)
    call = loss.call(target)
    arguments, moved = call.argument_sources(), ""
    if weighs_classes(loss, target):
        arguments.append(f"{loss.weights_argument(target)}={_class_weights(project, sources)}")
        dtype = ", torch.float64" if project.training.dtype == "float64" else ""
        moved = f".to(DEVICE{dtype})"
    return f"compare = {call_text(called(call, sources), arguments, {})}{moved}"


def _class_weights(project: Project, sources: Sources) -> str:
    loss, target = project.training.loss, target_of(project)
    own = loss.own_weights(target)
    if own:
        dtype = ", dtype=torch.float64" if project.training.dtype == "float64" else ""
        return f"torch.tensor({list(own)!r}{dtype})"
    return label_call(balancer(loss, target), "y_train", project, sources)


def held_weights(project: Project, weights: Weights) -> list[str]:
    """The lists of weights that L1, L2 and max-norm act on."""
    lines = []
    for name in HELD:
        if pairs := _pairs(project, weights, name):
            lines += [f"{name} = [", *(f"    {pair}," for pair in pairs), "]"]
    return lines


def hold(project: Project, weights: Weights, names: tuple[str, ...], sources: Sources) -> list[str]:
    """The calls that act on these lists, as far as the project has them."""
    return [
        f"{sources.named(LIMITS, HELD[name])}({name})"
        for name in names
        if _pairs(project, weights, name)
    ]


def _pairs(project: Project, weights: Weights, name: str) -> list[str]:
    # The weights that are penalised or limited, and how strongly.
    pairs = []
    for node_id, own in weights.items():
        layer = project.graph.nodes[node_id].layer
        if not isinstance(layer, Weighted):
            continue
        strength = layer.held(project.training.l1, project.training.l2).get(name)
        if strength is None:
            continue
        rows = ".detach().view(-1, 1)" if layer.has_factors else ""
        if name == "max_norm":
            pairs += [f"({weight}{rows}, {strength!r}, {layer.unit_axis})" for weight in own]
        else:
            pairs += [f"({weight}, {strength!r})" for weight in own]
    return pairs
