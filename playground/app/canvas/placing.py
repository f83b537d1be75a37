"""Edits that need the sizes of cards: a layer is added at a place, given room, or laid out."""

from __future__ import annotations

from collections.abc import Mapping

from playground.app.canvas.items.card import Card, card_of
from playground.app.canvas.items.geometry import snapped
from playground.app.canvas.rows import in_rows
from playground.app.document import Document
from playground.app.edits import Place, grown
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layout import arrange
from playground.project.check import check
from playground.translation import tr

ROOM = 64.0
"""Free space on either side of a layer that was inserted into a wire."""
STRAIGHTEN = 44.0
FAR_PUSH = 480.0
"""A target further back than this was placed there on purpose and is not moved."""
LABEL_ROOM, LABEL_CHAR = 24.0, 6.2


def card_in(document: Document, graph: Graph, node_id: str) -> Card:
    """The card of a node in a graph that is not in the document yet."""
    project = document.project.with_graph(graph)
    return card_of(project, check(project), graph.nodes[node_id])


def add(
    document: Document,
    kind: str,
    at: Place,
    *,
    wire: Edge | None = None,
    anchor: Place = (0.5, 0.5),
    aside: Mapping[str, float] | None = None,
) -> str:
    """Add a layer, connected as in `edits.grown`, and select it; returns the id of its node.

    `at` is the place of the card's point `anchor`, a fraction of its width and height;
    `aside` are the new x-coordinates of nodes that make room.
    """
    graph, node_id = grown(document, kind, wire)
    card = card_in(document, graph, node_id)
    place = snapped(at[0] - anchor[0] * card.width), at[1] - anchor[1] * card.height
    title = graph.nodes[node_id].title
    places = {i: (snapped(x), graph.nodes[i].y) for i, x in (aside or {}).items()}
    document.edit_graph(tr("Add {layer}", layer=title), graph.move(places | {node_id: place}))
    document.select([node_id])
    return node_id


def insert_new(document: Document, kind: str, edge: Edge, centre: Place) -> str:
    """Insert a new layer into a wire and make room for it; returns the id of its node."""
    layer = make_layer({"kind": kind})
    graph, node_id = document.graph.add_layer(layer)
    graph = graph.insert_on(edge, node_id)
    card, source = card_in(document, graph, node_id), graph.nodes[edge.source]
    height = card_in(document, graph, edge.source).port_at(edge.source_port, is_output=True)[1]
    line = source.y + height
    # Close to the height of the wire it snaps to it, so that the wire stays straight.
    y = line if abs(centre[1] - line) < STRAIGHTEN else centre[1]
    place = snapped(centre[0] - card.width / 2), y - card.height / 2
    graph = make_room(document, graph.move({node_id: place}), node_id)
    document.edit_graph(tr("Insert {layer}", layer=tr(layer.label)), graph)
    document.select([node_id])
    return node_id


def insert_moved(document: Document, node_id: str, edge: Edge, at: Place) -> None:
    """Insert a node that was dropped on a wire into the wire."""
    graph = document.graph.move({node_id: at}).insert_on(edge, node_id)
    graph = make_room(document, graph, node_id)
    document.edit_graph(tr("Insert {layer}", layer=graph.nodes[node_id].title), graph)


def make_room(document: Document, graph: Graph, node_id: str) -> Graph:
    """Move the nodes after this one to the right until they do not overlap it."""
    project = document.project.with_graph(graph)
    examined, node = check(project), graph.nodes[node_id]

    def right(end: Node) -> float:
        return end.x + card_of(project, examined, end).width

    before = [right(graph.nodes[edge.source]) for edge in graph.incoming(node_id)]
    # Only a source on the left is in the way.
    x = max([node.x, *(edge + ROOM for edge in before if edge < right(node))])
    after = [graph.nodes[edge.target].x for edge in graph.outgoing(node_id)]
    push = x + right(node) - node.x + ROOM - min(after) if after else 0.0
    places = {node_id: (x, node.y)}
    if 0 < push < FAR_PUSH:
        following = graph.reachable(e.target for e in graph.outgoing(node_id))
        places |= {i: (graph.nodes[i].x + push, graph.nodes[i].y) for i in following}
    return graph.move(places)


def tidy(document: Document, sizes: Mapping[str, Place], room: Place) -> None:
    """Lay out all nodes, with room on every wire for the label of its shape.

    `room` is the width and height of the view; a long chain is broken into rows to fit it.
    """
    graph, shapes = document.graph, document.examined.shapes
    roomy = dict(sizes)
    for edge in graph.edges:
        shape = shapes.get((edge.source, edge.source_port))
        if shape is not None and edge.source in sizes:
            width, height = sizes[edge.source]
            extra = max(0.0, len(str(shape)) * LABEL_CHAR + LABEL_ROOM - 70.0)
            roomy[edge.source] = max(roomy[edge.source][0], width + extra), height
    document.edit_graph(tr("Tidy up"), graph.move(in_rows(arrange(graph, roomy), sizes, room)))
