"""Routes a wire around the cards in its way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

LANE_GAP = 26.0
SHORT = 190.0
"""Wires shorter than this have no room for a card in between."""
CLEAR = 5.0


@dataclass(frozen=True)
class Route:
    """The height at which a wire passes cards, and the cards that it passes there."""

    lane: float
    span: QRectF | None = None


def route_back(source: QRectF, target: QRectF) -> Route:
    """Between two cards if one is above the other; else below both."""
    above, below = sorted((source, target), key=lambda rect: rect.top())
    if above.bottom() < below.top():
        return Route((above.bottom() + below.top()) / 2)
    return Route(max(above.bottom(), below.bottom()) + LANE_GAP)


def route_around(start: QPointF, end: QPointF, cards: Iterable[QRectF]) -> Route:
    """Above or below the cards in the way, whichever is nearer; straight if there are none."""
    top, bottom = sorted((start.y(), end.y()))
    span = QRectF()
    for card in cards:
        beside = card.right() <= start.x() or card.left() >= end.x()
        if beside or card.bottom() < top - CLEAR or card.top() > bottom + CLEAR:
            continue
        share = (card.center().x() - start.x()) / (end.x() - start.x())
        y = start.y() + share * (end.y() - start.y())
        if card.top() - CLEAR < y < card.bottom() + CLEAR:
            span = span.united(card)
    if span.isEmpty():
        return Route(0.0)
    middle = (start.y() + end.y()) / 2
    over, under = span.top() - LANE_GAP, span.bottom() + LANE_GAP
    return Route(over if middle - over <= under - middle else under, span)
