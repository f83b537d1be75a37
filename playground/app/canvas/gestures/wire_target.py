"""The wire that a layer dragged over it would be inserted into."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from playground.app.canvas.items.wire_item import WireItem
from playground.app.canvas.scene import CanvasScene
from playground.graph.graph import Edge
from playground.graph.layer import Layer

REACH = 22.0


class WireTarget:
    """Finds and highlights that wire."""

    def __init__(self, drawing: CanvasScene, layer: Layer | type[Layer], own: str = "") -> None:
        self._drawing, self._own = drawing, own
        self._can = bool(layer.inputs and layer.outputs)
        self._wire: WireItem | None = None

    @property
    def edge(self) -> Edge | None:
        """The wire under the layer, or None."""
        return None if self._wire is None else self._wire.edge

    def follow(self, at: QPointF) -> None:
        """The middle of the layer is at another place."""
        found = self._drawing.wire_at(at, REACH) if self._can else None
        wire = None if found is None else found[0]
        if wire is not None and self._own in (wire.edge.source, wire.edge.target):
            wire = None
        if wire is not self._wire:
            self.clear()
            self._wire = wire
            if wire is not None:
                wire.mark(is_target=True)

    def clear(self) -> None:
        """Highlight no wire."""
        if self._wire is not None:
            self._wire.mark(is_target=False)
            self._wire = None
