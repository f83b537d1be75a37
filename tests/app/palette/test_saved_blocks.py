"""Saved blocks in the palette: help card, renaming, removal."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from playground.app.palette.preferences import Preferences
from playground.app.palette.view import PaletteView
from playground.app.widgets.help_card import HelpCard
from playground.catalog.layers.base.user_block import SavedBlock, saved_block
from playground.catalog.registry import declared, make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered
from playground.graph.layer import Layer
from playground.project.library import Library
from playground.reference.page import page_of, pages


@pytest.fixture
def settings(tmp_path: Path) -> QSettings:
    return QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)


def sum_of_two() -> str:
    """The content of a block with two inputs."""
    graph = Graph()
    for node_id, kind in (("left", "Tanh"), ("right", "LayerNorm"), ("both", "Add")):
        graph = graph.add(Node(node_id, make_layer({"kind": kind})))
    graph = graph.connect(Edge("left", "both")).connect(Edge("right", "both"))
    block = saved_block("Sum", gathered(graph, graph.nodes))
    assert isinstance(block, SavedBlock)
    return block.content


def test_that_the_card_of_a_saved_block_lists_its_parts_ports_and_shapes(qtbot: QtBot) -> None:
    Library().keep("Sum", sum_of_two())
    card = HelpCard(PaletteView())
    qtbot.addWidget(card.parentWidget())
    card.show_layer(declared(Layer)["Block:Sum"])
    assert card.title.text() == "Sum"
    assert "of 3 layers: Tanh, LayerNorm, Add." in card.help.text()
    assert "Its inputs are left, right." in card.help.text()
    assert card.shapes.text().startswith("2 × (B × 16)  →  B × 16")
    assert "layers/Block" in card.link.text()


def test_that_a_saved_block_links_to_the_reference_page_of_blocks() -> None:
    library = Library()
    library.keep("Sum", sum_of_two())
    pages.cache_clear()
    assert "layers/Block:Sum" not in pages()
    assert page_of(declared(Layer)["Block:Sum"]) is pages()["layers/Block"]


def test_that_a_saved_block_can_be_renamed_and_removed_from_its_menu(
    qtbot: QtBot, settings: QSettings
) -> None:
    library = Library()
    library.keep("Sum", sum_of_two())
    palette = PaletteView(settings=settings)
    qtbot.addWidget(palette)
    actions = {action.text(): action for action in palette.menu_for("Block:Sum").actions()}
    with qtbot.waitSignal(palette.renaming_asked) as renaming:
        actions["Rename…"].trigger()
    with qtbot.waitSignal(palette.removal_asked) as removal:
        actions["Remove from the palette"].trigger()
    assert renaming.args == removal.args == ["Sum"]
    plain = [action.text() for action in palette.menu_for("Linear").actions()]
    assert "Rename…" not in plain
    assert "Remove from the palette" not in plain


def test_that_a_removed_block_is_removed_from_the_favourites(
    qtbot: QtBot, settings: QSettings
) -> None:
    library = Library()
    library.keep("Sum", sum_of_two())
    palette = PaletteView(settings=settings)
    qtbot.addWidget(palette)
    palette.toggle_favourite("Block:Sum")
    palette.toggle_favourite("ReLU")
    library.forget("Sum")
    palette.refresh_layers()
    assert "Block:Sum" not in palette.shown
    assert Preferences(settings, declared(Layer)).favourites == ["ReLU"]


def test_that_a_renamed_block_stays_a_favourite(qtbot: QtBot, settings: QSettings) -> None:
    library = Library()
    library.keep("Sum", sum_of_two())
    palette = PaletteView(settings=settings)
    qtbot.addWidget(palette)
    palette.toggle_favourite("Block:Sum")
    library.rename("Sum", "Total")
    palette.preferences.rename("Block:Sum", "Block:Total")
    palette.refresh_layers()
    assert palette.shown[0] == "Block:Total"
    assert Preferences(settings, declared(Layer)).favourites == ["Block:Total"]
