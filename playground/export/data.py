"""The part of a script that makes the examples: drawn, split and scaled as the app does it."""

from __future__ import annotations

import io
from dataclasses import dataclass
from textwrap import indent

import numpy as np

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.scaling import Scaled, ScaledLabels
from playground.catalog.losses import Loss
from playground.export.recipes import RECIPES

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


def data_source(data: Dataset, loss: Loss, stored_name: str) -> DataSource:
    """The part of a script that makes the examples of a data set."""
    stored = None
    if data.kind in RECIPES:
        body = RECIPES[data.kind].format(**data.options())
    else:
        body = STORED.format(label=data.label, name=stored_name)
        stored = _numbers(data)
    lines = [f'def draw(rng):\n    """{data.label}: all examples and their labels."""']
    lines.append(indent(body, "    "))
    return DataSource("\n".join(lines) + _scaling(data) + _split(data, loss), stored)


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


def _split(data: Dataset, loss: Loss) -> str:
    text = "\n\n" + SPLIT.format(seed=data.seed, validation=data.validation)
    how = _how_features(data)
    if how != "none":
        text += "    x_train, x_val = scaled(x_train, x_val)\n"
    if _scales_labels(data):
        name = "scaled" if how == "standardise" else "standardised"
        text += f"    y_train, y_val = {name}(y_train, y_val)\n"
    text += "    x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)\n"
    for part in ("y_train", "y_val"):
        text += f"    {part} = {_encoded(data, loss, part)}\n"
    return text + "    return x_train, y_train, x_val, y_val\n"


def _encoded(data: Dataset, loss: Loss, part: str) -> str:
    target = data.target()
    encoding = loss.encoding(target)
    tensor = f"torch.from_numpy({part})"
    if encoding == "index":
        return tensor
    if encoding == "one_hot":
        return f"nn.functional.one_hot({tensor}, {len(target.classes)}).float()"
    return f"{tensor}.float().reshape(len({part}), -1)"
