"""Chooses the gesture that a press begins, by what is under the cursor."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from playground.app import edits
from playground.app.canvas.gestures.connect import Connect
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.move import Move
from playground.app.canvas.gestures.pan import Pan
from playground.app.canvas.gestures.reroute import Reroute
from playground.app.canvas.gestures.rubber_band import RubberBand
from playground.app.canvas.gestures.surface import Surface
from playground.app.canvas.items.node_item import NodeItem, PortKey

PORT_PX, WIRE_PX = 11.0, 7.0
NEAR_END = 0.7
"""A press further along a wire than this detaches its end; before, it only selects the wire."""

ADDING = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier


def gesture_for(
    surface: Surface, button: Qt.MouseButton, at: QPointF, modifiers: Modifiers
) -> Gesture | None:
    """The gesture that a button pressed at a place of the scene begins, or None."""
    if button == Qt.MouseButton.MiddleButton:
        return Pan(surface, at)
    if button != Qt.MouseButton.LeftButton:
        return None
    port = surface.drawing.port_at(at, PORT_PX / surface.camera.zoom)
    if port is not None:
        return _from_port(surface, port, at)
    item = surface.drawing.node_at(at)
    if item is not None:
        return _from_node(surface, item, at, modifiers)
    wire = surface.drawing.wire_at(at, WIRE_PX / surface.camera.zoom)
    if wire is not None:
        surface.document.select(())
        surface.drawing.select_wire(wire[0].edge)
        return Reroute(surface, wire[0].edge, at) if wire[1] > NEAR_END else None
    surface.drawing.select_wire(None)
    return RubberBand(surface, at, adds=bool(modifiers & ADDING))


def _from_port(surface: Surface, port: tuple[NodeItem, PortKey], at: QPointF) -> Gesture:
    item, (name, is_output) = port
    many = any(p.many for p in item.card.inputs if p.name == name)
    edges = [] if is_output else surface.document.graph.incoming(item.node_id, name)
    if edges and not many:
        return Reroute(surface, edges[0], at)
    return Connect(surface, item.node_id, (name, is_output))


def _from_node(
    surface: Surface, item: NodeItem, at: QPointF, modifiers: Modifiers
) -> Gesture | None:
    document, node_id = surface.document, item.node_id
    surface.drawing.select_wire(None)
    if item.button_at(at):
        note = item.card.note
        if note is not None and note.fix is not None:
            edits.apply_fix(document, note.fix)
        return None
    if modifiers & ADDING:
        document.select(document.selected ^ {node_id})
        if node_id not in document.selected:
            return None
        return Move(surface, node_id, at, only_this=False)
    was_selected = node_id in document.selected
    if not was_selected:
        document.select([node_id])
    return Move(surface, node_id, at, only_this=was_selected)
