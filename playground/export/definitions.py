"""The definitions of a module as text, with the names that each of them needs.

Modules are read, never imported, so that torch stays out of a process that only writes scripts.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playground.export.error import ExportError
from playground.export.signatures import kept_annotations, plain_source
from playground.translation import tr

BUILTIN = frozenset(dir(builtins)) | {"__name__", "__file__", "__doc__"}
Named = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@dataclass(frozen=True, slots=True)
class Import:
    """A module-level import: the line that a script needs, and where the name is defined."""

    line: str
    module: str
    name: str
    """The name in that module; empty if the module itself is imported."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, function or constant: its text, and the module-level names that occur in it."""

    text: str
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Module:
    """What a module defines and imports, by name, in the order of the file."""

    name: str
    definitions: Mapping[str, Definition]
    imports: Mapping[str, Import]


@cache
def module_text(name: str) -> tuple[str, bool]:
    """The source of a module, and whether it is a package; raises ExportError."""
    try:
        spec = find_spec(name)
    except (ModuleNotFoundError, ValueError):
        spec = None
    path = Path(spec.origin) if spec is not None and spec.has_location and spec.origin else None
    if spec is None or path is None or path.suffix != ".py":
        raise ExportError(tr("The source of {module} is not available.", module=name))
    return path.read_text("utf-8"), spec.submodule_search_locations is not None


@cache
def read_module(name: str) -> Module:
    """The definitions and imports of a module; raises ExportError."""
    text, is_package = module_text(name)
    tree = ast.parse(text)
    imports = {found: one for item in tree.body for found, one in _imports(item, name, is_package)}
    lines = {found: one.line for found, one in imports.items()}
    definitions: dict[str, Definition] = {}
    for item in tree.body:
        if names := _defined(item):
            definition = Definition(plain_source(text, item, lines), _needed(item, lines))
            definitions |= dict.fromkeys(names, definition)
    return Module(name, definitions, imports)


def _defined(item: ast.stmt) -> list[str]:
    if isinstance(item, Named):
        return [item.name]
    targets: list[ast.expr] = []
    if isinstance(item, ast.Assign):
        targets = item.targets
    elif isinstance(item, ast.AnnAssign) and item.value is not None:
        targets = [item.target]
    return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]


def _imports(item: ast.stmt, module: str, is_package: bool) -> Iterator[tuple[str, Import]]:
    if isinstance(item, ast.Import):
        for alias in item.names:
            line = f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else "")
            yield alias.asname or alias.name.split(".")[0], Import(line, alias.name, "")
    elif isinstance(item, ast.ImportFrom) and item.module != "__future__":
        source = _absolute(item, module, is_package)
        for alias in item.names:
            renamed = f" as {alias.asname}" if alias.asname else ""
            line = f"from {source} import {alias.name}{renamed}"
            yield alias.asname or alias.name, Import(line, source, alias.name)


def _absolute(item: ast.ImportFrom, module: str, is_package: bool) -> str:
    if not item.level:
        return item.module or ""
    parts = module.split(".")
    kept = len(parts) - item.level + is_package
    return ".".join([*parts[:kept], *([item.module] if item.module else [])])


# Names that a definition takes from its module


def _needed(item: ast.stmt, lines: Mapping[str, str]) -> frozenset[str]:
    annotated = {
        node.id
        for annotation in kept_annotations(item, lines)
        for node in ast.walk(annotation)
        if isinstance(node, ast.Name) and node.id in lines
    }
    return _free(item) | annotated


def _free(item: ast.stmt) -> frozenset[str]:
    """The names that a statement reads and does not bind, annotations left out."""
    if isinstance(item, ast.ClassDef):
        outside = [*item.bases, *item.decorator_list, *(k.value for k in item.keywords)]
        names = {name for part in outside for name in _loaded(part)}
        bound = {name for part in item.body for name in _bound(part)}
        own = {part.name for part in item.body if isinstance(part, Named)}
        for part in item.body:
            found = _free(part)
            names |= found if isinstance(part, Named) else found - bound - own
        return frozenset(names - BUILTIN)
    names, bound = set(_loaded(item)), set(_bound(item))
    if isinstance(item, ast.Assign | ast.AnnAssign):
        bound = set()
    return frozenset(names - bound - BUILTIN)


def _loaded(item: ast.AST) -> Iterator[str]:
    for node in _without_annotations(item):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id


def _bound(item: ast.AST) -> Iterator[str]:
    for node in ast.walk(item):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from ((a.asname or a.name).split(".")[0] for a in node.names)
        name = node.name if isinstance(node, Named | ast.ExceptHandler) else None
        if name and node is not item:
            yield name


def _without_annotations(item: ast.AST) -> Iterator[ast.AST]:
    yield item
    for field, value in ast.iter_fields(item):
        if field in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _without_annotations(child)
