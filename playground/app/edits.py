"""Edits of the canvas: each takes a document and leaves one undo step with a good name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF

from playground.app.canvas.items.card import Card, card_of
from playground.app.canvas.items.geometry import snapped
from playground.app.canvas.rows import in_rows
from playground.app.document import Document
from playground.catalog.registry import declared, make_layer
from playground.graph.graph import Edge, Graph, GraphError, Node
from playground.graph.layer import Layer, UnknownLayer, required
from playground.graph.layout import arrange
from playground.graph.shape import Shape, ShapeError
from playground.project.check import check

ROOM = 64.0
"""What is left free on either side of a layer that was put on a wire."""
STRAIGHTEN = 44.0
FAR_PUSH = 480.0
"""A target further back than this stands elsewhere on purpose."""
LABEL_ROOM, LABEL_CHAR = 24.0, 6.2

Place = tuple[float, float]


def counted(graph: Graph, ids: Iterable[str]) -> str:
    """What an undo step calls some nodes: "Linear", or "3 layers"."""
    chosen = [node_id for node_id in ids if node_id in graph.nodes]
    return graph.nodes[chosen[0]].title if len(chosen) == 1 else f"{len(chosen)} layers"


def kinds() -> list[str]:
    """Every kind that can be picked, in the order of the palette."""
    return [kind for kind, layer in declared(Layer).items() if layer is not UnknownLayer]


def takes(kind: str, shape: Shape | None) -> bool:
    """Whether a layer of that kind, as it comes, can be fed with a shape."""
    found = declared(Layer)[kind]
    if not found.inputs:
        return False
    if shape is None:
        return True
    try:
        found().infer(*[shape] * len(required(found.inputs)))
    except (ShapeError, ValueError, TypeError, ArithmeticError):
        return False
    return True


def card_in(document: Document, graph: Graph, node_id: str) -> Card:
    """The card of a node in a graph that the document does not hold yet."""
    project = document.project.with_graph(graph)
    return card_of(project, check(project), graph.nodes[node_id])


def grown(document: Document, kind: str, wire: Edge | None) -> tuple[Graph, str]:
    """The graph with one more layer, fed by or feeding the end that `wire` names.

    A `wire` without a target is fed from its source; one without a source feeds its target.
    """
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer)
    if wire is not None and not wire.target:
        wire = Edge(wire.source, node_id, wire.source_port, layer.inputs[0].name)
    elif wire is not None:
        wire = Edge(node_id, wire.target, layer.outputs[0].name, wire.target_port)
    return (graph if wire is None else graph.connect(wire)), node_id


def add(
    document: Document,
    kind: str,
    at: Place,
    *,
    wire: Edge | None = None,
    anchor: Place = (0.5, 0.5),
    aside: Mapping[str, float] | None = None,
) -> str:
    """Add a layer, wired as `grown` says, and select it; returns the id of its node.

    `at` is where the point `anchor` of its card comes to stand, as shares of width and height;
    `aside` is where on the x-axis other nodes go that stood there.
    """
    graph, node_id = grown(document, kind, wire)
    card = card_in(document, graph, node_id)
    place = snapped(at[0] - anchor[0] * card.width), at[1] - anchor[1] * card.height
    title = graph.nodes[node_id].title
    places = {i: (snapped(x), graph.nodes[i].y) for i, x in (aside or {}).items()}
    document.edit_graph(f"Add {title}", graph.move(places | {node_id: place}))
    document.select([node_id])
    return node_id


def insert_new(document: Document, kind: str, edge: Edge, centre: Place) -> str:
    """Add a layer in the middle of a wire, and make room for it."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer)
    graph = graph.insert_on(edge, node_id)
    card, source = card_in(document, graph, node_id), graph.nodes[edge.source]
    height = card_in(document, graph, edge.source).port_at(edge.source_port, is_output=True)[1]
    line = source.y + height
    # Near the height of the wire, exactly at it: the wire stays straight.
    y = line if abs(centre[1] - line) < STRAIGHTEN else centre[1]
    place = snapped(centre[0] - card.width / 2), y - card.height / 2
    graph = make_room(document, graph.move({node_id: place}), node_id)
    document.edit_graph(f"Insert {layer.label}", graph)
    document.select([node_id])
    return node_id


def insert_moved(document: Document, node_id: str, edge: Edge, at: Place) -> None:
    """Lead a wire through a node that was dropped on it."""
    graph = document.graph.move({node_id: at}).insert_on(edge, node_id)
    graph = make_room(document, graph, node_id)
    document.edit_graph(f"Insert {graph.nodes[node_id].title}", graph)


