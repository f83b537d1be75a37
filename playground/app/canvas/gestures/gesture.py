"""The base of every gesture: it begins when it is made, and ends with finish or cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

Modifiers = Qt.KeyboardModifier


class Gesture:
    """What is going on between a press and a release. Until `finish` the document is untouched."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, view: CanvasView) -> None:
        self.view = view
        self.document = view.document
        self.drawing = view.drawing

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """The cursor is at another place of the scene."""

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """The button was released: do what the gesture was for."""

    def cancel(self) -> None:
        """Esc: leave everything as it was before."""

    def key(self, key: int) -> bool:
        """A key was pressed meanwhile; returns whether the gesture has used it."""
        return False
