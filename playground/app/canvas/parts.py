"""The parts of the canvas that its keys and context menus act on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu, QWidget

from playground.app.canvas.adding import Adding
from playground.app.canvas.camera import Camera
from playground.app.canvas.canvas_edits import CanvasEdits
from playground.app.canvas.gesture_controller import GestureController
from playground.app.canvas.scene import CanvasScene
from playground.app.document import Document


class CanvasParts(Protocol):
    """What `CanvasView` is made of."""

    document: Document
    drawing: CanvasScene
    camera: Camera
    adding: Adding
    edits: CanvasEdits
    gestures: GestureController
    fill_menu: Callable[[QMenu, str], None]
    menu_place: QPointF | None

    def viewport(self) -> QWidget:
        """The widget that the drawing is painted on."""
        ...
