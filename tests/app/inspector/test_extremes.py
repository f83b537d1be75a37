"""Whatever is typed into any field, the last good value stays and the field says why."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.inspector.fields.basic import LineField
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.catalog.registry import categories, declared
from playground.graph.declaration import Declaration

TYPED = ("-1", "1e9", "0", "1e999", "nan", "abc", "", "1,5", "1e-3", "٣", "x" * 5000, "1 000\n2")
CATEGORIES: list[type[Declaration]] = [
    one for base in categories().values() for one in declared(base).values() if one.model_fields
]


def line_fields(form: OptionsForm) -> Iterator[LineField]:
    """Every field to type into, those of what an option holds among them."""
    for field in form.fields.values():
        if isinstance(field, LineField):
            yield field
    for inner in form.nested.values():
        yield from line_fields(inner)


def edited(declaration: Declaration, edit: OptionEdit) -> Declaration:
    found = declaration.with_options(**{edit.path[0]: edit.value})
    assert isinstance(found, Declaration)
    return found


@pytest.mark.parametrize(
    "value_type", CATEGORIES, ids=lambda value_type: f"{value_type.__module__}.{value_type.kind}"
)
def test_that_a_field_accepts_allowed_values_and_explains_refused_ones(
    value_type: type[Declaration], qtbot: QtBot
) -> None:
    current = [value_type()]
    form = OptionsForm(value_type)
    qtbot.addWidget(form)

    def take(edit: OptionEdit) -> None:
        current[0] = edited(current[0], edit)  # raises where the option cannot take it
        form.show_values(current[0])

    form.edited.connect(take)
    form.show_values(current[0])
    for field in list(line_fields(form)):
        for text in TYPED:
            before = current[0]
            field.line.selectAll()
            field.line.insert(text)
            field.line.setModified(True)
            field.line.textEdited.emit(text)
            QTest.keyClick(field.line, Qt.Key.Key_Return)
            message = field.message.text()
            if message:
                assert current[0] == before, f"{field.option.name}: {text!r} was refused"
                assert len(message) < 300, (
                    f"{field.option.name}: {text[:20]!r} gives a long message"
                )
            else:
                shown = field.read(field.line.text())
                assert shown == field.value or str(shown) == str(field.value)
            field.restore()
        current[0] = value_type()
        form.show_values(current[0])
