"""Adds layers to the canvas: at a free place, after the selected layer, or from a search."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtWidgets import QWidget

from playground.app import edits
from playground.app.canvas import placing
from playground.app.canvas.camera import Camera
from playground.app.canvas.items.geometry import free_spot
from playground.app.canvas.scene import CanvasScene
from playground.app.canvas.search_popup import WIDTH, SearchPopup
from playground.app.document import Document
from playground.app.theme.tokens import scaled_px
from playground.catalog.registry import declared
from playground.graph.graph import Edge
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.translation import tr


class Adding:
    """Adds layers, and holds the one search that may be open over the canvas."""

    def __init__(
        self, document: Document, drawing: CanvasScene, camera: Camera, over: QWidget
    ) -> None:
        self.document, self.drawing = document, drawing
        self._camera, self._over = camera, over
        self.popup: SearchPopup | None = None

    # Without a search

    def add(self, kind: str, centre: QPointF | None = None) -> None:
        """Add a layer at a place; without one, after the selected node, or into its only wire.

        A layer that does not fit there is added unconnected, at a free place.
        """
        if kind not in declared(Layer):
            return
        if centre is not None:
            self.put(kind, centre, None)
            return
        wire = self._only_wire(kind)
        if wire is not None:
            drawn = next(one for one in self.drawing.wires.values() if one.edge == wire)
            middle = drawn.path.pointAtPercent(0.5)
            at = middle.x(), middle.y()
            self._camera.bring_to_view(placing.insert_new(self.document, kind, wire, at))
            return
        self._add_at_free_spot(kind, self._free_output(kind))

    def _add_at_free_spot(self, kind: str, source: Edge | None) -> None:
        # Beside the output that it is connected to, or else in the middle of the view.
        wanted = self._wanted_place(kind, source)
        cards = {i: item.footprint for i, item in self.drawing.nodes.items()}
        # An Output without a wire makes room: a chain grows towards it.
        waiting = set() if source is None else self._waiting_outputs()
        place = free_spot(wanted, [card for i, card in cards.items() if i not in waiting])
        room = QRectF(place, wanted.size()).adjusted(0, 0, placing.ROOM, 0)
        self._camera.bring_to_view(
            placing.add(
                self.document,
                kind,
                (place.x(), place.y()),
                wire=source,
                anchor=(0.0, 0.0),
                aside={i: room.right() for i in waiting if cards[i].intersects(room)},
            )
        )

    def _wanted_place(self, kind: str, source: Edge | None) -> QRectF:
        graph, node_id = edits.grown(self.document, kind, source)
        card = placing.card_in(self.document, graph, node_id)
        middle = self._camera.visible_rect.center()
        if source is not None:
            item = self.drawing.nodes[source.source]
            middle = item.port_pos(source.source_port, is_output=True)
            middle += QPointF(placing.ROOM + card.width / 2, 0)
        wanted = QRectF(0, 0, card.width, card.height)
        wanted.moveCenter(middle)
        return wanted

    def _waiting_outputs(self) -> set[str]:
        graph = self.document.graph
        return {node.id for node in graph.output_nodes if not graph.incoming(node.id)}

    @property
    def current_shape(self) -> Shape | None:
        """The input shape of a layer that is added now; None if it is unknown."""
        selected = self.document.selected
        if len(selected) != 1:
            return None
        node = self.document.graph.nodes[next(iter(selected))]
        return self._shape(node.id, node.layer.outputs[0].name) if node.layer.outputs else None

    def _only_wire(self, kind: str) -> Edge | None:
        graph, selected = self.document.graph, self.document.selected
        wires = graph.outgoing(next(iter(selected))) if len(selected) == 1 else []
        if len(wires) != 1 or not declared(Layer)[kind].outputs:
            return None
        shape = self._shape(wires[0].source, wires[0].source_port)
        return wires[0] if edits.accepts(kind, shape) else None

    def _free_output(self, kind: str) -> Edge | None:
        graph, selected = self.document.graph, self.document.selected
        if len(selected) != 1:
            return None
        node = graph.nodes[next(iter(selected))]
        if not node.layer.outputs or graph.outgoing(node.id):
            return None
        port = node.layer.outputs[0].name
        return Edge(node.id, "", port) if edits.accepts(kind, self._shape(node.id, port)) else None

    def put(self, kind: str, centre: QPointF, edge: Edge | None) -> None:
        """Add a layer around a place, or insert it into a wire there."""
        at = centre.x(), centre.y()
        if edge is not None:
            placing.insert_new(self.document, kind, edge, at)
        else:
            placing.add(self.document, kind, at)
        self._over.setFocus(Qt.FocusReason.OtherFocusReason)

    # With a search

    def search(self, scene_pos: QPointF | None) -> None:
        """Open the search over all layers at a place, or in the middle."""
        if scene_pos is None:
            over = self._over
            place = QPoint((over.width() - scaled_px(WIDTH)) // 2, max(20, over.height() // 6))
            self._open(self._all_kinds(), self.add, place)
            return
        choose = partial(self.add, centre=scene_pos)
        self._open(self._all_kinds(), choose, self._camera.on_screen(scene_pos))

    def _all_kinds(self) -> list[str]:
        # Nets rarely have a second Input or Output: they come last.
        found = edits.kinds()
        present = {node.layer.kind for node in self.document.graph.nodes.values()}
        layers = declared(Layer)
        return sorted(found, key=lambda kind: kind in present and layers[kind].role != "inner")

    def offer_after(self, source: Edge, at: QPointF) -> None:
        """Offer the layers that an output can be connected to, where its wire was released."""
        shape = self._shape(source.source, source.source_port)
        found = [kind for kind in edits.kinds() if edits.accepts(kind, shape)]
        place = at.x(), at.y()
        self._open(
            found,
            lambda kind: placing.add(self.document, kind, place, wire=source, anchor=(0.0, 0.5)),
            self._camera.on_screen(at),
            _note(shape),
        )

    def offer_before(self, target: Edge, at: QPointF) -> None:
        """Offer the layers that an input can be connected to, where its wire was released."""
        found = [kind for kind in edits.kinds() if declared(Layer)[kind].outputs]
        place = at.x(), at.y()
        self._open(
            found,
            lambda kind: placing.add(self.document, kind, place, wire=target, anchor=(1.0, 0.5)),
            self._camera.on_screen(at),
        )

    def offer_insert(self, edge: Edge, at: QPointF) -> None:
        """Offer the layers that can be inserted into a wire."""
        shape = self._shape(edge.source, edge.source_port)
        layers = declared(Layer)
        found = [k for k in edits.kinds() if layers[k].outputs and edits.accepts(k, shape)]
        self._open(
            found, lambda kind: self.put(kind, at, edge), self._camera.on_screen(at), _note(shape)
        )

    def _shape(self, node_id: str, port: str) -> Shape | None:
        return self.document.examined.shapes.get((node_id, port))

    def _open(
        self, kinds: list[str], choose: Callable[[str], object], at: QPoint, note: str = ""
    ) -> None:
        if self.popup is not None:
            self.popup.dismiss()
        self.popup = SearchPopup(self._over, kinds, choose, note)
        self.popup.closed.connect(self._note_closed)
        self.popup.open_at(at)

    def _note_closed(self) -> None:
        self.popup = None
        self._over.setFocus(Qt.FocusReason.OtherFocusReason)


def _note(shape: Shape | None) -> str:
    return "" if shape is None else tr("Layers that accept {shape}", shape=shape)
