"""Input fields, one class per type of option. A field never holds a value the option refuses."""

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
from playground.translation import tr


class Field(QWidget):
    """A control for one option, and the message below it if a value was refused."""

    edited = Signal(object)
    """Another value was chosen; the option accepts it."""
    edit_ended = Signal()
    """A drag has ended: the next edit is undone separately."""

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
        """Add a control to the row, with the option's help and name."""
        control.setToolTip(tooltip(self.option))
        control.setAccessibleName(tr(self.option.title))
        control.setAccessibleDescription(tr(self.option.help))
        self._row.addWidget(control, stretch)
        if self.focusProxy() is None:
            self.setFocusProxy(control)

    def set_value(self, value: Any) -> None:
        """Show a value and remove the message of a refused one."""
        self.value = value
        self.refuse("")

    def refuse(self, message: str) -> None:
        """Show below the field why a value was refused; "" removes the message."""
        self.message.setText(message)
        self.message.setVisible(bool(message))

    def _choose(self, value: Any) -> None:
        self.refuse("")
        if value != self.value:
            self.edited.emit(value)
            if not self.message.text():  # the form may have refused it
                self.value = value


def tooltip(option: Option) -> str:
    """The help of an option, and whether it takes effect during training."""
    note = tr("Takes effect immediately, during training.") if option.is_live else ""
    return "\n".join(filter(None, [tr(option.help), note]))


def value_text(value: Any) -> str:
    """A value as it is shown; texts are names of the file format and of torch, and stay."""
    if value is None:
        return tr("off")
    if isinstance(value, bool):
        return tr("on") if value else tr("off")
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Declaration):
        return tr(value.label)
    if isinstance(value, tuple | list):
        return ", ".join(map(value_text, value)) or tr("none")
    return str(value)


class LineField(Field):
    """A line of text. Enter or leaving the field accepts it, Esc restores the last value."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.line = QuietLineEdit()
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._on_typed)
        self.line.editingFinished.connect(self.take)
        self.add_control(self.line, 1)

    def read(self, text: str) -> Any:
        """The value of a text; raises RefusedError."""
        return text.strip()

    def write(self, value: Any) -> str:
        """The text a value is shown as."""
        return value_text(value)

    def set_value(self, value: Any) -> None:
        """Show a value, unless it is the same and another text is being typed."""
        if value == self.value and self.line.hasFocus() and self.line.isModified():
            return
        super().set_value(value)
        self.restore()

    def restore(self) -> None:
        """Show the last accepted value again."""
        self.refuse("")
        text = self.write(self.value)
        if self.line.text() != text:
            self.line.setText(text)
        self.line.setModified(False)

    def take(self) -> None:
        """Accept the text, or show below the field why it is refused."""
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
        """Red while the text is not the value of the document."""
        if self.line.property("refused") != bool(message):
            self.line.setProperty("refused", bool(message))
            self.line.style().unpolish(self.line)
            self.line.style().polish(self.line)
        if message and self.value is not None:
            value = self.write(self.value)
            message = tr("{problem}; the value is still {value}", problem=message, value=value)
        super().refuse(message)

    def _on_typed(self, text: str) -> None:
        if self.message.text():
            self.refuse("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc restores the value and is not passed on."""
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
        """Integers, or texts."""
        parts = [part.strip() for part in text.split(",") if part.strip()]
        if self.option.value_type != "ints":
            return tuple(parts)
        try:
            return tuple(int(part) for part in parts)
        except ValueError:
            raise RefusedError(tr("must be whole numbers, separated by commas")) from None

    def write(self, value: Any) -> str:
        return ", ".join(map(str, value or ()))


class PathField(LineField):
    """The path of a file, and a button that opens a file dialog."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(option, parent)
        self.browse = QToolButton()
        self.browse.setText(tr("Browse…"))
        self.browse.clicked.connect(self._on_browse)
        self.add_control(self.browse)
        self.browse.setAccessibleName(tr("Choose a file for {option}", option=tr(option.title)))

    def _on_browse(self) -> None:
        path, _ = QFileDialog.getOpenFileName(self, tr(self.option.title), self.line.text())
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
        super().set_value(value)
        self.switch.setChecked(bool(value))


class ChoiceField(Field):
    """One of a few values."""

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
        """Show the value; the box is empty if it is not one of the choices."""
        super().set_value(value)
        self.box.setCurrentIndex(_place(value, self.choices))


def _place(value: Any, choices: Sequence[Any]) -> int:
    return choices.index(value) if value in choices else -1
