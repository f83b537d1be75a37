"""Adds layers to the canvas: at a free spot, after what is selected, or out of a search."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt

from playground.app.canvas import edits
from playground.app.canvas.card import MIN_WIDTH
from playground.app.canvas.geometry import free_spot, snapped
from playground.app.canvas.search_popup import WIDTH, SearchPopup
from playground.catalog.registry import declared
from playground.graph.graph import Edge
from playground.graph.layer import Layer
from playground.graph.shape import Shape

if TYPE_CHECKING:
    from playground.app.canvas.view import CanvasView

CARD = (MIN_WIDTH, 54.0)
"""The size of most cards, for a card that is not there yet."""


class Adding:
    """What the view offers for adding layers, and the one search that may be open."""

    def __init__(self, view: CanvasView) -> None:
        self._view = view
        self.document = view.document
        self.popup: SearchPopup | None = None

    # Without a question

    def add(self, kind: str, scene_pos: QPointF | None = None) -> None:
        """Add a layer at a place, or at a free spot; after the selected node where that fits."""
        if kind not in declared(Layer):
            return
        if scene_pos is not None:
            self.put(kind, (snapped(scene_pos.x()), snapped(scene_pos.y())), None)
            return
        source = self._free_output(kind)
        if source is not None:
            frame = self._view.drawing.nodes[source.source].frame
            corner = QPointF(frame.right() + edits.ROOM, frame.center().y() - CARD[1] / 2)
            added = edits.add_after(self.document, kind, source, self._free_place(corner))
        else:
            corner = self._view.in_sight().center() - QPointF(CARD[0] / 2, CARD[1] / 2)
            added = edits.add(self.document, kind, self._free_place(corner))
        self._view.bring_to_view(added)

    def _free_output(self, kind: str) -> Edge | None:
        graph, selected = self.document.graph, self.document.selected
        if len(selected) != 1:
            return None
        node = graph.nodes[next(iter(selected))]
        if not node.layer.outputs or graph.outgoing(node.id):
            return None
        port = node.layer.outputs[0].name
        return Edge(node.id, "", port) if edits.takes(kind, self._shape(node.id, port)) else None

    def _free_place(self, corner: QPointF) -> tuple[float, float]:
        wanted = QRectF(corner.x(), corner.y(), *CARD)
        taken = [item.footprint for item in self._view.drawing.nodes.values()]
        found = free_spot(wanted, taken)
        return found.x(), found.y()

    def put(self, kind: str, at: tuple[float, float], edge: Edge | None) -> None:
        """Add a layer at a place, in the middle of a wire where one is given."""
        if edge is not None:
            edits.insert_new(self.document, kind, edge, at)
        else:
            edits.add(self.document, kind, at)
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    # With a question

    def search(self, scene_pos: QPointF | None) -> None:
        """Open the search over all layers at a place, or in the middle."""
        view = self._view
        if scene_pos is None:
            place = QPoint((view.width() - WIDTH) // 2, max(20, view.height() // 6))
            self._open(self._all_kinds(), self.add, place)
            return
        corner = scene_pos - QPointF(CARD[0] / 2, CARD[1] / 2)
        choose = partial(self.add, scene_pos=corner)
        self._open(self._all_kinds(), choose, view.on_screen(scene_pos))

    def _all_kinds(self) -> list[str]:
        # An Input or Output that is there already is not what one looks for.
        found = edits.kinds()
        there = {node.layer.kind for node in self.document.graph.nodes.values()}
        return sorted(found, key=lambda kind: kind in there and kind in ("Input", "Output"))

    def offer_after(self, source: Edge, at: QPointF) -> None:
        """Offer the layers that an output can feed, where its wire was let go."""
        shape = self._shape(source.source, source.source_port)
        found = [kind for kind in edits.kinds() if edits.takes(kind, shape)]
        place = snapped(at.x()), snapped(at.y() - CARD[1] / 2)
        self._open(
            found,
            lambda kind: edits.add_after(self.document, kind, source, place),
            self._view.on_screen(at),
            _note(shape),
        )

    def offer_before(self, target: Edge, at: QPointF) -> None:
        """Offer the layers that can feed an input, where its wire was let go."""
        found = [kind for kind in edits.kinds() if declared(Layer)[kind].outputs]
        place = snapped(at.x() - CARD[0]), snapped(at.y() - CARD[1] / 2)
        self._open(
            found,
            lambda kind: edits.add_before(self.document, kind, target, place),
            self._view.on_screen(at),
        )

    def offer_insert(self, edge: Edge, at: QPointF) -> None:
        """Offer the layers that can stand in the middle of a wire."""
        shape = self._shape(edge.source, edge.source_port)
        layers = declared(Layer)
        found = [k for k in edits.kinds() if layers[k].outputs and edits.takes(k, shape)]
        place = snapped(at.x() - CARD[0] / 2), snapped(at.y() - CARD[1] / 2)
        self._open(
            found, lambda kind: self.put(kind, place, edge), self._view.on_screen(at), _note(shape)
        )

    def _shape(self, node_id: str, port: str) -> Shape | None:
        return self.document.examined.shapes.get((node_id, port))

    def _open(
        self, kinds: list[str], choose: Callable[[str], object], at: QPoint, note: str = ""
    ) -> None:
        if self.popup is not None:
            self.popup.dismiss()
        self.popup = SearchPopup(self._view, kinds, choose, note)
        self.popup.closed.connect(self._forget)
        self.popup.open_at(at)

    def _forget(self) -> None:
        self.popup = None
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)


def _note(shape: Shape | None) -> str:
    return "" if shape is None else f"Layers that take {shape}"
