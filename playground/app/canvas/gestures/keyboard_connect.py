"""Connect without a mouse: Tab goes through the ports that accept the wire, Enter connects."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture
from playground.app.canvas.gestures.live_wire import LiveWire
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.items.geometry import distance
from playground.app.canvas.items.node_item import NodeItem, PortKey
from playground.translation import N_, tr

FORWARD = (Qt.Key.Key_Tab, Qt.Key.Key_Right, Qt.Key.Key_Down)
BACK = (Qt.Key.Key_Backtab, Qt.Key.Key_Left, Qt.Key.Key_Up)
HINT = N_("Tab: choose target · Enter: connect · Esc: cancel")
NO_TARGET = N_("No layer has a free input for this wire. Add a layer first.")


class KeyboardConnect(Gesture):
    """A wire from the first output of a node to one of the ports that accept it."""

    def __init__(self, surface: Surface, node_id: str) -> None:
        super().__init__(surface)
        layer = self.document.graph.nodes[node_id].layer
        port = (layer.outputs[0].name, True)
        self.wire = LiveWire(self.drawing, node_id, port, self.document.graph)
        self.goals: list[tuple[NodeItem, PortKey]] = [
            (item, key) for item in self.drawing.nodes.values() for key in sorted(item.open_ports)
        ]
        self.goals.sort(key=self._gap)
        self.rank = 0
        self._show()
        surface.notify(tr(HINT) if self.goals else tr(NO_TARGET))

    def _gap(self, goal: tuple[NodeItem, PortKey]) -> tuple[bool, float]:
        item, (name, _) = goal
        is_optional = any(p.is_optional for p in item.card.inputs if p.name == name)
        return is_optional, distance(self.wire.anchor, item.port_pos(name, is_output=False))

    def _show(self) -> None:
        at = self.wire.anchor + QPointF(60, 0)
        if self.goals:
            item, (name, _) = self.goals[self.rank]
            at = item.port_pos(name, is_output=False)
        self.wire.follow(at, self.surface.camera.zoom)

    def key(self, key: int) -> bool:
        """Tab and the arrows choose the target, Enter connects."""
        if key in FORWARD or key in BACK:
            if self.goals:
                self.rank = (self.rank + (1 if key in FORWARD else -1)) % len(self.goals)
                self._show()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            goal = self.goals[self.rank] if self.goals else None
            self.surface.cancel()
            if goal is not None:
                edits.connect(self.document, self.wire.edge_to(*goal))
            return True
        return False

    def cancel(self) -> None:
        """Remove the unfinished wire."""
        self.wire.remove()
