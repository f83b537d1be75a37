"""The list of the palette: groups of chips in two columns; long labels span both."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from playground.app.palette.chip import ChipView
from playground.app.theme.tokens import SPACE

COLUMNS = 2
GAP = 6
LEFT_MARGIN, RIGHT_MARGIN = SPACE + 2, SPACE

Group = tuple[QWidget | None, Sequence[ChipView]]
Rows = list[list[ChipView]]


def arranged(chips: Sequence[ChipView], column_width: int) -> Rows:
    """Chips in rows of two; those whose label spans both columns come last."""
    short = [chip for chip in chips if chip.width_needed <= column_width]
    rows = [list(short[i : i + COLUMNS]) for i in range(0, len(short), COLUMNS)]
    return rows + [[chip] for chip in chips if chip.width_needed > column_width]


class Shelf(QWidget):
    """Lays groups out below each other, and finds the neighbours of a chip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette_list")
        self.rows: Rows = []
        """The visible chips, as they are laid out."""
        self._groups: list[Group] = []
        self._note: QWidget | None = None
        self._placed: list[QWidget] = []
        self._column_width = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(LEFT_MARGIN, 0, RIGHT_MARGIN, SPACE)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(5)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)

    @property
    def chips(self) -> list[ChipView]:
        """The visible chips, row by row."""
        return [chip for row in self.rows for chip in row]

    def show_groups(self, groups: Sequence[Group], note: QWidget | None = None) -> None:
        """Show only these groups, or `note` if there are none."""
        self._groups, self._note = list(groups), note
        self.lay_out()

    def lay_out(self) -> None:
        """Lay the groups out again, as after the text scale changed."""
        before, self._placed, self.rows = self._placed, [], []
        for widget in before:
            self._grid.removeWidget(widget)
        for place in range(self._grid.rowCount()):
            self._grid.setRowStretch(place, 0)
        self._column_width = self._width_of_column()
        line = 0
        for head, chips in self._groups:
            if head is not None:
                self._place(head, line, 0, COLUMNS)
                line += 1
            for row in arranged(chips, self._column_width):
                self.rows.append(row)
                for column, chip in enumerate(row):
                    is_wide = chip.width_needed > self._column_width
                    self._place(chip, line, column, COLUMNS if is_wide else 1)
                line += 1
        if self._note is not None:
            self._place(self._note, line, 0, COLUMNS)
            line += 1
        self._grid.setRowStretch(line, 1)
        for widget in set(before) - set(self._placed):
            widget.hide()

    def _place(self, widget: QWidget, line: int, column: int, columns: int) -> None:
        self._grid.addWidget(widget, line, column, 1, columns)
        self._placed.append(widget)
        widget.show()

    def _width_of_column(self) -> int:
        room = self.width() - LEFT_MARGIN - RIGHT_MARGIN - GAP * (COLUMNS - 1)
        return room // COLUMNS

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out again if other labels fit into one column now."""
        super().resizeEvent(event)
        width = self._width_of_column()
        if width != self._column_width and self._groups:
            before = self.rows
            needs = [chip.width_needed for row in before for chip in row]
            if any((need <= width) != (need <= self._column_width) for need in needs):
                self.lay_out()
            else:
                self._column_width = width

    def neighbour(self, chip: ChipView | None, key: int) -> ChipView | None:
        """The chip that an arrow key leads to: itself at the edge, the first one for None."""
        if not self.rows:
            return None
        at = next((i for i, row in enumerate(self.rows) if chip in row), None)
        if at is None or chip is None:
            return self.rows[0][0]
        column = self.rows[at].index(chip)
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            chips = self.chips
            place = chips.index(chip) + (1 if key == Qt.Key.Key_Right else -1)
            return chips[min(max(place, 0), len(chips) - 1)]
        at += 1 if key == Qt.Key.Key_Down else -1
        if not 0 <= at < len(self.rows):
            return chip
        return self.rows[at][min(column, len(self.rows[at]) - 1)]
