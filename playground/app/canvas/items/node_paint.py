"""Paints the parts of a card, in item coordinates."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen, QPolygonF

from playground.app.canvas.items.card import (
    BUTTON_HEIGHT,
    CURVE_HEIGHT,
    HEADER,
    LINE_HEIGHT,
    NOTE_LINE,
    PAD_LEFT,
    PREVIEW,
    SQUARE,
    SQUARE_GAP,
    SQUARES_A_ROW,
    TILE_GAP,
    Card,
    Note,
)
from playground.app.canvas.items.readings import NodeReading
from playground.app.canvas.items.style import RADIUS, mixed, style
from playground.app.theme.tokens import colour, family_colour

CROSS = 3.2
CURVE_POINTS = 160


def paint_frame(painter: QPainter, card: Card, pen: QPen) -> None:
    """Paint the frame, with the bar of the family at the left edge."""
    look = style()
    inside = QRectF(0, 0, card.width, card.height)
    painter.setPen(pen)
    painter.setBrush(look.surface)
    painter.drawRoundedRect(inside, RADIUS, RADIUS)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(family_colour(card.family))
    painter.drawRoundedRect(QRectF(0, 8, 3.6, card.height - 16), 1.8, 1.8)


def tile_rect(card: Card, rank: int) -> QRectF:
    """The place of a unit's map."""
    row, column = divmod(rank, card.columns)
    step = card.tile + TILE_GAP
    return QRectF(PAD_LEFT + column * step, HEADER + row * step, card.tile, card.tile)


def paint_tiles(painter: QPainter, card: Card, reading: NodeReading | None) -> None:
    """Paint a map for every unit: its output over the plane of the data."""
    look = style()
    sheet = None if reading is None or reading.units != card.units else reading.sheet
    side = 0 if sheet is None or reading is None else sheet.height() // max(1, reading.shown)
    painter.setPen(Qt.PenStyle.NoPen)
    for rank in range(card.tiles):
        place = tile_rect(card, rank)
        if reading is not None and reading.is_dead(rank):
            paint_dead(painter, place)
        elif sheet is not None and reading is not None and rank < reading.shown:
            # A copy, because SVG contains whole images only.
            painter.drawImage(place, sheet.copy(0, rank * side, sheet.width(), side))
        else:
            painter.fillRect(place, look.field)
    alive = [r for r in range(card.tiles) if reading is None or not reading.is_dead(r)]
    painter.setPen(look.tile_edge)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRects([tile_rect(card, rank).adjusted(0.5, 0.5, -0.5, -0.5) for rank in alive])


def paint_dead(painter: QPainter, place: QRectF) -> None:
    """Paint a dead unit: crossed out."""
    painter.setPen(style().danger)
    painter.setBrush(colour("danger_surface"))
    painter.drawRoundedRect(place.adjusted(0.8, 0.8, -0.8, -0.8), 3, 3)
    middle, reach = place.center(), min(CROSS, place.width() / 4)
    for sign in (1, -1):
        shift = QPointF(reach, reach * sign)
        painter.drawLine(middle - shift, middle + shift)
    painter.setPen(Qt.PenStyle.NoPen)


def paint_firing(painter: QPainter, card: Card, reading: NodeReading | None) -> None:
    """Paint a square for every unit: the bluer, the larger the fraction of examples it fires on."""
    known = reading.firing if reading is not None else None
    dark, bright = colour("field"), colour("positive")
    painter.setPen(Qt.PenStyle.NoPen)
    for rank in range(card.tiles):
        row, column = divmod(rank, SQUARES_A_ROW)
        step = SQUARE + SQUARE_GAP
        place = QRectF(PAD_LEFT + column * step, HEADER + row * step, SQUARE, SQUARE)
        if reading is not None and reading.is_dead(rank):
            paint_dead(painter, place)
            continue
        share = float(known[rank]) if known is not None and rank < len(known) else 0.0
        painter.setBrush(mixed(dark, bright, min(1.0, max(0.0, share))))
        painter.drawRoundedRect(place, 2.5, 2.5)


def paint_preview(painter: QPainter, card: Card, image: QImage | None) -> None:
    """Paint the picture of the data set."""
    place = QRectF((card.width - PREVIEW) / 2 + 1, HEADER, PREVIEW, PREVIEW)
    if image is None or image.isNull():
        painter.fillRect(place, style().field)
        return
    size = image.size().scaled(
        int(place.width()), int(place.height()), Qt.AspectRatioMode.KeepAspectRatio
    )
    inside = QRectF(0, 0, size.width(), size.height())
    inside.moveCenter(place.center())
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(inside, image)


def paint_curve(painter: QPainter, card: Card, curve: Sequence[tuple[float, float]]) -> None:
    """Paint the loss so far, as a line without axes."""
    place = QRectF(PAD_LEFT, HEADER, card.width - PAD_LEFT * 2, CURVE_HEIGHT)
    painter.setPen(QPen(colour("border"), 1))
    painter.drawLine(QLineF(place.bottomLeft(), place.bottomRight()))
    points = np.asarray(curve, np.float64).reshape(-1, 2)
    points = points[np.isfinite(points).all(1)]
    if len(points) < 2:
        return
    if len(points) > CURVE_POINTS:
        points = points[np.linspace(0, len(points) - 1, CURVE_POINTS).astype(int)]
    epochs, losses = points.T
    low, high = min(0.0, float(losses.min())), float(losses.max())
    span = float(epochs[-1] - epochs[0]) or 1.0
    xs = place.left() + (epochs - epochs[0]) / span * place.width()
    ys = place.bottom() - (losses - low) / ((high - low) or 1.0) * place.height()
    painter.setPen(style().curve)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in zip(xs, ys, strict=True)]))


