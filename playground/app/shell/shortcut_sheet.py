"""The shortcut sheet: all keys and mouse gestures in one dialog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.app.theme.tokens import SMALL_PX, SPACE, set_font
from playground.translation import tr

Row = tuple[str, str]
"""Keys or a gesture, and what they do."""
COLUMNS = 3
LARGEST = (1300, 720)


class ShortcutSheet(QDialog):
    """Groups of shortcuts in columns, the mouse below them; it scrolls on a small screen."""

    def __init__(
        self, groups: Mapping[str, Sequence[Row]], gestures: Sequence[Row], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        content = QWidget()
        sheet = QVBoxLayout(content)
        sheet.addLayout(_columns(groups))
        sheet.addSpacing(SPACE)
        sheet.addWidget(_group(tr("Mouse and focus"), gestures, has_keys=False))
        scroll = QScrollArea()
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setWidget(content)
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(scroll, 1)
        layout.addWidget(buttons)
        wanted = content.sizeHint()
        self.resize(
            min(wanted.width() + SPACE * 6, LARGEST[0]),
            min(wanted.height() + SPACE * 10, LARGEST[1]),
        )


def _columns(groups: Mapping[str, Sequence[Row]]) -> QHBoxLayout:
    whole = QHBoxLayout()
    whole.setSpacing(SPACE * 4)
    columns = [QVBoxLayout() for _ in range(COLUMNS)]
    lengths = [0] * COLUMNS
    for column in columns:
        column.setSpacing(SPACE * 2)
        whole.addLayout(column)
    for name, rows in groups.items():
        shortest = lengths.index(min(lengths))
        columns[shortest].addWidget(_group(name, rows, has_keys=True))
        lengths[shortest] += len(rows) + 2
    for column in columns:
        column.addStretch(1)
    return whole


def _group(name: str, rows: Sequence[Row], *, has_keys: bool) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE * 2)
    grid.setVerticalSpacing(SPACE // 2)
    grid.setColumnStretch(1, 1)
    heading = QLabel(name.upper())
    heading.setProperty("role", "muted")
    set_font(heading, SMALL_PX, bold=True)
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (keys, text) in enumerate(rows, 1):
        key, what = QLabel(keys), QLabel(text)
        set_font(key, SMALL_PX, is_mono=has_keys)
        key.setProperty("role", "accent")
        set_font(what, SMALL_PX)
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(what, row, 1)
    return box
