"""The context menus of the canvas: of a node, of a wire, and of the empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QTimer
from PySide6.QtWidgets import QMenu

from playground.app import edits
from playground.app.canvas.parts import CanvasParts
from playground.app.theme.tokens import colour
from playground.catalog.registry import declared
from playground.graph.graph import Edge
from playground.graph.layer import Layer
from playground.translation import tr


def menu_at(view: CanvasParts, at: QPointF) -> QMenu:
    """The menu for what is at a place of the scene: the window's commands, and those of a place."""
    menu = QMenu(view.viewport())
    menu.setStyleSheet(_sheet())
    view.set_menu_place(at)
    menu.aboutToHide.connect(
        lambda: QTimer.singleShot(0, view.viewport(), lambda: view.set_menu_place(None))
    )
    item = view.drawing.node_at(at)
    wire = view.drawing.wire_at(at, 8.0 / view.camera.zoom)
    if item is not None:
        _fill_node(menu, view, item.node_id)
    elif wire is not None:
        _fill_wire(menu, view, wire[0].edge, at)
    else:
        view.fill_menu(menu, "canvas")
    return menu


def _fill_node(menu: QMenu, view: CanvasParts, node_id: str) -> None:
    document = view.document
    if node_id not in document.selected:
        document.select([node_id])
    if document.graph.nodes[node_id].layer.is_activation:
        _fill_activations(menu.addMenu(tr("Change activation")), view, node_id)
    view.fill_menu(menu, "node")


def _fill_activations(menu: QMenu, view: CanvasParts, node_id: str) -> None:
    own = view.document.graph.nodes[node_id].layer.kind
    for kind, layer in declared(Layer).items():
        if layer.is_activation:
            action = menu.addAction(tr(layer.label))
            action.setCheckable(True)
            action.setChecked(kind == own)
            action.triggered.connect(
                lambda _=False, kind=kind: edits.change_activation(view.document, node_id, kind)
            )


def _fill_wire(menu: QMenu, view: CanvasParts, edge: Edge, at: QPointF) -> None:
    view.document.select(())
    view.drawing.select_wire(edge)
    menu.addAction(tr("Insert layer…"), lambda: view.adding.offer_insert(edge, at))
    view.fill_menu(menu, "wire")


def _sheet() -> str:
    return (
        f"QMenu {{ background: {colour('raised').name()}; color: {colour('text').name()};"
        f" border: 1px solid {colour('border').name()}; padding: 4px; }}"
        "QMenu::item { padding: 5px 22px 5px 14px; border-radius: 4px; }"
        f"QMenu::item:selected {{ background: {colour('hover').name()}; }}"
        f"QMenu::item:disabled {{ color: {colour('faint').name()}; }}"
        f"QMenu::separator {{ height: 1px; background: {colour('border').name()};"
        " margin: 4px 8px; }"
    )
