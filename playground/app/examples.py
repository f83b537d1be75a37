"""The examples of the open project's data set, loaded once and cached while it is open."""

from __future__ import annotations

from functools import lru_cache

from playground.catalog.datasets.dataset import DataError, Dataset, Examples


@lru_cache(maxsize=4)
def _load(data: Dataset) -> Examples | str:
    try:
        return data.load()
    except DataError as error:
        return str(error)


def examples_of(data: Dataset) -> Examples | None:
    """The split examples, or None if they cannot be loaded."""
    found = _load(data)
    return found if isinstance(found, Examples) else None


def why_no_examples(data: Dataset) -> str:
    """Why the examples cannot be loaded; "" if they can."""
    found = _load(data)
    return found if isinstance(found, str) else ""
