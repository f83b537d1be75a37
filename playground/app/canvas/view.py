"""The canvas: shows the document's graph, and turns mouse and keys into edits of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QHelpEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPixmapCache,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QGraphicsView, QMenu, QToolTip, QWidget

from playground.app.canvas import keys, menus, picture
from playground.app.canvas.adding import Adding
from playground.app.canvas.camera import Camera
from playground.app.canvas.canvas_edits import CanvasEdits
from playground.app.canvas.dot_grid import DotGrid
from playground.app.canvas.gesture_controller import GestureController
from playground.app.canvas.items.node_item import DETAIL_FROM
from playground.app.canvas.overlays import Overlays
from playground.app.canvas.pulse import Pulse
from playground.app.canvas.run_display import RunDisplay
from playground.app.canvas.scene import CanvasScene
from playground.app.document import Document
from playground.app.theme.tokens import colour, theme
from playground.session.messages import Frame
from playground.translation import tr

CACHE_KB = 65_536
SHARPEN_S = 0.006
"""How much of a repaint may be spent on making cards sharp."""


class CanvasView(QGraphicsView):
    """Passes Qt's events to its parts.

    `camera` zooms and pans, `gestures` handles mouse and keys, `edits` changes the document,
    `adding` offers layers, `overlays` lie over the drawing and `display` shows the run.
    """

    message = Signal(str)
    """A short hint for the person; "" if there is no hint any more."""
    node_activated = Signal(str)
    """A node was double-clicked, or Enter was pressed on it."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        self.drawing = CanvasScene(document)
        super().__init__(self.drawing, parent)
        self.drawing.setParent(self)
        self.document = document
        self._fill_menu: Callable[[QMenu, str], None] | None = None
        self._menu_place: QPointF | None = None
        self.camera = Camera(self, self.drawing)
        self.adding = Adding(document, self.drawing, self.camera, self)
        self.gestures = GestureController(self, self.camera, self.adding)
        self.edits = CanvasEdits(self, self.camera, self.adding)
        self.overlays = Overlays(self, self.drawing, self.camera)
        self.pulse = Pulse(self, self.drawing, self.camera)
        self.display = RunDisplay(self, self.drawing, self.overlays, self.pulse)
        self._dots = DotGrid()
        self._set_up()
        self.gestures.message.connect(self.message)
        self.gestures.node_activated.connect(self.node_activated)
        self.edits.message.connect(self.message)
        document.changed.connect(self._show_document)
        document.selection_changed.connect(self._show_selection)
        theme.changed.connect(self._restyle)
        self._show_document()

    def _set_up(self) -> None:
        self.setAccessibleName(tr("Canvas"))
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
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # A screen full of cards takes more than the 10 MB that Qt keeps by default.
        QPixmapCache.setCacheLimit(max(QPixmapCache.cacheLimit(), CACHE_KB))

    # The document

    def _show_document(self) -> None:
        # The gesture began on another drawing.
        self.gestures.cancel()
        self.drawing.sync()
        self.overlays.show_document()
        self.display.show_document()
        # Cards that were pushed aside have been seen to leave pixels behind at their old place.
        self.viewport().update()

    def _show_selection(self) -> None:
        if self.document.selected:
            self.drawing.select_wire(None)
        else:
            self.drawing.sync_selection()

    def _restyle(self) -> None:
        self.drawing.restyle()
        self.overlays.restyle()
        self._dots.restyle()
        self.viewport().update()

    # Context menus

    @property
    def menu_place(self) -> QPointF | None:
        """The place of the scene that the context menu is for, while it is open."""
        return self._menu_place

    def set_menu_place(self, at: QPointF | None) -> None:
        """The context menu is opened for a place of the scene, or closed."""
        self._menu_place = at

    def set_menu_commands(self, fill: Callable[[QMenu, str], None]) -> None:
        """`fill` adds the window's commands to the context menu of a node, a wire or the canvas.

        Its second argument is "node", "wire" or "canvas".
        """
        self._fill_menu = fill

    def fill_menu(self, menu: QMenu, context: str) -> None:
        """Add the window's commands to a context menu."""
        if self._fill_menu is not None:
            self._fill_menu(menu, context)

    # Readings

    @property
    def probes(self) -> tuple[str, ...]:
        """The probes that the canvas shows: none while it is hidden."""
        return self.display.probes

    def show_frame(self, frame: Frame) -> None:
        """Show the readings of a frame."""
        self.display.show_frame(frame)

    def clear(self) -> None:
        """Remove all readings: plain wires, empty maps."""
        self.display.clear()

    def mark_non_finite(self, node_id: str | None) -> None:
        """Mark the node where NaN or infinity appeared; None removes the mark."""
        self.display.mark_non_finite(node_id)

    # Pictures

    def to_svg(self, path: Path | str) -> None:
        """Write the whole drawing as SVG; raises OSError."""
        picture.write_svg(self.drawing, Path(path))

    def to_png(self, path: Path | str, scale: float = 2.0) -> None:
        """Write the whole drawing as PNG; raises OSError."""
        picture.write_png(self.drawing, Path(path), scale)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the scene; cards that there is no time to sharpen follow in the next repaints."""
        rendering = self.drawing.rendering
        rendering.begin_repaint(self.devicePixelRatioF(), SHARPEN_S)
        super().paintEvent(event)
        if rendering.is_behind:
            self.camera.sharpen_soon()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """The background, with dots that show how far the view was panned."""
        painter.save()
        area = painter.transform().mapRect(QRectF(rect)).toAlignedRect()
        painter.resetTransform()
        painter.fillRect(area, colour("canvas"))
        if self.camera.zoom >= DETAIL_FROM:
            origin = self.mapFromScene(QPointF(0, 0))
            self._dots.paint(painter, area, origin, self.camera.zoom)
        painter.restore()

    # Mouse

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the cursor, or pan."""
        self.camera.turn_wheel(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture."""
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue the gesture, or highlight what is under the cursor."""
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Finish the gesture."""
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Inspect a node, or search for a layer."""
        self.gestures.double_click(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is under the cursor any more."""
        self.gestures.leave()
        super().leaveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:
        """Zoom by a pinch, and compute tooltips on demand."""
        if isinstance(event, QNativeGestureEvent) and self.camera.pinch(event):
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.gestures.tooltip_at(self.mapToScene(event.pos()))
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu for what is under the cursor."""
        self.gestures.cancel()
        menu = menus.menu_at(self, self.mapToScene(event.pos()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pass a key to the gesture, or to the keys of the canvas."""
        if not self.gestures.press_key(event) and not keys.press(self, event):
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space was released."""
        if not self.gestures.release_key(event):
            event.ignore()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes from node to node, and after the last one to the next widget."""
        gesture = self.gestures.current
        if gesture is not None and gesture.key(Qt.Key.Key_Tab if next else Qt.Key.Key_Backtab):
            return True
        # Qt also asks on behalf of the search over the canvas, when it opens and closes.
        is_own = self.window().focusWidget() is self
        return (is_own and keys.step(self, 1 if next else -1)) or super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The canvas does not see the release of Space any more."""
        self.gestures.release_space()
        super().focusOutEvent(event)

    # Drops from the palette

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept a layer, and nothing else."""
        self.gestures.enter_drag(event)

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show where the layer would be added."""
        self.gestures.move_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """The drag left the canvas or was cancelled."""
        self.gestures.cancel()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add the layer."""
        self.gestures.drop(event)

    # Size and visibility

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the overlays in their corners."""
        super().resizeEvent(event)
        self.overlays.place()
        self.camera.moved.emit()

    def showEvent(self, event: QShowEvent) -> None:
        """Wires may move again."""
        super().showEvent(event)
        self.pulse.settle()

    def hideEvent(self, event: QHideEvent) -> None:
        """Wires need not move while they are hidden."""
        super().hideEvent(event)
        self.pulse.settle()
