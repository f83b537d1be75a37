"""Units that never fire: planted, found, explained, remembered."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.toy import Moons
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import SGD
from playground.engine.checkpoint import from_files, snapshot, to_files
from playground.engine.probe_set import Probes
from playground.engine.probes.dead_units import DeadUnitProbe
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, train


def rectified(data: Any = None) -> Project:
    return chain(
        Linear(out_features=6), ReLU(), Linear(out_features=4), Tanh(), Linear(out_features=1),
        data=data or Moons(count=150), optimizer=SGD(lr=0.01), seed=1,
    )  # fmt: skip


def silence(trainer: Trainer, unit: int, bias: float = -1e3) -> None:
    with torch.no_grad():
        trainer.net.get_parameter("n1.bias")[unit] = bias


def fires_only_on(trainer: Trainer, unit: int, example: int) -> None:
    """Make a unit fire on one training example and no other."""
    x = trainer.objective.train.x.double()
    far = x[example] - x.mean(0)
    along = x @ far
    rest = torch.cat([along[:example], along[example + 1 :]])
    assert along[example] > rest.max(), "not an example at the edge"
    with torch.no_grad():
        trainer.net.get_parameter("n1.weight")[unit] = far.float()
        trainer.net.get_parameter("n1.bias")[unit] = -float(along[example] + rest.max()) / 2


def outermost(trainer: Trainer) -> int:
    x = trainer.objective.train.x
    return int((x - x.mean(0)).norm(dim=1).argmax())


def test_that_a_planted_dead_unit_is_found_with_its_epoch() -> None:
    trainer = train(Trainer(rectified()), 14)
    probe = DeadUnitProbe()
    before = probe.read(trainer)
    assert before["nodes"] == ("n2",)
    assert not before["dead"]["n2"].any()
    assert np.isnan(before["since"]["n2"]).all()
    train(trainer, 7)
    silence(trainer, 3)
    found = probe.read(trainer)
    assert found["dead"]["n2"].tolist() == [False, False, False, True, False, False]
    assert found["since"]["n2"][3] == 3
    assert found["firing"]["n2"][3] == 0
    assert found["over_time"]["epoch"].tolist() == [2, 3]
    assert found["over_time"]["counts"]["n2"].tolist() == [0, 1]
    assert found["examples"] == 105
    assert "biases are below 0" in found["causes"]["n2"]
    assert found["since"]["n2"].dtype == np.float32
    train(trainer, 7)
    assert probe.read(trainer)["since"]["n2"][3] == 3


def test_that_a_unit_that_fires_again_is_not_dead() -> None:
    trainer = train(Trainer(rectified()), 7)
    probe = DeadUnitProbe()
    silence(trainer, 2)
    assert probe.read(trainer)["dead"]["n2"][2]
    silence(trainer, 2, bias=5.0)
    train(trainer, 1)
    found = probe.read(trainer)
    assert not found["dead"]["n2"][2]
    assert np.isnan(found["since"]["n2"][2])
    assert found["firing"]["n2"][2] == 1


def test_that_firing_is_the_fraction_of_examples_above_zero() -> None:
    trainer = Trainer(rectified())
    x = trainer.objective.train.x.numpy()
    weight = trainer.net.get_parameter("n1.weight").detach().numpy()
    bias = trainer.net.get_parameter("n1.bias").detach().numpy()
    expected = ((x @ weight.T + bias) > 0).mean(0)
    np.testing.assert_allclose(DeadUnitProbe().read(trainer)["firing"]["n2"], expected, atol=1e-6)


@pytest.mark.parametrize("is_beyond", [False, True])
def test_that_a_unit_that_fires_on_a_single_example_is_alive(is_beyond: bool) -> None:
    trainer = Trainer(rectified(Moons(count=6000)))
    example = outermost(trainer)
    if is_beyond != (example >= 2048):
        # The probe set is the first 2048 examples: change places.
        there = 3000 if is_beyond else 5
        x = trainer.objective.train.x
        x[[example, there]] = x[[there, example]]
        example = there
    fires_only_on(trainer, 4, example)
    found = DeadUnitProbe().read(trainer)
    assert found["examples"] == 2048
    assert not found["dead"]["n2"][4]
    assert (found["firing"]["n2"][4] == 0) == is_beyond
    with torch.no_grad():
        trainer.net.get_parameter("n1.bias")[4] -= 1e3
    assert DeadUnitProbe().read(trainer)["dead"]["n2"][4]


def test_that_a_unit_of_an_image_is_a_channel() -> None:
    project = chain(
        Conv2d(out_channels=5), ReLU(), Flatten(), Linear(out_features=10), data=Digits(),
        loss=CrossEntropy(),
    )  # fmt: skip
    trainer = Trainer(project)
    silence(trainer, 1)
    found = DeadUnitProbe().read(trainer)
    assert found["dead"]["n2"].tolist() == [False, True, False, False, False]
    x = trainer.objective.train.x
    with torch.no_grad():
        fires = trainer.net.get_submodule("n1")(x) > 0
    expected = fires.double().mean((0, 2, 3)).numpy()
    np.testing.assert_allclose(found["firing"]["n2"], expected, atol=1e-6)


def test_that_weights_that_keep_a_unit_silent_are_named_as_the_cause() -> None:
    trainer = Trainer(rectified())
    with torch.no_grad():
        trainer.net.get_parameter("n1.weight")[0] = 0
        trainer.net.get_parameter("n1.bias")[0] = 0
    assert "weights" in DeadUnitProbe().read(trainer)["causes"]["n2"]


def test_that_a_net_without_rectifiers_has_no_dead_units() -> None:
    found = DeadUnitProbe().read(Trainer(chain(Linear(out_features=1))))
    assert found["nodes"] == ()
    assert found["dead"] == {}


def test_that_a_bypassed_rectifier_has_no_dead_units() -> None:
    project = rectified()
    trainer = Trainer(project.with_graph(project.graph.set_bypassed(["n2"])))
    silence(trainer, 3)
    found = DeadUnitProbe().read(trainer)
    assert found["nodes"] == ()
    assert found["dead"] == {}


def test_that_rewinding_forgets_only_what_was_found_later() -> None:
    trainer = train(Trainer(rectified()), 7)
    probe = DeadUnitProbe()
    silence(trainer, 0)
    probe.read(trainer)
    train(trainer, 7)
    silence(trainer, 1)
    assert probe.read(trainer)["since"]["n2"][:2].tolist() == [1, 2]
    trainer.epochs_done = 1
    silence(trainer, 1, bias=5.0)
    found = probe.read(trainer)
    assert found["since"]["n2"][0] == 1
    assert np.isnan(found["since"]["n2"][1])
    assert found["over_time"]["epoch"].tolist() == [1]


def test_that_the_epoch_at_which_units_died_is_saved() -> None:
    trainer = train(Trainer(rectified()), 7)
    probes = Probes()
    silence(trainer, 3)
    probes.read(("dead_units",), trainer)
    train(trainer, 7)
    expected = probes.read(("dead_units",), trainer)["dead_units"]
    state = from_files(to_files(snapshot(trainer, memory=probes.memory())))
    other = Probes()
    other.recall(state.memory)
    train(trainer, 7)
    found = other.read(("dead_units",), trainer)["dead_units"]
    assert found["since"]["n2"][3] == expected["since"]["n2"][3] == 1
    assert found["over_time"]["epoch"].tolist() == [1, 2, 3]
    assert found["over_time"]["counts"]["n2"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "hostile",
    [
        {"dead_units.since.n2": torch.zeros(2, 3)},
        {"dead_units.since.n2": torch.zeros(0)},
        {"dead_units.since.n2": torch.tensor(1.0)},
        {"dead_units.epoch": torch.full((3,), torch.inf)},
        {"dead_units.epoch": torch.zeros(100_000)},
        {"dead_units.epoch": torch.zeros(3), "dead_units.counts.n2": torch.zeros(5)},
        {
            "dead_units.epoch": torch.zeros(2),
            "dead_units.counts.n2": torch.tensor([1.0, torch.nan]),
        },
        {"dead_units": torch.zeros(3), "nonsense.a": torch.zeros(3), "": torch.zeros(1)},
        {"boundary.epoch": torch.zeros(3)},
    ],
    ids=lambda hostile: "+".join(hostile),
)
def test_that_a_memory_that_makes_no_sense_is_ignored(hostile: dict[str, torch.Tensor]) -> None:
    trainer = train(Trainer(rectified()), 7)
    probes = Probes()
    probes.recall(hostile)
    silence(trainer, 3)
    found = probes.read(("dead_units",), trainer)["dead_units"]
    assert found["since"]["n2"][3] == 1
