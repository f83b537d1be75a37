"""What a layer's own options do to its weights while the net trains, for every layer that has any:
its draw, its L1 and L2, its largest norm; and that it can be frozen."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from playground.catalog.layers.base.weighted import Scaled, Weighted
from playground.catalog.optimizers import SGD
from playground.catalog.registry import declared
from playground.engine.trainer import Trainer
from playground.graph.fix import SetOptions
from playground.graph.layer import Layer
from playground.project.check import check
from playground.project.project import Project
from tests.catalog.generated import single_layers
from tests.conformance.test_layers import around
from tests.engine.nets import train

OPTIONS: dict[str, dict[str, object]] = {"InstanceNorm": {"affine": True}}
"""What it takes for a layer to have weights."""
WEIGHTED = [kind for kind, layer in declared(Layer).items() if issubclass(layer, Weighted)]
each_weighted = pytest.mark.parametrize("kind", WEIGHTED)


def with_own(kind: str, **options: object) -> Project:
    """A net with that layer in the middle, one step of plain gradient descent at a time."""
    project = around(kind).with_training(optimizer=SGD(lr=0.1))
    known = {**OPTIONS.get(kind, {}), **options}
    return project.edited(SetOptions(tuple(known.items()), "it"))


def weights_of(trainer: Trainer) -> dict[str, Tensor]:
    own = trainer.compiled.parameters["it"]
    return {name: p.detach().clone() for name, p in own if "weight" in name}


def moved(project: Project) -> dict[str, Tensor]:
    return weights_of(train(Trainer(project), 1))


def test_that_every_trainable_layer_has_per_weight_options() -> None:
    learning = set()
    for kind in single_layers():
        project = around(kind)
        examined = check(project.edited(SetOptions(tuple(OPTIONS.get(kind, {}).items()), "it")))
        learning |= {kind} if examined.parameters.get("it") else set()
    assert learning == set(WEIGHTED)


@pytest.mark.slow
@each_weighted
@pytest.mark.parametrize("penalty", ["l1", "l2"])
def test_that_a_penalty_of_its_own_adds_its_gradient(kind: str, penalty: str) -> None:
    before = weights_of(Trainer(with_own(kind)))
    plain, held = moved(with_own(kind)), moved(with_own(kind, **{penalty: 0.3}))
    assert plain.keys() == before.keys()
    for name, first in before.items():
        slope = first.sign() if penalty == "l1" else first
        torch.testing.assert_close(held[name], plain[name] - 0.1 * 0.3 * slope)
        assert not torch.equal(held[name], plain[name])


@pytest.mark.slow
@each_weighted
def test_that_its_largest_norm_holds_after_every_step(kind: str) -> None:
    longest = 0.05
    trainer = train(Trainer(with_own(kind, max_norm=longest)), 3)
    layer = declared(Layer)[kind]
    for weight in weights_of(trainer).values():
        axis = 1 if kind == "ConvTranspose2d" else 0
        rows = weight.transpose(0, axis).flatten(1) if weight.dim() > 1 else weight[:, None]
        rows = weight.reshape(-1, 1) if issubclass(layer, Scaled) else rows
        norms = rows.norm(dim=1)
        assert float(norms.max()) <= longest * 1.0001
        assert float(norms.max()) > longest * 0.9


@each_weighted
def test_that_its_initializer_draws_its_weights(kind: str) -> None:
    drawn = weights_of(Trainer(with_own(kind, initializer={"kind": "constant", "value": 0.7})))
    assert all(bool((weight == torch.tensor(0.7)).all()) for weight in drawn.values())
    assert drawn


@pytest.mark.parametrize(
    "kind", [k for k in WEIGHTED if "bias_initializer" in declared(Layer)[k].model_fields]
)
def test_that_its_bias_is_drawn_by_the_initializer_of_the_bias(kind: str) -> None:
    own = {"kind": "constant", "value": 0.7}
    trainer = Trainer(with_own(kind, bias_initializer=own))
    biases = [p for name, p in trainer.compiled.parameters["it"] if "bias" in name]
    assert biases
    assert all(bool((bias == torch.tensor(0.7)).all()) for bias in biases)
    same = weights_of(Trainer(with_own(kind)))
    assert all(torch.equal(same[name], w) for name, w in weights_of(trainer).items())


@each_weighted
def test_that_it_stays_bit_for_bit_when_frozen_and_the_rest_learns(kind: str) -> None:
    project = with_own(kind, l2=0.1, max_norm=0.01)
    trainer = Trainer(project.with_graph(project.graph.set_frozen(["it"])))
    own = {n: p.detach().clone() for n, p in trainer.compiled.parameters["it"]}
    head = trainer.net.get_parameter("head.weight").detach().clone()
    train(trainer, 4)
    assert all(torch.equal(own[n], p) for n, p in trainer.compiled.parameters["it"])
    assert not torch.equal(head, trainer.net.get_parameter("head.weight"))


@pytest.mark.parametrize("kind", ["BatchNorm", "LayerNorm", "PReLU"])
def test_that_the_whole_net_s_penalties_leave_factors_alone(kind: str) -> None:
    plain, held = moved(with_own(kind)), moved(with_own(kind).with_training(l2=0.3, l1=0.1))
    assert all(torch.equal(plain[name], held[name]) for name in plain)
