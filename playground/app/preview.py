"""A small picture of the data, for the Input node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from playground.app.theme.tokens import colour, mono_font

SIDE = 192
TILES = 6
LINES, LETTERS = 8, 13
ROWS, COLUMNS = 16, 24


def preview(x: np.ndarray, y: np.ndarray, tokens: Sequence[str] = ()) -> QImage | None:
    """Points of a plane, a curve, images, lines of text or cells of a table, as fits the
    examples: `x`, N × the shape of one, `y` their labels, and `tokens` what token ids stand for."""
    if len(x) == 0:
        return None
    if x.ndim == 4 and x.shape[1] in (1, 3):
        return _images(x)
    if x.ndim == 2 and np.issubdtype(x.dtype, np.integer):
        return _lines(x, tokens)
    if x.ndim == 2 and x.shape[1] == 1 and y.ndim == 2:
        return _points(np.column_stack([x[:, 0], y[:, 0]]), np.zeros(len(x)))
    if x.ndim == 2 and x.shape[1] == 2:
        values = y[:, 0] if y.ndim == 2 else y.astype(float)
        spread = float(np.ptp(values)) or 1.0
        return _points(x, (values - values.min()) / spread)
    if x.ndim == 3:  # a row for every feature of a sequence, a column for every step
        return _cells(x.transpose(0, 2, 1).reshape(-1, x.shape[1]))
    return _cells(x) if x.ndim == 2 else None


def _blank() -> QImage:
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
    return image


def _lines(x: np.ndarray, tokens: Sequence[str]) -> QImage:
    image = _blank()
    painter = QPainter(image)
    font = mono_font()
    font.setPixelSize(SIDE // (LINES + 2))
    painter.setFont(font)
    for rank, ids in enumerate(x[:LINES]):
        known = [tokens[i] if 0 <= i < len(tokens) else str(i) for i in ids[:LETTERS]]
        text = (" " if any(len(t) > 1 for t in known) else "").join(known)
        painter.setPen(colour("text" if rank % 2 == 0 else "muted"))
        height = SIDE / LINES
        place = QRectF(8, rank * height, SIDE - 16, height)
        painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, text)
    painter.end()
    return image


def _cells(x: np.ndarray) -> QImage:
    """Rows of numbers: blue above the mean of their column, orange below."""
    shown = x[:ROWS, :COLUMNS].astype(np.float64)
    spread = np.maximum(shown.std(0), 1e-12)
    shares = np.clip((shown - shown.mean(0)) / (2 * spread), -1, 1)
    image = _blank()
    painter = QPainter(image)
    rows, columns = shares.shape
    height, width = SIDE / rows, SIDE / columns
    for (row, column), share in np.ndenumerate(shares):
        tint = colour("positive" if share > 0 else "negative", abs(float(share)))
        painter.fillRect(QRectF(column * width, row * height, width - 1, height - 1), tint)
    painter.end()
    return image


def _points(places: np.ndarray, values: np.ndarray) -> QImage:
    image = _blank()
    low, high = places.min(0), places.max(0)
    scaled = (places - low) / np.where(high > low, high - low, 1)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for (across, up), value in zip(scaled, values, strict=True):
        painter.setBrush(colour("negative" if value > 0.5 else "positive", 0.9))
        at = QPointF(10 + across * (SIDE - 20), SIDE - 10 - up * (SIDE - 20))
        painter.drawEllipse(at, 4.5, 4.5)
    painter.end()
    return image


def _images(x: np.ndarray) -> QImage:
    count = min(len(x), TILES * TILES)
    height, width = x.shape[2:]
    sheet = np.zeros((TILES * (height + 1), TILES * (width + 1)), np.float32)
    for rank in range(count):
        row, column = divmod(rank, TILES)
        top, left = row * (height + 1), column * (width + 1)
        sheet[top : top + height, left : left + width] = x[rank].mean(0)
    low, spread = float(sheet.min()), float(np.ptp(sheet)) or 1.0
    grey = np.ascontiguousarray(((sheet - low) / spread * 255).astype(np.uint8))
    rows, columns = grey.shape
    image = QImage(grey.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return image.copy().scaled(SIDE, SIDE)
