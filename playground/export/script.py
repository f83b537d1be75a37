"""A project as a script of its own: the same net, data, draws and steps, on torch and numpy."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import fill

from playground.catalog.optimizers import SGD
from playground.catalog.schedules import Constant
from playground.export.data import data_source
from playground.export.error import ExportError
from playground.export.net import IMPORTS, NetSource, net_source
from playground.export.training import (
    evaluate_source,
    loop_parts,
    main_source,
    own_rules,
    uses_math,
)
from playground.project.check import check
from playground.project.project import Project
from playground.project.training import Training

EPOCHS = 100
"""How long a script trains where the project sets no end."""

LOOKING_ON = {
    "optimizer": SGD(),
    "schedule": Constant(),
    "warmup_epochs": 0,
    "clip_norm": 0,
    "clip_value": 0,
}
"""What is left of a recipe where all weights are frozen: nothing that has to do with steps."""

STANDARD = frozenset({"import math", "import operator"})

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
    if checked.errors:
        first = checked.errors[0]
        place = f"{project.graph.nodes[first.node].title}: " if first.node else ""
        raise ExportError(
            f"The project has errors, so there is nothing to run. {place}{first.message}"
        )
    if not checked.total_parameters:
        raise ExportError("The net learns nothing: it has no layer with weights, such as Linear.")
    examined = checked.flat
    project = examined.project
    stored_name = f"{name}-data.npz"
    data = data_source(project, stored_name)
    net = net_source(project.graph, examined)
    if not net.learns:
        project = project.with_training(**LOOKING_ON)
    is_stored = data.stored is not None
    needs_sklearn = "from sklearn" in data.text
    parts = [
        _header(project, needs_sklearn),
        _imports(net, is_stored, uses_math(project)) + "\n\n" + _constants(project.training),
        data.text,
        net.text,
        *own_rules(project),
        evaluate_source(project),
        *loop_parts(project),
        main_source(project, net, examined.total_parameters),
    ]
    return Script("\n\n".join(parts).replace("\n\n\n\n", "\n\n\n"), stored_name, data.stored)


def _header(project: Project, needs_sklearn: bool) -> str:
    about = fill(
        f"A net for {project.data.label}, drawn in Playground. Run it and it trains as it does "
        "there: the same data, initial weights and batches give the same losses.",
        98,
    )
    and_more = " and numpy, and scikit-learn for the data" if needs_sklearn else " and numpy"
    more = " numpy scikit-learn" if needs_sklearn else " numpy"
    return HEADER.format(about=about, and_more=and_more, more=more).rstrip("\n")


def _imports(net: NetSource, is_stored: bool, needs_math: bool) -> str:
    roots = net.imports | {"torch", "nn"} | ({"math"} if needs_math else set())
    wanted = {IMPORTS[root] for root in roots} | {"import numpy as np"}
    standard = sorted(wanted & STANDARD)
    if is_stored:
        standard.append("from pathlib import Path")
    others = sorted(wanted - STANDARD, key=lambda line: (line.split()[0] == "from", line))
    return "\n".join([*standard, *([""] if standard else []), *others])


def _constants(training: Training) -> str:
    device = "cpu" if training.device == "auto" else training.device
    epochs = training.max_epochs or EPOCHS
    return f'EPOCHS, BATCH, DEVICE = {epochs}, {training.batch_size}, "{device}"\n'
