"""The probes of a run: found by discovery, read when due, within a budget of time."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import numpy as np
import torch
from torch import Tensor

import playground.engine.probes
from playground.engine.probe import Floats, Probe
from playground.engine.trainer import Trainer
from playground.plugins import classes_of

BUDGET = 0.05
"""Share of the time that all probes together may take while training runs."""
CREDIT_S = 0.25


@cache
def declared_probes() -> Mapping[str, type[Probe]]:
    """Every probe by its key, those of plug-ins included."""
    package = playground.engine.probes
    return {found.key: found for found in classes_of(package, "probes", Probe, "key")}


class Probes:
    """The probes of a run: which are due, and what they may cost."""

    def __init__(self) -> None:
        self._probes: dict[str, Probe] = {}
        self._next: dict[str, float] = {}
        self._cost_s: dict[str, float] = {}
        self._credit_s = CREDIT_S
        self._credited = time.perf_counter()

    def get(self, key: str) -> Probe | None:
        """The probe of that key, created at the first request; None for an unknown key."""
        if key not in self._probes and key in declared_probes():
            self._probes[key] = declared_probes()[key]()
        return self._probes.get(key)

    def due(self, keys: Iterable[str]) -> list[str]:
        """Those of `keys` that are due and whose usual cost is in the budget."""
        now = time.perf_counter()
        self._credit_s = min(CREDIT_S, self._credit_s + BUDGET * (now - self._credited))
        self._credited = now
        found, credit = [], self._credit_s
        for key in sorted(keys, key=lambda key: self._next.get(key, 0.0)):
            cost = min(self._cost_s.get(key, 0.0), CREDIT_S)
            if self._next.get(key, 0.0) <= now and cost <= credit:
                found.append(key)
                credit -= cost
        return found

    def watches_step(self, keys: Iterable[str]) -> bool:
        """Whether one of `keys` wants the next step watched."""
        return any(key in declared_probes() and declared_probes()[key].watches_step for key in keys)

    def read(self, keys: Iterable[str], trainer: Trainer) -> dict[str, Mapping[str, Any]]:
        """What these probes read now, by key."""
        found = {}
        for key in keys:
            probe = self.get(key)
            if probe is None:
                continue
            began = time.perf_counter()
            reading = probe.read(trainer)
            ended = time.perf_counter()
            self._spend(key, began, ended)
            if reading is not None:
                found[key] = reading
        return found

    def memory(self) -> dict[str, Tensor]:
        """What the probes remember, by key of the probe and name."""
        return {
            f"{key}.{name}": torch.from_numpy(np.array(values, np.float32))
            for key, probe in self._probes.items()
            for name, values in probe.memory().items()
        }

    def recall(self, memory: Mapping[str, Tensor]) -> None:
        """Hand what was saved back to the probes."""
        found: dict[str, dict[str, Floats]] = {}
        for path, tensor in memory.items():
            key = next((key for key in declared_probes() if path.startswith(f"{key}.")), "")
            found.setdefault(key, {})[path.removeprefix(f"{key}.")] = tensor.float().cpu().numpy()
        for key, own in found.items():
            probe = self.get(key)
            if probe is not None:
                probe.recall(own)

    def _spend(self, key: str, began: float, ended: float) -> None:
        self._credit_s -= ended - began
        self._cost_s[key] = 0.7 * self._cost_s.get(key, ended - began) + 0.3 * (ended - began)
        self._next[key] = ended + declared_probes()[key].interval_s
