"""Rename a node in place: Enter applies the name, Esc cancels."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QKeyEvent

from playground.app import edits
from playground.app.canvas.gestures.gesture import Gesture
from playground.app.canvas.gestures.surface import Surface
from playground.translation import tr

MAX_NAME = 60


class Rename(Gesture):
    """A field over the title of a card."""

    def __init__(self, surface: Surface, node_id: str) -> None:
        super().__init__(surface)
        self.node_id = node_id
        self._is_over = False
        item = self.drawing.nodes[node_id]
        place = QRectF(item.pos() + QPointF(8, 4), item.pos() + QPointF(item.card.width - 6, 27))
        self.field = surface.open_field(place)
        self.field.setMaxLength(MAX_NAME)
        self.field.setText(item.card.title)
        self.field.setPlaceholderText(tr(self.document.graph.nodes[node_id].layer.label))
        self.field.selectAll()
        self.field.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._keys = _Keys(self)
        self.field.installEventFilter(self._keys)

    def apply(self) -> None:
        """Rename the node to the text of the field."""
        if not self._is_over:
            name = self.field.text()
            if name.strip() == self.drawing.nodes[self.node_id].card.title:
                name = self.document.graph.nodes[self.node_id].name
            self._close()
            edits.rename(self.document, self.node_id, name)

    def cancel(self) -> None:
        """Close the field without renaming."""
        if not self._is_over:
            self._close()

    def _close(self) -> None:
        self._is_over = True
        self.field.removeEventFilter(self._keys)
        had_focus = self.field.hasFocus()
        self.field.hide()
        self.field.deleteLater()
        self.surface.forget(self)
        if had_focus:
            self.surface.take_focus()


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
                self._rename.apply()
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._rename.apply()
        return False
