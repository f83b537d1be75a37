"""Which classes the network confuses."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QRectF, QSize, QSizeF
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import reading_of
from playground.app.theme.draw import CENTRE, LEFT, RIGHT, draw_text, text_width
from playground.app.theme.tokens import (
    CAPTION_PX,
    TINY_PX,
    body_font,
    colour,
    mono_font,
    scaled_px,
    theme,
)
from playground.project.project import Project, aim
from playground.session.messages import Frame
from playground.translation import N_, tr, trn

MOST_CLASSES = 20
HEAD, FOOT, LARGEST_CELL = 15, 16, 64
NARROW = 170
"""Below this width recall is left out."""
POOR_RECALL = 0.5


class ConfusionPanel(Panel):
    """Rows are the true classes, columns the predicted ones."""

    key: ClassVar[str] = "confusion"
    title: ClassVar[str] = N_("Confusion matrix")
    help: ClassVar[str] = N_(
        "Rows: true classes of the validation examples; columns: predicted classes. Everything off "
        "the diagonal is an error. Recall is the fraction of a row that is correct."
    )
    icon: ClassVar[str] = "mdi6.grid"
    probes: ClassVar[tuple[str, ...]] = ("confusion",)
    # Last of those shown first: if there is a plane, the boundary shows the same and more.
    order: ClassVar[int] = 5
    stretch: ClassVar[int] = 3
    is_shown_first: ClassVar[bool] = True
    empty_text: ClassVar[str] = N_("Press Train (Space) to see which classes the network confuses.")

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.matrix = MatrixView()
        self.set_content(self.matrix)

    @classmethod
    def fits(cls, project: Project) -> bool:
        """Labels that are classes, and not too many of them."""
        target = aim(project)
        if target is None or target.task not in ("binary", "classes"):
            return False
        return len(target.classes) <= MOST_CLASSES

    def show_frame(self, frame: Frame) -> None:
        """Draw the counts."""
        reading = reading_of(frame, "confusion")
        if reading is not None and len(reading["matrix"]):
            self.matrix.show_matrix(np.asarray(reading["matrix"]), tuple(reading["classes"]))
            self.set_empty(False)


class MatrixView(QWidget):
    """Draws the matrix: the colour is the fraction of the row."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: npt.NDArray[np.int64] = np.zeros((0, 0), dtype=np.int64)
        self.classes: tuple[str, ...] = ()
        self.shares: npt.NDArray[np.float64] = np.zeros((0, 0))
        theme.changed.connect(self.update)

    def show_matrix(self, counts: npt.NDArray[np.int64], classes: tuple[str, ...]) -> None:
        """Draw these counts, rows the true classes."""
        self.counts, self.classes = counts, classes
        totals = counts.sum(1, keepdims=True)
        self.shares = counts / np.where(totals > 0, totals, 1)
        self.update()

    @property
    def recall(self) -> npt.NDArray[np.float64]:
        """The fraction of every true class that is predicted correctly; NaN without examples."""
        return np.where(self.counts.sum(1) > 0, np.diagonal(self.shares), math.nan)

    def sizeHint(self) -> QSize:
        return QSize(240, 200)

    # Places

    def _cells(self) -> QRectF:
        font = body_font(CAPTION_PX)
        names = max((text_width(name, font) for name in self.classes), default=0.0) + 8
        left = min(names, self.width() * 0.3)
        head, foot = scaled_px(HEAD), scaled_px(FOOT)
        room = QSizeF(self.width() - left - self._recall_width(), self.height() - head - foot)
        size = len(self.classes)
        largest = float(scaled_px(LARGEST_CELL))
        cell = max(4.0, min(room.width() / size, room.height() / size, largest))
        return QRectF(left, head, cell * size, cell * size)

    def _recall_width(self) -> float:
        if self.width() <= scaled_px(NARROW):
            return 0.0
        numbers = text_width("0.00", mono_font(CAPTION_PX))
        return 8 + max(numbers, text_width(tr("recall"), body_font(TINY_PX)))

    # Looks

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw names, cells and recalls."""
        if not self.classes:
            return
        painter = QPainter(self)
        cells = self._cells()
        cell = cells.width() / len(self.classes)
        names = body_font(CAPTION_PX)
        for place, name in enumerate(self.classes):
            row = QRectF(0, cells.top() + place * cell, cells.left() - 5, cell)
            draw_text(painter, row, name, names, "muted", RIGHT)
            column = QRectF(
                cells.left() + place * cell, cells.bottom() + 1, cell, scaled_px(FOOT) - 2
            )
            draw_text(painter, column, name, names, "muted", CENTRE)
            self._paint_row(painter, cells, cell, place)
        self._paint_recall(painter, cells, cell)

    def _paint_row(self, painter: QPainter, cells: QRectF, cell: float, row: int) -> None:
        font = mono_font(CAPTION_PX if cell >= 16 else TINY_PX)
        for column in range(len(self.classes)):
            share = float(self.shares[row, column])
            count = int(self.counts[row, column])
            x, y = cells.left() + column * cell, cells.top() + row * cell
            square = QRectF(x + 0.5, y + 0.5, cell - 1, cell - 1)
            painter.fillRect(square, colour("field"))
            # A square root, so that a few errors among many correct predictions are visible.
            name = "positive_fill" if row == column else "negative_fill"
            painter.fillRect(square, colour(name, 0.92 * share**0.5))
            if count and cell >= text_width(str(count), font) + 1 and cell >= 11:
                ink = "on_fill" if share > 0.35 else "text"
                draw_text(painter, square, str(count), font, ink, CENTRE)

    def _paint_recall(self, painter: QPainter, cells: QRectF, cell: float) -> None:
        names, numbers = body_font(TINY_PX), mono_font(CAPTION_PX)
        head, width = scaled_px(HEAD) - 2, self._recall_width()
        top = QRectF(cells.left(), 0, cells.width(), head)
        draw_text(painter, top, tr("columns: predicted"), names, "muted")
        if not width:
            return
        left = cells.right() + 6
        draw_text(painter, QRectF(left, 0, width, head), tr("recall"), names, "muted")
        for place, recall in enumerate(self.recall):
            room = QRectF(left, cells.top() + place * cell, width, cell)
            if math.isnan(recall):
                draw_text(painter, room, "–", numbers, "muted", LEFT)
            else:
                tone = "danger" if recall < POOR_RECALL else "healthy"
                draw_text(painter, room, f"{recall:.2f}", numbers, tone, LEFT)

    def text_at(self, x: float, y: float) -> str:
        """What a cell counts, in words; "" outside the matrix."""
        cells = self._cells()
        if not self.classes or not cells.contains(x, y):
            return ""
        cell = cells.width() / len(self.classes)
        last = len(self.classes) - 1
        row = min(last, int((y - cells.top()) // cell))
        column = min(last, int((x - cells.left()) // cell))
        return trn(
            "{matches} of {count} example of “{true}” was predicted as “{predicted}” ({share})",
            "{matches} of {count} examples of “{true}” were predicted as “{predicted}” ({share})",
            int(self.counts[row].sum()),
            matches=self.counts[row, column],
            true=self.classes[row],
            predicted=self.classes[column],
            share=f"{self.shares[row, column]:.0%}",
        )

    def event(self, event: QEvent) -> bool:
        """Show what the cell under the mouse counts."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.text_at(event.x(), event.y()), self)
            return True
        return super().event(event)
