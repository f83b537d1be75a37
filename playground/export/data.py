"""The part of a script that makes the examples: drawn, split and scaled as in the program."""

from __future__ import annotations

import io
from dataclasses import dataclass

import numpy as np

from playground.catalog.bound import arguments_from
from playground.catalog.datasets.dataset import SCALINGS, Dataset, Scaling
from playground.catalog.datasets.preparation import split
from playground.catalog.label_functions import LabelFunction, encoders
from playground.export.sources import Sources
from playground.export.text import call_text, flatten_text, indented
from playground.project.project import Project

LABELS, TOKENS = "playground.engine.labels", "playground.engine.tokens"
STORED = '''\
def read():
    """{label}, as it was read when this script was written."""
    with np.load(Path(__file__).with_name({name!r})) as stored:
        return stored["x"], stored["y"]


'''
HELP = '"""Features and labels of the training set, then those of the validation set."""'


@dataclass(frozen=True)
class DataSource:
    """The text of the part, and the numbers to write beside the script if there are any."""

    text: str
    stored: bytes | None = None


def data_source(project: Project, stored_name: str, sources: Sources) -> DataSource:
    """The part of a script that makes the examples of a data set, as the objective wants them."""
    data, stored, before = project.data, None, ""
    function = type(data).function
    if function is not None and data.draws_with_function():
        rng, options = f"np.random.default_rng({data.seed})", arguments_from(function, data)
        drawn = call_text(sources.of(function), [rng], options)
    else:
        before, drawn = STORED.format(label=data.label, name=stored_name), "read()"
        stored = _numbers(data)
    parts = {"validation": data.validation, "seed": data.seed}
    lines = [
        HELP,
        f"x, y = {drawn}",
        f"x_train, y_train, x_val, y_val = {call_text(sources.of(split), ['x', 'y'], parts)}",
        *_scaled(
            "x", data.feature_scaling() if data.features().dtype == "float" else "none", sources
        ),
        *_scaled("y", data.label_scaling(), sources),
        *_features(project),
        *(f"y_{part} = {_labels(project, part, sources)}" for part in ("train", "val")),
        "return x_train, y_train, x_val, y_val",
    ]
    body = "\n".join(indented(lines))
    return DataSource(f"{before}def examples():\n{body}\n", stored)


def _numbers(data: Dataset) -> bytes:
    x, y = data.draw(np.random.default_rng(data.seed))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=x, y=y)
    return buffer.getvalue()


def _scaled(name: str, how: Scaling, sources: Sources) -> list[str]:
    if how == "none":
        return []
    parts = f"{name}_train, {name}_val"
    return [f"{parts} = {sources.of(SCALINGS[how])}({parts})"]


def _features(project: Project) -> list[str]:
    lines = ["x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)"]
    is_double = project.training.dtype == "float64"
    if is_double and project.data.features().dtype == "float":
        lines.append("x_train, x_val = x_train.double(), x_val.double()")
    return lines


def _labels(project: Project, part: str, sources: Sources) -> str:
    comparison, padding = project.training.objective.comparison, project.data.padding()
    x = f"x_{part}"
    if comparison.feature_axes is not None:
        return x + flatten_text(comparison.feature_axes)
    if not comparison.token_labels:
        return _encoded(project, f"y_{part}", sources)
    if comparison.hides_tokens and padding is None:
        return x  # every token can be asked for
    options = {} if padding is None else {"padding": padding}
    return call_text(sources.named(TOKENS, comparison.token_labels), [x], options)


def _encoded(project: Project, labels: str, sources: Sources) -> str:
    for function in encoders(project.training.loss, project.data.target()):
        labels = label_call(function, labels, project, sources)
    return labels


def label_call(function: LabelFunction, labels: str, project: Project, sources: Sources) -> str:
    """The call of a function of the engine that takes labels."""
    arguments = [labels, *map(repr, function.arguments)]
    if function.takes_dtype:
        arguments.append(f"torch.{project.training.dtype}")
    return f"{sources.named(LABELS, function.name)}({', '.join(arguments)})"