def paint_lines(painter: QPainter, card: Card, lines: tuple[str, ...]) -> None:
    """Paint numbers of the layer's weights, the gradient first."""
    painter.setFont(style().sub_font)
    for rank, text in enumerate(lines[: card.lines]):
        painter.setPen(colour("positive" if rank == 0 else "muted"))
        y = HEADER - 3 + rank * LINE_HEIGHT
        line_place = QRectF(PAD_LEFT, y, card.width - PAD_LEFT, LINE_HEIGHT)
        painter.drawText(
            line_place, Qt.AlignmentFlag.AlignVCenter, _elided(painter, text, line_place)
        )


def paint_badge(painter: QPainter, card: Card, text: str, token: str) -> float:
    """Paint a badge at the right of the title; returns the width that it needs."""
    look = style()
    painter.setFont(look.badge_font)
    width = painter.fontMetrics().horizontalAdvance(text) + 14.0
    place = QRectF(card.width - width - 8, 8, width, 18)
    painter.setPen(QPen(colour(token), 1.2))
    painter.setBrush(colour(token, 0.12))
    painter.drawRoundedRect(place, 9, 9)
    painter.setPen(colour(token))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
    return width + 12


def paint_note(painter: QPainter, note: Note, place: QRectF, *, is_button_hot: bool) -> None:
    """Paint the text of a diagnostic, and the button that applies its fix."""
    if note.tone == "warning":
        _paint_warning(painter, note, place, is_button_hot)
        return
    is_error = note.tone == "error"
    painter.setPen(QPen(colour("danger" if is_error else "border", 0.55 if is_error else 1.0), 1))
    painter.setBrush(colour("danger_surface" if is_error else "surface"))
    painter.drawRoundedRect(place, 6, 6)
    look = style()
    painter.setFont(look.small_font)
    painter.setPen(colour("text" if is_error else "muted"))
    text = place.adjusted(12, 7, -10, -8)
    if note.fix:
        text.setBottom(button_rect(note, place).top() - 5)
    _paint_wrapped(painter, note.text, text)
    if note.fix:
        _paint_button(painter, note, place, is_button_hot)


def _paint_wrapped(painter: QPainter, text: str, place: QRectF) -> None:
    metrics = painter.fontMetrics()
    lines, words = [""], text.split()
    for word in words:
        longer = f"{lines[-1]} {word}".strip()
        if metrics.horizontalAdvance(longer) > place.width() and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    room = max(1, int(place.height() // NOTE_LINE + 0.2))
    if len(lines) > room:
        rest = " ".join(lines[room - 1 :])
        cut = metrics.elidedText(rest, Qt.TextElideMode.ElideRight, int(place.width()))
        lines = [*lines[: room - 1], cut]
    for rank, line in enumerate(lines):
        y = place.top() + rank * NOTE_LINE
        line_place = QRectF(place.left(), y, place.width() + 4, NOTE_LINE)
        painter.drawText(line_place, Qt.AlignmentFlag.AlignVCenter, line)


def button_rect(note: Note, place: QRectF) -> QRectF:
    """The place of the button of a note at `place`; a warning with a fix is all button."""
    if note.fix is None:
        return QRectF()
    if note.tone == "warning":
        return place
    width = min(place.width() - 20, len(note.fix.label) * 6.4 + 24)
    return QRectF(place.left() + 10, place.bottom() - BUTTON_HEIGHT - 8, width, BUTTON_HEIGHT)


def _paint_button(painter: QPainter, note: Note, place: QRectF, is_hot: bool) -> None:
    button = button_rect(note, place)
    painter.setPen(QPen(colour("accent"), 1))
    painter.setBrush(mixed(colour("surface"), colour("accent"), 0.28 if is_hot else 0.1))
    painter.drawRoundedRect(button, 5, 5)
    painter.setPen(colour("accent"))
    label = note.fix.label if note.fix else ""
    painter.drawText(button, Qt.AlignmentFlag.AlignCenter, _elided(painter, label, button))


def _paint_warning(painter: QPainter, note: Note, place: QRectF, is_hot: bool) -> None:
    painter.setPen(QPen(mixed(colour("surface"), colour("warning"), 0.6 if is_hot else 0.35), 1))
    painter.setBrush(mixed(colour("surface"), colour("warning"), 0.2 if is_hot else 0.07))
    painter.drawRoundedRect(place, 6, 6)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour("warning"))
    painter.drawEllipse(QPointF(place.left() + 12, place.center().y()), 2.6, 2.6)
    painter.setFont(style().small_font)
    painter.setPen(colour("warning"))
    text = note.fix.label if note.fix else note.text
    inside = place.adjusted(21, 0, -6, 0)
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, ceil(inside.width()))
    painter.drawText(inside, Qt.AlignmentFlag.AlignVCenter, cut)


def _elided(painter: QPainter, text: str, place: QRectF) -> str:
    elide = Qt.TextElideMode.ElideRight
    return QFontMetricsF(painter.font()).elidedText(text, elide, place.width())
