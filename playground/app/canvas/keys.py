"""Keys of the canvas that are no commands: the arrows, and walking from node to node."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QKeyEvent

from playground.app import edits
from playground.app.canvas.items.geometry import GRID
from playground.app.canvas.parts import CanvasParts

ARROWS: dict[int, tuple[int, int]] = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


def press(view: CanvasParts, event: QKeyEvent) -> bool:
    """Handle an arrow key; whether it was one. All other keys are shortcuts of commands."""
    arrow = ARROWS.get(event.key())
    if arrow is None:
        return False
    _arrow(view, arrow, event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
    return True


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
    """Select the next node in the order of the net; False after the last, so that Tab
    leaves the canvas."""
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
