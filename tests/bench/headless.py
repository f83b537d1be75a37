"""Steps per second of the trainer without a window, over a bare loop of the same net."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from playground.engine.tokens import NOT_ASKED, masked
from playground.engine.trainer import FIRST_EPOCHS, Trainer
from playground.project.project import Project
from tests.engine import whole_nets as nets

TURNS, SECONDS = 24, 0.25
FEWEST = 4
"""Steps of a turn at least, however long one takes."""


@dataclass(frozen=True)
class Timed:
    """A net as a project and in torch, how many examples there are, and how many a batch."""

    project: Project
    plain: Callable[[], nn.Module]
    examples: int
    batch: int

    @property
    def recipe(self) -> Project:
        """The project, over so many examples."""
        data = self.project.data.model_copy(update={"count": self.examples})
        return replace(self.project, data=data).with_training(batch_size=self.batch)


NETS = {
    "MLP": Timed(nets.mlp(), nets.plain_mlp, 2500, 64),
    "CNN": Timed(nets.cnn(), nets.plain_cnn, 640, 32),
    "CNN for colour": Timed(nets.pairs(), nets.plain_pairs, 640, 32),
    "LSTM": Timed(nets.lstm(), nets.PlainLSTM, 1250, 32),
    "bidirectional GRU": Timed(nets.gru(), nets.PlainGRU, 1250, 32),
    "encoder": Timed(
        nets.transformer(False, "masked_lm"), lambda: nets.PlainTransformer(False), 1250, 32
    ),
    "decoder": Timed(
        nets.transformer(True, "causal_lm"), lambda: nets.PlainTransformer(True), 1250, 32
    ),
    "ResNet-18": Timed(nets.resnet18(), nets.PlainResNet18, 160, 4),
}


def measure() -> dict[str, float]:
    """For each net: the ratio of steps/s."""
    return {f"headless steps/s ÷ bare torch, {name}": ratio(net) for name, net in NETS.items()}


def ratio(timed: Timed) -> float:
    """The middle one of the ratios of a few turns, so that a noisy neighbour hits both."""
    trainer = Trainer(timed.recipe, evaluation_share=0.02)
    threads = trainer.choice.threads
    # The first epochs are all looked at, in half a second at most; what is timed is the long run.
    trainer.epochs_done = FIRST_EPOCHS
    running = trainer.run()
    bare = bare_loop(timed.recipe, timed.plain)

    def ours(steps: int) -> None:
        for _ in range(steps):
            next(running)

    best = fastest(bare)
    steps_per_s(ours, SECONDS, threads)
    found = []
    for turn in range(TURNS):
        # Who begins changes from turn to turn.
        ahead = steps_per_s(ours, SECONDS, threads) if turn % 2 else 0.0
        other = steps_per_s(bare, SECONDS, best)
        found.append((ahead or steps_per_s(ours, SECONDS, threads)) / other)
    return median(found)


def fastest(run: Callable[[int], None]) -> int:
    """How many threads suit it best: one, or one a core."""
    run(FEWEST)
    rates = {n: steps_per_s(run, 2 * SECONDS, n) for n in {1, os.cpu_count() or 1}}
    return max(rates, key=lambda n: rates[n])


def steps_per_s(run: Callable[[int], None], seconds: float, threads: int) -> float:
    """How fast something steps with so many threads."""
    torch.set_num_threads(threads)
    steps, began = 0, time.perf_counter()
    while steps < FEWEST or time.perf_counter() - began < seconds:
        run(FEWEST)
        steps += FEWEST
    return steps / (time.perf_counter() - began)


def bare_loop(project: Project, plain: Callable[[], nn.Module]) -> Callable[[int], None]:
    """The same net as torch alone would train it: fused optimizer, indexed tensors, no .item()."""
    training = project.training
    torch.manual_seed(training.seed)
    net, size = plain(), training.batch_size
    optimizer: Any
    if training.optimizer.kind == "adam":
        optimizer = torch.optim.Adam(net.parameters(), lr=0.005, weight_decay=1e-4, fused=True)
    else:
        optimizer = torch.optim.SGD(net.parameters(), lr=training.optimizer.lr, fused=True)
    examples = project.data.load()
    x, labels = torch.from_numpy(examples.x_train), torch.from_numpy(examples.y_train)
    objective, masks = training.objective.kind, torch.Generator().manual_seed(training.seed)
    compare = nn.CrossEntropyLoss()
    if objective == "causal_lm":
        labels = torch.cat([x[:, 1:], torch.full_like(x[:, :1], NOT_ASKED)], 1)

    def batches() -> Any:
        while True:
            order = torch.randperm(len(x))
            for index in order.split(size):
                yield x[index], labels[index]

    endless = batches()

    def loss_of(features: Tensor, y: Tensor) -> Tensor:
        if objective == "masked_lm":
            features, y = masked(features, 0.15, 30, masks)
        outputs = net(features)
        if objective != "supervised":
            outputs, y = outputs.flatten(0, 1), y.flatten()
        loss: Tensor = compare(outputs, y)
        return loss

    def run(steps: int) -> None:
        for _ in range(steps):
            features, y = next(endless)
            optimizer.zero_grad(set_to_none=True)
            loss_of(features, y).backward()
            optimizer.step()

    return run
