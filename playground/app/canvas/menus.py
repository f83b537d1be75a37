"""What a right click offers, on a node, on a wire, and on empty canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

from playground.app import edits
from playground.app.canvas.parts import CanvasParts
from playground.app.theme.tokens import colour
from playground.catalog.registry import declared
from playground.graph.block import BlockLayer
from playground.graph.graph import Edge
from playground.graph.layer import Layer


def menu_at(view: CanvasParts, at: QPointF) -> QMenu:
    """The menu for what is at a place of the scene."""
    menu = QMenu(view.viewport())
    menu.setStyleSheet(_sheet())
    item = view.drawing.node_at(at)
    wire = view.drawing.wire_at(at, 8.0 / view.camera.zoom)
    if item is not None:
        _fill_node(menu, view, item.node_id)
    elif wire is not None:
        _fill_wire(menu, view, wire[0].edge, at)
    else:
        _fill_canvas(menu, view, at)
    return menu


def _fill_node(menu: QMenu, view: CanvasParts, node_id: str) -> None:
    document = view.document
    if node_id not in document.selected:
        document.select([node_id])
    layer = document.graph.nodes[node_id].layer
    menu.addAction("Rename\tF2", lambda: view.gestures.rename(node_id))
    if layer.is_activation:
        _fill_activations(menu.addMenu("Change activation"), view, node_id)
    menu.addSeparator()
    menu.addAction("Duplicate\tCtrl+D", view.edits.duplicate)
    menu.addAction("Copy\tCtrl+C", view.edits.copy)
    menu.addAction("Cut\tCtrl+X", view.edits.cut)
    menu.addSeparator()
    if len(document.selected) > 1:
        menu.addAction("Make block…\tCtrl+G", view.edits.block_asked.emit)
    if isinstance(layer, BlockLayer):
        menu.addAction("Open block\tCtrl+Shift+G", view.edits.open_block)
    _fill_states(menu, view)
    menu.addSeparator()
    menu.addAction("Delete\tDel", view.edits.delete)
    join = menu.addAction("Delete and join", lambda: edits.delete_and_join(document, node_id))
    graph = document.graph
    can_join = len(graph.incoming(node_id)) == 1 and bool(graph.outgoing(node_id))
    join.setEnabled(can_join and len(document.selected) == 1)


def _fill_states(menu: QMenu, view: CanvasParts) -> None:
    document = view.document
    for text, name, among, change in (
        ("Frozen\tCtrl+Shift+F", "is_frozen", edits.freezable, edits.freeze),
        ("Bypassed\tCtrl+B", "is_bypassed", edits.bypassable, edits.bypass),
        ("Recomputed", "is_recomputed", edits.bypassable, edits.recompute),
    ):
        chosen = [document.graph.nodes[i] for i in among(document, document.selected)]
        action = menu.addAction(text)
        action.setCheckable(True)
        action.setChecked(bool(chosen) and all(getattr(node, name) for node in chosen))
        action.setEnabled(bool(chosen))
        action.triggered.connect(lambda on, change=change: change(document, on))


def _fill_activations(menu: QMenu, view: CanvasParts, node_id: str) -> None:
    own = view.document.graph.nodes[node_id].layer.kind
    for kind, layer in declared(Layer).items():
        if layer.is_activation:
            action = menu.addAction(layer.label)
            action.setCheckable(True)
            action.setChecked(kind == own)
            action.triggered.connect(
                lambda _=False, kind=kind: edits.change_activation(view.document, node_id, kind)
            )


def _fill_wire(menu: QMenu, view: CanvasParts, edge: Edge, at: QPointF) -> None:
    view.drawing.select_wire(edge)
    menu.addAction("Insert layer…", lambda: view.adding.offer_insert(edge, at))
    menu.addSeparator()
    menu.addAction("Delete\tDel", lambda: edits.delete_wire(view.document, edge))


def _fill_canvas(menu: QMenu, view: CanvasParts, at: QPointF) -> None:
    menu.addAction("Add layer…\t/", lambda: view.edits.search_layer(at))
    menu.addAction("Paste\tCtrl+V", view.edits.paste)
    menu.addSeparator()
    menu.addAction("Select all\tCtrl+A", view.edits.select_all)
    menu.addAction("Tidy up", view.edits.tidy)
    menu.addAction("Fit", view.camera.fit)


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
