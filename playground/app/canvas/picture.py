"""Writes the whole drawing as an SVG or PNG file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import colour
from playground.translation import tr

MARGIN = 24.0
MAX_SIDE = 16_000


def write_svg(drawing: CanvasScene, path: Path) -> None:
    """Write the drawing as vectors; raises OSError if the file cannot be written."""
    area = covered(drawing)
    with path.open("wb"):  # QSvgGenerator reports no error
        pass
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setResolution(96)  # a canvas unit is a CSS pixel
    generator.setSize(area.size().toSize())
    generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
    generator.setTitle(drawing.document.title)
    painter = QPainter(generator)
    _paint(drawing, painter, area, QRectF(0, 0, area.width(), area.height()))
    painter.end()


def write_png(drawing: CanvasScene, path: Path, scale: float = 2.0) -> None:
    """Write the drawing as pixels; raises OSError if the file cannot be written."""
    area = covered(drawing)
    scale = min(scale, MAX_SIDE / max(area.width(), area.height()))
    size = QSize(round(area.width() * scale), round(area.height() * scale))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _paint(drawing, painter, area, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    writer = QImageWriter(str(path), b"png")
    if not writer.write(image):
        reason = writer.errorString()
        text = tr("The picture could not be written to {path}: {reason}.", path=path, reason=reason)
        raise OSError(text)


def covered(drawing: CanvasScene) -> QRectF:
    """The part of the scene that a picture shows: all items, with a margin."""
    area = drawing.content_rect()
    for wire in drawing.wires.values():
        area = area.united(wire.rect())
    if area.isEmpty():
        area = QRectF(0, 0, 320, 200)
    return area.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _paint(drawing: CanvasScene, painter: QPainter, area: QRectF, goal: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(goal, colour("canvas"))
    with drawing.rendering.printing():
        drawing.render(painter, goal, area)
