"""Which part of the scene the canvas shows, and how large: zooming, panning, fitting."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QNativeGestureEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QGraphicsView

from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import theme

MIN_ZOOM, MAX_ZOOM, FIT_ZOOM = 0.1, 3.0, 1.25
STEP, WHEEL_STEP = 1.25, 1.0015
FIT_MARGIN = 36.0
SMOOTH_FROM = 0.25
"""The zoom below which lines are drawn without antialiasing."""
SETTLE_MS = 140


class Camera(QObject):
    """Moves and zooms a graphics view; zooming keeps the place under the cursor.

    The actual size follows the text scale: at 150 % a canvas unit is 1.5 pixels.
    """

    moved = Signal()
    """Another part of the scene is visible, or at another zoom."""

    def __init__(self, view: QGraphicsView, drawing: CanvasScene) -> None:
        super().__init__(view)
        self._view, self._drawing = view, drawing
        self._text_scale = theme.text_scale / 100
        view.scale(self._text_scale, self._text_scale)
        theme.changed.connect(self._follow_text_scale)
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)

    @property
    def zoom(self) -> float:
        """Screen pixels per canvas unit."""
        return self._view.transform().m11()

    @property
    def centre(self) -> QPointF:
        """The place of the scene in the middle of the view."""
        return self.to_scene(QPointF(self._view.viewport().rect().center()))

    @property
    def visible_rect(self) -> QRectF:
        """The visible part of the scene."""
        return self._view.mapToScene(self._view.viewport().rect()).boundingRect()

    # Places

    def to_scene(self, place: QPointF) -> QPointF:
        """A place of the viewport in scene coordinates."""
        found, _ = self._view.viewportTransform().inverted()
        return found.map(place)

    def on_screen(self, at: QPointF) -> QPoint:
        """A place of the scene in pixels of the viewport."""
        return self._view.mapFromScene(at)

    # Zoom

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom; the place `at` of the viewport, by default its middle, does not move."""
        zoom = min(MAX_ZOOM * self._text_scale, max(MIN_ZOOM, zoom))
        place = QPointF(self._view.viewport().rect().center()) if at is None else at
        fixed = self.to_scene(place)
        self._view.resetTransform()
        self._view.scale(zoom, zoom)
        gap = self.to_scene(place) - fixed
        self.scroll_by(-gap.x() * zoom, -gap.y() * zoom)
        self._view.setRenderHint(QPainter.RenderHint.Antialiasing, zoom >= SMOOTH_FROM)
        self._drawing.rendering.begin_zoom()
        self._settling.start(SETTLE_MS)

    def zoom_in(self) -> None:
        """Zoom in by one step."""
        self.set_zoom(self.zoom * STEP)

    def zoom_out(self) -> None:
        """Zoom out by one step."""
        self.set_zoom(self.zoom / STEP)

    def reset_zoom(self) -> None:
        """Reset the zoom to 100 %."""
        self.set_zoom(self._text_scale)

    def fit(self) -> None:
        """Show the whole drawing, at most a quarter larger than its actual size."""
        covered = self._drawing.content_rect()
        if covered.isEmpty():
            self.reset_zoom()
            self.centre_on(QPointF(0, 0))
            return
        margin = 2 * int(FIT_MARGIN)
        room = self._view.viewport().rect().adjusted(0, 0, -margin, -margin)
        across, down = room.width() / covered.width(), room.height() / covered.height()
        self.set_zoom(min(across, down, FIT_ZOOM * self._text_scale))
        self.centre_on(covered.center())

    def _follow_text_scale(self) -> None:
        before, self._text_scale = self._text_scale, theme.text_scale / 100
        if before != self._text_scale:
            self.set_zoom(self.zoom * self._text_scale / before)

    def _settle(self) -> None:
        self._drawing.rendering.settle()
        self._view.viewport().update()

    def sharpen_soon(self) -> None:
        """Repaint, to sharpen the cards that the last repaint had no time for."""
        self._settling.start(0)

    # Pan

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move the visible part by screen pixels."""
        across, down = self._view.horizontalScrollBar(), self._view.verticalScrollBar()
        across.setValue(across.value() + round(dx))
        down.setValue(down.value() + round(dy))
        self.moved.emit()

    def centre_on(self, at: QPointF) -> None:
        """Show this place of the scene in the middle."""
        self._view.centerOn(at)
        self.moved.emit()

    def bring_to_view(self, node_id: str) -> None:
        """Scroll until a node is visible."""
        item = self._drawing.nodes.get(node_id)
        if item is not None:
            self._view.ensureVisible(item.footprint, 30, 30)
            self.moved.emit()

    # Wheel and trackpad

    def turn_wheel(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; two fingers on a trackpad pan, with Ctrl they zoom."""
        is_trackpad = not event.pixelDelta().isNull() and event.phase() != (
            Qt.ScrollPhase.NoScrollPhase
        )
        if is_trackpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scroll_by(-event.pixelDelta().x(), -event.pixelDelta().y())
        else:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.set_zoom(self.zoom * WHEEL_STEP**turned, event.position())
        event.accept()

    def pinch(self, event: QNativeGestureEvent) -> bool:
        """Zoom by a pinch on a trackpad; False if it is another gesture."""
        if event.gestureType() != Qt.NativeGestureType.ZoomNativeGesture:
            return False
        self.set_zoom(self.zoom * (1 + event.value()), event.position())
        return True
