"""What every unit responds to, over the plane of 2-D data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch

from playground.engine.compile import Recorder
from playground.engine.probe import Probe
from playground.engine.probes.plane import extent, grid, is_plane
from playground.engine.trainer import Trainer

SIDE, SHOWN = 20, 16


class UnitProbe(Probe):
    """Maps of the outputs of up to 16 units of every node over the plane.

    "maps": by node, int8 units × side × side, ±127 at the node's own scale, the top row first;
    "scale": by node, the value that 127 stands for; "units": by node, how many units there are;
    "extent": x1 from, to, x2 from, to.
    """

    key: ClassVar[str] = "units"
    help: ClassVar[str] = "What every unit responds to over the plane of 2-D data."
    interval_s: ClassVar[float] = 0.12

    def read(self, trainer: Trainer) -> Mapping[str, Any]:
        """The maps; none if the data has no plane."""
        found: dict[str, Any] = {"maps": {}, "scale": {}, "units": {}}
        if not is_plane(trainer):
            return found
        bounds = extent(trainer)
        recorder = Recorder(trainer.compiled.net, with_grad=False)
        with trainer.evaluating():
            recorder.run(grid(bounds, SIDE).to(trainer.device))
        for node, out in recorder.outputs.items():
            if out.dim() == 2:
                self._add(found, node, out)
        return found | {"extent": bounds}

    def _add(self, found: dict[str, Any], node: str, out: torch.Tensor) -> None:
        values = torch.nan_to_num(out[:, :SHOWN].float(), posinf=0.0, neginf=0.0)
        scale = float(values.abs().max()) or 1.0
        maps = (values / scale * 127).round().to(torch.int8).t().reshape(-1, SIDE, SIDE)
        found["maps"][node] = maps.contiguous().cpu().numpy().astype(np.int8)
        found["scale"][node] = scale
        found["units"][node] = out.shape[1]
