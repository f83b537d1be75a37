"""The curve of a wire, and distances along it."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

GRID = 8.0
SAMPLES = 24


BEND = 52.0
"""The horizontal length of a wire's turn into the lane around cards."""
BOW = 64.0
"""How far a wire that leads back extends beside its nodes."""


def wire_path(start: QPointF, end: QPointF, lane: float | None = None) -> QPainterPath:
    """A wire from an output to an input: it leaves to the right and arrives from the left.

    A wire that leads back to the left runs along the height `lane`, which its own cards leave
    free; without a lane, half way between its ends.
    """
    across, down = end.x() - start.x(), end.y() - start.y()
    path = QPainterPath(start)
    if across <= 0:
        y = (start.y() + end.y()) / 2 if lane is None else lane
        middle = QPointF((start.x() + end.x()) / 2, y)
        out = QPointF(start.x() + BOW, start.y())
        path.cubicTo(out, QPointF(out.x(), y), middle)
        back = QPointF(end.x() - BOW, end.y())
        path.cubicTo(QPointF(back.x(), y), back, end)
        return path
    reach = min(max(24.0, across / 2, abs(down) * 0.25), 150.0)
    path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
    return path


def bridge_path(start: QPointF, end: QPointF, span: QRectF, lane: float) -> QPainterPath:
    """A wire around the cards in its way: over the width of `span` it runs along `lane`."""
    left = max(span.left() - GRID, start.x() + GRID)
    right = min(span.right() + GRID, end.x() - GRID)
    path = QPainterPath(start)
    first, last = (
        QPointF(max(left, start.x() + BEND), lane),
        QPointF(min(right, end.x() - BEND), lane),
    )
    path.cubicTo(start + QPointF(BEND, 0), first - QPointF(BEND, 0), first)
    path.lineTo(last)
    path.cubicTo(last + QPointF(BEND, 0), end - QPointF(BEND, 0), end)
    return path


def samples(path: QPainterPath) -> list[QPointF]:
    """Points along a path, including both ends."""
    return [path.pointAtPercent(i / SAMPLES) for i in range(SAMPLES + 1)]


def nearest(points: list[QPointF], at: QPointF) -> tuple[float, float]:
    """The distance of a point from a polyline, and how far along it (0 to 1) that is."""
    best, place = float("inf"), 0.0
    for rank in range(len(points) - 1):
        a, b = points[rank], points[rank + 1]
        dx, dy = b.x() - a.x(), b.y() - a.y()
        length = dx * dx + dy * dy
        share = 0.0
        if length:
            share = ((at.x() - a.x()) * dx + (at.y() - a.y()) * dy) / length
            share = min(1.0, max(0.0, share))
        x, y = a.x() + share * dx - at.x(), a.y() + share * dy - at.y()
        distance = x * x + y * y
        if distance < best:
            best, place = distance, (rank + share) / (len(points) - 1)
    return best**0.5, place


def distance(a: QPointF, b: QPointF) -> float:
    """The distance between two points."""
    gap = a - b
    return float((gap.x() ** 2 + gap.y() ** 2) ** 0.5)


def snapped(value: float) -> float:
    """The coordinate of the nearest grid line."""
    return round(value / GRID) * GRID


def free_spot(wanted: QRectF, taken: list[QRectF]) -> QPointF:
    """The top left corner of the place nearest to `wanted` that overlaps none of `taken`."""
    step = GRID * 3
    for ring in range(40):
        around = sorted(
            (
                (x, y)
                for x in range(-ring, ring + 1)
                for y in range(-ring, ring + 1)
                if max(abs(x), abs(y)) == ring
            ),
            key=lambda place: place[0] ** 2 + place[1] ** 2,
        )
        for x, y in around:
            tried = wanted.translated(x * step, y * step)
            room = tried.adjusted(-GRID, -GRID, GRID, GRID)
            if not any(room.intersects(other) for other in taken):
                return QPointF(snapped(tried.x()), tried.y())
    return wanted.topLeft()
