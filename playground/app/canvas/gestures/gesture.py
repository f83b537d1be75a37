"""The base of every gesture: it begins when it is constructed, and ends with finish or cancel."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from playground.app.canvas.gestures.surface import Surface

Modifiers = Qt.KeyboardModifier


class Gesture:
    """What happens between a press and a release. The document is not changed before `finish`."""

    cursor: Qt.CursorShape | None = None

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.document = surface.document
        self.drawing = surface.drawing

    def move(self, at: QPointF, modifiers: Modifiers) -> None:
        """The cursor is at another place of the scene."""

    def finish(self, at: QPointF, modifiers: Modifiers) -> None:
        """The button was released: edit the document."""

    def cancel(self) -> None:
        """Esc: restore everything as it was before."""

    def key(self, key: int) -> bool:
        """A key was pressed during the gesture; returns whether the gesture used it."""
        return False
