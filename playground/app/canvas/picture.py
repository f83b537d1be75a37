"""The whole drawing as a picture in a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import colour

MARGIN = 24.0
MAX_SIDE = 16_000


def write_svg(drawing: CanvasScene, path: Path) -> None:
    """Write the drawing as vectors; raises OSError where the file cannot be written."""
    covered = _covered(drawing)
    with path.open("wb"):  # QSvgGenerator would fail without a word
        pass
    generator = QSvgGenerator()
    generator.setFileName(str(path))
    generator.setSize(covered.size().toSize())
    generator.setViewBox(QRectF(0, 0, covered.width(), covered.height()))
    generator.setTitle(drawing.document.title)
    painter = QPainter(generator)
    _paint(drawing, painter, covered, QRectF(0, 0, covered.width(), covered.height()))
    painter.end()


def write_png(drawing: CanvasScene, path: Path, scale: float = 2.0) -> None:
    """Write the drawing as pixels; raises OSError where the file cannot be written."""
    covered = _covered(drawing)
    scale = min(scale, MAX_SIDE / max(covered.width(), covered.height()))
    size = QSize(round(covered.width() * scale), round(covered.height() * scale))
    image = QImage(size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    _paint(drawing, painter, covered, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    if not image.save(str(path)):
        raise OSError(f"The picture could not be written to {path}.")


def _covered(drawing: CanvasScene) -> QRectF:
    covered = drawing.content_rect()
    for wire in drawing.wires.values():
        covered = covered.united(wire.rect())
    if covered.isEmpty():
        covered = QRectF(0, 0, 320, 200)
    return covered.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)


def _paint(drawing: CanvasScene, painter: QPainter, covered: QRectF, goal: QRectF) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(goal, colour("canvas"))
    drawing.rendering.is_print = True
    try:
        drawing.render(painter, goal, covered)
    finally:
        drawing.rendering.is_print = False
