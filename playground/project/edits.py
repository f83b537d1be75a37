"""What the edits of a fix do to a graph."""

from __future__ import annotations

from typing import assert_never

from playground.catalog.layers.base.user_block import SavedBlock
from playground.catalog.registry import make_layer
from playground.graph.block import opened
from playground.graph.diagnose import examine
from playground.graph.fix import (
    AddEnd,
    Connect,
    GraphEdit,
    InsertBefore,
    OpenBlock,
    RemoveAndJoin,
    RemoveNodes,
    SetBypassed,
    SetFrozen,
    SetOptions,
    Unplug,
)
from playground.graph.graph import Edge, Graph, GraphError
from playground.graph.shape import Shape
from playground.translation import tr

END_DISTANCE = 220
"""From the outermost layer to a new Input or Output, in canvas pixels."""


def edited(graph: Graph, edit: GraphEdit, features: Shape | None) -> Graph:
    """The graph after an edit; raises GraphError if there is no place for it.

    `features` is the shape of one example, which a block may need to know its parts.
    """
    match edit:
        case SetOptions():
            return _with_options(graph, edit)
        case InsertBefore():
            layer = make_layer({**dict(edit.options), "kind": edit.kind})
            port = graph.nodes[edit.node].layer.inputs[edit.port]
            return graph.insert_before(edit.node, port.name, layer)
        case Unplug():
            return graph.unplug(edit.node, graph.nodes[edit.node].layer.inputs[edit.port].name)
        case Connect():
            return graph.connect(edit.edge)
        case RemoveNodes():
            return graph.remove(edit.nodes)
        case RemoveAndJoin():
            return graph.remove_and_join(edit.node)
        case SetFrozen():
            return graph.set_frozen(edit.nodes, edit.is_frozen)
        case SetBypassed():
            return graph.set_bypassed(edit.nodes, edit.is_bypassed)
        case OpenBlock():
            return opened(graph, edit.node, examine(graph, features).inputs[edit.node])[0]
        case AddEnd():
            return _with_end(graph, edit.kind)
        case _:
            assert_never(edit)


def _with_options(graph: Graph, edit: SetOptions) -> Graph:
    layer, options = graph.nodes[edit.node].layer, dict(edit.options)
    if not edit.part:
        return graph.set_options(edit.node, **options)
    if not isinstance(layer, SavedBlock):
        raise GraphError(
            tr("{layer} has no parts with options.", layer=graph.nodes[edit.node].title)
        )
    return graph.set_layer(edit.node, layer.with_part_options(edit.part, **options))


def _with_end(graph: Graph, kind: str) -> Graph:
    layer = make_layer({"kind": kind})
    xs = [node.x for node in graph.nodes.values()] or [0.0]
    ys = [node.y for node in graph.nodes.values()] or [0.0]
    x = max(xs) + END_DISTANCE if layer.inputs else min(xs) - END_DISTANCE
    graph, new_id = graph.add_layer(layer, x, sum(ys) / len(ys))
    for edge in _last_wires(graph, new_id) if layer.inputs else _first_wires(graph, new_id):
        try:
            return graph.connect(edge)
        except GraphError:
            continue
    return graph


def _first_wires(graph: Graph, new_id: str) -> list[Edge]:
    """From a new Input to the one layer that waits for a wire; none if several do."""
    waiting = [n for n in graph.nodes.values() if n.layer.inputs and not graph.incoming(n.id)]
    edges = [Edge(new_id, n.id, "out", n.layer.inputs[0].name) for n in waiting]
    return edges if len(edges) == 1 else []


def _last_wires(graph: Graph, new_id: str) -> list[Edge]:
    """To a new Output, from the layers that lead nowhere, the latest first."""
    last = [n for n in graph.nodes.values() if n.layer.outputs and not graph.outgoing(n.id)]
    return [Edge(n.id, new_id, n.layer.outputs[0].name) for n in reversed(last)]
