"""A form for the options of any declaration, built from the declaration alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from PySide6.QtCore import Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from playground.app.inspector.fields.basic import (
    ChoiceField,
    Field,
    LineField,
    ListField,
    PathField,
    SwitchField,
    value_text,
)
from playground.app.inspector.fields.number_field import NumberField
from playground.app.inspector.fields.numbers_field import NumbersField
from playground.app.inspector.fields.penalties import PENALTIES, penalty_shown
from playground.app.inspector.fields.pickers import PickField
from playground.app.inspector.plots.illustration import Illustration
from playground.app.inspector.row import LABEL_WIDTH, labelled
from playground.app.theme.tokens import colour, theme
from playground.catalog.options import Option, options_of
from playground.catalog.registry import explain
from playground.graph.declaration import Declaration
from playground.translation import tr

INDENT = 10

FIELDS: dict[str, Callable[[Option], Field]] = {
    "int": NumberField,
    "float": NumberField,
    "bool": SwitchField,
    "choice": ChoiceField,
    "declaration": PickField,
    "ints": ListField,
    "floats": NumbersField,
    "texts": ListField,
    "path": PathField,
    "text": LineField,
}


@dataclass(frozen=True, slots=True)
class OptionEdit:
    """An option that a person changed."""

    path: tuple[str, ...]
    """The option's name; ("optimizer", "lr") for an option of the value of an option."""
    value: Any
    """The new value of the first name in the path."""
    title: str
    text: str

    @property
    def name(self) -> str:
        """What Undo calls it: "Set learning rate to 0.01"."""
        title = in_sentence(tr(self.title))
        return tr("Set {option} to {value}", option=title, value=self.text)

    def name_for(self, owner: str) -> str:
        """The same with the owner of the option: "Set units of Linear to 16"."""
        title = in_sentence(tr(self.title))
        return tr("Set {option} of {layer} to {value}", option=title, layer=owner, value=self.text)


def in_sentence(title: str) -> str:
    """A title as it stands within a sentence: "learning rate", but "L1 penalty"."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title


class OptionsForm(QWidget):
    """A row per option. The options of an option's value stand below it, indented."""

    edited = Signal(object)
    """An OptionEdit."""
    edit_ended = Signal()

    def __init__(
        self,
        value_type: type[Declaration],
        parent: QWidget | None = None,
        *,
        is_nested: bool = False,
    ) -> None:
        super().__init__(parent)
        self.value_type = value_type
        self.is_nested = is_nested
        self.fields: dict[str, Field] = {}
        self.rows: dict[str, QWidget] = {}
        self.nested: dict[str, OptionsForm] = {}
        self.penalties: dict[str, Illustration] = {}
        """What the regularizing options do, shown while they are in use."""
        self._shown: Declaration | None = None
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(INDENT if is_nested else 0, 0, 0, 0)
        self._layout.setSpacing(4)
        self.illustration: Illustration | None = None
        if is_nested:
            self.illustration = Illustration()
            self._layout.addWidget(self.illustration)
        for option in options_of(value_type):
            self._add(option)
        theme.changed.connect(self.update)

    def _add(self, option: Option) -> None:
        field = FIELDS[option.value_type](option)
        field.edited.connect(lambda value: self._on_edited(option, value))
        field.edit_ended.connect(self.edit_ended)
        self.fields[option.name] = field
        label_width = LABEL_WIDTH - (INDENT if self.is_nested else 0)
        self.rows[option.name] = labelled(option, field, label_width)
        self._layout.addWidget(self.rows[option.name])
        if option.name in PENALTIES:
            self.penalties[option.name] = Illustration()
            self.penalties[option.name].hide()
            self._layout.addWidget(self.penalties[option.name])

    # Showing

    def show_values(self, declaration: Declaration) -> None:
        """Show the options as they are now; text that is being typed stays."""
        self._shown = declaration
        if self.illustration is not None:
            self.illustration.show_declaration(declaration)
        for name, field in self.fields.items():
            value = getattr(declaration, name)
            field.set_value(value)
            self.rows[name].setVisible(field.option.counts_for(declaration))
            if name in self.penalties:
                self._show_penalty(name, declaration)
            if isinstance(value, Declaration):
                self._show_nested(name, value)
            elif name in self.nested:
                self._drop_nested(name)

    def _show_penalty(self, name: str, holder: Declaration) -> None:
        shown = penalty_shown(name, holder)
        if shown is None:
            self.penalties[name].hide()
        else:
            self.penalties[name].show_formula(*shown)

    def _show_nested(self, name: str, value: Declaration) -> None:
        form = self.nested.get(name)
        if form is None or form.value_type is not type(value):
            self._drop_nested(name)
            form = OptionsForm(type(value), is_nested=True)
            form.edited.connect(lambda edit: self._on_nested_edited(name, edit))
            form.edit_ended.connect(self.edit_ended)
            self.nested[name] = form
            self._layout.insertWidget(self._layout.indexOf(self.rows[name]) + 1, form)
        form.show_values(value)
        has_picture = form.illustration is not None and not form.illustration.isHidden()
        form.setVisible(bool(form.fields) or has_picture)

    def _drop_nested(self, name: str) -> None:
        form = self.nested.pop(name, None)
        if form is not None:
            self._layout.removeWidget(form)
            form.hide()
            form.deleteLater()

    def refuse(self, path: tuple[str, ...], message: str) -> None:
        """Show at a field why its value was refused."""
        if len(path) > 1 and path[0] in self.nested:
            self.nested[path[0]].refuse(path[1:], message)
        elif path[0] in self.fields:
            self.fields[path[0]].refuse(message)

    # Editing

    def _on_edited(self, option: Option, value: Any) -> None:
        self._offer(OptionEdit((option.name,), value, option.title, value_text(value)))

    def _on_nested_edited(self, name: str, edit: OptionEdit) -> None:
        if self._shown is None:
            return
        held = getattr(self._shown, name).with_options(**{edit.path[0]: edit.value})
        self._offer(OptionEdit((name, *edit.path), held, edit.title, edit.text))

    def _offer(self, edit: OptionEdit) -> None:
        if self._shown is None:
            return
        try:
            self._shown.with_options(**{edit.path[0]: edit.value})
        except ValidationError as error:
            self.refuse(edit.path, explain(error))
            return
        self.edited.emit(edit)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A vertical line marks the options of a value."""
        if self.is_nested:
            painter = QPainter(self)
            painter.fillRect(2, 2, 1, self.height() - 4, colour("border"))
