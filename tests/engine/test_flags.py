"""Frozen layers do not move, bypassed ones do not work, and neither disturbs the others."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

from playground.catalog.initializers import Initializer
from playground.catalog.layers.activation import Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.merge import Add
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.optimizers import SGD, Adam
from playground.catalog.registry import make
from playground.catalog.schedules import Cosine
from playground.engine.change import change
from playground.engine.trainer import Trainer
from playground.export.net import net_source
from playground.export.sources import Sources
from playground.project.check import check
from playground.project.project import Project
from tests.engine.nets import chain, losses, same, train, weights, written_in_torch


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


def test_that_freezing_during_training_holds_weights_until_unfrozen() -> None:
    trainer = train(Trainer(project()), 10)
    before = weights(trainer)
    changed = change(trainer, flagged(("n1",)))
    assert not changed.is_fresh
    assert same(weights(trainer), before)
    assert moved(trainer, 10) == {"n2", "n4", "n5"}
    change(trainer, project())
    assert moved(trainer, 10) == {"n1", "n2", "n4", "n5"}


ALL = ("n1", "n2", "n4", "n5")


@pytest.mark.parametrize(
    "recipe",
    [
        {},
        {"optimizer": Adam(), "schedule": Cosine(epochs=2), "warmup_epochs": 1, "l1": 0.1},
        {"clip_norm": 0.1, "clip_value": 0.1, "accumulation": 2, "batch_size": 8},
        {"recompute": True, "precision": "bf16", "early_stopping": 2},
    ],
)
def test_that_a_net_with_all_weights_frozen_runs_unchanged_with_a_warning(
    recipe: dict[str, Any],
) -> None:
    frozen = flagged(ALL).with_training(**recipe)
    trainer = Trainer(frozen)
    assert moved(trainer, 30) == set()
    assert trainer.lr is None
    (found,) = (d for d in check(frozen).diagnostics if d.code == "nothing_learns")
    assert found.severity == "warning"
    assert "All weights are frozen" in found.message
    assert found.fix is not None
    unfrozen = frozen.apply(found.fix)
    assert "nothing_learns" not in {d.code for d in check(unfrozen).diagnostics}
    assert moved(Trainer(unfrozen), 5) == {"n1", "n2", "n4", "n5"}


def test_that_one_layer_that_learns_is_enough() -> None:
    for project in (flagged(ALL[1:]), flagged(ALL[1:], ("n3",)), chain(Tanh(), Tanh())):
        assert "nothing_learns" not in {d.code for d in check(project).diagnostics}
    either = flagged(("n1", "n2", "n5"), ("n4",))
    assert "nothing_learns" in {d.code for d in check(either).diagnostics}


def test_that_a_frozen_batch_norm_keeps_scale_and_shift_and_updates_its_statistics() -> None:
    # As torch has it: requires_grad says what the optimizer moves, train() what statistics do.
    frozen = flagged(("n2",)).with_training(optimizer=SGD(lr=0.1))
    trainer = Trainer(frozen)
    before = weights(trainer)
    torch.manual_seed(7)
    plain = nn.Sequential(
        nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 6), nn.Linear(6, 1)
    )
    plain[1].requires_grad_(False)
    weighted = [module.weight for module in plain if isinstance(module, nn.Linear)]

    def penalty(_: nn.Module) -> torch.Tensor:
        return torch.stack([0.005 * weight.square().sum() for weight in weighted]).sum()

    y = torch.from_numpy(frozen.data.load().y_train).float()[:, None]
    expected = written_in_torch(
        lambda: plain, lambda p: torch.optim.SGD(p, lr=0.1), nn.BCEWithLogitsLoss(),
        frozen.data.load().x_train, y, steps=30, penalty=penalty,
    )  # fmt: skip
    assert losses(trainer, 30) == pytest.approx(expected, abs=1e-6)
    after = weights(trainer)
    for name in ("n2.weight", "n2.bias"):
        assert torch.equal(after[name], before[name])
    for name in ("running_mean", "running_var"):
        torch.testing.assert_close(after[f"n2.{name}"], plain[1].get_buffer(name))
        assert not torch.equal(after[f"n2.{name}"], before[f"n2.{name}"])


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
    source = net_source(found.graph, check(found), Sources())
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
