"""Blocks, freezing and bypassing on the canvas."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from playground.app import edits
from playground.app.canvas import blocks, menus
from playground.app.canvas.items.card import Card
from playground.app.canvas.items.style import PORT_RADIUS
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge
from playground.graph.layer import Port
from playground.graph.shape import Shape
from playground.project.templates import build
from playground.session.messages import Frame
from tests.app.commands_on_canvas import install_commands


def test_that_a_selection_becomes_a_block_and_can_be_opened_again() -> None:
    document = Document(build("moons"))
    before = document.graph
    document.select(["linear1", "relu1"])
    assert blocks.make_block(document, "Hidden") is None
    (block_id,) = document.selected
    assert document.graph.nodes[block_id].title == "Hidden"
    assert document.undo_name == "Make block Hidden"
    assert not document.examined.errors
    assert blocks.open_blocks(document) is None
    kinds = [document.graph.nodes[i].layer for i in document.graph.order]
    assert kinds == [before.nodes[i].layer for i in before.order]
    document.undo()
    document.undo()
    assert document.graph == before


def test_that_the_reason_is_shown_if_a_block_cannot_be_made_or_opened(qtbot: QtBot) -> None:
    document = Document(build("moons"))
    canvas = CanvasView(document)
    qtbot.addWidget(canvas)
    document.select(["input1", "linear1"])
    with qtbot.waitSignal(canvas.message) as shown:
        canvas.edits.make_block("Hidden")
    assert "stays outside" in shown.args[0]
    document.select(["linear1"])
    with qtbot.waitSignal(canvas.message) as shown:
        canvas.edits.open_block()
    assert "Select a block" in shown.args[0]


def test_that_a_block_shows_the_readings_of_its_last_layer(qtbot: QtBot) -> None:
    document = Document(build("moons"))
    document.select(["linear1", "relu1"])
    blocks.make_block(document, "Hidden")
    (block_id,) = document.selected
    canvas = CanvasView(document)
    qtbot.addWidget(canvas)
    part = blocks.stand_ins(document)[block_id]
    reading = {
        "nodes": ("input1", part),
        "activation": np.array([1.0, 2.5], np.float32),
        "gradient": np.array([np.nan, 0.5], np.float32),
    }
    canvas.show_frame(Frame(1, 1, 0.1, True, readings={"activity": reading}))
    assert canvas.drawing.readings.activation[block_id] == 2.5
    assert canvas.drawing.readings.gradient[block_id] == 0.5
    assert blocks.owner(part, document) == block_id
    assert blocks.owner("nowhere_at_all", document) == ""


def test_that_freezing_and_bypassing_are_one_named_undo_step_each(qtbot: QtBot) -> None:
    document = Document(build("moons"))
    canvas = CanvasView(document)
    qtbot.addWidget(canvas)
    document.select(["linear2", "input1"])
    edits.set_flag(document, "is_frozen")
    assert document.graph.nodes["linear2"].is_frozen
    assert not document.graph.nodes["input1"].is_frozen
    assert document.undo_name == "Freeze hidden 2"
    assert "frozen" in canvas.drawing.nodes["linear2"].card.sub
    edits.set_flag(document, "is_bypassed")
    assert canvas.drawing.nodes["linear2"].opacity() < 1
    edits.set_flag(document, "is_bypassed")
    edits.set_flag(document, "is_frozen")
    assert not document.graph.nodes["linear2"].is_frozen
    assert canvas.drawing.nodes["linear2"].opacity() == 1


def with_a_way_around() -> Document:
    """Moons, with a wire from the first ReLU around the second hidden layer; both selected."""
    graph = build("moons").graph.insert_before("linear3", "in", make_layer({"kind": "Concatenate"}))
    document = Document(build("moons").with_graph(graph.connect(Edge("relu1", "concat1"))))
    document.select(["relu1", "linear2"])
    return document


def test_that_wires_from_every_output_of_a_block_carry_that_output_s_shape(qtbot: QtBot) -> None:
    document = with_a_way_around()
    document.edit_graph("Widen", document.graph.set_options("linear2", out_features=3))
    assert blocks.make_block(document, "Hidden") is None
    (block_id,) = document.selected
    canvas = CanvasView(document)
    qtbot.addWidget(canvas)
    item = canvas.drawing.nodes[block_id]
    assert item.ports() == [("in", False), ("relu1", True), ("linear2", True)]
    wires = canvas.drawing.wires.values()
    shapes = {w.edge.source_port: w.shape_carried for w in wires if w.edge.source == block_id}
    assert (shapes["relu1"], shapes["linear2"]) == (Shape((8,)), Shape((3,)))
    assert blocks.stand_ins(document) == {block_id: f"{block_id}/relu1"}


def test_that_a_card_grows_with_its_ports() -> None:
    few = Card("Block", "2 layers", "Blocks", inputs=(Port("in"),), outputs=(Port("out"),))
    names = tuple(Port(name) for name in "abcdef")
    many = replace(few, inputs=names)
    assert few.height < many.height
    places = [many.port_at(port.name, is_output=False)[1] for port in names]
    assert min(b - a for a, b in pairwise(places)) >= 2 * PORT_RADIUS + 2
    assert places[-1] < many.height


def test_that_the_menu_over_a_selection_offers_a_block(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = with_a_way_around()
    canvas = CanvasView(document)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("Hidden", True))
    install_commands(canvas, qtbot)
    menu = menus.menu_at(canvas, canvas.drawing.nodes["relu1"].frame.center())
    next(a for a in menu.actions() if a.text().startswith("Make block")).trigger()
    assert document.undo_name == "Make block Hidden"
    document.undo()
    document.select(["relu1"])
    menu = menus.menu_at(canvas, canvas.drawing.nodes["relu1"].frame.center())
    assert not any(a.text().startswith("Make block") for a in menu.actions())
