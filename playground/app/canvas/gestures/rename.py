"""Rename a node in place: Enter takes the name, Esc leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture
from playground.app.theme.tokens import NAME_PX, colour, set_font

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

MAX_NAME = 60


class Rename(Gesture):
    """A field over the title of a card."""

    def __init__(self, view: CanvasView, node_id: str) -> None:
        super().__init__(view)
        self.node_id = node_id
        self._is_over = False
        item = self.drawing.nodes[node_id]
        place = QRectF(item.pos() + QPointF(8, 4), item.pos() + QPointF(item.card.width - 6, 27))
        self.field = QLineEdit(view)
        self.field.setMaxLength(MAX_NAME)
        self.field.setText(item.card.title)
        self.field.setPlaceholderText(self.document.graph.nodes[node_id].layer.label)
        set_font(self.field, NAME_PX, bold=True)
        self.field.setStyleSheet(
            f"background: {colour('field').name()}; color: {colour('text').name()};"
            f" border: 1px solid {colour('accent').name()}; border-radius: 4px; padding: 0 5px"
        )
        box = view.mapFromScene(place).boundingRect()
        self.field.setGeometry(box.x(), box.y(), max(120, box.width()), max(24, box.height()))
        self.field.selectAll()
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._keys = _Keys(self)
        self.field.installEventFilter(self._keys)

    def take(self) -> None:
        """Give the node the name in the field."""
        if not self._is_over:
            name = self.field.text()
            if name.strip() == self.drawing.nodes[self.node_id].card.title:
                name = self.document.graph.nodes[self.node_id].name
            self._close()
            edits.rename(self.document, self.node_id, name)

    def cancel(self) -> None:
        """The name stays."""
        if not self._is_over:
            self._close()

    def _close(self) -> None:
        self._is_over = True
        self.field.removeEventFilter(self._keys)
        had_focus = self.field.hasFocus()
        self.field.hide()
        self.field.deleteLater()
        self.view.forget_gesture(self)
        if had_focus:
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)


class _Keys(QObject):
    def __init__(self, rename: Rename) -> None:
        super().__init__(rename.field)
        self._rename = rename

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self._rename.cancel()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._rename.take()
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._rename.take()
        return False
