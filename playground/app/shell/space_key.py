"""Space in the canvas: pressed and released it trains, held it pans."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea


class SpaceKey(QObject):
    """Watches a view for Space, and reports it unless the mouse was used while it was held."""

    pressed = Signal()
    """Space was pressed and released, with nothing in between."""

    def __init__(self, view: QAbstractScrollArea) -> None:
        super().__init__(view)
        self._was_used = True
        for part in (view, view.viewport()):
            part.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note presses and releases; nothing is consumed."""
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._was_used = True
        elif (
            isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and not event.isAutoRepeat()
        ):
            if kind == QEvent.Type.KeyPress:
                self._was_used = bool(event.modifiers())
            elif kind == QEvent.Type.KeyRelease and not self._was_used:
                self._was_used = True  # a field over the canvas lets the next release through
                self.pressed.emit()
        return super().eventFilter(watched, event)
