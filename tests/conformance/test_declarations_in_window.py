"""What the window shows of every declaration: form fields, formula, help card and inspector."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.help.html import FORMULA, html
from playground.app.help.reference import PageBrowser
from playground.app.inspector.fields.basic import LineField
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.view import InspectorView
from playground.app.theme.tokens import theme
from playground.app.widgets.formula import formula_image, lines_of, svg_of
from playground.app.widgets.help_card import HelpCard
from playground.app.widgets.latex_text import readable
from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer
from playground.reference.page import page_of
from tests.app.panels import sample_frames
from tests.conformance.sweep import DECLARATIONS, each_declaration_sampled, each_layer_sampled

TYPED = ("-1", "1e9", "0", "1e999", "nan", "abc", "", "1,5", "1e-3", "٣", "x" * 5000, "1 000\n2")
INSPECTOR_WIDTH = 290
CARD_HEIGHT = 560


@pytest.fixture(autouse=True)
def dark() -> Iterator[None]:
    theme.use("dark")
    yield
    theme.use("dark")


# Form fields


def line_fields(form: OptionsForm) -> Iterator[LineField]:
    """Every text field of a form, nested forms included."""
    for field in form.fields.values():
        if isinstance(field, LineField):
            yield field
    for inner in form.nested.values():
        yield from line_fields(inner)


def edited(declaration: Declaration, edit: OptionEdit) -> Declaration:
    found = declaration.with_options(**{edit.path[0]: edit.value})
    assert isinstance(found, Declaration)
    return found


@each_declaration_sampled
def test_that_a_field_accepts_allowed_values_and_explains_refused_ones(
    one: type[Declaration], qtbot: QtBot
) -> None:
    current = [one()]
    form = OptionsForm(one)
    qtbot.addWidget(form)

    def take(edit: OptionEdit) -> None:
        current[0] = edited(current[0], edit)  # raises if the option cannot take it
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
        current[0] = one()
        form.show_values(current[0])


# Formulas


def opacity(image: QImage) -> int:
    """The alpha of the most opaque pixel."""
    pixels = ((x, y) for x in range(image.width()) for y in range(image.height()))
    return max(QColor(image.pixelColor(x, y)).alpha() for x, y in pixels)


def glyphs(latex: str) -> list[tuple[float, ...]]:
    """The outlines of the symbols that are drawn, in order, wherever they stand."""
    found = []
    for path in re.findall(r'<path d="([^"]*)"', svg_of(latex) or ""):
        numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]
        start = numbers[:2]
        found.append(tuple(round(v - start[i % 2], 1) for i, v in enumerate(numbers)))
    return found


def visible(text: str) -> str:
    """The symbols of readable text: without tags and spaces."""
    return "".join(unescape(re.sub(r"<[^>]*>", "", text)).split())


@each_declaration_sampled
def test_that_its_formula_can_be_drawn_and_written(one: type[Declaration], qapp: object) -> None:
    assert "\\" not in readable(one.formula), one.formula
    assert "{" not in readable(one.formula), one.formula
    if not one.formula:
        return
    for line in lines_of(one.formula):
        assert svg_of(line) is not None, line
        text = visible(readable(line))
        # Fractions and roots are lines, and accents are part of a letter.
        layout = len(re.findall("[()/√|‖\u0300-\u036f]", text))
        assert len(text) - layout <= len(glyphs(line)) <= len(text) + 2, (line, text)
        for word in re.findall(r"\\text\{([A-Za-z]+)\}", line):
            letters = glyphs(rf"\text{{{word}}}")
            assert len(letters) == len(word)
            assert set(letters) <= set(glyphs(line)), f"{word} is not drawn"
    image = formula_image(one.formula)
    assert image is not None
    assert opacity(image) > 200, "the picture is blank"


def test_that_precision_is_drawn_as_a_fraction_of_true_and_false_positives() -> None:
    (line,) = lines_of(DECLARATIONS["metrics-precision"].formula)
    assert glyphs(line) == glyphs("TP") + glyphs("TP + FP")
    assert visible(readable(line)) == "TP/(TP+FP)"


# The reference


@each_declaration_sampled
def test_that_its_page_is_shown_in_the_reference(one: type[Declaration], qtbot: QtBot) -> None:
    page = page_of(one)
    assert page is not None
    browser = PageBrowser()
    qtbot.addWidget(browser)
    browser.show_page(page)
    text = browser.toPlainText()
    assert page.title in text
    assert one.help() in text
    assert f"{FORMULA}:{page.key}" not in html(page, draws=False)


# Layers


@each_layer_sampled
@pytest.mark.parametrize("name", ["dark", "light"])
def test_that_a_layer_has_a_card_and_an_inspector_in_both_themes(
    kind: str, name: str, qtbot: QtBot
) -> None:
    window = QWidget()
    window.resize(900, 700)
    qtbot.addWidget(window)
    card = HelpCard(window)
    card.show_layer(declared(Layer)[kind])
    theme.use(name)
    card.grab()
    assert card.title.text() == declared(Layer)[kind].label
    assert card.height() <= CARD_HEIGHT

    document = Document(sample_frames.project())
    view = InspectorView(document)
    qtbot.addWidget(view)
    view.resize(INSPECTOR_WIDTH, 800)
    with qtbot.waitExposed(view):
        view.show()
    graph, node_id = document.graph.add_layer(declared(Layer)[kind]())
    document.edit_graph("Add", graph)
    document.select([node_id])
    view.grab()
    assert isinstance(view.upper, NodeSection)
    assert view.upper.kind.text().startswith(declared(Layer)[kind].label)
    content = view.widget()
    assert content.minimumSizeHint().width() <= INSPECTOR_WIDTH
