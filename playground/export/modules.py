"""The layers of our own, as text: a script brings those it uses along."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from functools import cache
from importlib.resources import files


@cache
def _definitions() -> dict[str, tuple[str, frozenset[str]]]:
    # By name: the source, and every name that occurs in it. The file is read, not imported,
    # so that torch stays out of a process that only writes scripts.
    text = (files("playground.engine") / "modules.py").read_text("utf-8")
    found = {}
    for item in ast.parse(text).body:
        if isinstance(item, ast.ClassDef | ast.FunctionDef):
            names = {part.id for part in ast.walk(item) if isinstance(part, ast.Name)}
            source = ast.get_source_segment(text, item) or ""
            found[item.name] = (source, frozenset(names))
    return found


def module_sources(wanted: Iterable[str]) -> tuple[list[str], set[str]]:
    """The sources of these classes and of all that they need, in the order of the file, and
    every name that occurs in them."""
    definitions = _definitions()
    needed: set[str] = set()
    queue = list(wanted)
    while queue:
        name = queue.pop()
        if name not in needed:
            needed.add(name)
            queue += [other for other in definitions[name][1] if other in definitions]
    chosen = [definition for name, definition in definitions.items() if name in needed]
    occurring: set[str] = set().union(*(names for _, names in chosen))
    return [source for source, _ in chosen], occurring
