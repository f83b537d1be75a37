"""Every text that a window shows: in widgets, in menus, in lists, and painted by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QTextDocumentFragment
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QGraphicsTextItem,
    QGraphicsView,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QTextBrowser,
    QWidget,
)

WORD = re.compile(r"[^\W\d_]{3,}")
ELIDED = re.compile(r"\w*…\w*")
ACCENTED = re.compile(r"[aceginosuyzACEGINOSUYZdlrtDLRT]")
SHORTCUT = re.compile(
    r"\b(Ctrl|Shift|Alt|Meta|Space|Del|Delete|Backspace|Esc|Return|Enter|Tab|F\d+)\b"
)
ADDRESS = re.compile(r"https?://\S+")


@dataclass(frozen=True)
class Seen:
    """A text, and the widget that shows it."""

    where: str
    text: str


def plain_words(text: str, allowed: frozenset[str]) -> list[str]:
    """The words of a shown text that did not pass through the pseudo-locale.

    `allowed` are words in lower case that no locale translates.
    """
    bare = QTextDocumentFragment.fromHtml(text).toPlainText() if "<" in text else text
    bare = SHORTCUT.sub(" ", ADDRESS.sub(" ", ELIDED.sub(" ", bare.replace("&", ""))))
    return [
        word
        for word in WORD.findall(bare)
        if word.isascii() and ACCENTED.search(word) and word.casefold() not in allowed
    ]


def name_of(widget: QWidget) -> str:
    """The classes from the window down to a widget."""
    names = []
    one: QWidget | None = widget
    while one is not None:
        names.append(type(one).__name__ + (f"#{one.objectName()}" if one.objectName() else ""))
        one = one.parentWidget()
    return " < ".join(names[:4])


def texts_of(top: QWidget) -> Iterator[Seen]:
    """The texts of a widget and of all below it that are visible, tooltips included."""
    for widget in (top, *top.findChildren(QWidget)):
        # A formula reads itself aloud: mathematics has no language.
        if widget.isVisible() and type(widget).__name__ != "FormulaView":
            where = name_of(widget)
            yield from (Seen(where, text) for text in _own_texts(widget) if text)


def _own_texts(widget: QWidget) -> Iterator[str]:
    yield widget.toolTip()
    yield widget.statusTip()
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    if widget.isWindow():
        yield widget.windowTitle().replace("[*]", "")
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    elif isinstance(widget, QGroupBox):
        yield widget.title()
    elif isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    elif isinstance(widget, QComboBox):
        yield from (widget.itemText(i) for i in range(widget.count()))
    elif isinstance(widget, QTextBrowser):
        yield widget.toPlainText()
    elif isinstance(widget, QMessageBox):
        yield from (widget.text(), widget.informativeText(), widget.detailedText())
    elif isinstance(widget, QMenu):
        yield from menu_texts(widget)
    elif isinstance(widget, QGraphicsView) and widget.scene() is not None:
        for item in widget.scene().items():
            yield item.toolTip()
            if isinstance(item, QGraphicsTextItem):
                yield item.toPlainText()
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _model_texts(widget, QModelIndex())


def menu_texts(menu: QMenu) -> Iterator[str]:
    """The entries of a menu and of its submenus."""
    for action in menu.actions():
        yield from (action.text(), action.toolTip(), action.statusTip())
        inner = action.menu()
        if isinstance(inner, QMenu):
            yield from menu_texts(inner)


def _model_texts(view: QAbstractItemView, parent: QModelIndex) -> Iterator[str]:
    model = view.model()
    for row in range(model.rowCount(parent)):
        # A list has one column, and says so in private.
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(parent)
        for column in range(columns):
            index = model.index(row, column, parent)
            for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
                value = model.data(index, role)
                if isinstance(value, str):
                    yield value
            if column == 0:
                yield from _model_texts(view, index)


class PaintedTexts:
    """While it is entered, notes what is painted with QPainter.drawText, and what does not fit."""

    def __init__(self) -> None:
        self.texts: set[Seen] = set()
        self.clipped: set[Seen] = set()
        self._original: Any = None

    def __enter__(self) -> PaintedTexts:
        self._original = QPainter.drawText
        noted = self

        def draw(painter: QPainter, *arguments: Any) -> Any:
            noted._note(painter, arguments)
            return noted._original(painter, *arguments)

        QPainter.drawText = draw  # type: ignore[method-assign, assignment]
        return self

    def __exit__(self, *_: object) -> None:
        QPainter.drawText = self._original  # type: ignore[method-assign]

    def _note(self, painter: QPainter, arguments: tuple[Any, ...]) -> None:
        text = next((part for part in arguments if isinstance(part, str)), "")
        device = painter.device()
        where = f"painted on {type(device).__name__}"
        if not isinstance(device, QImage):  # a picture of the data, its own text on it
            self.texts.add(Seen(where, text))
        area = arguments[0]
        if not isinstance(area, QRect | QRectF) or not WORD.search(text):
            return
        flags = next((part for part in arguments[1:] if not isinstance(part, str)), 0)
        number = flags.value if hasattr(flags, "value") else int(flags)
        if number & (Qt.TextFlag.TextWordWrap.value | Qt.TextFlag.TextDontClip.value):
            return
        needed = QFontMetricsF(painter.font()).horizontalAdvance(text)
        if needed > area.width() + 2:
            self.clipped.add(Seen(where, f"{text!r} needs {needed:.0f} px, has {area.width():.0f}"))


def clipped_widgets(top: QWidget) -> Iterator[Seen]:
    """Labels and buttons that are narrower than their text, if it is not wrapped."""
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or widget.visibleRegion().isEmpty():
            continue
        # A label that paints itself elides its text, and shows all of it as a tooltip.
        elides = isinstance(vars(type(widget)).get("paintEvent"), FunctionType)  # Qt's own is not
        is_line = isinstance(widget, QLabel) and not widget.wordWrap() and not elides
        if not is_line and not isinstance(widget, QAbstractButton):
            continue
        needed = widget.minimumSizeHint().width() if widget.text() else 0
        if needed > widget.width() + 1:
            said = f"{widget.text()[:60]!r} needs {needed} px, has {widget.width()}"
            yield Seen(name_of(widget), said)


def overlapping_widgets(top: QWidget) -> Iterator[Seen]:
    """Labels, buttons and fields that lie on a neighbour in the same parent."""
    for parent in (top, *top.findChildren(QWidget)):
        if parent.layout() is None or not parent.isVisible():
            continue
        shown = [
            child
            for child in parent.children()
            if isinstance(child, QLabel | QAbstractButton | QLineEdit | QComboBox)
            and child.isVisible()
            and parent.layout().indexOf(child) >= 0
        ]
        for i, one in enumerate(shown):
            for other in shown[i + 1 :]:
                common = one.geometry().intersected(other.geometry())
                if common.width() > 1 and common.height() > 1:
                    yield Seen(name_of(one), f"overlaps {name_of(other)} by {common}")
