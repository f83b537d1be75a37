"""A card kept as pixels: painting one anew takes about a millisecond, drawing a pixmap does not.

Qt's own item cache is thrown away at every step of a zoom. This one is drawn scaled while the
zoom goes on, and made anew, sharp, once it has settled.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache, QTransform


@dataclass
class Rendering:
    """How cards are painted at the moment; one object for all of a scene."""

    is_settled: bool = True
    """Whether the zoom is at rest: cards are to be sharp."""
    is_print: bool = False
    """Whether this goes to a file: nothing kept for the screen may be used."""
    ratio: float = 1.0
    """Device pixels a logical one."""
    deadline: float = 0.0
    """Until then, by `time.perf_counter`, cards may be made sharp in this repaint."""
    is_behind: bool = False
    """Whether some card was left blurred for want of time."""

    def may_sharpen(self) -> bool:
        """Whether there is time to make one more card sharp; notes it where there is not."""
        if not self.is_settled:
            return False
        self.is_behind |= time.perf_counter() > self.deadline
        return not self.is_behind


class PixmapCache:
    """The pixels of one item; Qt's pixmap cache drops them when memory is short."""

    def __init__(self) -> None:
        self._key: QPixmapCache.Key | None = None
        self._scale = 0.0
        self.is_stale = True

    def draw(
        self,
        painter: QPainter,
        bounds: QRectF,
        rendering: Rendering,
        paint: Callable[[QPainter], None],
    ) -> None:
        """Draw the item that `paint` paints within `bounds`, from what is kept if that will do."""
        place = painter.worldTransform()
        scale = place.m11() * rendering.ratio
        pixmap = self._found()
        is_sharp = self._scale == scale
        if pixmap is None or self.is_stale or (not is_sharp and rendering.may_sharpen()):
            pixmap = self._make(bounds, scale, paint)
            is_sharp = True
        if not is_sharp:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawPixmap(bounds, pixmap, QRectF(pixmap.rect()))
            return
        # On whole pixels, so that text stays sharp.
        corner = place.map(bounds.topLeft()) * rendering.ratio
        whole = QPointF(round(corner.x()), round(corner.y())) / rendering.ratio
        pixmap.setDevicePixelRatio(rendering.ratio)
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(whole, pixmap)
        painter.setWorldTransform(place)

    def _found(self) -> QPixmap | None:
        if self._key is None:
            return None
        pixmap = QPixmap()
        return pixmap if QPixmapCache.find(self._key, pixmap) else None

    def _make(self, bounds: QRectF, scale: float, paint: Callable[[QPainter], None]) -> QPixmap:
        pixmap = QPixmap(round(bounds.width() * scale), round(bounds.height() * scale))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.scale(scale, scale)
        painter.translate(-bounds.topLeft())
        paint(painter)
        painter.end()
        self.forget()
        self._key, self._scale, self.is_stale = QPixmapCache.insert(pixmap), scale, False
        return pixmap

    def forget(self) -> None:
        """Give the memory back."""
        if self._key is not None:
            QPixmapCache.remove(self._key)
            self._key = None
