"""The scene: brings the items up to date with the graph of the document."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QPointF, QRectF
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QGraphicsScene

from playground.app.canvas.items.card import card_of, on_plane
from playground.app.canvas.items.geometry import distance
from playground.app.canvas.items.node_item import Curve, NodeItem, PortKey
from playground.app.canvas.items.pixmap_cache import Rendering
from playground.app.canvas.items.readings import RunReadings
from playground.app.canvas.items.wire_item import WireItem
from playground.app.canvas.items.wire_route import SHORT, Route, route_around, route_back
from playground.app.document import Document
from playground.graph.graph import Edge, Graph

WIRE_REACH = 7.0
FAR = 100_000.0
BYPASSED = 0.5

WireKey = tuple[Edge, int]
"""An edge, and its number among equal edges: a merge may have the same output as input twice."""


class CanvasScene(QGraphicsScene):
    """The items of a document's graph, by node id and by edge."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.nodes: dict[str, NodeItem] = {}
        self.wires: dict[WireKey, WireItem] = {}
        self.rendering = Rendering()
        self.readings = RunReadings()
        self.preview: QImage | None = None
        self.curve: Curve = ()
        self.selected_wire: Edge | None = None
        self.non_finite_node: str | None = None
        # Wide and fixed, so that the view can be moved anywhere and never jumps.
        self.setSceneRect(QRectF(-FAR, -FAR, 2 * FAR, 2 * FAR))

    # Items

    def sync(self) -> None:
        """Show the document's current graph; unchanged items are left as they are."""
        graph = self.document.graph
        for node_id in [i for i in self.nodes if i not in graph.nodes]:
            gone = self.nodes.pop(node_id)
            gone.forget_pixels()
            self.removeItem(gone)
        is_plane = on_plane(self.document.project, self.document.examined)
        for node_id in graph.nodes:
            self._sync_node(graph, node_id, is_plane)
        self._sync_wires(graph)
        if self.selected_wire is not None and self.selected_wire not in graph.edges:
            self.selected_wire = None
        self.sync_selection()

    def _sync_node(self, graph: Graph, node_id: str, is_plane: bool | None = None) -> None:
        document, node = self.document, graph.nodes[node_id]
        reading = self.readings.nodes.get(node_id)
        lines = len(reading.lines) if reading is not None else 0
        card = card_of(document.project, document.examined, node, lines=lines, is_plane=is_plane)
        item = self.nodes.get(node_id)
        if item is None:
            item = NodeItem(node_id, card, self.rendering)
            item.preview, item.curve = self.preview, self.curve
            item.is_non_finite = node_id == self.non_finite_node
            item.setPos(node.x, node.y)
            self.nodes[node_id] = item
            self.addItem(item)
            item.set_reading(reading)
        if item.card != card:
            item.set_card(card)
        if item.pos() != QPointF(node.x, node.y):
            item.setPos(node.x, node.y)
        item.setOpacity(BYPASSED if node.is_bypassed else 1.0)

    def _sync_wires(self, graph: Graph) -> None:
        wanted = list(_numbered(graph.edges))
        kept = set(wanted)
        for key in [k for k in self.wires if k not in kept]:
            self.removeItem(self.wires.pop(key))
        shapes = self.document.examined.shapes
        for key in wanted:
            edge = key[0]
            wire = self.wires.get(key)
            if wire is None:
                wire = self.wires[key] = WireItem(edge)
                self.addItem(wire)
            wire.set_shape(shapes.get((edge.source, edge.source_port)))
            self.route(wire)
        self.refresh_wires()

    def route(self, wire: WireItem) -> None:
        """Route a wire between its nodes, at their current places on the canvas."""
        edge = wire.edge
        start = self.nodes[edge.source].port_pos(edge.source_port, is_output=True)
        end = self.nodes[edge.target].port_pos(edge.target_port, is_output=False)
        source, target = self.nodes[edge.source].footprint, self.nodes[edge.target].footprint
        if end.x() <= start.x():
            wire.set_ends(start, end, route_back(source, target))
        elif end.x() - start.x() < SHORT:
            wire.set_ends(start, end, Route(0.0))
        else:
            others = [i.footprint for n, i in self.nodes.items() if n not in edge_ends(edge)]
            wire.set_ends(start, end, route_around(start, end, others))

    def wires_at(self, node_ids: set[str] | frozenset[str]) -> list[WireItem]:
        """The wires that start or end at any of these nodes."""
        return [
            wire
            for (edge, _), wire in self.wires.items()
            if edge.source in node_ids or edge.target in node_ids
        ]

    def sync_selection(self) -> None:
        """Mark the selected nodes and the selected wire."""
        for node_id, item in self.nodes.items():
            item.mark(is_selected=node_id in self.document.selected)
        for (edge, _), wire in self.wires.items():
            wire.mark(is_selected=edge == self.selected_wire)

    def select_wire(self, edge: Edge | None) -> None:
        """Select a wire, or none."""
        self.selected_wire = edge
        self.sync_selection()

    # The run

    def refresh_wires(self) -> None:
        """Show the last readings on every wire."""
        largest = self.readings.largest_gradient
        for (edge, _), wire in self.wires.items():
            wire.set_look(self.readings.wire(edge.source, largest))

    def refresh_nodes(self, ids: set[str]) -> None:
        """Show the last readings on these nodes."""
        resized = False
        for node_id in ids & set(self.nodes):
            item = self.nodes[node_id]
            reading = self.readings.nodes.get(node_id)
            if reading is not None and len(reading.lines) != item.card.lines:
                before = item.card.height
                self._sync_node(self.document.graph, node_id)
                resized |= item.card.height != before
            item.set_reading(reading)
        if resized:
            for wire in self.wires.values():
                self.route(wire)

    def forget_run(self) -> None:
        """Remove all readings."""
        known = set(self.readings.nodes)
        self.readings = RunReadings()
        self.curve = ()
        self.refresh_wires()
        for item in self.nodes.values():
            item.mark(curve=())
            item.set_loss(None)
            if item.node_id in known:
                item.set_reading(None)
        self.sync()

    def set_preview(self, image: QImage | None) -> None:
        """Show a picture of the data set in the Input node."""
        self.preview = image
        for item in self.input_items():
            item.mark(preview=image)

    def set_curve(self, curve: Curve) -> None:
        """Show the loss over epochs in the Output node, as a line without axes."""
        self.curve = curve
        for item in self.output_items():
            item.mark(curve=curve)

    def mark_non_finite(self, node_id: str | None) -> None:
        """Mark the node where a value was not finite; None marks no node."""
        self.non_finite_node = node_id
        for item in self.nodes.values():
            item.mark(is_non_finite=item.node_id == node_id)

    def input_items(self) -> list[NodeItem]:
        """The items of the nodes that bring the data."""
        return [self.nodes[n.id] for n in self.document.graph.input_nodes if n.id in self.nodes]

    def output_items(self) -> list[NodeItem]:
        """The items of the nodes that feed the loss."""
        return [self.nodes[n.id] for n in self.document.graph.output_nodes if n.id in self.nodes]

    # What is where

    def node_at(self, at: QPointF) -> NodeItem | None:
        """The topmost node whose card or note is at a place."""
        for item in reversed(self.nodes.values()):
            if item.frame.contains(at) or item.note_rect.translated(item.pos()).contains(at):
                return item
        return None

    def port_at(self, at: QPointF, reach: float) -> tuple[NodeItem, PortKey] | None:
        """The nearest port within reach of a place."""
        best: tuple[float, NodeItem, PortKey] | None = None
        for item in self.nodes.values():
            if not item.frame.adjusted(-reach, -reach, reach, reach).contains(at):
                continue
            for key in item.ports():
                gap = distance(at, item.port_pos(key[0], is_output=key[1]))
                if gap <= reach and (best is None or gap < best[0]):
                    best = gap, item, key
        return None if best is None else (best[1], best[2])

    def wire_at(self, at: QPointF, reach: float = WIRE_REACH) -> tuple[WireItem, float] | None:
        """The nearest wire within reach of a place, and how far along it the place is."""
        best: tuple[float, WireItem, float] | None = None
        for wire in self.wires.values():
            if not wire.isVisible():
                continue
            gap, along = wire.distance_to(at)
            if gap <= reach and (best is None or gap < best[0]):
                best = gap, wire, along
        return None if best is None else (best[1], best[2])

    def content_rect(self) -> QRectF:
        """The rectangle that all nodes cover; empty if there are none."""
        covered = QRectF()
        for item in self.nodes.values():
            covered = covered.united(item.footprint)
        return covered

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        for item in self.nodes.values():
            item.restyle()
        for wire in self.wires.values():
            wire.restyle()
        self.refresh_wires()


def edge_ends(edge: Edge) -> tuple[str, str]:
    """The nodes at both ends of a wire."""
    return edge.source, edge.target


def _numbered(edges: tuple[Edge, ...]) -> Iterator[WireKey]:
    seen: dict[Edge, int] = {}
    for edge in edges:
        rank = seen.get(edge, 0)
        seen[edge] = rank + 1
        yield edge, rank
