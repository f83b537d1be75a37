"""A card cached as a pixmap: painting a card takes about a millisecond, a pixmap far less.

Qt's own item cache is discarded at every step of a zoom. This one is drawn scaled during the
zoom, and painted again, sharp, once the zoom has settled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap, QPixmapCache, QTransform


@dataclass
class Rendering:
    """How cards are painted now; one object for a whole scene."""

    is_settled: bool = True
    """Whether the zoom has settled, so that cards should be sharp."""
    is_print: bool = False
    """Whether a file is written: the pixmaps of the screen are not used."""
    ratio: float = 1.0
    """Device pixels per logical pixel."""
    deadline: float = 0.0
    """Until then, by `time.perf_counter`, cards are sharpened in this repaint."""
    is_behind: bool = False
    """Whether there was no time to sharpen some card."""

    def begin_zoom(self) -> None:
        """The zoom changes: cards are drawn scaled until it has settled."""
        self.is_settled = False

    def settle(self) -> None:
        """The zoom has settled: cards are drawn sharp again."""
        self.is_settled = True

    def begin_repaint(self, ratio: float, budget_s: float) -> None:
        """A repaint begins, which may spend so many seconds on sharpening cards."""
        self.ratio = ratio
        self.deadline, self.is_behind = time.perf_counter() + budget_s, False

    @contextmanager
    def printing(self) -> Iterator[None]:
        """Paint without the pixmaps of the screen, for a file."""
        self.is_print = True
        try:
            yield
        finally:
            self.is_print = False

    def may_sharpen(self) -> bool:
        """Whether there is time to sharpen one more card; if not, sets `is_behind`."""
        if not self.is_settled:
            return False
        self.is_behind |= time.perf_counter() > self.deadline
        return not self.is_behind


class PixmapCache:
    """The pixmap of one item, in Qt's pixmap cache, which drops it when memory is short."""

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
        """Draw the item that `paint` paints within `bounds`, from its pixmap if that is current."""
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
        """Release the cached pixmap."""
        if self._key is not None:
            QPixmapCache.remove(self._key)
            self._key = None
