"""Calls and blocks as lines of a script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

SHORT = 60
"""The arguments of calls longer than this stand on lines of their own."""


def call_text(name: str, arguments: Iterable[str], options: Mapping[str, object]) -> str:
    """A call, on several lines if it is long."""
    found = [*arguments, *(f"{key}={value!r}" for key, value in options.items())]
    text = f"{name}({', '.join(found)})"
    if len(text) < SHORT:
        return text
    return f"{name}(\n" + "".join(f"    {argument},\n" for argument in found) + ")"


def indented(lines: Iterable[str]) -> list[str]:
    """Lines one level deeper; a line may be a call on several."""
    return [f"    {line}" if line else "" for line in "\n".join(lines).split("\n")]


def flatten_text(axes: tuple[int, ...] | None) -> str:
    """The call that flattens a tensor over axes; nothing for None."""
    return "" if axes is None else f".flatten({', '.join(map(str, axes))})"
