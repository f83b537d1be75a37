"""One widget for every sort of option. A field never holds what the option cannot take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.app.inspector.fields.numbers import RefusedError
from playground.app.theme.text import number_text
from playground.app.theme.tokens import SMALL_PX, set_font
from playground.app.widgets.quiet_inputs import QuietComboBox, QuietLineEdit
from playground.app.widgets.switch import Switch
from playground.catalog.options import Option
from playground.graph.declaration import Declaration


class Field(QWidget):
    """A control for one option, and the message under it where something was refused."""

    edited = Signal(object)
    """The person chose another value, which the option can take."""
    edit_ended = Signal()
    """A drag is over: the next edit is a step of its own to undo."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.option = option
        self.value: Any = None
        self.message = QLabel()
        self.message.setProperty("role", "danger")
        set_font(self.message, SMALL_PX)
        self.message.setWordWrap(True)
        self.message.hide()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self._row)
        layout.addWidget(self.message)

    def add_control(self, control: QWidget, stretch: int = 0) -> None:
        """Put a control into the row, with the option's help and name on it."""
        control.setToolTip(tooltip(self.option))
        control.setAccessibleName(self.option.title)
        control.setAccessibleDescription(self.option.help)
        self._row.addWidget(control, stretch)
        if self.focusProxy() is None:
            self.setFocusProxy(control)

    def set_value(self, value: Any) -> None:
        """Show a value; whatever was refused is forgotten."""
        self.value = value
        self.refuse("")

    def refuse(self, message: str) -> None:
        """Say under the field why a value was not taken; "" takes that back."""
        self.message.setText(message)
        self.message.setVisible(bool(message))

    def _choose(self, value: Any) -> None:
        self.refuse("")
        if value != self.value:
            self.edited.emit(value)
            if not self.message.text():  # the form may have refused it
                self.value = value


def tooltip(option: Option) -> str:
    """What the option means, and whether it waits for a restart."""
    note = "Takes effect at once, while training runs." if option.is_live else ""
    return "\n".join(filter(None, [option.help, note]))


def value_text(value: Any) -> str:
    """A value in words."""
    if value is None:
        return "off"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Declaration):
        return value.label
    if isinstance(value, tuple | list):
        return ", ".join(map(value_text, value)) or "none"
    return str(value)


class LineField(Field):
    """A line to type into. Enter or leaving takes it, Esc restores it."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.line = QuietLineEdit()
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._on_typed)
        self.line.editingFinished.connect(self.take)
        self.add_control(self.line, 1)

    def read(self, text: str) -> Any:
        """The value a text stands for; raises RefusedError."""
        return text.strip()

    def write(self, value: Any) -> str:
        """The text a value is shown as."""
        return value_text(value)

    def set_value(self, value: Any) -> None:
        """Show a value, unless something else is being typed and the value is the same."""
        if value == self.value and self.line.hasFocus() and self.line.isModified():
            return
        super().set_value(value)
        self.restore()

    def restore(self) -> None:
        """Show the last good value again."""
        self.refuse("")
        text = self.write(self.value)
        if self.line.text() != text:
            self.line.setText(text)
        self.line.setModified(False)

    def take(self) -> None:
        """Take what was typed, or say under the field why not."""
        if not self.line.isModified():
            return
        try:
            value = self.read(self.line.text())
        except RefusedError as error:
            self.refuse(str(error))
            return
        self.line.setModified(False)
        self._choose(value)
        if not self.message.text():
            self.restore()

    def refuse(self, message: str) -> None:
        """Red while the text is not what the document holds."""
        if self.line.property("refused") != bool(message):
            self.line.setProperty("refused", bool(message))
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        kept = f": still {self.write(self.value)}" if message and self.value is not None else ""
        super().refuse(message + kept)

    def _on_typed(self, text: str) -> None:
        if self.message.text():
            self.refuse("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc restores before anything else hears of it."""
        if watched is self.line and isinstance(event, QKeyEvent):
            is_press = event.type() in (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride)
            if is_press and event.key() == Qt.Key.Key_Escape and self.line.isModified():
                if event.type() == QEvent.Type.KeyPress:
                    self.restore()
                event.accept()
                return event.type() == QEvent.Type.KeyPress
        return super().eventFilter(watched, event)


class ListField(LineField):
    """Several values with commas between them."""

    def read(self, text: str) -> tuple[Any, ...]:
        """Whole numbers, or texts."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if self.option.value_type != "ints":
            return tuple(parts)
        try:
            return tuple(int(part) for part in parts)
        except ValueError:
            raise RefusedError("must be whole numbers with commas between them") from None

    def write(self, value: Any) -> str:
        """With commas."""
        return ", ".join(map(str, value or ()))


class PathField(LineField):
    """A file: its path, and a button to look for it."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.browse = QToolButton()
        self.browse.setText("Browse…")
        self.browse.clicked.connect(self._on_browse)
        self.add_control(self.browse)

    def _on_browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, self.option.title, self.line.text())
        if path:
            self._choose(path)
            self.restore()


class SwitchField(Field):
    """On or off."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.switch = Switch()
        self.switch.clicked.connect(self._choose)
        self.add_control(self.switch)
        self._row.addStretch(1)

    def set_value(self, value: Any) -> None:
        """Turn the switch."""
        super().set_value(value)
        self.switch.setChecked(bool(value))


class ChoiceField(Field):
    """One out of a few values."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.box = QuietComboBox()
        self.choices = (*option.choices, None) if option.is_optional else option.choices
        for choice in self.choices:
            self.box.addItem(value_text(choice), choice)
        self.box.fit_popup()
        self.box.activated.connect(lambda place: self._choose(self.choices[place]))
        self.add_control(self.box, 1)

    def set_value(self, value: Any) -> None:
        """Show the value; one that is not among the choices leaves the box empty."""
        super().set_value(value)
        self.box.setCurrentIndex(_place(value, self.choices))


def _place(value: Any, choices: Sequence[Any]) -> int:
    return choices.index(value) if value in choices else -1
