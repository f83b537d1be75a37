"""The nets that are timed: as projects, and as bare torch loops."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.losses import Loss
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import make, make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.project.project import Project


def chain(kinds: list[dict[str, Any]]) -> Graph:
    """Layers one after the other, between an Input and an Output."""
    graph = Graph().add(Node("input1", make_layer({"kind": "Input"})))
    last, x = "input1", 0.0
    for kind in [*kinds, {"kind": "Output"}]:
        x += 190
        graph, new = graph.add_layer(make_layer(kind), x, 0.0)
        graph = graph.connect(Edge(last, new))
        last = new
    return graph


def linear(units: int) -> dict[str, Any]:
    """A Linear layer as plain values."""
    return {"kind": "Linear", "out_features": units}


def tiny() -> Project:
    """2-4-2-1 with tanh, batch 10, plain SGD."""
    tanh = {"kind": "Tanh"}
    project = Project(chain([linear(4), tanh, linear(2), tanh, linear(1)]))
    optimizer = make(Optimizer, {"kind": "sgd", "lr": 0.1})
    return project.with_training(batch_size=10, optimizer=optimizer)


def batch_norm() -> Project:
    """20-64-32-3 with batch norm and ReLU, batch 64, Adam."""
    norm, relu = {"kind": "BatchNorm"}, {"kind": "ReLU"}
    graph = chain([linear(64), norm, relu, linear(32), norm, relu, linear(3)])
    data = make(Dataset, {"kind": "csv", "path": str(_table())})
    return Project(graph, data).with_training(
        batch_size=64, loss=make(Loss, "cross_entropy"), optimizer=make(Optimizer, "adam")
    )


def _table() -> Path:
    path = Path(tempfile.gettempdir()) / "playground-bench-20-features.csv"
    generator = np.random.default_rng(0)
    x = generator.normal(size=(2000, 20))
    labels = (x @ generator.normal(size=(20, 3))).argmax(1)
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*(f"x{i}" for i in range(20)), "label"])
        writer.writerows([*row.round(4), f"class {c}"] for row, c in zip(x, labels, strict=True))
    return path


def bare_loop(name: str) -> Callable[[int], None]:
    """The same net as torch alone would train it: fused optimizer, indexed tensors, no .item()."""
    import torch
    from torch import nn

    torch.set_num_threads(1)
    torch.manual_seed(1)
    examples = PROJECTS[name]().data.load()
    x, y = torch.from_numpy(examples.x_train), torch.from_numpy(examples.y_train)
    if name == "2-4-2-1":
        net = nn.Sequential(nn.Linear(2, 4), nn.Tanh(), nn.Linear(4, 2), nn.Tanh(), nn.Linear(2, 1))
        optimizer: Any = torch.optim.SGD(net.parameters(), lr=0.1, fused=True)
        loss_of: Any = nn.BCEWithLogitsLoss()
        y, size = y.float()[:, None], 10
    else:
        net = nn.Sequential(
            nn.Linear(20, 64), nn.BatchNorm1d(64), nn.ReLU(),
            nn.Linear(64, 32), nn.BatchNorm1d(32), nn.ReLU(), nn.Linear(32, 3),
        )  # fmt: skip
        optimizer = torch.optim.Adam(net.parameters(), lr=0.01, fused=True)
        loss_of, size = nn.CrossEntropyLoss(), 64

    def run(steps: int) -> None:
        order, at = torch.randperm(len(x)), 0
        for _ in range(steps):
            if at + size > len(x):
                order, at = torch.randperm(len(x)), 0
            batch = order[at : at + size]
            at += size
            optimizer.zero_grad(set_to_none=True)
            loss = loss_of(net(x[batch]), y[batch])
            loss.backward()
            optimizer.step()

    return run


PROJECTS: dict[str, Callable[[], Project]] = {"2-4-2-1": tiny, "20-64-32-3 batch norm": batch_norm}
