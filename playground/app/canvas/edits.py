"""Edits of the canvas: each takes a document and leaves one undo step with a good name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace

from PySide6.QtCore import QRectF

from playground.app.canvas.card import card_of
from playground.app.document import Document
from playground.catalog.registry import declared, make_layer
from playground.graph.arrange import arrange
from playground.graph.graph import Edge, Graph, GraphError
from playground.graph.layer import Layer, UnknownLayer
from playground.graph.shape import Shape, ShapeError

ROOM = 56.0
"""What is left free on either side of a layer that was put on a wire."""
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
        found().infer(*[shape] * len(found.inputs))
    except (ShapeError, ValueError, TypeError, ArithmeticError):
        return False
    return True


def size_of(document: Document, graph: Graph, node_id: str) -> Place:
    """Width and height of a node's card, for a graph that the document does not hold yet."""
    card = card_of(document.project, document.examined, graph.nodes[node_id])
    return card.width, card.height


def add(document: Document, kind: str, at: Place) -> str:
    """Add a layer with its top left corner at a place; returns the id of its node."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer, *at)
    document.edit_graph(f"Add {layer.label}", graph)
    document.select([node_id])
    return node_id


def add_after(document: Document, kind: str, edge_from: Edge, at: Place) -> str:
    """Add a layer fed by an output; `edge_from` names source and source port."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer, *at)
    port = layer.inputs[0].name
    graph = graph.connect(Edge(edge_from.source, node_id, edge_from.source_port, port))
    document.edit_graph(f"Add {layer.label}", graph)
    document.select([node_id])
    return node_id


def add_before(document: Document, kind: str, edge_to: Edge, at: Place) -> str:
    """Add a layer that feeds an input; `edge_to` names target and target port."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer, *at)
    port = layer.outputs[0].name
    graph = graph.connect(Edge(node_id, edge_to.target, port, edge_to.target_port))
    document.edit_graph(f"Add {layer.label}", graph)
    document.select([node_id])
    return node_id


def insert_new(document: Document, kind: str, edge: Edge, at: Place) -> str:
    """Add a layer in the middle of a wire, and make room for it."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer, *at)
    graph = make_room(document, graph.insert_on(edge, node_id), node_id)
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
    node = graph.nodes[node_id]
    width, _ = size_of(document, graph, node_id)
    left = max(
        (
            graph.nodes[e.source].x + size_of(document, graph, e.source)[0]
            for e in graph.incoming(node_id)
        ),
        default=node.x - ROOM,
    )
    x = max(node.x, left + ROOM) if left < node.x + width else node.x
    after = [graph.nodes[edge.target].x for edge in graph.outgoing(node_id)]
    push = x + width + ROOM - min(after) if after else 0.0
    places = {node_id: (x, node.y)}
    if 0 < push < 2 * width + 3 * ROOM:
        following = graph.reachable(e.target for e in graph.outgoing(node_id))
        places |= {i: (graph.nodes[i].x + push, graph.nodes[i].y) for i in following}
    return graph.move(places)


def can_stand_in_a_wire(layer: Layer) -> bool:
    """Whether a layer has both an input and an output."""
    return bool(layer.inputs and layer.outputs)


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


def tidy(document: Document, sizes: Mapping[str, Place]) -> None:
    """Lay all nodes out, with room on every wire for the shape that is written there."""
    graph, shapes = document.graph, document.examined.shapes
    roomy = dict(sizes)
    for edge in graph.edges:
        shape = shapes.get((edge.source, edge.source_port))
        if shape is not None and edge.source in sizes:
            width, height = sizes[edge.source]
            extra = max(0.0, len(str(shape)) * LABEL_CHAR + LABEL_ROOM - 70.0)
            roomy[edge.source] = max(roomy[edge.source][0], width + extra), height
    document.edit_graph("Tidy up", graph.move(arrange(graph, roomy)))


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
