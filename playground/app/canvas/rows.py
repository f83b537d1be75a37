"""Breaks a long chain into rows, like lines of text, so that it is readable without zooming out."""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil

Place = tuple[float, float]
ROW_GAP = 84.0
MOST_ROWS = 8
GAIN = 1.3
"""One more row is used only if everything can be shown larger by this factor."""


def in_rows(
    places: Mapping[str, Place], sizes: Mapping[str, Place], room: Place
) -> dict[str, Place]:
    """The layout broken into as many rows as show it largest in `room` (width, height)."""
    best, best_zoom = dict(places), _zoom(places, sizes, room)
    for count in range(2, MOST_ROWS + 1):
        broken = _broken(places, sizes, count)
        zoom = _zoom(broken, sizes, room)
        if zoom > best_zoom * GAIN:
            best, best_zoom = broken, zoom
    return best


def _zoom(places: Mapping[str, Place], sizes: Mapping[str, Place], room: Place) -> float:
    if not places:
        return 1.0
    left, top, right, bottom = _bounds(places, sizes)
    return min(room[0] / (right - left), room[1] / (bottom - top), 1.0)


def _bounds(
    places: Mapping[str, Place], sizes: Mapping[str, Place]
) -> tuple[float, float, float, float]:
    return (
        min(x for x, _ in places.values()),
        min(y for _, y in places.values()),
        max(x + sizes[i][0] for i, (x, _) in places.items()),
        max(y + sizes[i][1] for i, (_, y) in places.items()),
    )


def _broken(
    places: Mapping[str, Place], sizes: Mapping[str, Place], count: int
) -> dict[str, Place]:
    columns = sorted({x for x, _ in places.values()})
    a_row = ceil(len(columns) / count)
    found: dict[str, Place] = {}
    down = 0.0
    for first in range(0, len(columns), a_row):
        chosen = set(columns[first : first + a_row])
        row = {i: place for i, place in places.items() if place[0] in chosen}
        left, top, _, bottom = _bounds(row, sizes)
        found |= {i: (x - left, y - top + down) for i, (x, y) in row.items()}
        down += bottom - top + ROW_GAP
    return found
