"""Passes mouse, keys and drops to the current gesture, and chooses the gesture to begin."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QGraphicsView, QLineEdit

from playground.app.canvas.adding import Adding
from playground.app.canvas.camera import Camera
from playground.app.canvas.gestures.choose import WIRE_PX, gesture_for
from playground.app.canvas.gestures.drop_layer import DropLayer
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.gestures.keyboard_connect import KeyboardConnect
from playground.app.canvas.gestures.rename import Rename
from playground.app.canvas.hover import Hover
from playground.app.canvas.overlays import ReasonLabel
from playground.app.layer_mime import kind_of
from playground.app.theme.tokens import NAME_PX, colour, set_font
from playground.catalog.registry import declared
from playground.graph.layer import Layer

REFUSAL_MS = 3500
LEAST_WIDTH, LEAST_HEIGHT = 120, 24
"""Of a text field over a card, in pixels: it stays readable at any zoom."""


class GestureController(QObject):
    """Holds at most one gesture. Esc cancels it, and so does a second button or an edit.

    It is the `Surface` that the gestures see.
    """

    message = Signal(str)
    """A short hint for the person; "" if there is no hint any more."""
    node_activated = Signal(str)
    """A node was double-clicked, or Enter was pressed on it."""

    def __init__(self, view: QGraphicsView, camera: Camera, adding: Adding) -> None:
        super().__init__(view)
        self._view = view
        self.document, self.drawing = adding.document, adding.drawing
        self.camera, self.adding = camera, adding
        self.current: Gesture | None = None
        self.is_space_held = False
        self.reason = ReasonLabel(view)
        self._hover = Hover(view.viewport(), self.drawing, camera)

    # The life of a gesture

    def begin(self, gesture: Gesture | None) -> None:
        """Begin a gesture; the current one is cancelled."""
        if self.current is not gesture:
            self.cancel()
        self.current = gesture
        if gesture is not None and gesture.cursor is not None:
            self._view.viewport().setCursor(gesture.cursor)

    def cancel(self) -> bool:
        """Cancel the current gesture, which restores everything; False if there is none."""
        gesture = self.current
        if gesture is None:
            return False
        self.forget(gesture)
        gesture.cancel()
        return True

    def forget(self, gesture: object) -> None:
        """This gesture is over."""
        if self.current is gesture:
            self.current = None
            self._view.viewport().unsetCursor()

    def _finish(self, at: QPointF, modifiers: Modifiers) -> None:
        gesture = self.current
        if gesture is not None:
            self.forget(gesture)
            gesture.finish(at, modifiers)

    # What gestures ask for

    def show_reason(self, reason: str, at: QPointF) -> None:
        """Show why the gesture cannot end here, beside the cursor; "" hides it."""
        if reason != ("" if self.reason.isHidden() else self.reason.text()):
            self.message.emit(reason)
        self.reason.show_text(reason, self.camera.on_screen(at))

    def refuse(self, reason: str | None, at: QPointF) -> None:
        """Show for a moment why something was not done, beside the cursor."""
        if reason:
            self.message.emit(reason)
            self.reason.show_text(reason, self.camera.on_screen(at), lasts_ms=REFUSAL_MS)

    def notify(self, text: str) -> None:
        """Show a short hint in the window."""
        self.message.emit(text)

    def open_field(self, place: QRectF) -> QLineEdit:
        """A text field over a place of the scene, in the font of a card's title."""
        field = QLineEdit(self._view)
        set_font(field, NAME_PX, bold=True)
        field.setStyleSheet(
            f"background: {colour('field').name()}; color: {colour('text').name()};"
            f" border: 1px solid {colour('accent').name()}; border-radius: 4px; padding: 0 5px"
        )
        box = self._view.mapFromScene(place).boundingRect()
        width, height = max(LEAST_WIDTH, box.width()), max(LEAST_HEIGHT, box.height())
        field.setGeometry(box.x(), box.y(), width, height)
        return field

    def take_focus(self) -> None:
        """Give the keyboard focus back to the canvas."""
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)

    # Gestures that commands begin

    def rename(self, node_id: str | None = None) -> None:
        """Open a field over the title of a node, or of the selected one."""
        chosen = node_id or next(iter(self.document.selected), None)
        if chosen is not None:
            self.cancel()
            self.camera.bring_to_view(chosen)
            self.begin(Rename(self, chosen))

    def connect_by_keyboard(self) -> None:
        """Begin a wire at the selected node, led by keys."""
        chosen = next(iter(self.document.selected), None)
        if chosen is not None and self.document.graph.nodes[chosen].layer.outputs:
            self.cancel()
            self.begin(KeyboardConnect(self, chosen))

    def activate_selected(self) -> None:
        """Ask for the selected node to be inspected."""
        if len(self.document.selected) == 1:
            self.node_activated.emit(next(iter(self.document.selected)))

    # Mouse

    def _at(self, event: QMouseEvent | QDropEvent) -> QPointF:
        return self.camera.to_scene(event.position())

    def press(self, event: QMouseEvent) -> None:
        """Begin a gesture; a second button cancels the current one."""
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.cancel():
            return
        self.reason.hide()
        button = event.button()
        if button == Qt.MouseButton.LeftButton and self.is_space_held:
            button = Qt.MouseButton.MiddleButton  # both pan
        self.begin(gesture_for(self, button, self._at(event), event.modifiers()))

    def move(self, event: QMouseEvent) -> None:
        """Continue the gesture, or highlight what is under the cursor."""
        if self.current is not None:
            self.current.move(self._at(event), event.modifiers())
        else:
            self._hover.follow(self._at(event), keeps_cursor=self.is_space_held)

    def release(self, event: QMouseEvent) -> None:
        """Finish the gesture."""
        self._finish(self._at(event), event.modifiers())

    def double_click(self, event: QMouseEvent) -> None:
        """Inspect the node there; on empty canvas, search for a layer to add there."""
        self.cancel()
        if event.button() != Qt.MouseButton.LeftButton:
            return
        at = self._at(event)
        item = self.drawing.node_at(at)
        if item is not None:
            self.document.select([item.node_id])
            self.node_activated.emit(item.node_id)
        elif self.drawing.wire_at(at, WIRE_PX / self.camera.zoom) is None:
            self.adding.search(at)

    def leave(self) -> None:
        """The cursor has left the canvas."""
        self._hover.leave(keeps_cursor=self.current is not None or self.is_space_held)

    def tooltip_at(self, at: QPointF) -> str:
        """The tooltip for a place of the scene; "" for empty canvas."""
        return self._hover.tooltip_at(at)

    # Keys

    def press_key(self, event: QKeyEvent) -> bool:
        """Take Space, Esc, and any key during a gesture; False if the key is free."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.is_space_held = True
            self._view.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif self.current is not None:
            self.current.key(event.key())
        else:
            return False
        return True

    def _escape(self) -> None:
        self.reason.hide()
        if not self.cancel():
            self.drawing.select_wire(None)
            self.document.select(())

    def release_key(self, event: QKeyEvent) -> bool:
        """Take Space; False for every other key."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        self.release_space()
        return True

    def release_space(self) -> None:
        """Space is not held any more, or cannot be seen to be released."""
        self.is_space_held = False
        if self.current is None:
            self._view.viewport().unsetCursor()

    # Drops from the palette

    def enter_drag(self, event: QDragEnterEvent) -> None:
        """Accept a layer, and nothing else."""
        kind = kind_of(event.mimeData())
        if kind is None or kind not in declared(Layer):
            event.ignore()
            return
        self.begin(DropLayer(self, kind))
        event.accept()

    def move_drag(self, event: QDragMoveEvent) -> None:
        """Show where the layer would be added."""
        if self.current is not None:
            self.current.move(self._at(event), event.modifiers())
            event.acceptProposedAction()

    def drop(self, event: QDropEvent) -> None:
        """Add the layer."""
        if self.current is not None:
            event.acceptProposedAction()
        self._finish(self._at(event), event.modifiers())
