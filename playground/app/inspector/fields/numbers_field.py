"""A field for several numbers, or for a word that stands for them."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from playground.app.inspector.fields.basic import LineField
from playground.app.inspector.fields.numbers import RefusedError, out_of_bounds
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import theme
from playground.catalog.options import Option
from playground.translation import tr


class NumbersField(LineField):
    """A line for numbers separated by commas, and a menu of the words beside it."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.menu = QMenu(self)
        for word in option.words:
            self.menu.addAction(word).triggered.connect(
                lambda _=False, word=word: self._choose_word(word)
            )
        self.button = QToolButton()
        self.button.setProperty("role", "quiet")
        self.button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.button.setMenu(self.menu)
        self.add_control(self.button)
        self.button.setAccessibleName(tr("Other values of {option}", option=tr(option.title)))
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
            raise RefusedError(tr("each number {problem}", problem=refused))
        return numbers

    def write(self, value: object) -> str:
        """The word, or the numbers separated by commas."""
        if isinstance(value, tuple):
            return ", ".join(f"{number:.10g}" for number in value)
        return str(value)

    def _number(self, text: str) -> float:
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            if not self.option.words:
                raise RefusedError(tr("must be numbers separated by commas, such as 1, 5"))
            words = ", ".join(self.option.words)
            raise RefusedError(
                tr("must be {words}, or numbers separated by commas, such as 1, 5", words=words)
            )
        return number

    def _choose_word(self, word: str) -> None:
        self._choose(word)
        self.restore()
