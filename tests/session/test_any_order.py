"""Commands in any order: nothing may surprise the engine, whatever a person clicks."""

from __future__ import annotations

import random
import threading
from collections import deque

import pytest

from playground.catalog.datasets.toy import Gaussians, Hills, Moons, Spiral
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.losses import CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import SGD, Adam, AdamW, RMSProp
from playground.engine.probe_set import declared_probes
from playground.project.file import to_json
from playground.project.project import Project, empty_project
from playground.session import messages as m
from playground.session.worker import Worker
from tests.engine.nets import chain, mlp

OPTIMIZERS = (
    SGD(lr=0.1), SGD(lr=0.1, momentum=0.9), SGD(lr=1000.0), RMSProp(), RMSProp(momentum=0.5),
    Adam(), AdamW(),
)  # fmt: skip


def any_project(draw: random.Random) -> Project:
    data = draw.choice((Moons(count=60), Spiral(count=70), Gaussians(count=60), Hills(count=50)))
    loss = draw.choice((None, None, MeanSquaredError(), CrossEntropy()))
    layers = [
        draw.choice(
            (Linear(out_features=draw.randint(1, 6)), ReLU(), Tanh(), Dropout(), BatchNorm())
        )
        for _ in range(draw.randint(0, 4))
    ]
    outputs = draw.choice((1, 1, 1, 2))
    project = chain(*layers, Linear(out_features=outputs), data=data)
    project = project.with_training(
        optimizer=draw.choice(OPTIMIZERS),
        batch_size=draw.choice((1, 7, 16, 1000)),
        l2=draw.choice((0.0, 0.1)),
        max_epochs=draw.choice((0, 0, 0, 2, 30)),
        drop_last=draw.random() < 0.2,
    )
    project = project if loss is None else project.with_training(loss=loss)
    return draw.choice((project, project, project, mlp(), mlp(max_epochs=3), empty_project()))


def any_command(draw: random.Random, state: dict[str, bytes] | None) -> m.Command:
    keys = sorted(declared_probes())
    return draw.choice(
        (
            m.Play(), m.Play(), m.Pause(), m.Restart(), m.Rewind(), m.Save(1),
            m.Step("batch", draw.randint(1, 20)), m.Step("epoch", draw.randint(1, 3)),
            m.Grant(tuple(draw.sample(keys, draw.randint(0, len(keys))))),
            m.Grant(tuple(keys)),
            m.Change(to_json(any_project(draw))), m.Change(to_json(any_project(draw))),
            m.Open(draw.randint(1, 9), to_json(any_project(draw)), draw.choice((None, state))),
        )
    )  # fmt: skip


class Busy(deque[m.Command]):
    """An inbox into which the next command falls after some looks at it, as between two steps."""

    def __init__(self, commands: list[m.Command], draw: random.Random) -> None:
        super().__init__()
        self._later, self._draw = [m.Pause(), *commands], draw

    def __bool__(self) -> bool:
        if self._later and self._draw.random() < 0.1:
            self.append(self._later.pop())
        return len(self) > 0

    @property
    def is_done(self) -> bool:
        """Whether every command was taken, the last of them a pause."""
        return not self._later and not len(self)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(12))
def test_that_commands_in_any_order_never_surprise_the_engine(seed: int) -> None:
    draw = random.Random(seed)
    said: list[m.Event] = []
    state: dict[str, bytes] | None = None
    worker = Worker(deque(), threading.Event(), said.append)
    for _ in range(12):
        inbox = Busy([any_command(draw, state) for _ in range(draw.randint(1, 8))], draw)
        worker._inbox = inbox
        before = len(said)
        while not inbox.is_done:
            worker.work_once()
        assert not worker._is_training
        for event in said[before:]:
            assert not (isinstance(event, m.Failed) and event.detail), event.detail
            if isinstance(event, m.Saved) and event.state:
                state = dict(event.state)
