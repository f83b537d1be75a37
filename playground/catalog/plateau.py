"""A plateau watcher that can be saved and resumed; scripts carry only what it derives from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from playground.catalog.schedule_factors import Plateau
from playground.translation import tr


class ResumablePlateau(Plateau):
    """`Plateau` with a state that is saved with a run."""

    def state(self) -> dict[str, Any]:
        """What it has seen, as plain numbers; the best loss is None before the first epoch."""
        best = self.best if math.isfinite(self.best) else None
        return {"best": best, "waited": self.waited, "cut": self.cut}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore a state; raises ValueError if it is not one."""
        best = math.inf if state["best"] is None else float(state["best"])
        waited, cut = int(state["waited"]), float(state["cut"])
        if math.isnan(best) or waited < 0 or not 0 <= cut <= 1:
            raise ValueError(tr("the state of the schedule is invalid: {state}", state=dict(state)))
        self.best, self.waited, self.cut = best, waited, cut
