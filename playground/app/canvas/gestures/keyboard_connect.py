"""Connect without a mouse: Tab walks the ports that take the wire, Enter draws it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.items.geometry import distance
from playground.app.canvas.items.node_item import NodeItem, PortKey

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

FORWARD = (Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Down)
BACK = (Qt.Key.Key_Backtab, Qt.Key.Key_Left, Qt.Key.Key_Up)
HINT = "Tab chooses where the wire ends, Enter connects, Esc leaves it."


class KeyboardConnect(Gesture):
    """A wire from the first output of a node to one of the ports that would take it."""

    def __init__(self, view: CanvasView, node_id: str) -> None:
        super().__init__(view)
        layer = self.document.graph.nodes[node_id].layer
        port = (layer.outputs[0].name, True)
        self.wire = LiveWire(self.drawing, node_id, port, self.document.graph)
        self.goals: list[tuple[NodeItem, PortKey]] = [
            (item, key) for item in self.drawing.nodes.values() for key in sorted(item.open_ports)
        ]
        self.goals.sort(key=self._gap)
        self.rank = 0
        self._show()
        view.message.emit(HINT if self.goals else "No layer has a free input for this wire.")

    def _gap(self, goal: tuple[NodeItem, PortKey]) -> tuple[bool, float]:
        item, (name, _) = goal
        is_optional = any(p.is_optional for p in item.card.inputs if p.name == name)
        return is_optional, distance(self.wire.anchor, item.port_pos(name, is_output=False))

    def _show(self) -> None:
        at = self.wire.anchor + QPointF(60, 0)
        if self.goals:
            item, (name, _) = self.goals[self.rank]
            at = item.port_pos(name, is_output=False)
        self.wire.follow(at, self.view.zoom)

    def key(self, key: int) -> bool:
        """Tab and the arrows walk, Enter connects."""
        if key in FORWARD or key in BACK:
            if self.goals:
                self.rank = (self.rank + (1 if key in FORWARD else -1)) % len(self.goals)
                self._show()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            goal = self.goals[self.rank] if self.goals else None
            self.view.cancel_gesture()
            if goal is not None:
                edits.connect(self.document, self.wire.edge_to(*goal))
            return True
        return False

    def cancel(self) -> None:
        """No wire."""
        self.wire.remove()
