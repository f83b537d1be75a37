"""catalog: every declaration with its options."""

from __future__ import annotations

from typing import Any

from playground.catalog.options import Option, options_of
from playground.catalog.registry import categories, declared
from playground.graph.declaration import Declaration
from playground.graph.layer import Layer, Port
from playground.project.templates import templates
from playground.project.training import Training
from playground.translation import tr
from playground.verbs.answer import console, print_json

ADVICE = ("when", "pitfall", "where")
"""Texts that only some declarations have."""


def print_catalog(*, as_json: bool) -> int:
    """Print the catalog."""
    if as_json:
        print_json(catalog())
    else:
        _print()
    return 0


def catalog() -> dict[str, Any]:
    """The catalog as plain values: a list a section, and the training recipe as one entry."""
    found: dict[str, Any] = {
        name: [_entry(one) for one in declared(base).values()]
        for name, base in categories().items()
    }
    found["templates"] = [
        {"kind": one.key, "label": one.label, "help": one.help} for one in templates()
    ]
    found["training"] = _entry(Training)
    return found


def _entry(one: type[Declaration]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": one.kind,
        "label": one.label,
        "family": one.family,
        "help": one.help(),
        "formula": one.formula,
        "letters": one.letters,
        "source": one.source,
        "aliases": list(one.aliases),
        "options": [option.to_dict() for option in options_of(one)],
    }
    if issubclass(one, Layer):
        entry["inputs"] = [_port(port) for port in one.inputs]
        entry["outputs"] = [port.name for port in one.outputs]
        entry["is_activation"] = one.is_activation
    texts = {name: getattr(one, name, "") for name in ADVICE}
    return entry | {name: text for name, text in texts.items() if text}


def _port(port: Port) -> dict[str, Any]:
    found = {"name": port.name, "many": port.many, "is_optional": port.is_optional}
    return found | ({"help": port.help} if port.help else {})


def _print() -> None:
    from rich.markup import escape
    from rich.table import Table

    out = console()
    sections: dict[str, list[type[Declaration]]] = {
        name: list(declared(base).values()) for name, base in categories().items()
    }
    for name, declarations in (sections | {"training": [Training]}).items():
        table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), title_justify="left")
        table.add_column(name.upper(), no_wrap=True)
        table.add_column(tr("OPTIONS"))
        table.add_column(tr("DESCRIPTION"))
        for one in declarations:
            options = "\n".join(escape(_brief(option)) for option in options_of(one))
            table.add_row(one.kind, f"[dim]{options}[/dim]", escape(tr(one.help())))
        out.print(table)
        out.print()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(tr("TEMPLATES"), no_wrap=True)
    table.add_column(tr("DESCRIPTION"))
    for template in templates():
        table.add_row(template.key, escape(tr(template.help)))
    out.print(table)


def _brief(option: Option) -> str:
    """An option with its default and its range: "p = 0.5 (0 to 1)"."""
    default = option.default
    value = default.kind if isinstance(default, Declaration) else _shown(default)
    if option.choices:
        return f"{option.name} = {value} ({', '.join(map(str, option.choices))})"
    low, high = option.low, option.high
    if low is not None and high is not None:
        return f"{option.name} = {value} ({low:,.10g} to {high:,.10g})"
    return f"{option.name} = {value}"


def _shown(default: Any) -> str:
    if default is None:
        return tr("none")
    if isinstance(default, bool):
        return tr("yes") if default else tr("no")
    if isinstance(default, str | tuple | list):
        return str(default) if default else '""'
    return f"{default:g}"
