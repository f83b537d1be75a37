"""check: report shapes, parameters and diagnostics of a project without running it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playground.graph.diagnose import Diagnostic, Examined
from playground.graph.graph import Node
from playground.graph.layer import UnknownLayer
from playground.graph.shape import Shape
from playground.project.check import check
from playground.project.project import Project
from playground.translation import tr, trn
from playground.verbs.answer import console, print_json
from playground.verbs.project_file import opened

COLOURS = {"error": "red", "warning": "yellow", "hint": "cyan"}


def check_file(path: Path, *, as_json: bool) -> int:
    """Print shapes, parameters and diagnostics; returns 1 if the project has errors."""
    project = opened(path).project
    examined = check(project)
    if as_json:
        print_json(report(project, examined))
    else:
        _print(project, examined)
    return 1 if examined.errors else 0


def report(project: Project, examined: Examined) -> dict[str, Any]:
    """Shapes, parameters and diagnostics of a project as plain values."""
    return {
        "ok": not examined.errors,
        "parameters": examined.total_parameters,
        "nodes": [_node(node, examined) for node in project.graph.nodes.values()],
        "diagnostics": [_diagnostic(one) for one in examined.diagnostics],
    }


def _node(node: Node, examined: Examined) -> dict[str, Any]:
    shape = _out_shape(node, examined)
    return {
        "id": node.id,
        "kind": _kind(node),
        "out_shape": None if shape is None else ["B", *shape.dims],
        "parameters": examined.parameters.get(node.id, 0),
    }


def _diagnostic(one: Diagnostic) -> dict[str, Any]:
    return {
        "severity": one.severity,
        "code": one.code,
        "node": one.node,
        "message": one.message,
        "fix": one.fix.label if one.fix else None,
    }


def _kind(node: Node) -> str:
    layer = node.layer
    return layer.unknown_kind if isinstance(layer, UnknownLayer) else layer.kind


def _out_shape(node: Node, examined: Examined) -> Shape | None:
    if node.layer.outputs:
        return examined.shapes.get((node.id, node.layer.outputs[0].name))
    # An Output has no output port: its input is the output of the network.
    arriving = examined.inputs.get(node.id, ())
    return arriving[0] if arriving else None


def _print(project: Project, examined: Examined) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0))
    for name in (tr("NODE"), tr("LAYER"), tr("OUTPUT")):
        table.add_column(name)
    table.add_column(tr("PARAMETERS"), justify="right")
    for node_id in _in_order(project):
        node = project.graph.nodes[node_id]
        shape = _out_shape(node, examined)
        count = examined.parameters.get(node_id, 0)
        name = f"{node.id}  [dim]{escape(node.name)}[/dim]" if node.name else node.id
        table.add_row(
            name, escape(_kind(node)), str(shape) if shape else "?", f"{count:,}" if count else ""
        )
    table.add_row("", "", tr("total"), f"[bold]{examined.total_parameters:,}[/bold]")
    out = console()
    out.print(table)
    for one in examined.diagnostics:
        place = f" {one.node}:" if one.node else ""
        hint = f" [dim]({escape(one.fix.label)})[/dim]" if one.fix else ""
        colour = COLOURS[one.severity]
        out.print(f"[{colour}]{one.severity}[/{colour}]{place} {escape(one.message)}{hint}")
    out.print(_verdict(examined))


def _in_order(project: Project) -> list[str]:
    order = project.graph.order
    return [*order, *(node_id for node_id in project.graph.nodes if node_id not in set(order))]


def _verdict(examined: Examined) -> str:
    errors = len(examined.errors)
    if errors:
        return trn(
            "{count} error prevents this network from running.",
            "{count} errors prevent this network from running.",
            errors,
        )
    return tr("This network can be trained.")
