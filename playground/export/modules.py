"""The layers that torch does not have, as source text: a script brings those it uses along."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from playground.export.error import ExportError
from playground.plugins import plugin_of_package
from playground.translation import tr

ALLOWED = frozenset(
    {
        "import math",
        "import operator",
        "import torch",
        "import torch.nn.functional as F",
        "from torch import nn",
        "from torch.nn import init",
    }
)
"""What the source of a layer may import, and under which names."""


@dataclass(frozen=True)
class _Source:
    text: str
    names: frozenset[str]
    """Every name that occurs in it."""


@dataclass
class _File:
    definitions: dict[str, _Source] = field(default_factory=dict)
    """Classes, functions and constants of the file by name, in its order."""
    foreign: dict[str, str] = field(default_factory=dict)
    """Names that the file imports from elsewhere, with the line that does so."""


@cache
def _file(module: str) -> _File:
    # The file is read, not imported, so that torch stays out of a process that writes scripts.
    spec = find_spec(module)
    if spec is None or spec.origin is None:
        raise ExportError(tr("The source of {module} is not available.", module=module))
    text = Path(spec.origin).read_text("utf-8")
    found = _File()
    for item in ast.parse(text).body:
        source = ast.get_source_segment(text, item) or ""
        names = frozenset(part.id for part in ast.walk(item) if isinstance(part, ast.Name))
        if isinstance(item, ast.ClassDef | ast.FunctionDef):
            found.definitions[item.name] = _Source(source, names)
        elif isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
            found.definitions[item.targets[0].id] = _Source(source, names)
        elif isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name):
            found.definitions[item.target.id] = _Source(source, names)
        elif isinstance(item, ast.Import | ast.ImportFrom) and source not in ALLOWED:
            bound = [alias.asname or alias.name.partition(".")[0] for alias in item.names]
            found.foreign |= dict.fromkeys(bound, source)
    return found


def module_sources(targets: Iterable[str]) -> tuple[list[str], set[str]]:
    """The sources of these targets and of all that they need, in the order of their files, and
    every name that occurs in them; raises ExportError for one that needs more than torch."""
    wanted: dict[str, list[str]] = {}
    for target in sorted(targets):
        path, _, name = target.rpartition(".")
        wanted.setdefault(_module(path), []).append(name)
    chosen: dict[str, _Source] = {}
    for module, names in wanted.items():
        for name, source in _needed(module, names).items():
            if name in chosen:
                raise ExportError(
                    tr("Two layers of this network have source code named {name}.", name=name)
                )
            chosen[name] = source
    occurring: set[str] = set().union(*(source.names for source in chosen.values()))
    return [source.text for source in chosen.values()], occurring


def _module(path: str) -> str:
    if path == "modules":
        return "playground.engine.modules"
    if plugin_of_package(path.partition(".")[0]) is None:
        raise ExportError(tr("{path} is neither part of torch nor of a plug-in.", path=path))
    return path


def _needed(module: str, names: Iterable[str]) -> Mapping[str, _Source]:
    file = _file(module)
    needed: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in needed:
            continue
        if name in file.foreign or name not in file.definitions:
            line = file.foreign.get(name, name)
            text = tr("Cannot export {module}: it uses “{line}”.", module=module, line=line)
            raise ExportError(text)
        needed.add(name)
        used = file.definitions[name].names
        queue += [other for other in used if other in file.definitions or other in file.foreign]
    return {name: source for name, source in file.definitions.items() if name in needed}
