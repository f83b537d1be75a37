"""Edits while a net trains."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from playground.catalog.datasets.dataset import DataError
from playground.catalog.datasets.files import CSV
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.toy import Circles, Gaussians, Hills, Moons
from playground.catalog.layers.activation import ReLU, Sigmoid
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.losses import BinaryCrossEntropyWithLogits, CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import SGD, Adam, AdamW, Optimizer, RMSProp
from playground.engine.change import change
from playground.engine.checkpoint import snapshot
from playground.engine.compile import CompileError
from playground.engine.device import DeviceError
from playground.engine.optimizer import states_of
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge, Node
from playground.project.project import Project
from tests.engine.nets import MOONS, chain, losses, mlp, same, train, weights


def begun(project: Project | None = None, steps: int = 10) -> Trainer:
    return train(Trainer(project or mlp(optimizer=Adam())), steps)


def states(trainer: Trainer) -> dict[str, torch.Tensor]:
    return {
        f"{name}.{key}": tensor.clone()
        for name, state in states_of(trainer.optimizer, trainer.net).items()
        for key, tensor in state.items()
    }


def everything(trainer: Trainer) -> dict[str, Any]:
    state = snapshot(trainer)
    tensors = {**state.weights, **state.tensors}
    return {name: tensor.tolist() for name, tensor in tensors.items()} | dict(state.numbers)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("before", "after"),
    [
        (SGD(lr=0.1), SGD(lr=0.02)),
        (SGD(lr=0.1), SGD(lr=0.1, momentum=0.9)),
        (SGD(lr=0.1, momentum=0.9), SGD(lr=0.1, momentum=0.5, nesterov=True)),
        (SGD(lr=0.1, momentum=0.9), SGD(lr=0.1)),
        (RMSProp(lr=0.001), RMSProp(lr=0.002, momentum=0.9)),
        (RMSProp(lr=0.001, momentum=0.9), RMSProp(lr=0.002)),
        (Adam(lr=0.01), Adam(lr=0.03, beta1=0.5, weight_decay=0.1)),
        (AdamW(lr=0.01), AdamW(lr=0.001)),
        (Adam(), SGD(lr=0.1, momentum=0.9)),
        (SGD(lr=0.1, momentum=0.9), Adam()),
    ],
    ids=lambda o: o.kind,
)
def test_that_the_optimizer_changes_without_a_restart(before: Optimizer, after: Optimizer) -> None:
    trainer = begun(mlp(optimizer=before))
    kept = weights(trainer)
    changed = change(trainer, mlp(optimizer=after))
    assert changed.trainer is trainer
    assert not changed.is_fresh
    assert trainer.step == 10
    assert same(weights(trainer), kept)
    assert trainer.optimizer is not None
    group = trainer.optimizer.param_groups[0]
    assert {name: group[name] for name in after.hyperparameters()} == after.hyperparameters()
    assert all(torch.isfinite(torch.tensor(losses(trainer, 20))))


def test_that_a_live_learning_rate_is_what_torch_does_with_it() -> None:
    trainer = begun(mlp(optimizer=SGD(lr=0.1, momentum=0.9)))
    net, momenta = weights(trainer), states(trainer)
    change(trainer, mlp(optimizer=SGD(lr=0.02, momentum=0.9)))
    train(trainer, 1)
    for name, parameter in trainer.net.named_parameters():
        assert parameter.grad is not None
        velocity = 0.9 * momenta[f"{name}.momentum_buffer"] + parameter.grad
        torch.testing.assert_close(parameter.detach(), net[name] - 0.02 * velocity)


@pytest.mark.parametrize(
    "options",
    [
        {"batch_size": 5},
        {"batch_size": 1000},
        {"l2": 0.5},
        {"l1": 0.5},
        {"drop_last": True},
        {"max_epochs": 3},
        {"loss": MeanSquaredError()},
    ],
    ids=lambda options: next(iter(options)),
)
def test_that_the_training_options_change_without_a_restart(options: dict[str, Any]) -> None:
    trainer = begun()
    kept, momenta = weights(trainer), states(trainer)
    changed = change(trainer, mlp(optimizer=Adam(), **options))
    assert changed.trainer is trainer
    assert not changed.is_fresh
    assert same(weights(trainer), kept)
    assert same(states(trainer), momenta)
    assert changed.kept == ("n1", "n3", "n5")
    train(trainer, 30)
    assert trainer.step == 40


def test_that_a_penalty_that_is_switched_on_pulls() -> None:
    trainer = begun(mlp(optimizer=SGD(lr=0.1)))
    change(trainer, mlp(optimizer=SGD(lr=0.1), l2=3.0))
    assert trainer.penalty() > 0
    train(trainer, 60)
    assert float(trainer.net.get_parameter("n3.weight").detach().norm()) < 1e-2


def test_that_a_mid_epoch_change_of_batch_size_finishes_the_same_epoch() -> None:
    trainer = begun(steps=3)  # 48 of 105 examples
    change(trainer, mlp(optimizer=Adam(), batch_size=20))
    train(trainer, 2)
    assert trainer.epoch == pytest.approx(88 / 105)
    train(trainer, 1)
    assert trainer.epoch == 1


def graph_edit(project: Project, node_id: str, **options: Any) -> Project:
    return project.with_graph(project.graph.set_options(node_id, **options))


def test_that_an_option_of_a_layer_changes_without_a_restart() -> None:
    project = chain(Linear(out_features=8), Dropout(p=0.5), Linear(out_features=1))
    trainer = begun(project)
    kept, momenta = weights(trainer), states(trainer)
    changed = change(trainer, graph_edit(project, "n2", p=0.25))
    assert not changed.is_fresh
    assert same(weights(trainer), kept)
    assert same(states(trainer), momenta)
    assert trainer.net.get_submodule("n2").p == 0.25
    assert trainer.net.training


def test_that_another_activation_keeps_all_weights() -> None:
    trainer = begun()
    kept, momenta = weights(trainer), states(trainer)
    project = trainer.project
    changed = change(trainer, project.with_graph(project.graph.set_layer("n2", Sigmoid())))
    assert changed.kept == ("n1", "n3", "n5")
    assert same(weights(trainer), kept)
    assert same(states(trainer), momenta)
    assert isinstance(trainer.net.get_submodule("n2"), torch.nn.Sigmoid)


def survive(trainer: Trainer, kept: dict[str, torch.Tensor], nodes: set[str]) -> bool:
    found = weights(trainer)
    own = [name for name in kept if name.split(".")[0] in nodes]
    return bool(own) and all(torch.equal(found[name], kept[name]) for name in own)


@pytest.mark.parametrize(
    "optimizer", [SGD(momentum=0.9), Adam(), RMSProp(lr=0.001, momentum=0.5)], ids=lambda o: o.kind
)
def test_that_widening_a_layer_keeps_the_others_and_their_momenta(optimizer: Optimizer) -> None:
    project = mlp(optimizer=optimizer)
    trainer = begun(project)
    kept, momenta = weights(trainer), states(trainer)
    changed = change(trainer, graph_edit(project, "n3", out_features=12))
    assert changed.kept == ("n1",)
    assert not changed.is_fresh
    assert survive(trainer, kept, {"n1"})
    now = states(trainer)
    assert all(torch.equal(now[n], t) for n, t in momenta.items() if n.startswith("n1."))
    # The bias of the last layer still has its shape, but its layer is a new one.
    assert not torch.equal(weights(trainer)["n5.bias"], kept["n5.bias"])
    assert all(torch.isfinite(torch.tensor(losses(trainer, 20))))


@pytest.mark.parametrize(
    "optimizer", [SGD(momentum=0.9), Adam(), RMSProp(lr=0.001, momentum=0.5)], ids=lambda o: o.kind
)
def test_that_layers_can_be_added_and_removed_while_training(optimizer: Optimizer) -> None:
    project = mlp(optimizer=optimizer)
    trainer = begun(project)
    kept, momenta = weights(trainer), states(trainer)
    graph, new_id = project.graph.add_layer(Linear(out_features=8))
    longer = project.with_graph(graph.insert_on(Edge("n2", "n3"), new_id))
    changed = change(trainer, longer)
    assert set(changed.kept) == {"n1", "n3", "n5"}
    assert survive(trainer, kept, {"n1", "n3", "n5"})
    assert all(torch.equal(states(trainer)[name], t) for name, t in momenta.items())
    assert all(torch.isfinite(torch.tensor(losses(trainer, 20))))

    kept, momenta = weights(trainer), states(trainer)
    changed = change(trainer, longer.with_graph(longer.graph.remove_and_join(new_id)))
    assert set(changed.kept) == {"n1", "n3", "n5"}
    assert survive(trainer, kept, {"n1", "n3", "n5"})
    assert all(torch.equal(t, momenta[name]) for name, t in states(trainer).items())
    assert all(torch.isfinite(torch.tensor(losses(trainer, 20))))


def test_that_a_layer_of_another_kind_does_not_inherit_weights() -> None:
    project = chain(Linear(out_features=4), BatchNorm(), ReLU(), Linear(out_features=1))
    trainer = begun(project)
    changed = change(
        trainer, project.with_graph(project.graph.set_layer("n2", Linear(out_features=4)))
    )
    assert changed.kept == ("n1", "n4")


def test_that_ids_which_torch_needs_itself_are_counted_as_kept() -> None:
    graph = mlp().graph
    graph = graph.remove(["n3"])
    graph = graph.add(Node("type", Linear(out_features=8)))
    graph = graph.connect(Edge("n2", "type")).connect(Edge("type", "n4"))
    project = mlp().with_graph(graph)
    trainer = begun(project)
    changed = change(trainer, graph_edit(project, "n5", out_features=1, l2=0.1))
    assert set(changed.kept) == {"n1", "type", "n5"}


def test_that_an_edit_does_not_disturb_the_draws_of_dropout() -> None:
    project = chain(Linear(out_features=8), Dropout(), Linear(out_features=1))
    expected = losses(begun(project), 10)
    trainer = begun(project)
    changed = graph_edit(project, "n1", l2=0.0, initializer="he_normal")
    change(trainer, changed)
    assert losses(trainer, 10) == expected


def bad_projects() -> list[tuple[str, Project, type[Exception]]]:
    project = mlp(optimizer=Adam())
    moved = project.with_graph(project.graph.remove(["n3"]))
    unfit = project.with_training(loss=CrossEntropy())
    narrow = graph_edit(project, "n5", out_features=3)
    lost = Project(project.graph, CSV(path="/nowhere/at/all.csv"), project.training)
    pictures = Project(project.graph, Digits(), project.training)
    absent = project.with_training(device="cuda")
    return [
        ("a layer is missing", moved, CompileError),
        ("the loss needs two outputs", unfit, CompileError),
        ("the width is wrong", narrow, CompileError),
        ("the file is gone", lost, CompileError),
        ("images into a linear layer", pictures, CompileError),
        ("there is no such device", absent, DeviceError),
    ]


@pytest.mark.parametrize("steps", [0, 10])
@pytest.mark.parametrize(
    ("why", "project", "error"), bad_projects(), ids=[why for why, _, _ in bad_projects()]
)
def test_that_a_change_that_fails_leaves_the_trainer_as_it_was(
    why: str, project: Project, error: type[Exception], steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("playground.engine.device.available", lambda: ("cpu",))
    dropped = chain(Linear(out_features=8), Dropout(), Linear(out_features=1))
    expected = losses(begun(dropped, steps), 10)
    trainer = begun(dropped, steps)
    before, kept = everything(trainer), trainer.project
    with pytest.raises(error):
        change(trainer, project)
    assert everything(trainer) == before
    assert trainer.project is kept
    assert losses(trainer, 10) == expected


def test_that_data_which_fails_to_load_leaves_the_trainer_as_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(self: Circles) -> None:
        raise DataError("No circles today.")

    for steps in (0, 10):
        trainer = begun(steps=steps)
        before = everything(trainer)
        with monkeypatch.context() as patch:
            patch.setattr(Circles, "load", fail)
            with pytest.raises(DataError, match="No circles today"):
                change(trainer, Project(trainer.project.graph, Circles(), trainer.project.training))
        assert everything(trainer) == before


def with_data(project: Project, data: Any) -> Project:
    return Project(project.graph, data, project.training)


def test_that_other_data_of_the_same_task_keeps_the_weights() -> None:
    trainer = begun()
    kept = weights(trainer)
    changed = change(trainer, with_data(trainer.project, Moons(count=80, noise=0.4)))
    assert changed.trainer is trainer
    assert not changed.is_fresh
    assert same(weights(trainer), kept)
    assert len(trainer.objective.train) == 56
    assert trainer.seen == 0
    train(trainer, 10)


def test_that_data_with_other_labels_restarts_training() -> None:
    trainer = begun(chain(Linear(out_features=1), loss=MeanSquaredError(), optimizer=Adam()))
    changed = change(trainer, with_data(trainer.project, Hills(count=100)))
    assert changed.is_fresh
    assert changed.trainer is not trainer
    assert changed.trainer.step == 0
    assert "val_r2" in changed.trainer.history.columns
    assert changed.trainer.evaluation_share == trainer.evaluation_share


def test_that_data_with_more_features_renews_only_the_layer_that_reads_them(tmp_path: Any) -> None:
    rows = ["a,b,c,label"] + [f"{i % 7},{i % 5},{i % 3},{'xy'[i % 2]}" for i in range(40)]
    path = tmp_path / "table.csv"
    path.write_text("\n".join(rows))
    two = CSV(path=str(path), feature_columns=("a", "b"))
    three = CSV(path=str(path), feature_columns=("a", "b", "c"))
    project = with_data(mlp(optimizer=Adam()), two)
    trainer = begun(project)
    kept = weights(trainer)
    changed = change(trainer, with_data(project, three))
    assert not changed.is_fresh
    assert changed.kept == ("n3", "n5")
    assert survive(trainer, kept, {"n3", "n5"})
    assert trainer.net.get_parameter("n1.weight").shape == (8, 3)
    train(trainer, 10)


def test_that_before_the_first_step_a_change_is_a_fresh_start() -> None:
    project = mlp()
    trainer = Trainer(project)
    changed = change(trainer, graph_edit(project, "n1", initializer="he_normal"))
    assert changed.is_fresh
    expected = Trainer(graph_edit(project, "n1", initializer="he_normal"))
    assert same(weights(changed.trainer), weights(expected))


def test_that_moving_and_renaming_changes_nothing() -> None:
    for steps in (0, 10):
        trainer = begun(steps=steps)
        before = everything(trainer)
        project = trainer.project
        moved = project.graph.move({"n1": (500.0, 20.0)}).rename("n1", "first")
        changed = change(trainer, project.with_graph(moved))
        assert changed.trainer is trainer
        assert not changed.is_fresh
        assert everything(trainer) == before


def test_that_the_class_count_may_change_with_the_data() -> None:
    project = chain(Linear(out_features=3), data=Gaussians(count=90, clouds=3), loss=CrossEntropy())
    trainer = begun(project)
    four = with_data(project, Gaussians(count=90, clouds=4))
    with pytest.raises(CompileError):
        change(trainer, four)
    changed = change(trainer, graph_edit(four, "n1", out_features=4))
    assert changed.is_fresh
    train(changed.trainer, 5)


def test_that_the_loss_is_rebuilt_after_a_change() -> None:
    trainer = begun(chain(Linear(out_features=1), loss=BinaryCrossEntropyWithLogits()))
    changed = change(trainer, trainer.project.with_training(loss=MeanSquaredError()))
    part = changed.trainer.objective.val
    expected = torch.nn.functional.mse_loss(changed.trainer.outputs(part.x), part.y)
    assert changed.trainer.evaluate(part)[0] == pytest.approx(float(expected))
    assert MOONS.load().y_val.tolist() == part.labels.tolist()
