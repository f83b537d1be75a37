"""What code needs to know of a declaration is a trait of it: no kind is compared with a text."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import playground

ROOT = Path(playground.__file__).parent
ALLOWED = {
    "app/widgets/boundary_view.py": "the kind of a reading, which the probe and this view agree on",
    "verbs/probe.py": "the kind of a numpy dtype",
}


def comparisons(tree: ast.AST) -> Iterator[int]:
    """Lines that compare an attribute `kind` with texts, or ask for the nodes of one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            is_kind = any(isinstance(s, ast.Attribute) and s.attr == "kind" for s in sides)
            if is_kind and any(_is_text(side) for side in sides):
                yield node.lineno
        elif isinstance(node, ast.Call):
            is_query = isinstance(node.func, ast.Attribute) and node.func.attr == "of_kind"
            if is_query and any(_is_text(arg) for arg in node.args):
                yield node.lineno


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return any(_is_text(item) for item in node.elts)
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def test_that_no_kind_is_compared_with_a_text() -> None:
    found = {
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted(ROOT.rglob("*.py"))
        for line in comparisons(ast.parse(path.read_text("utf-8")))
        if path.relative_to(ROOT).as_posix() not in ALLOWED
    }
    assert not found


def test_that_the_check_sees_such_comparisons() -> None:
    text = 'a.kind == "X"\nb.kind in ("X", "Y")\ng.of_kind("X")\na.kind == b.kind\n'
    assert list(comparisons(ast.parse(text))) == [1, 2, 3]
