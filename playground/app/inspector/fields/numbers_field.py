"""A field for several numbers, or for a word that stands for some."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.app.inspector.fields.basic import LineField
from playground.app.inspector.fields.numbers import RefusedError, out_of_bounds
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import theme
from playground.catalog.options import Option


class NumbersField(LineField):
    """A line for numbers with commas between them, and a menu of the words beside it."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.menu = QMenu(self)
        for word in option.words:
            self.menu.addAction(word).triggered.connect(lambda _=False, word=word: self._pick(word))
        self.button = QToolButton()
        self.button.setAccessibleName("Other choices")
        self.button.setProperty("role", "quiet")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self.menu)
        self.add_control(self.button)
        self.button.setVisible(bool(option.words))
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        set_icon(self.button, "mdi6.chevron-down", "muted")

    def read(self, text: str) -> tuple[float, ...] | str:
        """The word, or the numbers; raises RefusedError."""
        text = text.strip().casefold().replace("\u2212", "-")
        if text in self.option.words or (not text and self.option.words):
            return text or self.option.words[0]
        numbers = tuple(self._number(part) for part in text.split(",") if part.strip())
        refused = next(filter(None, (out_of_bounds(n, self.option) for n in numbers)), "")
        if refused:
            raise RefusedError(f"each number {refused}")
        return numbers

    def write(self, value: object) -> str:
        """The word, or the numbers with commas."""
        if isinstance(value, tuple):
            return ", ".join(f"{number:.10g}" for number in value)
        return str(value)

    def _number(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            words = "".join(f"{word}, " for word in self.option.words)
            raise RefusedError(f"must be {words}or numbers with commas, such as 1, 5")
        return number

    def _pick(self, word: str) -> None:
        self._choose(word)
        self.restore()
