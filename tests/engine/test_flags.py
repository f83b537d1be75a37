"""Frozen layers do not move, bypassed ones do not work, and neither disturbs the others."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from playground.catalog.initializers import Initializer
from playground.catalog.layers.activation import Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.merge import Add
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.registry import make
from playground.engine.change import change
from playground.engine.trainer import Trainer
from playground.export.net import net_source
from playground.project.check import check
from playground.project.project import Project
from tests.engine.nets import chain, losses, same, train, weights


def project() -> Project:
    return chain(
        Linear(out_features=6), BatchNorm(), Tanh(), Linear(out_features=6), Linear(out_features=1),
        l2=0.01,
    )  # fmt: skip


def flagged(frozen: tuple[str, ...] = (), bypassed: tuple[str, ...] = ()) -> Project:
    found = project()
    return found.with_graph(found.graph.set_frozen(frozen).set_bypassed(bypassed))


def moved(trainer: Trainer, steps: int) -> set[str]:
    before = {name: p.detach().clone() for name, p in trainer.net.named_parameters()}
    train(trainer, steps)
    after = dict(trainer.net.named_parameters())
    return {name.split(".")[0] for name, p in before.items() if not torch.equal(p, after[name])}


def test_that_frozen_weights_stay_bit_for_bit() -> None:
    assert moved(Trainer(flagged(("n1",))), 40) == {"n2", "n4", "n5"}


def test_that_a_bypassed_layer_passes_its_input_on_and_keeps_its_weights() -> None:
    trainer = Trainer(flagged(bypassed=("n4",)))
    assert trainer.compiled.parameter_count == Trainer(project()).compiled.parameter_count
    x = trainer.objective.train.x
    trainer.net.eval()
    net = trainer.net
    assert isinstance(net.n5, nn.Module)
    expected = net.n5(torch.tanh(net.n2(net.n1(x))))
    assert torch.equal(net(x), expected)
    assert moved(Trainer(flagged(bypassed=("n4",))), 20) == {"n1", "n2", "n5"}


def test_that_flags_leave_the_initial_weights_of_all_layers_alone() -> None:
    assert same(weights(Trainer(flagged(("n1",), ("n3", "n4")))), weights(Trainer(project())))


def test_that_a_layer_frozen_while_training_stays_from_there_and_thaws_again() -> None:
    trainer = train(Trainer(project()), 10)
    before = weights(trainer)
    changed = change(trainer, flagged(("n1",)))
    assert not changed.is_fresh
    assert same(weights(trainer), before)
    assert moved(trainer, 10) == {"n2", "n4", "n5"}
    change(trainer, project())
    assert moved(trainer, 10) == {"n1", "n2", "n4", "n5"}


def test_that_a_net_with_all_its_weights_frozen_runs_and_stays() -> None:
    trainer = Trainer(flagged(("n1", "n2", "n4", "n5")))
    assert moved(trainer, 5) == set()


def test_that_a_layer_of_several_inputs_passes_the_first() -> None:
    found = chain(Linear(out_features=2), Add(), Linear(out_features=1))
    graph = found.graph.set_bypassed(["n2"])
    trainer = Trainer(found.with_graph(graph))
    x = trainer.objective.train.x
    net = trainer.net
    assert torch.equal(net(x), net.n3(net.n1(x)))


@pytest.mark.parametrize("bypassed", [(), ("n4",), ("n3", "n4")])
def test_that_an_exported_net_is_frozen_and_bypassed_as_well(bypassed: tuple[str, ...]) -> None:
    found = flagged(("n1",), bypassed)
    source = net_source(found.graph, check(found))
    room: dict[str, object] = {"nn": nn, "torch": torch}
    exec(source.text, room)
    torch.manual_seed(7)
    written: nn.Module = room["Net"]()
    trainer = Trainer(found)
    assert dict(written.named_parameters()).keys() == dict(trainer.net.named_parameters()).keys()
    for name, parameter in trainer.net.named_parameters():
        other = written.get_parameter(name)
        assert torch.equal(parameter, other)
        assert parameter.requires_grad == other.requires_grad
    x = trainer.objective.train.x
    assert torch.equal(written.train()(x), trainer.net.train()(x))
    assert "n1" not in source.weights


def test_that_biases_are_drawn_by_their_own_initializer() -> None:
    ones = make(Initializer, {"kind": "normal", "mean": 1.0, "std": 0.0})
    trainer = Trainer(chain(Linear(out_features=1, bias_initializer=ones)))
    assert isinstance(trainer.net.n1, nn.Linear)
    assert torch.equal(trainer.net.n1.bias, torch.ones(1))
    assert losses(trainer, 3)


def test_that_a_bias_refuses_what_counts_the_inputs_of_a_matrix() -> None:
    with pytest.raises(ValueError, match="use Zeros or Normal"):
        Linear(bias_initializer=make(Initializer, "he_normal"))
