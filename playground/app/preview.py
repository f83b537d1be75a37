"""A small picture of the data, for the Input node."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from playground.app.theme.tokens import colour
from playground.session.messages import Reading

SIDE = 192
TILES = 6


def preview(reading: Reading) -> QImage | None:
    """Points of a plane, a curve, or some of the images; None where neither shows anything."""
    x, y = np.asarray(reading["x"]), np.asarray(reading["y"])
    if x.ndim == 4 and x.shape[1] in (1, 3):
        return _images(x)
    if x.ndim != 2 or len(x) == 0:
        return None
    if x.shape[1] == 1 and y.ndim == 2:
        return _points(np.column_stack([x[:, 0], y[:, 0]]), np.zeros(len(x)))
    if x.shape[1] == 2:
        values = y[:, 0] if y.ndim == 2 else y.astype(float)
        spread = float(np.ptp(values)) or 1.0
        return _points(x, (values - values.min()) / spread)
    return None


def _points(places: np.ndarray, values: np.ndarray) -> QImage:
    image = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(QColor(0, 0, 0, 0))
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
