"""The dots behind the drawing, which show how far the view was panned."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from playground.app.theme.tokens import colour

DISTANCE = 32.0


class DotGrid:
    """Paints the dots by tiling a pixmap, which is kept until the zoom or the theme changes."""

    def __init__(self) -> None:
        self._tile: QPixmap | None = None

    def paint(self, painter: QPainter, area: QRect, origin: QPoint, zoom: float) -> None:
        """Paint over `area` of the viewport; `origin` is the scene's origin there."""
        tile = self._tile_at(zoom, painter.device().devicePixelRatioF())
        side = tile.deviceIndependentSize().width()
        shift = QPointF((area.x() - origin.x()) % side, (area.y() - origin.y()) % side)
        painter.drawTiledPixmap(QRectF(area), tile, shift)

    def _tile_at(self, zoom: float, ratio: float) -> QPixmap:
        side = max(8, round(DISTANCE * zoom))
        if self._tile is None or self._tile.width() != round(side * ratio):
            self._tile = QPixmap(round(side * ratio), round(side * ratio))
            self._tile.setDevicePixelRatio(ratio)
            self._tile.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._tile)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour("grid"))
            painter.drawEllipse(QPointF(side / 2, side / 2), 1.3, 1.3)
            painter.end()
        return self._tile

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        self._tile = None
