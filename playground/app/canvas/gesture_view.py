"""Mouse, keys and drops, handed to the gesture that is going on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from playground.app.canvas.base_view import PaperView
from playground.app.canvas.gestures.choose import PORT_PX
from playground.app.canvas.gestures.gesture import Gesture, Modifiers
from playground.app.canvas.items.node_item import NodeItem
from playground.app.canvas.items.wire_item import WireItem
from playground.app.canvas.overlays import ReasonLabel
from playground.app.canvas.scene import CanvasScene
from playground.app.layer_mime import kind_of

REFUSAL_MS = 3500
WIRE_PX = 7.0


class GestureView(PaperView):
    """Holds at most one gesture. Esc cancels it, and so does anything that comes in between."""

    message = Signal(str)
    """A short hint for the status line; "" where there is nothing to say any more."""

    def __init__(self, drawing: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(drawing, parent)
        self.gesture: Gesture | None = None
        self.is_space_held = False
        self.reason = ReasonLabel(self)
        self._hovered: NodeItem | WireItem | None = None
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    # For the view of a document to say

    def gesture_at(
        self, button: Qt.MouseButton, at: QPointF, modifiers: Modifiers
    ) -> Gesture | None:
        """The gesture that a press begins."""
        return None

    def gesture_for_drop(self, kind: str) -> Gesture | None:
        """The gesture that a layer dragged in from the palette begins."""
        return None

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what a key stands for; False where it stands for nothing."""
        return False

    def step_focus(self, forward: int) -> bool:
        """Tab: go to the next node; False where there is none."""
        return False

    def activate_at(self, at: QPointF) -> None:
        """A place was double-clicked."""

    # Life of a gesture

    def begin(self, gesture: Gesture | None) -> None:
        """Begin a gesture; one that is going on is cancelled."""
        if self.gesture is not None and self.gesture is not gesture:
            self.cancel_gesture()
        self.gesture = gesture
        if gesture is not None and gesture.cursor is not None:
            self.viewport().setCursor(gesture.cursor)

    def cancel_gesture(self) -> bool:
        """Put everything back to how it was before the gesture; False where there is none."""
        gesture = self.gesture
        if gesture is None:
            return False
        self.forget_gesture(gesture)
        gesture.cancel()
        return True

    def forget_gesture(self, gesture: Gesture) -> None:
        """A gesture is over."""
        if self.gesture is gesture:
            self.gesture = None
            self.viewport().unsetCursor()

    def _finish(self, at: QPointF, modifiers: Modifiers) -> None:
        gesture = self.gesture
        if gesture is not None:
            self.forget_gesture(gesture)
            gesture.finish(at, modifiers)

    def say(self, text: str, at: QPointF) -> None:
        """Say why not, beside the cursor, for as long as it is there; "" takes it back."""
        if text != ("" if self.reason.isHidden() else self.reason.text()):
            self.message.emit(text)
        self.reason.say(text, self.on_screen(at))

    def refuse(self, reason: str | None, at: QPointF) -> None:
        """Say why something was not done, beside the cursor, for a moment."""
        if reason:
            self.message.emit(reason)
            self.reason.say(reason, self.on_screen(at), lasts_ms=REFUSAL_MS)

    # Mouse

    def _at(self, event: QMouseEvent | QDropEvent) -> QPointF:
        return self._to_scene(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture; a second button cancels the one that is going on."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if self.gesture is not None and self.cancel_gesture():
            return
        self.reason.hide()
        self.begin(self.gesture_at(event.button(), self._at(event), event.modifiers()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or light what is under the cursor."""
        if self.gesture is not None:
            self.gesture.move(self._at(event), event.modifiers())
        else:
            self._hover(self._at(event))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        self._finish(self._at(event), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a node, inspect it; on empty canvas, search."""
        self.cancel_gesture()
        if event.button() == Qt.MouseButton.LeftButton:
            self.activate_at(self._at(event))

    def _hover(self, at: QPointF) -> None:
        port = self.drawing.port_at(at, PORT_PX / self.zoom)
        item: NodeItem | WireItem | None = port[0] if port else self.drawing.node_at(at)
        if item is None:
            wire = self.drawing.wire_at(at, WIRE_PX / self.zoom)
            item = wire[0] if wire else None
        if self._hovered is not item:
            self._leave()
            self._hovered = item
        if isinstance(item, NodeItem):
            hot = port[1] if port else None
            item.mark(is_hovered=True, hot_port=hot, is_button_hot=item.button_at(at))
            self._point(port is None and item.is_button_hot)
        elif item is not None:
            item.mark(is_hovered=True)

    def _leave(self) -> None:
        if isinstance(self._hovered, NodeItem):
            self._hovered.mark(is_hovered=False, hot_port=None, is_button_hot=False)
        elif self._hovered is not None:
            self._hovered.mark(is_hovered=False)
        self._hovered = None
        self._point(False)

    def _point(self, is_pointing: bool) -> None:
        if is_pointing:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)
        elif self.gesture is None and not self.is_space_held:
            self.viewport().unsetCursor()

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        self._leave()
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Tooltips are made when they are asked for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tooltip(event)
            return True
        return super().viewportEvent(event)

    def _show_tooltip(self, event: QHelpEvent) -> None:
        at = self.mapToScene(event.pos())
        item, wire = self.drawing.node_at(at), self.drawing.wire_at(at, WIRE_PX / self.zoom)
        port = self.drawing.port_at(at, PORT_PX / self.zoom)
        text = item.tooltip if item else wire[0].tooltip if wire else ""
        text = (port[0].port_tooltip(port[1]) if port else "") or text
        QToolTip.showText(event.globalPos(), text, self)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc cancels; the gesture may take a key; else the key does what it stands for."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.is_space_held = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() == Qt.Key.Key_Escape:
            self._escape()
        elif self.gesture is not None and self.gesture.key(event.key()):
            return
        elif self.gesture is None and not self.press_key(event):
            event.ignore()

    def _escape(self) -> None:
        self.reason.hide()
        if not self.cancel_gesture():
            self.drawing.select_wire(None)
            self.drawing.document.select(())

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space was let go."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.is_space_held = False
            self._point(False)
        else:
            event.ignore()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes from node to node, and on to the next widget after the last."""
        key = Qt.Key.Key_Tab if next else Qt.Key.Key_Backtab
        if self.gesture is not None and self.gesture.key(key):
            return True
        # Qt also asks on behalf of the search that lies over the canvas, as it comes and goes.
        is_own = self.window().focusWidget() is self
        return (is_own and self.step_focus(1 if next else -1)) or super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Space cannot be let go here any more."""
        self.is_space_held = False
        super().focusOutEvent(event)

    # Drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take a layer, and nothing else."""
        kind = kind_of(event.mimeData())
        if kind is None:
            event.ignore()
            return
        self.begin(self.gesture_for_drop(kind))
        event.setAccepted(self.gesture is not None)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the layer would stand."""
        if self.gesture is not None:
            self.gesture.move(self._at(event), event.modifiers())
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The layer was taken away again, or the drag was cancelled."""
        self.cancel_gesture()

    def dropEvent(self, event: QDropEvent) -> None:
        """The layer was let go."""
        if self.gesture is not None:
            event.acceptProposedAction()
        self._finish(self._at(event), event.modifiers())
