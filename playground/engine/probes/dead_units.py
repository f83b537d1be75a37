"""Which units of a rectifier never fire, and since when."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.engine.compile import Recorder
from playground.engine.probe import Floats, Probe
from playground.engine.trainer import Trainer
from playground.translation import tr

PROBE_SET = 2048
CHUNK = 512
COLUMNS = 400


class DeadUnitProbe(Probe):
    """A unit is dead when it is silent on every training example: its gradient is 0 then too.

    By node: "dead" bool, "since" float32 (the epoch at which it was first found, NaN while it
    lives), "firing" float32 (share of the probe set on which it is above 0), one per unit; a unit
    is a feature of a vector, a channel of an image. "over_time": "epoch" and, by node, "counts".
    "examples": size of the probe set. "causes": by node, one sentence or "".
    """

    key: ClassVar[str] = "dead_units"
    help: ClassVar[str] = "Which ReLU units never fire on the training examples, and since when."
    interval_s: ClassVar[float] = 0.2

    def __init__(self) -> None:
        self._since: dict[str, np.ndarray] = {}
        self._epochs: list[float] = []
        self._counts: list[dict[str, int]] = []

    def read(self, trainer: Trainer) -> Mapping[str, Any]:
        """The units of every rectifier in the net."""
        nodes = _rectifiers(trainer)
        self._forget_after(trainer.epoch)
        firing = _firing(trainer, nodes, trainer.objective.train.x[:PROBE_SET])
        silent = {node: rates == 0 for node, rates in firing.items()}
        if len(trainer.objective.train) > PROBE_SET and any(s.any() for s in silent.values()):
            # Rarely is not never: a unit that is silent here must be silent on all examples.
            everywhere = _firing(trainer, nodes, trainer.objective.train.x)
            silent = {node: silent[node] & (everywhere[node] == 0) for node in silent}
        self._remember(silent, trainer.epoch)
        return {
            "nodes": tuple(silent),
            "dead": silent,
            "since": {node: self._since[node].copy() for node in silent},
            "firing": firing,
            "over_time": {
                "epoch": np.array(self._epochs, np.float32),
                "counts": {
                    n: np.array([c.get(n, 0) for c in self._counts], np.int32) for n in silent
                },
            },
            "examples": min(PROBE_SET, len(trainer.objective.train)),
            "causes": {node: _cause(trainer, node, dead) for node, dead in silent.items()},
        }

    def memory(self) -> Mapping[str, Floats]:
        """Since when units are dead, and how many were over time."""
        found = {f"since.{node}": since for node, since in self._since.items()}
        for node in self._since:
            counts = [column.get(node, 0) for column in self._counts]
            found[f"counts.{node}"] = np.array(counts, np.float32)
        return {**found, "epoch": np.array(self._epochs, np.float32)}

    def recall(self, memory: Mapping[str, Floats]) -> None:
        """Restore a memory; an invalid one is ignored."""
        epochs = memory.get("epoch", np.empty(0, np.float32))
        counts = {n.removeprefix("counts."): c for n, c in memory.items() if n[:7] == "counts."}
        since = {n.removeprefix("since."): s for n, s in memory.items() if n[:6] == "since."}
        if not np.isfinite([*epochs.flat, *(x for c in counts.values() for x in c.flat)]).all():
            return
        if len(epochs) >= COLUMNS or any(c.shape != epochs.shape for c in counts.values()):
            return
        if epochs.ndim != 1 or any(s.ndim != 1 for s in since.values()):
            return
        self._since = {node: values.copy() for node, values in since.items()}
        self._epochs = [float(epoch) for epoch in epochs]
        self._counts = [
            {node: int(column[at]) for node, column in counts.items()} for at in range(len(epochs))
        ]

    def _forget_after(self, epoch: float) -> None:
        # The run was rewound: what was found later has not happened.
        kept = sum(1 for found in self._epochs if found < epoch)
        self._epochs, self._counts = self._epochs[:kept], self._counts[:kept]
        for node, since in self._since.items():
            self._since[node] = np.where(since <= epoch, since, np.nan).astype(np.float32)

    def _remember(self, silent: Mapping[str, np.ndarray], epoch: float) -> None:
        for node, dead in silent.items():
            since = self._since.get(node)
            if since is None or len(since) != len(dead):
                since = np.full(len(dead), np.nan, np.float32)
            began = np.where(np.isnan(since), np.float32(epoch), since)
            self._since[node] = np.where(dead, began, np.nan).astype(np.float32)
        self._epochs.append(epoch)
        self._counts.append({node: int(dead.sum()) for node, dead in silent.items()})
        if len(self._epochs) >= COLUMNS:
            self._epochs, self._counts = self._epochs[::2], self._counts[::2]


def _rectifiers(trainer: Trainer) -> tuple[str, ...]:
    # One that is bypassed cuts nothing off, so nothing dies of it.
    nodes = trainer.project.graph.nodes
    return tuple(
        n
        for n in trainer.compiled.nodes
        if nodes[n].layer.is_rectifier and not nodes[n].is_bypassed
    )


def _firing(trainer: Trainer, nodes: tuple[str, ...], x: Tensor) -> dict[str, np.ndarray]:
    totals: dict[str, Tensor] = {}
    counts: dict[str, int] = {}
    for part in x.split(CHUNK):
        recorder = Recorder(trainer.compiled.net, with_grad=False)
        with trainer.evaluating():
            recorder.run(part)
        for node in nodes:
            fires = recorder.outputs[node] > 0
            rest = [axis for axis in range(fires.dim()) if axis != 1]
            fired = fires.sum(rest) if fires.dim() > 1 else fires.sum()[None]
            totals[node] = totals.get(node, torch.zeros_like(fired)) + fired
            counts[node] = counts.get(node, 0) + fires.numel() // max(1, len(fired))
    return {n: (totals[n].cpu().numpy() / counts[n]).astype(np.float32) for n in totals}


def _cause(trainer: Trainer, node: str, dead: np.ndarray) -> str:
    edges = trainer.project.graph.inputs_in_order(node)
    if not dead.any() or not edges:
        return ""
    biases = [
        p for name, p in trainer.compiled.parameters.get(edges[0].source, ()) if name == "bias"
    ]
    if not biases or len(biases[0]) != len(dead):
        return tr("Their inputs are below 0 for every example.")
    mean = float(biases[0].detach().cpu()[torch.from_numpy(dead)].mean())
    if mean < 0:
        return tr("Their biases are below 0: {mean} on average.", mean=f"{mean:.2g}")
    return tr("Their weights make the sum negative for every example.")