def make_room(document: Document, graph: Graph, node_id: str) -> Graph:
    """Move what follows a node to the right until nothing stands in its way."""
    project = document.project.with_graph(graph)
    examined, node = check(project), graph.nodes[node_id]

    def right(end: Node) -> float:
        return end.x + card_of(project, examined, end).width

    before = [right(graph.nodes[edge.source]) for edge in graph.incoming(node_id)]
    # Only a source that stands to the left is in the way.
    x = max([node.x, *(edge + ROOM for edge in before if edge < right(node))])
    after = [graph.nodes[edge.target].x for edge in graph.outgoing(node_id)]
    push = x + right(node) - node.x + ROOM - min(after) if after else 0.0
    places = {node_id: (x, node.y)}
    if 0 < push < FAR_PUSH:
        following = graph.reachable(e.target for e in graph.outgoing(node_id))
        places |= {i: (graph.nodes[i].x + push, graph.nodes[i].y) for i in following}
    return graph.move(places)


def move(document: Document, places: Mapping[str, Place], *, merge_key: str | None = None) -> None:
    """Move nodes."""
    name = f"Move {counted(document.graph, places)}"
    document.edit_graph(name, document.graph.move(places), merge_key=merge_key)


def nudge(document: Document, dx: float, dy: float) -> None:
    """Move what is selected a little; several in a row are one undo step."""
    nodes = document.graph.nodes
    places = {i: (nodes[i].x + dx, nodes[i].y + dy) for i in document.selected}
    if places:
        move(document, places, merge_key=f"nudge {sorted(places)}")


def delete(document: Document, ids: Iterable[str], verb: str = "Delete") -> None:
    """Remove nodes and their wires."""
    chosen = list(ids)
    if chosen:
        name = f"{verb} {counted(document.graph, chosen)}"
        document.edit_graph(name, document.graph.remove(chosen))


def delete_and_join(document: Document, node_id: str) -> None:
    """Remove a node and join what fed it to what it fed."""
    name = f"Delete {document.graph.nodes[node_id].title} and join"
    document.edit_graph(name, document.graph.remove_and_join(node_id))


def delete_wire(document: Document, edge: Edge) -> None:
    """Remove a wire."""
    if edge in document.graph.edges:
        document.edit_graph("Delete wire", document.graph.disconnect(edge))


def duplicate(document: Document, ids: Iterable[str]) -> None:
    """Add a copy of some nodes and of the wires between them."""
    chosen = [node_id for node_id in document.graph.nodes if node_id in set(ids)]
    if not chosen:
        return
    name = f"Duplicate {counted(document.graph, chosen)}"
    graph, added = document.graph.paste(document.graph.to_dict(chosen), make_layer)
    document.edit_graph(name, graph)
    document.select(added)


def as_text(document: Document, ids: Iterable[str]) -> str:
    """Some nodes and the wires between them as the text that the clipboard takes."""
    return json.dumps({"playground": 1, **document.graph.to_dict(ids)}, ensure_ascii=False)


