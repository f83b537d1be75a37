"""Projects for the tests, and the same training written directly in torch."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.datasets.dataset import Dataset
from playground.catalog.datasets.toy import Moons
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.registry import make_layer
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer
from playground.project.project import Project

MOONS = Moons(count=150, seed=3)


def chain(*layers: Layer, data: Dataset = MOONS, **training: Any) -> Project:
    """Input, these layers one after the other under the ids n1, n2, ..., Output."""
    nodes = [("input1", make_layer({"kind": "Input"}))]
    nodes += [(f"n{i}", layer) for i, layer in enumerate(layers, 1)]
    nodes += [("output1", make_layer({"kind": "Output"}))]
    return net(
        dict(nodes), [(a, b) for (a, _), (b, _) in itertools.pairwise(nodes)], data, **training
    )


def net(
    layers: dict[str, Layer], wires: Iterable[tuple[str, str]], data: Dataset, **training: Any
) -> Project:
    """A project of these layers by id, and wires between them."""
    graph = Graph()
    for node_id, layer in layers.items():
        graph = graph.add(Node(node_id, layer))
    for source, target in wires:
        graph = graph.connect(Edge(source, target))
    return Project(graph, data).with_training(**({"batch_size": 16, "seed": 7} | training))


def mlp(**training: Any) -> Project:
    """2-8-8-1 with tanh and ReLU on moons."""
    return chain(
        Linear(out_features=8), Tanh(), Linear(out_features=8), ReLU(), Linear(out_features=1),
        **training,
    )  # fmt: skip


def losses(trainer: Trainer, steps: int) -> list[float]:
    """The loss of each of the next steps."""
    found = []
    running = trainer.run()
    for _ in range(steps):
        next(running)
        trainer.read_losses()
        found.append(trainer.last_train_loss)
    return found


def train(trainer: Trainer, steps: int) -> Trainer:
    """So many steps."""
    running = trainer.run()
    for _ in range(steps):
        next(running)
    trainer.read_losses()
    return trainer


def weights(trainer: Trainer) -> dict[str, Tensor]:
    """A copy of everything the net holds."""
    return {name: t.detach().clone() for name, t in trainer.net.state_dict().items()}


def same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    """Whether both hold the same numbers bit for bit."""
    return first.keys() == second.keys() and all(
        torch.equal(first[name], second[name]) for name in first
    )


def written_in_torch(
    make_net: Callable[[], nn.Module],
    make_optimizer: Callable[[Any], torch.optim.Optimizer],
    loss: Callable[[Tensor, Tensor], Tensor],
    x: np.ndarray,
    y: Tensor,
    *,
    steps: int,
    batch_size: int = 16,
    seed: int = 7,
    penalty: Callable[[nn.Module], Tensor] | None = None,
) -> list[float]:
    """The losses of a training loop as any textbook has it."""
    torch.manual_seed(seed)
    module = make_net()
    optimizer = make_optimizer(module.parameters())
    order = torch.Generator().manual_seed(seed)
    features = torch.from_numpy(x)
    found: list[float] = []
    module.train()
    while True:
        for index in torch.randperm(len(features), generator=order).split(batch_size):
            optimizer.zero_grad()
            value = loss(module(features[index]), y[index])
            whole = value if penalty is None else value + penalty(module)
            whole.backward()
            optimizer.step()
            found.append(float(value.detach()))
            if len(found) == steps:
                return found


def gradients(trainer: Trainer) -> list[Tensor]:
    """What the last step pulled at every parameter with."""
    return [p.grad.clone() for p in trainer.parameters if p.grad is not None]
