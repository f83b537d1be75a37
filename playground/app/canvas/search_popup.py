"""The search over the canvas: type a few letters, Enter adds the layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from playground.app.search import rank
from playground.app.theme.tokens import (
    RADIUS,
    SMALL_PX,
    body_font,
    colour,
    family_colour,
    scaled_px,
    set_font,
)
from playground.catalog.registry import declared
from playground.graph.layer import Layer
from playground.translation import tr

WIDTH, ROW, ROWS = 264, 26, 8
Choose = Callable[[str], object]


class Row(QStyledItemDelegate):
    """Paints a layer in the list: the bar of its family, its label, its family in muted text."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """All rows have the same size."""
        return QSize(scaled_px(WIDTH) - 20, scaled_px(ROW))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint the row, highlighted if Enter would choose it."""
        place = option.rect
        kind = index.data(Qt.ItemDataRole.UserRole)
        layer = declared(Layer)[kind]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(colour("hover"))
            painter.drawRoundedRect(place.adjusted(2, 1, -2, -1), 4, 4)
        painter.setBrush(family_colour(layer.family))
        painter.drawRoundedRect(place.left() + 7, place.top() + 6, 3, place.height() - 12, 1.5, 1.5)
        inside = place.adjusted(18, 0, -8, 0)
        painter.setFont(body_font())
        painter.setPen(colour("text"))
        taken = _paint_text(painter, inside, tr(layer.label))
        painter.setFont(body_font(SMALL_PX))
        painter.setPen(colour("faint"))
        _paint_text(painter, inside.adjusted(taken + 10, 0, 0, 0), tr(layer.family), is_right=True)
        painter.restore()


def _paint_text(painter: QPainter, place: QRect, text: str, *, is_right: bool = False) -> int:
    """Paint a line of text, elided if there is no room; returns its width."""
    metrics = painter.fontMetrics()
    cut = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(0, place.width()))
    side = Qt.AlignmentFlag.AlignRight if is_right else Qt.AlignmentFlag.AlignLeft
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | side, cut)
    return metrics.horizontalAdvance(cut)


class SearchPopup(QFrame):
    """A field and a list over the canvas. It closes on Esc, on a choice, and without focus."""

    closed = Signal()

    def __init__(
        self, parent: QWidget, kinds: Iterable[str], choose: Choose, note: str = ""
    ) -> None:
        super().__init__(parent)
        self.kinds = list(kinds)
        self._over, self._choose = parent, choose
        self._is_closing = False
        self.setObjectName("search_popup")
        self.setFixedWidth(scaled_px(WIDTH))
        self.field = QLineEdit(self)
        self.field.setPlaceholderText(tr("Type to find a layer"))
        set_font(self.field)
        self.field.textChanged.connect(self._show_query)
        self.field.installEventFilter(self)
        self.list = QListWidget(self)
        self.list.setItemDelegate(Row(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._choose_item)
        self._hint = note
        self.note = QLabel(note, self)
        self.note.setWordWrap(True)
        set_font(self.note, SMALL_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        for widget in (self.field, self.note, self.list):
            column.addWidget(widget)
        self._restyle()
        self._show_query()

    def open_at(self, place: QPoint) -> None:
        """Show it with its top left corner near a place of the parent, within the parent."""
        self.adjustSize()
        room = self._over.rect().adjusted(8, 8, -8, -8)
        x = max(room.left(), min(place.x(), room.right() - self.width()))
        y = max(room.top(), min(place.y(), room.bottom() - self.height()))
        self.move(x, y)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    def shown_kinds(self) -> list[str]:
        """The kinds in the list, best first."""
        rows = range(self.list.count())
        return [self.list.item(row).data(Qt.ItemDataRole.UserRole) for row in rows]

    def dismiss(self) -> None:
        """Close without a choice."""
        if not self._is_closing:
            self._is_closing = True
            if self.window().focusWidget() is self.field:
                # Otherwise Qt would move the focus as Tab does, and select the next node.
                self._over.setFocus(Qt.FocusReason.OtherFocusReason)
            self.hide()
            self.closed.emit()
            self.deleteLater()

    def _show_query(self) -> None:
        self.list.clear()
        for kind in rank(self.field.text(), self.kinds):
            item = QListWidgetItem(self.list)
            item.setData(Qt.ItemDataRole.UserRole, kind)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, tr(declared(Layer)[kind].label))
            item.setToolTip(tr(declared(Layer)[kind].help()))
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(scaled_px(ROW) * min(max(self.list.count(), 1), ROWS) + 6)
        nothing = tr("No layer matches “{query}”. Press Esc to close.", query=self.field.text())
        self.note.setText(self._hint if self.list.count() else nothing)
        self.note.setVisible(bool(self.note.text()))
        self.adjustSize()

    def _choose_item(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        kind = item.data(Qt.ItemDataRole.UserRole)
        self.dismiss()
        self._choose(kind)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field: arrows move, Enter chooses, Esc closes."""
        if watched is self.field:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                return self._key(event.key())
            if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
                self.dismiss()
        return False

    def _key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape:
            self.dismiss()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose_item(self.list.currentItem())
        elif key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            row = min(max(self.list.currentRow() + step, 0), self.list.count() - 1)
            self.list.setCurrentRow(row)
        else:
            return False
        return True

    def _restyle(self) -> None:
        border, text = colour("border").name(), colour("text").name()
        self.setStyleSheet(
            f"#search_popup {{ background: {colour('raised').name()};"
            f" border: 1px solid {border}; border-radius: 8px; }}"
            f"QLineEdit {{ background: {colour('field').name()}; color: {text};"
            f" border: 1px solid {colour('accent').name()}; border-radius: {RADIUS}px;"
            " padding: 5px 8px; }"
            f"QLabel {{ color: {colour('muted').name()}; background: transparent; }}"
            f"QListWidget {{ background: transparent; border: none; color: {text}; outline: 0; }}"
            "QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }"
            f"QScrollBar::handle:vertical {{ background: {border}; border-radius: 3px;"
            " margin: 1px; min-height: 24px; }"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
        )
