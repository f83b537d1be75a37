"""The part of a script that makes the examples: drawn, split and scaled as the app does it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from textwrap import indent

import numpy as np

from playground.catalog.datasets.dataset import Dataset, Target
from playground.catalog.datasets.scaling import Scaled, ScaledLabels
from playground.catalog.losses import Loss
from playground.export.recipes import RECIPES
from playground.project.project import Project

SPLIT = '''\
def examples():
    """Features and labels, those for training and those kept aside for validation."""
    x, y = draw(np.random.default_rng({seed}))
    order = np.random.default_rng([{seed}, 1]).permutation(len(x))
    held = min(max(1, round(len(x) * {validation})), len(x) - 1)
    val, train = order[:held], order[held:]
    x_train, x_val, y_train, y_val = x[train], x[val], y[train], y[val]
'''

SCALED = '''\
def scaled(train, val):
    """Both parts scaled column by column, as the training part alone shows."""
    train, val = train.astype(np.float64), val.astype(np.float64)
    start, width = {measures}
    width = np.where(width > 0, width, 1.0)
    return [((part - start) / width).astype(np.float32) for part in (train, val)]
'''

MEASURES = {
    "standardise": "train.mean(0), train.std(0)",
    "min-max": "train.min(0), train.max(0) - train.min(0)",
}

STORED = """\
# {label}, as it was read when this script was written.
with np.load(Path(__file__).with_name({name!r})) as stored:
    return stored["x"], stored["y"]
"""


@dataclass(frozen=True)
class DataSource:
    """The text of the part, and the numbers to write beside the script if there are any."""

    text: str
    stored: bytes | None = None


def data_source(project: Project, stored_name: str) -> DataSource:
    """The part of a script that makes the examples of a data set, as the objective wants them."""
    data, stored = project.data, None
    if data.kind in RECIPES:
        body = RECIPES[data.kind].format(**data.options())
    else:
        body = STORED.format(label=data.label, name=stored_name)
        stored = _numbers(data)
    lines = [f'def draw(rng):\n    """{data.label}: all examples and their labels."""']
    lines.append(indent(body, "    "))
    return DataSource("\n".join(lines) + _scaling(data) + _split(project), stored)


def _numbers(data: Dataset) -> bytes:
    x, y = data.draw(np.random.default_rng(data.seed))
    buffer = io.BytesIO()
    np.savez_compressed(buffer, x=x, y=y)
    return buffer.getvalue()


def _how_features(data: Dataset) -> str:
    return data.normalise if isinstance(data, Scaled) else "none"


def _scales_labels(data: Dataset) -> bool:
    is_wished = isinstance(data, ScaledLabels) and data.scale_target
    return is_wished and data.target().task == "regression"


def _scaling(data: Dataset) -> str:
    how = _how_features(data)
    text = ""
    if how != "none":
        text += "\n\n" + SCALED.format(measures=MEASURES[how])
    if _scales_labels(data) and how != "standardise":
        measures = MEASURES["standardise"]
        text += "\n\n" + SCALED.replace("scaled(", "standardised(").format(measures=measures)
    return text


def _split(project: Project) -> str:
    data, padding = project.data, project.data.padding()
    text = "\n\n" + SPLIT.format(seed=data.seed, validation=data.validation)
    how = _how_features(data)
    if how != "none":
        text += "    x_train, x_val = scaled(x_train, x_val)\n"
    if _scales_labels(data):
        name = "scaled" if how == "standardise" else "standardised"
        text += f"    y_train, y_val = {name}(y_train, y_val)\n"
    text += "    x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)\n"
    is_double = project.training.precision == "float64"
    if is_double and data.features().dtype == "float":
        text += "    x_train, x_val = x_train.double(), x_val.double()\n"
    for part in ("train", "val"):
        text += f"    y_{part} = {_labels(project, part)}\n"
        if project.training.objective.kind in ("causal_lm", "masked_lm") and padding is not None:
            asked = f"y_{part}.masked_fill(y_{part} == {padding}, -100)"
            text += f"    y_{part} = {asked}  # padding is not asked for\n"
    return text + "    return x_train, y_train, x_val, y_val\n"


def _labels(project: Project, part: str) -> str:
    kind = project.training.objective.kind
    if kind == "autoencoder":
        return f"x_{part}.flatten(1)"
    if kind == "causal_lm":
        end = f"torch.full_like(x_{part}[:, :1], -100)"
        return f"torch.cat([x_{part}[:, 1:], {end}], 1)  # the token that comes next"
    if kind == "masked_lm":
        return f"x_{part}"
    return _encoded(project, f"y_{part}")


def _encoded(project: Project, part: str) -> str:
    target, loss = project.data.target(), project.training.loss
    is_double = project.training.precision == "float64"
    encoding, real = loss.encoding(target), "double" if is_double else "float"
    tensor = f"torch.from_numpy({part})"
    if encoding == "index":
        return tensor
    if encoding == "one_hot":
        count = len(target.classes)
        return f"nn.functional.one_hot({tensor}, {count}).{real}(){_smoothing(loss, target)}"
    values = f"{tensor}.{real}().reshape(len({part}), -1)"
    return f"{values} * 2 - 1" if encoding == "signed" else values + _smoothing(loss, target)


def _smoothing(loss: Loss, target: Target) -> str:
    taken, added = loss.smoothing(target)
    return f" * (1 - {taken!r}) + {added!r}" if taken else ""
