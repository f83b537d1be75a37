"""Which gesture a press begins: that depends on what is under the cursor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from playground.app.canvas.gestures.connect import Connect
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.move import Move
from playground.app.canvas.gestures.pan import Pan
from playground.app.canvas.gestures.reroute import Reroute
from playground.app.canvas.gestures.rubber_band import RubberBand
from playground.app.canvas.items.node_item import NodeItem, PortKey

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

PORT_PX, WIRE_PX = 11.0, 7.0
NEAR_END = 0.7
"""From here on a wire is pulled off its input; before, it is only selected."""

ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


def gesture_for(
    view: CanvasView, button: Qt.MouseButton, at: QPointF, modifiers: Modifiers
) -> Gesture | None:
    """The gesture that pressing a button at a place begins."""
    if button == Qt.MouseButton.MiddleButton:
        return Pan(view, at)
    if button != Qt.MouseButton.LeftButton:
        return None
    if view.is_space_held:
        return Pan(view, at)
    port = view.drawing.port_at(at, PORT_PX / view.zoom)
    if port is not None:
        return _from_port(view, port, at)
    item = view.drawing.node_at(at)
    if item is not None:
        return _from_node(view, item, at, modifiers)
    wire = view.drawing.wire_at(at, WIRE_PX / view.zoom)
    if wire is not None:
        view.document.select(())
        view.drawing.select_wire(wire[0].edge)
        return Reroute(view, wire[0].edge, at) if wire[1] > NEAR_END else None
    view.drawing.select_wire(None)
    return RubberBand(view, at, adds=bool(modifiers & ADDING))


def _from_port(view: CanvasView, port: tuple[NodeItem, PortKey], at: QPointF) -> Gesture:
    item, (name, is_output) = port
    many = any(p.many for p in item.card.inputs if p.name == name)
    edges = [] if is_output else view.document.graph.incoming(item.node_id, name)
    if edges and not many:
        return Reroute(view, edges[0], at)
    return Connect(view, item.node_id, (name, is_output))


def _from_node(
    view: CanvasView, item: NodeItem, at: QPointF, modifiers: Modifiers
) -> Gesture | None:
    document, node_id = view.document, item.node_id
    view.drawing.select_wire(None)
    if item.button_at(at):
        view.apply_fix(node_id)
        return None
    if modifiers & ADDING:
        document.select(document.selected ^ {node_id})
        if node_id not in document.selected:
            return None
        return Move(view, node_id, at, only_this=False)
    was_selected = node_id in document.selected
    if not was_selected:
        document.select([node_id])
    return Move(view, node_id, at, only_this=was_selected)
