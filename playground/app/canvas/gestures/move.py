"""Drag nodes to other places; an unconnected node dropped on a wire is inserted into it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from playground.app import edits
from playground.app.canvas import placing
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.gestures.wire_target import WireTarget
from playground.app.canvas.items.geometry import distance, snapped

START_PX = 4.0
ALIGN = 6.0
"""Within this distance a node's port snaps to the height of the port it is wired to."""


class Move(Gesture):
    """The whole selection follows the cursor; releasing it makes one undo step."""

    def __init__(self, surface: Surface, node_id: str, at: QPointF, *, only_this: bool) -> None:
        super().__init__(surface)
        self.node_id, self.pressed_at = node_id, at
        self.only_this = only_this
        """Whether a click without a drag selects this node alone."""
        graph = self.document.graph
        self.ids = frozenset(self.document.selected | {node_id})
        self.before = {i: QPointF(graph.nodes[i].x, graph.nodes[i].y) for i in self.ids}
        self.wires = self.drawing.wires_at(self.ids)
        self.has_begun = False
        is_free = len(self.ids) == 1 and not graph.incoming(node_id) and not graph.outgoing(node_id)
        layer = graph.nodes[node_id].layer
        self.target = WireTarget(self.drawing, layer, node_id) if is_free else None

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """Move the items; the document is edited at the end."""
        if not self.has_begun:
            if distance(at, self.pressed_at) * self.surface.camera.zoom < START_PX:
                return
            self.has_begun = True
        self._draw_at(self._shift(at, modifiers))
        if self.target is not None:
            self.target.follow(self.drawing.nodes[self.node_id].frame.center())

    def _shift(self, at: QPointF, modifiers: Modifiers) -> QPointF:
        shift = at - self.pressed_at
        if modifiers & Qt.KeyboardModifier.AltModifier:
            return shift
        goal = self.before[self.node_id] + shift
        aligned = self._aligned(goal)
        y = snapped(goal.y()) if aligned is None else aligned
        return QPointF(snapped(goal.x()), y) - self.before[self.node_id]

    def _aligned(self, goal: QPointF) -> float | None:
        # The height at which a wire to a node that is not dragged would be straight.
        item = self.drawing.nodes[self.node_id]
        for wire in self.wires:
            edge = wire.edge
            is_source = edge.source == self.node_id
            other = edge.target if is_source else edge.source
            if self.node_id not in (edge.source, edge.target) or other in self.ids:
                continue
            own_port, port = edge.source_port, edge.target_port
            if not is_source:
                own_port, port = port, own_port
            own = item.card.port_at(own_port, is_output=is_source)[1]
            fixed = self.drawing.nodes[other].port_pos(port, is_output=not is_source).y()
            if abs(goal.y() + own - fixed) < ALIGN:
                return fixed - own
        return None

    def _draw_at(self, shift: QPointF) -> None:
        for node_id, place in self.before.items():
            self.drawing.nodes[node_id].setPos(place + shift)
        for wire in self.wires:
            self.drawing.route(wire)

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """Move the nodes in the document, or insert the node into the wire."""
        if not self.has_begun:
            if self.only_this:
                self.document.select([self.node_id])
            return
        edge = None if self.target is None else self.target.edge
        places = {}
        for node_id in self.ids:
            place = self.drawing.nodes[node_id].pos()
            places[node_id] = (place.x(), place.y())
        if self.target is not None:
            self.target.clear()
        if edge is not None:
            placing.insert_moved(self.document, self.node_id, edge, places[self.node_id])
        else:
            edits.move(self.document, places)

    def cancel(self) -> None:
        """Move every item back."""
        self._draw_at(QPointF())
        if self.target is not None:
            self.target.clear()