def paste_text(document: Document, text: str, shift: float, seen: QRectF) -> str | None:
    """Add what a text describes, in sight; returns why nothing was added, or None where it was."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return "The clipboard holds no layers."
    if not isinstance(data, dict) or data.get("playground") != 1:
        return "The clipboard holds no layers."
    try:
        graph, added = document.graph.paste(data, make_layer, 0.0, 0.0)
    except (GraphError, ValueError) as error:
        return f"These layers cannot be pasted: {error}"
    if not added:
        return "The clipboard holds no layers."
    graph = graph.move(_pasted_places(document, graph, added, shift, seen))
    document.edit_graph(f"Paste {counted(graph, added)}", graph)
    document.select(added)
    return None


def _pasted_places(
    document: Document, graph: Graph, added: list[str], shift: float, seen: QRectF
) -> dict[str, Place]:
    # Beside where they were copied from; in the middle of what is seen where that is elsewhere.
    xs = [graph.nodes[i].x for i in added]
    ys = [graph.nodes[i].y for i in added]
    dx = dy = shift
    if not seen.contains(min(xs) + dx, min(ys) + dy):
        dx = seen.center().x() - (min(xs) + max(xs)) / 2
        dy = seen.center().y() - (min(ys) + max(ys)) / 2
    taken = {(node.x, node.y) for node in document.graph.nodes.values()}
    while (xs[0] + dx, ys[0] + dy) in taken:  # pasted before: not on top of it
        dx, dy = dx + shift, dy + shift
    return {i: (graph.nodes[i].x + dx, graph.nodes[i].y + dy) for i in added}


def tidy(document: Document, sizes: Mapping[str, Place], room: Place) -> None:
    """Lay all nodes out, with room on every wire for the shape that is written there.

    `room` is the width and height of the view: a long chain is broken into rows to fill it.
    """
    graph, shapes = document.graph, document.examined.shapes
    roomy = dict(sizes)
    for edge in graph.edges:
        shape = shapes.get((edge.source, edge.source_port))
        if shape is not None and edge.source in sizes:
            width, height = sizes[edge.source]
            extra = max(0.0, len(str(shape)) * LABEL_CHAR + LABEL_ROOM - 70.0)
            roomy[edge.source] = max(roomy[edge.source][0], width + extra), height
    document.edit_graph("Tidy up", graph.move(in_rows(arrange(graph, roomy), sizes, room)))


def rename(document: Document, node_id: str, name: str) -> None:
    """Call a node something else."""
    node = document.graph.nodes[node_id]
    if name.strip() == node.title and not node.name:
        return
    graph = document.graph.rename(node_id, name)
    document.edit_graph(f"Rename {node.title}", graph)


def change_activation(document: Document, node_id: str, kind: str) -> None:
    """Exchange an activation for another one."""
    layer = make_layer({"kind": kind})
    before = document.graph.nodes[node_id]
    graph = document.graph.set_layer(node_id, layer)
    document.edit_graph(f"Change {before.title} to {layer.label}", graph)


def connect(document: Document, edge: Edge) -> str | None:
    """Draw a wire; returns why it cannot be drawn, or None where it was."""
    reason = document.graph.why_not(edge)
    if reason is None:
        document.edit_graph("Connect", document.graph.connect(edge))
    return reason


def reroute(document: Document, old: Edge, new: Edge) -> str | None:
    """Lead a wire elsewhere; returns why that cannot be, or None where it was."""
    if new == old:
        return None
    without = document.graph.disconnect(old)
    reason = without.why_not(new)
    if reason is None:
        document.edit_graph("Reroute", without.connect(new))
    return reason


def moved_end(edge: Edge, target: str, port: str) -> Edge:
    """A wire with its end elsewhere."""
    return replace(edge, target=target, target_port=port)


def freeze(document: Document, is_frozen: bool | None = None) -> None:
    """Hold the weights of the selection, or let them learn; None for the other of what is."""
    chosen = freezable(document, document.selected)
    if is_frozen is None:
        is_frozen = not all(document.graph.nodes[i].is_frozen for i in chosen)
    what = counted(document.graph, chosen)
    graph = document.graph.set_frozen(chosen, is_frozen)
    document.edit_graph(f"{'Freeze' if is_frozen else 'Unfreeze'} {what}", graph)


def bypass(document: Document, is_bypassed: bool | None = None) -> None:
    """Pass by the selection, or take it up again; None for the other of what is."""
    chosen = bypassable(document, document.selected)
    if is_bypassed is None:
        is_bypassed = not all(document.graph.nodes[i].is_bypassed for i in chosen)
    what = counted(document.graph, chosen)
    graph = document.graph.set_bypassed(chosen, is_bypassed)
    document.edit_graph(f"{'Bypass' if is_bypassed else 'Take up'} {what}", graph)


def recompute(document: Document, is_recomputed: bool | None = None) -> None:
    """Forget what the selection works out until the way back, or keep it; None for the other of
    what is."""
    chosen = bypassable(document, document.selected)
    if is_recomputed is None:
        is_recomputed = not all(document.graph.nodes[i].is_recomputed for i in chosen)
    what = counted(document.graph, chosen)
    graph = document.graph.set_recomputed(chosen, is_recomputed)
    document.edit_graph(f"{'Recompute' if is_recomputed else 'Keep'} {what}", graph)


def freezable(document: Document, ids: Iterable[str]) -> list[str]:
    """Those of some nodes that have weights; where no shape is known yet, whose kind has some."""
    nodes, known = document.graph.nodes, document.examined.parameters
    return [
        i
        for i in bypassable(document, ids)
        if known.get(i, type(nodes[i].layer).parameters is not Layer.parameters)
    ]


def bypassable(document: Document, ids: Iterable[str]) -> list[str]:
    """Those of some nodes that pass something on: neither an Input nor an Output."""
    nodes = document.graph.nodes
    return [i for i in ids if nodes[i].layer.inputs and nodes[i].layer.outputs]
