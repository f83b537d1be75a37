"""Fields that many declarations have, so that each says only what is its own."""

from __future__ import annotations

from typing import Any

from pydantic import Field


def live(
    default: Any, title: str, text: str, *, is_log: bool = False, rank: int = 0, **bounds: Any
) -> Any:
    """An option that takes effect while training runs, without a restart.

    `text` says what it does, `is_log` gives it a logarithmic slider, and a higher `rank` a later
    place in the form. Bounds are pydantic's: ge, gt, le and lt.
    """
    marks: dict[str, Any] = {"live": True, "log": is_log, "rank": rank}
    return Field(default, title=title, description=text, json_schema_extra=marks, **bounds)
