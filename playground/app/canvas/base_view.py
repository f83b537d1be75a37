"""The paper under the drawing: zoom, pan, the dots, and what is left out from afar."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmap,
    QPixmapCache,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from playground.app.canvas.items.node_item import DETAIL_FROM
from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import colour

MIN_ZOOM, MAX_ZOOM, FIT_ZOOM = 0.1, 3.0, 1.25
STEP, WHEEL_STEP = 1.25, 1.0015
DOTS = 32.0
FIT_MARGIN = 36.0
CACHE_KB = 65_536
SMOOTH_FROM = 0.25
SETTLE_MS = 140
SHARPEN_S = 0.006


class PaperView(QGraphicsView):
    """A view that is zoomed at the cursor and can be moved anywhere."""

    moved = Signal()
    """Another part of the scene is in sight, or at another zoom."""

    def __init__(self, drawing: CanvasScene, parent: QWidget | None = None) -> None:
        super().__init__(drawing, parent)
        self.drawing = drawing
        self._dots: QPixmap | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.timeout.connect(self._settle)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontAdjustForAntialiasing)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setMouseTracking(True)
        # A screen full of cards takes more than the 10 MB that Qt keeps by default.
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), CACHE_KB))

    # Zoom and place

    @property
    def zoom(self) -> float:
        """Screen pixels a canvas unit."""
        return self.transform().m11()

    def set_zoom(self, zoom: float, at: QPointF | None = None) -> None:
        """Zoom so that the place `at` of the viewport, or its middle, stays where it is."""
        zoom = min(MAX_ZOOM, max(MIN_ZOOM, zoom))
        place = QPointF(self.viewport().rect().center()) if at is None else at
        fixed = self._to_scene(place)
        self.resetTransform()
        self.scale(zoom, zoom)
        gap = self._to_scene(place) - fixed
        self.scroll_by(-gap.x() * zoom, -gap.y() * zoom)
        self._note_zoom()

    def _to_scene(self, place: QPointF) -> QPointF:
        found, _ = self.viewportTransform().inverted()
        return found.map(place)

    def scroll_by(self, dx: float, dy: float) -> None:
        """Move what is seen by screen pixels."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + round(dx))
        down.setValue(down.value() + round(dy))
        self.moved.emit()

    def zoom_in(self) -> None:
        """A step closer."""
        self.set_zoom(self.zoom * STEP)

    def zoom_out(self) -> None:
        """A step back."""
        self.set_zoom(self.zoom / STEP)

    def reset_zoom(self) -> None:
        """Full size."""
        self.set_zoom(1.0)

    def fit(self) -> None:
        """Everything in sight, no larger than a quarter above full size."""
        covered = self.drawing.content_rect()
        if covered.isEmpty():
            self.set_zoom(1.0)
            self.centerOn(0, 0)
            self.moved.emit()
            return
        room = self.viewport().rect().adjusted(0, 0, -2 * int(FIT_MARGIN), -2 * int(FIT_MARGIN))
        zoom = min(room.width() / covered.width(), room.height() / covered.height(), FIT_ZOOM)
        self.set_zoom(zoom)
        self.centerOn(covered.center())
        self.moved.emit()

    def visible_rect(self) -> QRectF:
        """The part of the scene that is seen."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def _note_zoom(self) -> None:
        self.setRenderHint(QPainter.RenderHint.Antialiasing, self.zoom >= SMOOTH_FROM)
        self.drawing.rendering.is_settled = False
        self._settling.start(SETTLE_MS)

    def _settle(self) -> None:
        self.drawing.rendering.is_settled = True
        self.viewport().update()

    # Events

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor; a trackpad's two fingers move the paper, with Ctrl they zoom."""
        is_trackpad = not event.pixelDelta().isNull() and event.phase() != (
            Qt.ScrollPhase.NoScrollPhase
        )
        if is_trackpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.scroll_by(-event.pixelDelta().x(), -event.pixelDelta().y())
        else:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.set_zoom(self.zoom * WHEEL_STEP**turned, event.position())
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:
        """A pinch zooms."""
        pinch = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == pinch:
            self.set_zoom(self.zoom * (1 + event.value()), event.position())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene; what could not be made sharp in time is, in the next repaints."""
        rendering = self.drawing.rendering
        rendering.ratio = self.devicePixelRatioF()
        rendering.deadline, rendering.is_behind = time.perf_counter() + SHARPEN_S, False
        super().paintEvent(event)
        if rendering.is_behind:
            self._settling.start(0)

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The paper, with dots that tell how far one has moved."""
        painter.save()
        area = painter.transform().mapRect(QRectF(rect)).toAlignedRect()
        painter.resetTransform()
        painter.fillRect(area, colour("canvas"))
        if self.zoom >= DETAIL_FROM:
            origin = self.mapFromScene(QPointF(0, 0))
            tile = self._dot_tile()
            side = tile.deviceIndependentSize().width()
            shift = QPointF((area.x() - origin.x()) % side, (area.y() - origin.y()) % side)
            painter.drawTiledPixmap(QRectF(area), tile, shift)
        painter.restore()

    def _dot_tile(self) -> QPixmap:
        side = max(8, round(DOTS * self.zoom))
        ratio = self.devicePixelRatioF()
        if self._dots is None or self._dots.width() != round(side * ratio):
            self._dots = QPixmap(round(side * ratio), round(side * ratio))
            self._dots.setDevicePixelRatio(ratio)
            self._dots.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._dots)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("grid"))
            painter.drawEllipse(QPointF(side / 2, side / 2), 1.3, 1.3)
            painter.end()
        return self._dots

    def restyle_paper(self) -> None:
        """Take the colours of another theme."""
        self._dots = None
        self.viewport().update()

    def on_screen(self, at: QPointF) -> QPoint:
        """A place of the scene in this view's pixels."""
        return self.mapFromScene(at)
