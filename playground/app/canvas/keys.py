"""Keys of the canvas as data, and walking from node to node."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

from playground.app import edits
from playground.app.canvas.items.geometry import GRID
from playground.app.canvas.parts import CanvasParts

ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
Act = Callable[[CanvasParts], None]
STANDARD: tuple[tuple[QKeySequence.StandardKey, Act], ...] = (
    (QKeySequence.StandardKey.Copy, lambda view: view.edits.copy()),
    (QKeySequence.StandardKey.Cut, lambda view: view.edits.cut()),
    (QKeySequence.StandardKey.Paste, lambda view: view.edits.paste()),
    (QKeySequence.StandardKey.SelectAll, lambda view: view.edits.select_all()),
    (QKeySequence.StandardKey.ZoomIn, lambda view: view.camera.zoom_in()),
    (QKeySequence.StandardKey.ZoomOut, lambda view: view.camera.zoom_out()),
)
PLAIN: dict[int, Act] = {
    Qt.Key.Key_Delete: lambda view: view.edits.delete(),
    Qt.Key.Key_Backspace: lambda view: view.edits.delete(),
    Qt.Key.Key_Slash: lambda view: view.edits.search_layer(),
    Qt.Key.Key_F2: lambda view: view.gestures.rename(),
    Qt.Key.Key_C: lambda view: view.gestures.connect_by_keyboard(),
    Qt.Key.Key_Return: lambda view: view.gestures.activate_selected(),
    Qt.Key.Key_Enter: lambda view: view.gestures.activate_selected(),
}
CONTROL: dict[int, Act] = {
    Qt.Key.Key_D: lambda view: view.edits.duplicate(),
    Qt.Key.Key_0: lambda view: view.camera.reset_zoom(),
}


def press(view: CanvasParts, event: QKeyEvent) -> bool:
    """Do what a key stands for; returns whether it stands for anything."""
    for standard, act in STANDARD:
        if event.matches(standard):
            act(view)
            return True
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if event.key() in ARROWS:
        _arrow(view, ARROWS[Qt.Key(event.key())], modifiers)
        return True
    plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier)
    found = CONTROL.get(event.key()) if control else PLAIN.get(event.key()) if plain else None
    if found is not None:
        found(view)
    return found is not None


def _arrow(view: CanvasParts, way: tuple[int, int], modifiers: Qt.KeyboardModifier) -> None:
    if not view.document.selected or modifiers & Qt.KeyboardModifier.ControlModifier:
        walk(view, way)
        return
    step = 1.0 if modifiers & Qt.KeyboardModifier.ShiftModifier else GRID
    edits.nudge(view.document, way[0] * step, way[1] * step)


def walk(view: CanvasParts, way: tuple[int, int]) -> None:
    """Select the nearest node in a direction; with nothing selected, the first of the net."""
    nodes = view.drawing.nodes
    chosen = [i for i in view.document.graph.order if i in view.document.selected]
    if not chosen:
        step(view, 1)
        return
    here = nodes[chosen[0]].frame.center()
    best: tuple[float, str] | None = None
    for node_id, item in nodes.items():
        gap: QPointF = item.frame.center() - here
        ahead = gap.x() * way[0] + gap.y() * way[1]
        aside = abs(gap.x() * way[1]) + abs(gap.y() * way[0])
        if ahead > 1 and (best is None or ahead + 2 * aside < best[0]):
            best = ahead + 2 * aside, node_id
    if best is not None:
        view.document.select([best[1]])
        view.camera.bring_to_view(best[1])


def step(view: CanvasParts, forward: int) -> bool:
    """Select the next node in the order of the net; False past the last, so that Tab goes on."""
    graph = view.document.graph
    ordered = [*graph.order, *(i for i in graph.nodes if i not in set(graph.order))]
    if not ordered:
        return False
    chosen = [i for i, node_id in enumerate(ordered) if node_id in view.document.selected]
    place = chosen[0] + forward if chosen else (0 if forward > 0 else len(ordered) - 1)
    if not 0 <= place < len(ordered):
        return False
    view.document.select([ordered[place]])
    view.camera.bring_to_view(ordered[place])
    return True
