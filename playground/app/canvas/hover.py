"""What is under the cursor: it is highlighted, and explained by its tooltip."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QWidget

from playground.app.canvas.camera import Camera
from playground.app.canvas.gestures.choose import PORT_PX, WIRE_PX
from playground.app.canvas.items.node_item import NodeItem
from playground.app.canvas.items.wire_item import WireItem
from playground.app.canvas.scene import CanvasScene


class Hover:
    """Highlights the node, port or wire under the cursor."""

    def __init__(self, viewport: QWidget, drawing: CanvasScene, camera: Camera) -> None:
        self._viewport, self._drawing, self._camera = viewport, drawing, camera
        self._item: NodeItem | WireItem | None = None

    def follow(self, at: QPointF, *, keeps_cursor: bool) -> None:
        """The cursor is at this place of the scene."""
        zoom = self._camera.zoom
        port = self._drawing.port_at(at, PORT_PX / zoom)
        item: NodeItem | WireItem | None = port[0] if port else self._drawing.node_at(at)
        if item is None:
            wire = self._drawing.wire_at(at, WIRE_PX / zoom)
            item = wire[0] if wire else None
        if self._item is not item:
            self._unmark()
            self._item = item
        if isinstance(item, NodeItem):
            hot = port[1] if port else None
            item.mark(is_hovered=True, hot_port=hot, is_button_hot=item.button_at(at))
        elif item is not None:
            item.mark(is_hovered=True)
        if isinstance(item, NodeItem) and port is None and item.is_button_hot:
            self._viewport.setCursor(Qt.CursorShape.PointingHandCursor)
        elif not keeps_cursor:
            self._viewport.unsetCursor()

    def leave(self, *, keeps_cursor: bool) -> None:
        """The cursor has left the canvas."""
        self._unmark()
        if not keeps_cursor:
            self._viewport.unsetCursor()

    def _unmark(self) -> None:
        if isinstance(self._item, NodeItem):
            self._item.mark(is_hovered=False, hot_port=None, is_button_hot=False)
        elif self._item is not None:
            self._item.mark(is_hovered=False)
        self._item = None

    def tooltip_at(self, at: QPointF) -> str:
        """The text for the port, node or wire at a place of the scene; "" for empty canvas."""
        zoom = self._camera.zoom
        item, wire = self._drawing.node_at(at), self._drawing.wire_at(at, WIRE_PX / zoom)
        port = self._drawing.port_at(at, PORT_PX / zoom)
        text = item.tooltip if item else wire[0].tooltip if wire else ""
        return (port[0].port_tooltip(port[1]) if port else "") or text
