"""The inspector over the selection."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from playground.app.document import Document
from playground.app.inspector.sections.node import NodeSection, feeding_of
from playground.app.inspector.sections.several import SeveralSection
from playground.app.inspector.sections.summary import SummarySection
from playground.app.inspector.view import InspectorView
from playground.app.widgets.latex_text import readable
from playground.catalog.initializers import HeUniform
from playground.catalog.layers.activation import LeakyReLU, ReLU, Tanh
from playground.project.project import empty_project
from tests.app.panels import sample_frames


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    found = InspectorView(document)
    qtbot.addWidget(found)
    found.resize(290, 800)
    with qtbot.waitExposed(found):
        found.show()
    return found


def node_section(view: InspectorView) -> NodeSection:
    assert isinstance(view.upper, NodeSection)
    return view.upper


def test_that_nothing_selected_shows_the_size_of_the_net(view: InspectorView) -> None:
    assert isinstance(view.upper, SummarySection)
    assert view.upper.counts.text() == "5 layers · 337 parameters"
    assert view.upper.verdict.isVisible()


def test_that_findings_select_their_node_and_fix_themselves(
    document: Document, view: InspectorView
) -> None:
    document.edit_graph("Set", document.graph.set_options("linear3", out_features=3))
    assert isinstance(view.upper, SummarySection)
    (card,) = view.upper.findings.cards
    assert not view.upper.verdict.isVisible()
    assert card.fix_button is not None
    card.fix_button.click()
    assert document.examined.diagnostics == ()
    assert document.undo_name == "Set Head to 1"
    document.undo()
    QTest.mouseClick(view.upper.findings.cards[0], Qt.MouseButton.LeftButton)
    assert document.selected == {"output1"}
    assert node_section(view).findings.cards, "the finding is shown at its node as well"


def test_that_a_layer_is_edited_in_its_form(document: Document, view: InspectorView) -> None:
    document.select(["linear1"])
    field = node_section(view).forms[0].form.fields["out_features"]
    line = field.focusProxy()
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(line, "4")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert document.graph.nodes["linear1"].layer.options()["out_features"] == 4
    assert document.undo_name == "Set units of Linear to 4"
    document.undo()
    assert field.value == 16


def test_that_turning_to_the_inspector_focuses_the_first_option(
    document: Document, view: InspectorView
) -> None:
    document.select(["linear1"])
    view.activateWindow()
    view.setFocus()
    field = node_section(view).forms[0].form.fields["out_features"]
    assert view.focusWidget() is field.focusProxy()


def test_that_a_node_is_renamed_in_its_title(document: Document, view: InspectorView) -> None:
    document.select(["relu1"])
    name = node_section(view).name
    assert name.text() == "hidden 1"
    name.selectAll()
    QTest.keyClicks(name, "first")
    QTest.keyClick(name, Qt.Key.Key_Return)
    assert document.graph.nodes["relu1"].name == "first"
    document.undo()
    assert name.text() == "hidden 1"


def test_that_an_activation_is_drawn_and_replaced(document: Document, view: InspectorView) -> None:
    document.select(["relu1"])
    section = node_section(view)
    assert section.plot is not None
    assert section.plot.value.max() == 4
    assert section.picker is not None
    place = section.picker.box.findData("Tanh")
    section.picker.box.activated.emit(place)
    assert document.graph.nodes["relu1"].layer == Tanh()
    assert document.undo_name == "Change hidden 1 to Tanh"
    plot = node_section(view).plot
    assert plot is not None
    assert plot.value.max() < 1
    assert "tanh" in node_section(view).formula.latex
    assert node_section(view).formula.is_drawn


def test_that_the_layer_in_front_of_an_activation_is_set_below_it(
    document: Document, view: InspectorView
) -> None:
    document.select(["relu2"])
    assert [form.node_id for form in node_section(view).forms] == ["linear2"]
    assert feeding_of(document.graph, "relu1") == "linear1"
    assert feeding_of(document.graph, "linear1") is None


def test_that_dead_units_are_explained_with_fixes(document: Document, view: InspectorView) -> None:
    assert view.probes == ("initial",)
    document.select(["relu2"])
    assert view.probes == ("dead_units",)
    firing = node_section(view).firing
    assert firing is not None
    assert firing.isHidden()
    view.show_frame(sample_frames.everything())
    assert not firing.isHidden()
    assert firing.headline.text() == "1 unit is dead (since epoch 61)"
    assert firing.cause.text() == "The learning rate pushed their biases below 0."
    assert node_section(view).subtitle.text() == "activation — 16 units · 1 dead"
    firing.lower_rate()
    assert document.project.training.optimizer.lr == pytest.approx(0.003)
    firing.use_he()
    assert document.graph.nodes["linear2"].layer.options()["initializer"]["kind"] == HeUniform.kind
    firing.use_leaky()
    assert document.graph.nodes["relu2"].layer == LeakyReLU()
    assert node_section(view).firing is None
    document.undo()
    assert document.graph.nodes["relu2"].layer == ReLU()


def test_that_a_layer_without_dead_units_has_no_card(
    document: Document, view: InspectorView
) -> None:
    view.show_frame(sample_frames.everything())
    document.select(["relu1"])
    view.show_frame(sample_frames.everything())
    firing = node_section(view).firing
    assert firing is not None
    assert not firing.isHidden()
    assert firing.card.isHidden()
    view.clear()
    assert firing.isHidden()


def test_that_the_input_sets_the_data_set(document: Document, view: InspectorView) -> None:
    document.select(["input1"])
    (data,) = node_section(view).sections
    picker = data.picker  # type: ignore[attr-defined]
    picker.box.activated.emit(picker.box.findData("hills"))
    assert document.project.data.kind == "hills"
    assert document.project.training.loss.kind == "mse", "the loss follows the labels"
    assert document.undo_name == "Set data set to Hills (2-D regression)"
    assert "42 training examples, 18 validation examples" in data.facts.text()  # type: ignore[attr-defined]
    assert view.training.form.fields["loss"].value.kind == "mse"


def test_that_the_output_sets_the_loss(document: Document, view: InspectorView) -> None:
    document.select(["output1"])
    (loss,) = node_section(view).sections
    picker = loss.picker  # type: ignore[attr-defined]
    picker.box.activated.emit(picker.box.findData("mse"))
    assert document.project.training.loss.kind == "mse"
    assert r"\hat{y}" in loss.formula.latex  # type: ignore[attr-defined]


def test_that_several_layers_of_a_kind_are_set_together(
    document: Document, view: InspectorView
) -> None:
    document.select(["linear1", "linear2"])
    assert isinstance(view.upper, SeveralSection)
    assert view.upper.form is not None
    view.upper.form.fields["bias"].focusProxy().click()  # type: ignore[attr-defined]
    assert [document.graph.nodes[i].layer.options()["bias"] for i in ("linear1", "linear2")] == [
        False,
        False,
    ]
    assert document.undo_name == "Set bias of 2 layers to off"
    document.select(["linear1", "relu1"])
    assert isinstance(view.upper, SeveralSection)
    assert view.upper.form is None


def test_that_focus_stays_while_other_things_change(
    document: Document, view: InspectorView
) -> None:
    document.select(["linear1"])
    section = node_section(view)
    document.edit_graph("Move", document.graph.move({"relu1": (5.0, 5.0)}))
    document.edit_graph("Rename", document.graph.rename("linear1", "first"))
    assert view.upper is section
    assert section.name.text() == "first"


def test_that_another_project_is_shown_when_it_is_opened(
    document: Document, view: InspectorView
) -> None:
    document.select(["linear1"])
    document.open(empty_project())
    assert isinstance(view.upper, SummarySection)
    assert view.upper.counts.text().startswith("0 layers")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (r"f(z) = \max(0, z)", "f(z) = max(0, z)"),
        (r"\frac{1}{1 + e^{-z}}", "1 / (1 + e<sup>−z</sup>)"),
        (r"\sqrt{s}+\varepsilon", "√s+ε"),
        (r"w \leftarrow w - \eta v", "w ← w − η v"),
        (r"\log\sigma(z_i)", "log\u2009σ(z<sub>i</sub>)"),
        (r"a < b {", "a &lt; b"),
        ("", ""),
    ],
)
def test_that_formulas_become_readable(formula: str, text: str) -> None:
    assert readable(formula) == text
