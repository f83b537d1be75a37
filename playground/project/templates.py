"""Starter projects: a folder of files in the catalog, each a project.json under a label."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from playground import plugins
from playground.project.file import from_json
from playground.project.project import Project
from playground.translation import tr

ROOM = "playground.catalog.templates"


class TemplateError(ValueError):
    """An unknown template; the message lists those available."""


@dataclass(frozen=True, slots=True)
class Template:
    """A starter project: what it is called in files and commands, on screen, and what it shows."""

    key: str
    label: str
    help: str
    order: int

    def build(self) -> Project:
        """The project, ready to train."""
        return build(self.key)


@cache
def templates() -> tuple[Template, ...]:
    """Every template, the one to start with first."""
    found = [_declared(key, data) for key, data in _built_in().items()]
    found += [template for template, _ in _of_plugins().values()]
    return tuple(sorted(found, key=lambda template: (template.order, template.key)))


def build(key: str) -> Project:
    """The project that a template stands for; raises TemplateError."""
    if key in _of_plugins():
        return _of_plugins()[key][1]
    if key not in _built_in():
        known = ", ".join(template.key for template in templates())
        raise TemplateError(
            tr("Unknown template '{name}'. Available: {known}.", name=key, known=known)
        )
    return from_json(json.dumps(_built_in()[key]["project"])).project


def _declared(key: str, data: dict[str, Any]) -> Template:
    return Template(key, str(data["label"]), str(data["help"]), int(data["order"]))


@cache
def _built_in() -> dict[str, dict[str, Any]]:
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text(encoding="utf-8"))
        for entry in files(ROOM).iterdir()
        if entry.name.endswith(".json")
    }


@cache
def _of_plugins() -> Mapping[str, tuple[Template, Project]]:
    found: dict[str, tuple[Template, Project]] = {}
    for plugin, key, text in plugins.texts_of("templates", ".json"):
        with plugins.left_out_if_it_fails(plugin, "templates"):
            data = json.loads(text)
            found[key] = _declared(key, data), from_json(json.dumps(data["project"])).project
    return found
