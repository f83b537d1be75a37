"""The inspector's switches for freezing and bypassing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from playground.app import edits
from playground.app.canvas.menus import menu_at
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.inspector.sections.flags import FlagSwitches
from playground.app.inspector.sections.node import NodeSection
from playground.app.inspector.view import InspectorView
from playground.catalog.registry import declared, make_layer
from playground.graph.layer import Layer
from tests.app.commands_on_canvas import install_commands


@pytest.fixture
def view(document: Document, qtbot: QtBot) -> InspectorView:
    found = InspectorView(document)
    qtbot.addWidget(found)
    found.resize(290, 900)
    with qtbot.waitExposed(found):
        found.show()
    return found


def flags(view: InspectorView) -> FlagSwitches:
    found = getattr(view.upper, "flags", None)
    assert isinstance(found, FlagSwitches)
    return found


def test_that_a_switch_freezes_in_one_step_and_follows_the_canvas(
    document: Document, view: InspectorView
) -> None:
    document.select(["linear1"])
    flags(view).frozen.click()
    assert document.graph.nodes["linear1"].is_frozen
    assert document.undo_name == "Freeze Linear"
    flags(view).bypassed.click()
    assert document.graph.nodes["linear1"].is_bypassed
    document.undo()
    assert not flags(view).bypassed.isChecked()
    assert flags(view).frozen.isChecked()
    edits.set_flag(document, "is_frozen")
    assert not flags(view).frozen.isChecked(), "it was let go on the canvas"


def test_that_a_layer_is_recomputed_by_switch_and_menu(
    document: Document, view: InspectorView
) -> None:
    document.select(["relu1"])
    flags(view).recomputed.click()
    assert document.graph.nodes["relu1"].is_recomputed
    assert document.undo_name == "Recompute hidden 1"
    edits.set_flag(document, "is_recomputed")
    assert not document.graph.nodes["relu1"].is_recomputed
    assert not flags(view).recomputed.isChecked()
    assert document.undo_name == "Keep activations of hidden 1"


def test_that_the_switches_act_on_the_whole_selection(
    document: Document, view: InspectorView
) -> None:
    document.edit_graph("Freeze", document.graph.set_frozen(["linear1"]))
    document.select(["linear1", "relu1", "linear2"])
    assert not flags(view).frozen.isChecked(), "one of them still learns"
    flags(view).frozen.click()
    nodes = document.graph.nodes
    assert [nodes[i].is_frozen for i in ("linear1", "relu1", "linear2")] == [True, False, True]
    assert document.undo_name == "Freeze 2 layers"
    assert flags(view).frozen.isChecked()
    flags(view).bypassed.click()
    assert all(document.graph.nodes[i].is_bypassed for i in document.selected)
    document.undo()
    document.undo()
    assert [document.graph.nodes[i].is_frozen for i in ("linear1", "linear2")] == [True, False]


def test_that_only_layers_with_weights_can_be_frozen(
    document: Document, view: InspectorView
) -> None:
    document.select(["relu1"])
    assert flags(view).frozen.isHidden()
    assert not flags(view).bypassed.isHidden()
    edits.set_flag(document, "is_frozen")
    assert not document.graph.nodes["relu1"].is_frozen
    for end in ("input1", "output1"):
        document.select([end])
        assert flags(view).isHidden()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "has_weights"),
    [("Linear", True), ("LSTM", True), ("Conv2d", True), ("DenseBlock", True), ("Add", False),
     ("Dropout", False), ("Flatten", False), ("Tanh", False)],
)  # fmt: skip
def test_that_an_unconnected_layer_has_the_switches_of_its_kind(
    kind: str, has_weights: bool, document: Document, view: InspectorView
) -> None:
    graph, node_id = document.graph.add_layer(make_layer({"kind": kind}))
    document.edit_graph("Add", graph)
    document.select([node_id])
    assert flags(view).frozen.isHidden() != has_weights
    assert isinstance(view.upper, NodeSection)
    assert declared(Layer)[kind].label in view.upper.kind.text()


def test_that_weights_that_were_switched_off_cannot_be_frozen(
    document: Document, view: InspectorView
) -> None:
    norm = make_layer({"kind": "LayerNorm"})
    bare = norm.with_options(**{"elementwise_affine": False})
    for layer, has_weights in ((norm, True), (bare, False)):
        document.edit_graph("Norm", document.graph.set_layer("relu1", layer))
        document.select(["relu1"])
        assert flags(view).frozen.isHidden() != has_weights


def test_that_the_tooltips_name_the_shortcuts_of_the_commands(
    view: InspectorView, document: Document
) -> None:
    for command, keys in (("freeze", "Ctrl+Shift+F"), ("bypass", "Ctrl+B")):
        action = QAction(view)
        action.setObjectName(command)
        action.setShortcut(keys)
    document.select(["linear1"])
    switches = flags(view).frozen, flags(view).bypassed, flags(view).recomputed
    for switch in switches:
        QApplication.sendEvent(switch, QHelpEvent(QEvent.Type.ToolTip, QPoint(3, 3), QPoint(3, 3)))
    frozen, bypassed, recomputed = (switch.toolTip() for switch in switches)
    assert frozen.endswith("the rest of the network trains. (Ctrl+Shift+F)")
    assert bypassed.endswith("its weights are kept. (Ctrl+B)")
    assert recomputed.endswith("under Training."), "no command, no shortcut"


def test_that_the_menu_has_the_same_flags_as_the_switches(document: Document, qtbot: QtBot) -> None:
    canvas = CanvasView(document)
    install_commands(canvas, qtbot)
    for node_id, offered in (("linear1", [True, True]), ("relu1", [False, True])):
        document.select([node_id])
        item = canvas.drawing.nodes[node_id]
        menu = menu_at(canvas, item.sceneBoundingRect().center())
        found = {action.text(): action for action in menu.actions()}
        assert [found[text].isEnabled() for text in ("Freeze", "Bypass")] == offered
        assert not found["Freeze"].isChecked()
