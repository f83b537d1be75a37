"""What every installed plug-in adds, and which parts of it failed, for `playground doctor`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field

from playground import plugins
from playground.plugins import Failure, Plugin
from playground.translation import tr

TIMEOUT_S = 60


@dataclass
class PluginReport:
    """A plug-in, the names it adds by part, and what failed."""

    plugin: Plugin
    names: dict[str, list[str]] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)


def plugin_reports() -> list[PluginReport]:
    """A report for every plug-in; its probes and panels are loaded in processes of their own."""
    found = {plugin.name: PluginReport(plugin) for plugin in plugins.installed()}
    if found or plugins.failures():
        parts = [read_catalog(), *map(_read_elsewhere, ("probes", "panels"))]
        for names, failures in parts:
            for part, some in names.items():
                for name in some:
                    found[name.partition(".")[0]].names.setdefault(part, []).append(name)
            for failure in failures:
                # One whose entry point is not allowed is not among those that are installed.
                unknown = PluginReport(Plugin(failure.plugin, "", "", ""))
                found.setdefault(failure.plugin, unknown).failures.append(failure)
    return list(found.values())


Read = tuple[dict[str, list[str]], list[Failure]]


def read_catalog() -> Read:
    """What plug-ins add to the catalog and the templates."""
    from playground.catalog.registry import all_declarations
    from playground.project.templates import templates

    kinds = [one.kind for one in all_declarations()]
    keys = [template.key for template in templates()]
    return {"catalog": _of_plugins(kinds), "templates": _of_plugins(keys)}, [*plugins.failures()]


def print_probes() -> None:
    """Print the probes of plug-ins as JSON; for a process of its own, since it loads torch."""
    from playground.engine.probe_set import declared_probes

    _print("probes", declared_probes())


def print_panels() -> None:
    """Print the panels of plug-ins as JSON, made once to see whether they fail.

    For a process of its own, since it loads Qt.
    """
    from playground.app.document import Document
    from playground.app.main import application
    from playground.app.panels import found
    from playground.app.panels.dock import PanelDock
    from playground.project.project import empty_project

    app = application()
    keys = [panel.key for panel in found()]
    dock = PanelDock(Document(empty_project()))
    dock.choose(_of_plugins(keys))
    dock.fill_menu()
    dock.clear()
    app.processEvents()
    _print("panels", keys)


def _print(part: str, names: Iterable[str]) -> None:
    failures = [[f.plugin, f.part, f.message] for f in _failures(part)]
    print(json.dumps({"names": _of_plugins(names), "failures": failures}))


def _failures(part: str) -> list[Failure]:
    # A single panel that fails is the part "panels acme.name".
    return [f for f in plugins.failures() if f.part.partition(" ")[0] == part]


def _of_plugins(names: Iterable[str]) -> list[str]:
    return [name for name in names if plugins.plugin_of(name) is not None]


def _read_elsewhere(part: str) -> Read:
    program = f"from playground.verbs import plugin_report; plugin_report.print_{part}()"
    try:
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
            check=True,
        )
        found = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        text = tr("could not be checked: {error}", error=error)
        return {}, [Failure(plugin.name, part, text) for plugin in plugins.installed()]
    return {part: found["names"]}, [Failure(*entry) for entry in found["failures"]]
