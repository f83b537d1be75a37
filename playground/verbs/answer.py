"""The output of verbs: JSON without NaN for programs, rich tables for people."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console


def plain(value: Any) -> Any:
    """A value as JSON knows it: numpy arrays as lists, NaN and infinity as null."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if hasattr(value, "tolist"):  # numpy's arrays and numbers, without loading numpy for it
        return plain(value.tolist())
    return str(value)


def print_json(value: Any, *, indent: int | None = 2) -> None:
    """Print a value as JSON; on one line if there is no indent."""
    is_unicode = "utf" in (sys.stdout.encoding or "").lower()
    text = json.dumps(plain(value), indent=indent, ensure_ascii=not is_unicode, allow_nan=False)
    print(text, flush=True)


def console(*, to_stderr: bool = False) -> Console:
    """The console for tables and progress bars."""
    from rich.console import Console

    return Console(stderr=to_stderr, highlight=False)
