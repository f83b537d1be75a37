"""new: write a project from a template."""

from __future__ import annotations

import difflib
from pathlib import Path

from playground.project.file import Saved, write
from playground.project.templates import Template, templates
from playground.verbs.answer import console
from playground.verbs.error import VerbError
from playground.verbs.project_file import refuse_other_suffix


def write_new(key: str, path: Path, *, is_forced: bool) -> int:
    """Write the template's project to `path`."""
    template = _find(key)
    refuse_other_suffix(path)
    if path.exists() and not is_forced:
        raise VerbError(f"{path} exists already: choose another name, or add --force.")
    write(path, Saved(template.build()))
    print(f"{path}: {template.label}")
    return 0


def list_templates() -> int:
    """Print every template with what it shows."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("TEMPLATE", no_wrap=True)
    table.add_column("WHAT IT SHOWS")
    for template in templates():
        table.add_row(template.key, f"[bold]{template.label}.[/bold] {template.help}")
    console().print(table)
    return 0


def _find(key: str) -> Template:
    known = {template.key: template for template in templates()}
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, 1, 0.5)
    hint = f"Did you mean {near[0]}? " if near else ""
    raise VerbError(f"There is no template {key!r}. {hint}There is {', '.join(known)}.")
