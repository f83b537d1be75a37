"""The canvas: shows the document's graph, and turns what a person does into edits of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QHideEvent,
    QImage,
    QKeyEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QMenu, QWidget

from playground.app import edits
from playground.app.canvas import blocks, keys, menus, picture, placing
from playground.app.canvas.adding import Adding
from playground.app.canvas.gesture_view import GestureView
from playground.app.canvas.gestures.choose import gesture_for
from playground.app.canvas.gestures.drop_layer import DropLayer
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.keyboard_connect import KeyboardConnect
from playground.app.canvas.gestures.rename import Rename
from playground.app.canvas.minimap import Minimap
from playground.app.canvas.overlays import EMPTY, LEGEND, OverlayLabel
from playground.app.canvas.pulse import Pulse
from playground.app.canvas.scene import CanvasScene
from playground.app.document import Document
from playground.app.theme.tokens import theme
from playground.app.vanishing import is_solved
from playground.catalog.registry import declared
from playground.graph.layer import Layer
from playground.session.messages import Frame

PROBES = ("activity", "units", "dead_units")
INSET = 14
PASTE_SHIFT = 40.0


class CanvasView(GestureView):
    """The drawing of a document. Every edit goes to the document, which tells it to redraw."""

    block_asked = Signal()
    """A block is to be made of the selection; it still needs a name."""
    node_activated = Signal(str)
    """A node was double-clicked, or Enter was pressed on it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(CanvasScene(document), parent)
        self.drawing.setParent(self)
        self.document = document
        self.fill_menu: Callable[[QMenu, str], None] = lambda menu, context: None
        """Adds the window's commands to a context menu of a "node", a "wire" or the "canvas"."""
        self.adding = Adding(self)
        self.pulse = Pulse(self)
        self.legend = OverlayLabel(self, LEGEND)
        self.hint = OverlayLabel(self, EMPTY, 10.0)
        self.minimap = Minimap(self, lambda: [i.footprint for i in self.drawing.nodes.values()])
        self.setAccessibleName("Canvas")
        self.minimap.went.connect(self._go_to)
        self.moved.connect(self._note_move)
        document.changed.connect(self._show_document)
        document.selection_changed.connect(self._show_selection)
        theme.changed.connect(self._restyle)
        self._stand_ins: Mapping[str, str] = {}
        self._show_document()

    # What is shown

    def _show_document(self) -> None:
        # A gesture was about the drawing as it was.
        self.cancel_gesture()
        self.drawing.sync()
        kinds = {node.layer.kind for node in self.document.graph.nodes.values()}
        self.hint.setVisible(kinds <= {"Input", "Output"})
        self._place_overlays()
        self.minimap.refresh()
        self._stand_ins = blocks.stand_ins(self.document)
        # Cards that were pushed aside have been seen to leave pixels behind at their old place.
        self.viewport().update()

    def _show_selection(self) -> None:
        if self.document.selected:
            self.drawing.selected_wire = None
        self.drawing.sync_selection()

    def show_frame(self, frame: Frame) -> None:
        """Show what was read off the running net."""
        self.drawing.readings.solved = is_solved(frame.train_loss)
        self.drawing.refresh_nodes(
            self.drawing.readings.take(blocks.with_blocks(frame.readings, self._stand_ins))
        )
        if "activity" in frame.readings:
            self.drawing.refresh_wires()
            self.legend.show()
            self._place_overlays()
        for item in self.drawing.of_kind("Output"):
            item.set_loss(frame.train_loss)
        self.pulse.note_frame(frame.is_training)

    def set_training(self, is_training: bool) -> None:
        """Training began or paused, without a frame that says so."""
        self.pulse.note_frame(is_training)

    def clear_run(self) -> None:
        """Forget what was read: plain wires, empty maps."""
        self.drawing.forget_run()
        self.mark_bad(None)
        self.pulse.note_frame(False)
        self.legend.hide()

    def set_data_preview(self, image: QImage | None) -> None:
        """Show a picture of the data set in the Input node."""
        self.drawing.preview = image
        for item in self.drawing.of_kind("Input"):
            item.mark(preview=image)

    def set_output_curve(self, epochs: Sequence[float], losses: Sequence[float]) -> None:
        """Show the loss so far in the Output node: its course over `epochs`, without axes."""
        pairs = sorted(zip(map(float, epochs), map(float, losses), strict=False))
        self.drawing.curve = tuple(pairs)
        for item in self.drawing.of_kind("Output"):
            item.mark(curve=self.drawing.curve)

    def mark_bad(self, node_id: str | None) -> None:
        """Mark the node where NaN or infinity appeared; None takes the mark away."""
        self.drawing.mark_bad(node_id)

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes whose readings it would draw: none while it is hidden."""
        return PROBES if self.isVisible() else ()

    def bring_to_view(self, node_id: str) -> None:
        """Move the paper until a node is in sight."""
        item = self.drawing.nodes.get(node_id)
        if item is not None:
            self.ensureVisible(item.footprint, 30, 30)
            self.moved.emit()

    def to_svg(self, path: Path | str) -> None:
        """Write the whole drawing as vectors; raises OSError."""
        picture.write_svg(self.drawing, Path(path))

    def to_png(self, path: Path | str, scale: float = 2.0) -> None:
        """Write the whole drawing as pixels; raises OSError."""
        picture.write_png(self.drawing, Path(path), scale)

    # Edits

    def add_kind(self, kind: str, scene_pos: QPointF | None = None) -> None:
        """Add a layer at a place, or at a free spot; after the selected node where that fits."""
        self.adding.add(kind, scene_pos)

    def open_search(self, scene_pos: QPointF | None = None) -> None:
        """Open the search for layers at a place, or in the middle."""
        self.adding.search(scene_pos)

    def delete_selected(self) -> None:
        """Remove the selected nodes, or the selected wire."""
        if self.document.selected:
            edits.delete(self.document, self.document.selected)
        elif self.drawing.selected_wire is not None:
            edits.delete_wire(self.document, self.drawing.selected_wire)

    def duplicate_selected(self) -> None:
        """Add a copy of the selected nodes and of the wires between them."""
        edits.duplicate(self.document, self.document.selected)

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        if self.document.selected:
            text = edits.as_text(self.document, self.document.selected)
            QGuiApplication.clipboard().setText(text)

    def cut(self) -> None:
        """Copy the selected nodes and remove them."""
        self.copy()
        edits.cut(self.document, self.document.selected)

    def paste(self) -> None:
        """Add what is on the clipboard; says so where that is no layers."""
        text, seen = QGuiApplication.clipboard().text(), self.visible_rect()
        reason = edits.paste_text(self.document, text, PASTE_SHIFT, seen)
        if reason is not None:
            self.message.emit(reason)

    def make_block(self, name: str) -> bool:
        """Make one node of the selection; says why not where it cannot be."""
        reason = blocks.make_block(self.document, name)
        self.message.emit(reason or "")
        return reason is None

    def open_block(self) -> None:
        """Replace the selected block by its parts."""
        self.message.emit(blocks.open_blocks(self.document) or "")

    def select_all(self) -> None:
        """Select every node."""
        self.document.select(self.document.graph.nodes)

    def tidy(self) -> None:
        """Lay everything out from left to right."""
        sizes = {i: item.card.size for i, item in self.drawing.nodes.items()}
        placing.tidy(self.document, sizes, (self.viewport().width(), self.viewport().height()))
        self.fit()

    def apply_fix(self, node_id: str) -> None:
        """Apply the fix that is offered at a node."""
        note = self.drawing.nodes[node_id].card.note
        if note is not None and note.fix is not None:
            self.document.edit(note.fix.label, self.document.project.apply(note.fix))

    def rename(self, node_id: str | None = None) -> None:
        """Open a field over the title of a node, or of the selected one."""
        chosen = node_id or next(iter(self.document.selected), None)
        if chosen is not None:
            self.cancel_gesture()
            self.bring_to_view(chosen)
            self.begin(Rename(self, chosen))

    def activate_selected(self) -> None:
        """Tell that the selected node is to be inspected."""
        if len(self.document.selected) == 1:
            self.node_activated.emit(next(iter(self.document.selected)))

    def connect_by_keyboard(self) -> None:
        """Begin a wire at the selected node, led by keys."""
        chosen = next(iter(self.document.selected), None)
        if chosen is not None and self.document.graph.nodes[chosen].layer.outputs:
            self.cancel_gesture()
            self.begin(KeyboardConnect(self, chosen))

    # What gestures ask

    def gesture_at(
        self, button: Qt.MouseButton, at: QPointF, modifiers: Modifiers
    ) -> Gesture | None:
        """The gesture that a press begins, by what is there."""
        return gesture_for(self, button, at, modifiers)

    def gesture_for_drop(self, kind: str) -> Gesture | None:
        """A layer of that kind in the hand."""
        return DropLayer(self, kind) if kind in declared(Layer) else None

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for."""
        return keys.press(self, event)

    def step_focus(self, forward: int) -> bool:
        """Select the next node of the net."""
        return keys.step(self, forward)

    def activate_at(self, at: QPointF) -> None:
        """Inspect the node there, or search for a layer to put there."""
        item = self.drawing.node_at(at)
        if item is not None:
            self.document.select([item.node_id])
            self.node_activated.emit(item.node_id)
        elif self.drawing.wire_at(at, 7.0 / self.zoom) is None:
            self.open_search(at)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done there."""
        self.cancel_gesture()
        menu = menus.menu_at(self, self.mapToScene(event.pos()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # Overlays

    def _note_move(self) -> None:
        self.minimap.look_at(self.visible_rect())
        self.pulse.settle()

    def _go_to(self, at: QPointF) -> None:
        self.centerOn(at)
        self.moved.emit()

    def _place_overlays(self) -> None:
        width, height = self.width(), self.height()
        self.legend.adjustSize()
        self.legend.move(INSET, height - self.legend.height() - INSET + 4)
        self.hint.adjustSize()
        self.hint.move((width - self.hint.width()) // 2, height * 2 // 3)
        self.minimap.move(
            width - self.minimap.width() - INSET, height - self.minimap.height() - INSET
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlays in their corners."""
        super().resizeEvent(event)
        self._place_overlays()
        self.moved.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Wires move again."""
        super().showEvent(event)
        self.pulse.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the wires move."""
        super().hideEvent(event)
        self.pulse.settle()

    def _restyle(self) -> None:
        self.drawing.restyle()
        self.minimap.restyle()
        self.restyle_paper()
