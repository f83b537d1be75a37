"""The curves of a saved run as a table."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping

from playground.export.error import ExportError
from playground.translation import tr

TENSORS, PREFIX = "training.safetensors", "history."
FIRST = ("step", "epoch", "train_loss", "val_loss")


def history_csv(state: Mapping[str, bytes] | None) -> str:
    """The history in the state of a .nplay as CSV, an empty cell if nothing was measured."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    if state is None:
        raise ExportError(
            tr(
                "This file contains no run. Train it first, with playground train FILE --out FILE "
                "or in the window, and save it."
            )
        )
    try:
        tensors = load(state[TENSORS])
    except (KeyError, SafetensorError, ValueError) as error:
        raise ExportError(tr("The saved run is damaged: {error}.", error=error)) from error
    columns = {
        name.removeprefix(PREFIX): tensor.tolist()
        for name, tensor in tensors.items()
        if name.startswith(PREFIX)
    }
    if not columns:
        raise ExportError(
            tr("This file contains weights, but no history of how they were trained.")
        )
    names = [name for name in FIRST if name in columns]
    names += sorted(set(columns) - set(FIRST))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(names)
    for row in zip(*(columns[name] for name in names), strict=True):
        writer.writerow([_cell(value) for value in row])
    return out.getvalue()


def _cell(value: float) -> str:
    if not math.isfinite(value):
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)
