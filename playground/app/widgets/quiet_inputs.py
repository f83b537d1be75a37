"""Qt input widgets that ignore the wheel without focus and let Ctrl+Z reach the document."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import (
    QKeyEvent,
    QKeySequence,
    QPaintEvent,
    QStandardItem,
    QStandardItemModel,
    QWheelEvent,
)
from PySide6.QtWidgets import (
    QComboBox,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

from playground.app.theme.tokens import SMALL_PX, body_font, colour, theme

UNDOING = (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo)


class QuietLineEdit(QLineEdit):
    """A line that keeps Ctrl+Z to itself only while something is being typed."""

    def event(self, event: QEvent) -> bool:
        """Qt always keeps it, and an accepted value could not be undone from here."""
        is_override = event.type() == QEvent.Type.ShortcutOverride and not self.isModified()
        if (
            is_override
            and isinstance(event, QKeyEvent)
            and any(event.matches(key) for key in UNDOING)
        ):
            event.ignore()
            return True
        return super().event(event)


class QuietComboBox(QComboBox):
    """A combo box that the wheel scrolls past unless it has focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(4)
        self.setMaxVisibleItems(24)
        self._headings: list[QStandardItem] = []
        theme.changed.connect(self._restyle)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with focus, so that scrolling the form changes no value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """With an ellipsis if the text is longer than the box."""
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self)
        elide = Qt.TextElideMode.ElideRight
        shown = self.currentText() or self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(shown, elide, room.width() - 2)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def add_heading(self, text: str) -> None:
        """A line that cannot be chosen, over the group that follows."""
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        item = QStandardItem(text)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        model.appendRow(item)
        self._headings.append(item)
        self._restyle()

    def _restyle(self) -> None:
        for item in self._headings:
            item.setForeground(colour("muted"))
            item.setFont(body_font(SMALL_PX, bold=True))

    def fit_popup(self) -> None:
        """Make the list as wide as its longest line, however narrow the box is."""
        metrics = self.fontMetrics()
        texts = (self.itemText(i) for i in range(self.count()))
        widest = max((metrics.horizontalAdvance(text) for text in texts), default=0)
        self.view().setMinimumWidth(widest + 40)
