"""The parts of the canvas that its keys and context menus act on."""

from __future__ import annotations

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

    @property
    def menu_place(self) -> QPointF | None:
        """The place of the scene that the context menu is for, while it is open."""
        ...

    def set_menu_place(self, at: QPointF | None) -> None:
        """The context menu is opened for a place of the scene, or closed."""
        ...

    def fill_menu(self, menu: QMenu, context: str) -> None:
        """Add the window's commands to a context menu."""
        ...

    def viewport(self) -> QWidget:
        """The widget that the drawing is painted on."""
        ...
