"""A project as a standalone script: the same net, data, draws and steps, on torch and numpy."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import fill

from playground.catalog.optimizers import SGD
from playground.catalog.schedules import Constant
from playground.export.data import data_source
from playground.export.error import ExportError
from playground.export.evaluation import evaluate_source, proposed_metric
from playground.export.loop import main_source
from playground.export.net import IMPORTS, net_source
from playground.export.sources import Sources
from playground.project.check import Checked, check
from playground.project.project import Project
from playground.project.training import DEFAULT_EPOCHS, Training
from playground.translation import tr

LOOKING_ON = {
    "optimizer": SGD(),
    "schedule": Constant(),
    "warmup_epochs": 0,
    "clip_norm": 0,
    "clip_value": 0,
}
"""A recipe if all weights are frozen: without all that concerns updates."""

HEADER = '''\
"""{about}

It needs torch{and_more}: pip install torch{more}
"""
'''


@dataclass(frozen=True)
class Script:
    """The text of a script, and the numbers that belong in the file beside it, if any."""

    text: str
    stored_name: str
    stored: bytes | None


def script(project: Project, name: str) -> Script:
    """The script called `name` (without .py); raises ExportError or DataError."""
    checked = check(project)
    _refuse_unfit(checked)
    examined = checked.flat
    project = examined.project
    stored_name, sources = f"{name}-data.npz", Sources()
    data = data_source(project, stored_name, sources)
    parts = [*sources.take(), data.text]
    net = net_source(project.graph, examined, sources)
    if not net.learns:
        project = project.with_training(**LOOKING_ON)
    parts += [*sources.take(), net.text]
    metric = proposed_metric(project)
    evaluate = evaluate_source(project, metric, sources)
    main = main_source(project, net, metric, sources)
    parts += [*sources.take(), evaluate, main]
    imports = sources.imports | {IMPORTS[root] for root in net.imports | {"torch", "nn"}}
    if data.stored is not None:
        imports.add("from pathlib import Path")
    first = [
        _header(project, any("sklearn" in part for part in (*imports, *parts))),
        _imports(imports | {"import numpy as np"}),
        _constants(project.training),
    ]
    text = "\n\n\n".join(part.strip("\n") for part in ("\n\n".join(first), *parts)) + "\n"
    return Script(text, stored_name, data.stored)


def _refuse_unfit(checked: Checked) -> None:
    if checked.errors:
        error = checked.errors[0]
        where = f"{checked.project.graph.nodes[error.node].title}: " if error.node else ""
        raise ExportError(
            tr("The project has errors; fix them first. {error}", error=where + error.message)
        )
    if not checked.total_parameters:
        raise ExportError(
            tr(
                "The network has no layer with weights, so there is nothing to train. Add one, "
                "such as Linear."
            )
        )


def _header(project: Project, needs_sklearn: bool) -> str:
    about = fill(
        f'"""A net for {project.data.label}, drawn in Playground. Run it and it trains as it does '
        "there: the same data, initial weights and batches give the same losses.",
        100,
    ).removeprefix('"""')
    and_more = " and numpy, and scikit-learn for the data" if needs_sklearn else " and numpy"
    more = " numpy scikit-learn" if needs_sklearn else " numpy"
    return HEADER.format(about=about, and_more=and_more, more=more).rstrip("\n")


def _imports(lines: Iterable[str]) -> str:
    wanted = set(lines)
    standard = {line for line in wanted if line.split()[1].split(".")[0] in sys.stdlib_module_names}
    blocks = [_sorted(standard), _sorted(wanted - standard)]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _sorted(lines: Iterable[str]) -> list[str]:
    return sorted(lines, key=lambda line: (line.split()[0] == "from", line))


def _constants(training: Training) -> str:
    device = "cpu" if training.device == "auto" else training.device
    epochs = training.max_epochs or DEFAULT_EPOCHS
    return f'EPOCHS, BATCH, DEVICE = {epochs}, {training.batch_size}, "{device}"\n'
