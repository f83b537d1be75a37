"""Opens and closes the help card of the layer under the cursor."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, QRect, QTimer, Signal
from PySide6.QtWidgets import QWidget

from playground.app.palette.chip import ChipView
from playground.app.widgets.help_card import HelpCard
from playground.graph.shape import Shape

SHOW_AFTER_MS = 450
MOVE_AFTER_MS = 90
"""From one chip to the next while a card is open."""
HIDE_AFTER_MS = 240
"""Long enough to move the cursor from the chip to the card."""


class CardHover(QObject):
    """Shows the help card of the chip under the cursor after a delay."""

    reference_asked = Signal(str)

    def __init__(self, palette: QWidget) -> None:
        super().__init__(palette)
        self._palette = palette
        self._chip: ChipView | None = None
        self.card: HelpCard | None = None
        self._current_shape: Callable[[], Shape | None] = lambda: None
        self._shape: Shape | None = None
        self._opening = self._timer(SHOW_AFTER_MS, self.open_now)
        self._closing = self._timer(HIDE_AFTER_MS, self.close_now)

    def _timer(self, interval_ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval_ms)
        timer.timeout.connect(act)
        return timer

    def set_shape_source(self, current_shape: Callable[[], Shape | None]) -> None:
        """`current_shape` returns the input shape of a layer that would be added now."""
        self._current_shape = current_shape

    @property
    def is_open(self) -> bool:
        """Whether a card is visible."""
        return self.card is not None and self.card.isVisible()

    def point_at(self, chip: ChipView) -> None:
        """The cursor or the focus has entered a chip."""
        self._chip = chip
        self._closing.stop()
        self._opening.start(MOVE_AFTER_MS if self.is_open else SHOW_AFTER_MS)

    def leave(self) -> None:
        """The cursor or the focus has left the chip or the card."""
        self._opening.stop()
        if self.is_open:
            self._closing.start()

    def open_now(self) -> None:
        """Show the card of the current chip now."""
        chip, window = self._chip, self._palette.window()
        if chip is None or not chip.isVisible():
            return
        if self.card is None or self.card.parentWidget() is not window:
            self._make_card(window)
        assert self.card is not None
        shape = self._current_shape()
        if (self.card.layer, self._shape) != (chip.layer, shape):
            self._shape = shape
            self.card.show_layer(chip.layer, shape)
        top = chip.mapTo(window, QPoint(0, 0)).y()
        right = self._palette.mapTo(window, QPoint(self._palette.width(), 0)).x()
        self.card.open_beside(QRect(0, top, right, chip.height()))

    def close_now(self) -> None:
        """Close the card now."""
        self._opening.stop()
        self._closing.stop()
        if self.card is not None:
            self.card.hide()

    def _make_card(self, window: QWidget) -> None:
        if self.card is not None:
            self.card.deleteLater()
        self.card = HelpCard(window)
        self.card.entered.connect(self._closing.stop)
        self.card.left.connect(self.leave)
        self.card.reference_asked.connect(self._ask)

    def _ask(self, page: str) -> None:
        self.close_now()
        self.reference_asked.emit(page)
