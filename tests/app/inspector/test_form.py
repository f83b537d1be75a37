"""Forms: what is typed reaches the document, what is wrong is refused in place."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.fields.basic import ChoiceField, Field, SwitchField
from playground.app.inspector.fields.number_field import NumberField
from playground.app.inspector.fields.pickers import PickField, carried_over
from playground.app.inspector.form import FIELDS, in_sentence
from playground.app.inspector.sections.training import TrainingSection
from playground.catalog.optimizers import SGD, Adam, Optimizer, RMSProp
from playground.catalog.options import Option, options_of
from playground.catalog.registry import all_declarations
from playground.project.training import Training


@pytest.fixture
def section(document: Document, qtbot: QtBot) -> TrainingSection:
    found = TrainingSection(document)
    document.changed.connect(found.refresh)
    qtbot.addWidget(found)
    with qtbot.waitExposed(found):
        found.show()
    found.activateWindow()
    return found


def rate_of(section: TrainingSection) -> NumberField:
    field = section.form.nested["optimizer"].fields["lr"]
    assert isinstance(field, NumberField)
    return field


def type_into(field: NumberField, text: str, *, enter: bool = True) -> None:
    field.line.setFocus()
    field.line.selectAll()
    QTest.keyClicks(field.line, text)
    if enter:
        QTest.keyClick(field.line, Qt.Key.Key_Return)


def pick(field: PickField | ChoiceField, place: int) -> None:
    field.box.setCurrentIndex(place)
    field.box.activated.emit(place)


def test_that_a_typed_number_is_an_edit_with_a_clear_undo_name(
    document: Document, section: TrainingSection
) -> None:
    type_into(rate_of(section), "1e-3")
    assert document.project.training.optimizer.lr == 0.001
    assert document.undo_name == "Set learning rate to 0.001"
    assert rate_of(section).line.text() == "0.001"
    document.undo()
    assert document.project.training.optimizer.lr == 0.01
    assert rate_of(section).line.text() == "0.01"


@pytest.mark.parametrize("text", ["text", "-1", "1e999", "0", "1,5", ""])
def test_that_a_wrong_number_is_refused_in_place(
    text: str, document: Document, section: TrainingSection
) -> None:
    field = rate_of(section)
    before = document.project
    field.line.setFocus()
    field.line.selectAll()
    QTest.keyClick(field.line, Qt.Key.Key_Delete)
    type_into(field, text)
    assert document.project is before
    assert document.undo_name is None
    assert field.message.isVisible()
    assert field.message.text().endswith("the value is still 0.01")
    assert field.line.property("refused") is True
    QTest.keyClick(field.line, Qt.Key.Key_Escape)
    assert field.line.text() == "0.01"
    assert not field.message.isVisible()


def test_that_letters_are_refused_while_they_are_typed(section: TrainingSection) -> None:
    field = rate_of(section)
    type_into(field, "1e-", enter=False)
    assert not field.message.isVisible()
    type_into(field, "fast", enter=False)
    assert field.message.isVisible()


def test_that_typing_continues_while_the_document_changes(
    document: Document, section: TrainingSection
) -> None:
    field = rate_of(section)
    type_into(field, "0.5", enter=False)
    document.edit("Set seed to 7", document.project.with_training(seed=7))
    assert field.line.text() == "0.5"
    assert field.line.cursorPosition() == 3
    assert rate_of(section) is field, "the form was rebuilt"
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert document.project.training.optimizer.lr == 0.5


def undo_reaches_the_window(line: QLineEdit) -> bool:
    event = QKeyEvent(
        QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier
    )
    event.ignore()
    QApplication.sendEvent(line, event)
    return not event.isAccepted()


def test_that_ctrl_z_undoes_typing_first_and_then_the_edit(section: TrainingSection) -> None:
    field = rate_of(section)
    type_into(field, "0.5", enter=False)
    assert not undo_reaches_the_window(field.line)
    QTest.keyClick(field.line, Qt.Key.Key_Return)
    assert undo_reaches_the_window(field.line)


def test_that_an_optional_declaration_can_be_off(qtbot: QtBot) -> None:
    option = Option("other", "Other", "declaration", None, "", picks=Optimizer, is_optional=True)
    field = PickField(option)
    qtbot.addWidget(field)
    field.set_value(None)
    assert field.box.currentText() == "Off"
    received: list[object] = []
    field.edited.connect(received.append)
    pick(field, field.box.findData("sgd"))
    pick(field, 0)
    assert received == [SGD(), None]


def test_that_arrow_keys_step(document: Document, section: TrainingSection) -> None:
    field = rate_of(section)
    field.line.setFocus()
    QTest.keyClick(field.line, Qt.Key.Key_Up)
    QTest.keyClick(field.line, Qt.Key.Key_Up)
    assert document.project.training.optimizer.lr == 0.05
    assert document.undo_name == "Set learning rate to 0.05"
    document.undo()
    assert document.project.training.optimizer.lr == 0.01, "quick steps are one undo step"


def wheel(field: NumberField) -> None:
    place = QPointF(field.line.rect().center())
    event = QWheelEvent(
        place,
        QPointF(field.line.mapToGlobal(place.toPoint())),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(field.line, event)


def test_that_the_wheel_steps_only_with_focus(document: Document, section: TrainingSection) -> None:
    field = rate_of(section)
    section.form.fields["seed"].setFocus()
    wheel(field)
    assert document.project.training.optimizer.lr == 0.01
    field.line.setFocus()
    wheel(field)
    assert document.project.training.optimizer.lr == 0.02


def test_that_the_slider_is_logarithmic_and_one_undo_step(
    document: Document, section: TrainingSection
) -> None:
    slider = rate_of(section).slider
    assert slider is not None
    assert slider.number(slider.sliderPosition()) == pytest.approx(0.01)
    slider.setSliderDown(True)
    for place in (70, 80, 100):
        slider.setSliderPosition(place)
    slider.setSliderDown(False)
    assert document.project.training.optimizer.lr == pytest.approx(1.0)
    assert rate_of(section).line.text() == "1"
    document.undo()
    assert document.project.training.optimizer.lr == 0.01
    assert slider.number(slider.sliderPosition()) == pytest.approx(0.01)


def test_that_another_optimizer_brings_its_own_options_and_undo_restores(
    document: Document, section: TrainingSection
) -> None:
    picker = section.form.fields["optimizer"]
    assert isinstance(picker, PickField)
    pick(picker, picker.box.findData("sgd"))
    assert document.project.training.optimizer == SGD()
    assert document.undo_name == "Set optimizer to SGD"
    assert set(section.form.nested["optimizer"].fields) >= {"lr", "momentum", "nesterov"}
    switch = section.form.nested["optimizer"].fields["nesterov"]
    assert isinstance(switch, SwitchField)
    switch.switch.click()
    assert document.undo_name == "Set nesterov to on"
    document.undo()
    assert not switch.switch.isChecked()
    document.undo()
    assert document.project.training.optimizer == Adam()
    assert "beta1" in section.form.nested["optimizer"].fields
    assert picker.box.currentText() == "Adam"


def test_that_changed_options_are_carried_over() -> None:
    assert carried_over(Adam(lr=0.3), SGD) == SGD(lr=0.3)
    assert carried_over(Adam(), SGD) == SGD(), "its own default suits it better"
    assert carried_over(SGD(momentum=0.9), RMSProp) == RMSProp(momentum=0.9)


def test_that_choices_and_switches_edit(document: Document, section: TrainingSection) -> None:
    device = section.form.fields["device"]
    assert isinstance(device, ChoiceField)
    pick(device, 1)
    assert document.project.training.device == "cpu"
    switch = section.form.fields["drop_last"]
    assert isinstance(switch, SwitchField)
    switch.switch.click()
    assert document.project.training.drop_last is True
    assert document.undo_name == "Set drop last batch to on"


def test_that_every_control_has_a_tooltip_and_an_accessible_name(section: TrainingSection) -> None:
    for option in options_of(Training):
        field = section.form.fields[option.name]
        control = field.focusProxy()
        assert option.help in control.toolTip()
        assert control.accessibleName() == option.title
        assert ("immediately" in control.toolTip()) == option.is_live or option.picks is not None


def test_that_there_is_a_field_for_every_option_of_the_catalog(qtbot: QtBot) -> None:
    for kind in [*all_declarations(), Training]:
        for option in options_of(kind):
            field: Field = FIELDS[option.value_type](option)
            qtbot.addWidget(field)
            if option.default is not None:
                field.set_value(option.default)
                assert field.value == option.default


def test_that_lists_are_typed_with_commas(qtbot: QtBot) -> None:
    field = FIELDS["ints"](Option("sizes", "Sizes", "ints", (3, 3), ""))
    qtbot.addWidget(field)
    field.set_value((3, 3))
    received: list[object] = []
    field.edited.connect(received.append)
    type_into(field, "5, 7")  # type: ignore[arg-type]
    assert received == [(5, 7)]


def test_that_titles_are_lower_case_within_a_sentence() -> None:
    assert in_sentence("Learning rate") == "learning rate"
    assert in_sentence("L1 penalty") == "L1 penalty"
