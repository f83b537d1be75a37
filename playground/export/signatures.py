"""A definition as a script shows it: without annotations if they need further imports."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator, Mapping

KNOWN = {"np": "import numpy as np", "torch": "import torch", "nn": "from torch import nn"}
"""Names that annotations in a script may use, if the module imports them like this."""
WIDTH = 100
Function = ast.FunctionDef | ast.AsyncFunctionDef
Cut = tuple[int, int, str]
"""Start and end in the text, in bytes, and what stands there instead."""


class _Positions:
    """Where nodes begin and end in a text, in bytes."""

    def __init__(self, text: str) -> None:
        self.whole = text.encode()
        self._starts = [0]
        for line in self.whole.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def start(self, node: ast.stmt | ast.expr) -> int:
        return self._starts[node.lineno - 1] + node.col_offset

    def end(self, node: ast.stmt | ast.expr | ast.arg) -> int:
        return self._starts[(node.end_lineno or 1) - 1] + (node.end_col_offset or 0)


def plain_source(text: str, item: ast.stmt, imports: Mapping[str, str]) -> str:
    """The source of a statement of the module `text`, which has these import lines by name."""
    at = _Positions(text)
    cuts: list[Cut] = []
    for node in ast.walk(item):
        if isinstance(node, Function):
            cuts += _header(node, at, imports)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            is_kept = _is_known(node.annotation, imports)
            cuts += [] if is_kept else [(at.end(node.target), at.start(node.value), " = ")]
    decorators = getattr(item, "decorator_list", [])
    first = at.start(decorators[0]) - 1 if decorators else at.start(item)
    source = at.whole
    for begin, stop, instead in sorted(cuts, reverse=True):
        source = source[:begin] + instead.encode() + source[stop:]
    return source[first : at.end(item) + len(source) - len(at.whole)].decode()


def _header(function: Function, at: _Positions, imports: Mapping[str, str]) -> Iterator[Cut]:
    if _keeps_annotations(function, imports):
        return
    bare = copy.deepcopy(function.args)
    for argument in _arguments(bare):
        argument.annotation = None
    start = f"{'async ' * isinstance(function, ast.AsyncFunctionDef)}def {function.name}("
    line, margin = f"{start}{ast.unparse(bare)}):", " " * function.col_offset
    if len(margin + line) > WIDTH:
        line = f"{start}\n{margin}    {ast.unparse(bare)}\n{margin}):"
    ends = [at.end(part) for part in _arguments(function.args)]
    ends += [at.end(part) for part in _defaults(function)]
    ends += [at.end(function.returns)] if function.returns else []
    last = max([at.start(function), *ends])
    yield at.start(function), at.whole.index(b":", last) + 1, line


def _keeps_annotations(function: Function, imports: Mapping[str, str]) -> bool:
    return all(_is_known(annotation, imports) for annotation in _annotations(function))


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [*found, *(one for one in (arguments.vararg, arguments.kwarg) if one is not None)]


def _defaults(function: Function) -> list[ast.expr]:
    return [one for one in (*function.args.defaults, *function.args.kw_defaults) if one is not None]


def _annotations(function: Function) -> Iterator[ast.expr]:
    for argument in _arguments(function.args):
        if argument.annotation is not None:
            yield argument.annotation
    if function.returns is not None:
        yield function.returns


def kept_annotations(item: ast.stmt, imports: Mapping[str, str]) -> Iterator[ast.expr]:
    """The annotations that stay in the source of a statement."""
    for node in ast.walk(item):
        found: list[ast.expr] = []
        if isinstance(node, Function) and _keeps_annotations(node, imports):
            found = list(_annotations(node))
        elif isinstance(node, ast.AnnAssign):
            found = [node.annotation]
        yield from (annotation for annotation in found if _is_known(annotation, imports))


def _is_known(annotation: ast.expr, imports: Mapping[str, str]) -> bool:
    """Whether an annotation can stay: it is of builtins, numpy and torch alone, and no text."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return False
        if isinstance(node, ast.Name):
            is_builtin = hasattr(builtins, node.id) and node.id not in imports
            if not is_builtin and imports.get(node.id) != KNOWN.get(node.id, "unknown"):
                return False
    return True
