"""new: create a project from a template."""

from __future__ import annotations

import difflib
from pathlib import Path

from playground.project.file import Saved, write
from playground.project.templates import Template, templates
from playground.translation import tr
from playground.verbs.answer import console
from playground.verbs.error import VerbError
from playground.verbs.project_file import refuse_other_suffix


def write_new(key: str, path: Path, *, is_forced: bool) -> int:
    """Write the template's project to `path`."""
    template = _find(key)
    refuse_other_suffix(path)
    if path.exists() and not is_forced:
        raise VerbError(tr("{path} already exists: choose another name or add --force.", path=path))
    write(path, Saved(template.build()))
    print(f"{path}: {tr(template.label)}")
    return 0


def list_templates() -> int:
    """Print every template with its description."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(tr("TEMPLATE"), no_wrap=True)
    table.add_column(tr("DESCRIPTION"))
    for template in templates():
        table.add_row(template.key, f"[bold]{tr(template.label)}.[/bold] {tr(template.help)}")
    console().print(table)
    return 0


def _find(key: str) -> Template:
    known = {template.key: template for template in templates()}
    if key in known:
        return known[key]
    near = difflib.get_close_matches(key, known, 1, 0.5)
    names = ", ".join(known)
    if near:
        text = tr(
            "Unknown template '{key}'. Did you mean {near}? Available: {known}.",
            key=key,
            near=near[0],
            known=names,
        )
    else:
        text = tr("Unknown template '{key}'. Available: {known}.", key=key, known=names)
    raise VerbError(text)
