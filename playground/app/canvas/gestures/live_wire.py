"""The unfinished wire of a gesture: it follows the cursor and snaps to ports."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsPathItem

from playground.app.canvas.items.geometry import wire_path
from playground.app.canvas.items.node_item import NodeItem, PortKey
from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import colour
from playground.graph.graph import Edge, Graph

SNAP_PX = 24.0


class LiveWire:
    """A wire with one end at a port and the other at the cursor."""

    def __init__(self, drawing: CanvasScene, node_id: str, port: PortKey, graph: Graph) -> None:
        self.drawing, self.node_id, self.port = drawing, node_id, port
        self.graph = graph
        """The graph that the wire is added to, without the wire that is being rerouted."""
        self.target: tuple[NodeItem, PortKey] | None = None
        self.reason: str | None = None
        self._item = QGraphicsPathItem()
        self._item.setZValue(5)
        self._item.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        drawing.addItem(self._item)
        self._show_open_ports()

    @property
    def anchor(self) -> QPointF:
        """The fixed end."""
        name, is_output = self.port
        return self.drawing.nodes[self.node_id].port_pos(name, is_output=is_output)

    def edge_to(self, item: NodeItem, port: PortKey) -> Edge:
        """The wire that would be added if this one ended at the port."""
        if self.port[1]:
            return Edge(self.node_id, item.node_id, self.port[0], port[0])
        return Edge(item.node_id, self.node_id, port[0], self.port[0])

    def follow(self, at: QPointF, zoom: float) -> None:
        """Move the free end to the cursor, or to the port it snaps to."""
        self._choose(self._candidate(at, SNAP_PX / zoom))
        end = at
        if self.target is not None and self.reason is None:
            item, (name, is_output) = self.target
            end = item.port_pos(name, is_output=is_output)
        path = wire_path(self.anchor, end) if self.port[1] else wire_path(end, self.anchor)
        pen = QPen(colour("danger" if self.reason else "accent"), 2.4)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        if self.reason or self.target is None:
            pen.setDashPattern([3.0, 2.5])
        self._item.setPen(pen)
        self._item.setPath(path)

    def _candidate(self, at: QPointF, reach: float) -> tuple[NodeItem, PortKey] | None:
        found = self.drawing.port_at(at, reach)
        if found is not None and found[1][1] != self.port[1] and found[0].node_id != self.node_id:
            return found
        item = self.drawing.node_at(at)
        if item is None or item.node_id == self.node_id:
            return None
        # Anywhere on a card: its first port that is free and not optional.
        optional = {(port.name, False) for port in item.card.inputs if port.is_optional}
        ports = [p for p in item.ports() if p[1] != self.port[1] and p not in optional]
        free = [p for p in ports if self.graph.why_not(self.edge_to(item, p)) is None]
        return (item, (free or ports)[0]) if ports else None

    def _choose(self, target: tuple[NodeItem, PortKey] | None) -> None:
        if self.target is not None and self.target != target:
            self.target[0].mark(hot_port=None)
        self.target = target
        self.reason = None
        if target is not None:
            self.reason = self.graph.why_not(self.edge_to(*target))
            target[0].mark(hot_port=None if self.reason else target[1])

    def _show_open_ports(self) -> None:
        # One search of the graph finds all nodes that would close a loop.
        looping = self.graph.reachable([self.node_id], backwards=self.port[1])
        for node_id, item in self.drawing.nodes.items():
            if node_id in looping:
                continue
            ports = [port for port in item.ports() if port[1] != self.port[1]]
            item.mark(open_ports=frozenset(p for p in ports if self._is_free(node_id, p)))

    def _is_free(self, node_id: str, port: PortKey) -> bool:
        if port[1]:
            return True
        many = any(p.many for p in self.graph.nodes[node_id].layer.inputs if p.name == port[0])
        return many or not self.graph.incoming(node_id, port[0])

    def remove(self) -> None:
        """Remove it from the canvas, with the marks on the ports."""
        for item in self.drawing.nodes.values():
            item.mark(open_ports=frozenset(), hot_port=None)
        self.drawing.removeItem(self._item)
