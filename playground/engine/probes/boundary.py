"""What the net says everywhere in the plane, or along the line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.engine.probe import Probe
from playground.engine.probes.plane import extent, grid, is_plane
from playground.engine.trainer import Trainer

SIDE, POINTS = 80, 200


class BoundaryProbe(Probe):
    """The net's answer over a grid, the top row first.

    For two classes "grid" is the probability of the second, float32; for more "classes" is the
    likeliest, int16, and "confidence" its probability; for regression "grid" is the value; over
    one feature "x" and "y" are a curve. "extent": x1 from, to, x2 from, to.
    """

    key: ClassVar[str] = "boundary"
    help: ClassVar[str] = "What the net predicts everywhere in the plane, or along the line."
    interval_s: ClassVar[float] = 0.12

    def read(self, trainer: Trainer) -> Mapping[str, Any] | None:
        """The answer; None if the data has more than two features."""
        examples = trainer.objective.examples
        task = trainer.objective.target.task
        if examples.x_train.shape[1:] == (1,) and task == "regression":
            return _curve(trainer)
        if not is_plane(trainer) or task not in ("regression", "binary", "classes"):
            return None
        bounds = extent(trainer)
        outputs = trainer.outputs(grid(bounds, SIDE).to(trainer.device)).float().cpu()
        return {**_answer(outputs, trainer), "extent": bounds}


def _curve(trainer: Trainer) -> Mapping[str, Any]:
    x = trainer.objective.examples.x_train
    pad = float(np.ptp(x)) * 0.05 + 1e-3
    points = torch.linspace(float(x.min()) - pad, float(x.max()) + pad, POINTS)[:, None]
    y = trainer.outputs(points.to(trainer.device))[:, 0].float().cpu().numpy()
    return {"kind": "curve", "x": points[:, 0].numpy(), "y": y}


def _answer(outputs: Tensor, trainer: Trainer) -> dict[str, Any]:
    task = trainer.objective.target.task
    # The softmax of log-probabilities are the probabilities.
    expects = trainer.project.training.loss.expects
    is_logits = expects in ("logits", "margins", "log_probabilities")
    if task == "regression":
        return {"kind": "values", "grid": outputs[:, 0].reshape(SIDE, SIDE).numpy()}
    if outputs.shape[1] == 1:
        chance = outputs[:, 0].sigmoid() if is_logits else outputs[:, 0].clamp(0, 1)
        return {"kind": "binary", "grid": chance.reshape(SIDE, SIDE).numpy()}
    chances = outputs.softmax(1) if is_logits else outputs.clamp(0, 1)
    if outputs.shape[1] == 2:
        return {"kind": "binary", "grid": chances[:, 1].reshape(SIDE, SIDE).numpy()}
    best, which = chances.max(1)
    return {
        "kind": "classes",
        "classes": which.reshape(SIDE, SIDE).numpy().astype(np.int16),
        "confidence": best.reshape(SIDE, SIDE).numpy(),
    }
