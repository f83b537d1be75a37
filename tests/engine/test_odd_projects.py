"""Projects at the edge of what makes sense, which people draw all the same."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch

from playground.catalog.datasets.dataset import DataError
from playground.catalog.datasets.files import CSV
from playground.catalog.datasets.toy import Moons, Wave
from playground.catalog.layers.activation import ReLU, Tanh
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.merge import Add
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.losses import CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import Adam
from playground.catalog.registry import make_layer
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.compile import CompileError, compile_project
from playground.engine.probe_set import Probes, declared_probes
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge, Node
from playground.graph.reserved import attribute_name
from playground.project.project import empty_project
from tests.engine.nets import chain, losses, mlp, net, same, train, weights


def exercised(trainer: Trainer) -> Trainer:
    """Train, read everything, save, restore, continue."""
    trainer.note()
    trainer.watch_next_step()
    train(trainer, 20)
    Probes().read(declared_probes(), trainer)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 10)
    other = Trainer(trainer.project)
    restore(other, from_files(files))
    assert losses(other, 10) == expected
    return trainer


def test_that_an_output_wired_straight_to_the_input_runs() -> None:
    project = chain(data=Wave(count=40), loss=MeanSquaredError())
    trainer = exercised(Trainer(project))
    part = trainer.objective.val
    expected = float((part.x - part.y).square().mean())
    assert trainer.evaluate(part)[0] == pytest.approx(expected)
    assert trainer.compiled.parameter_count == 0
    assert trainer.penalty() == 0


def test_that_a_net_without_parameters_runs() -> None:
    trainer = exercised(Trainer(chain(Tanh(), data=Wave(count=40), loss=MeanSquaredError())))
    assert trainer.has_finite_weights
    assert trainer.optimizer is None


def test_that_a_net_with_all_its_weights_frozen_runs() -> None:
    project = mlp(optimizer=Adam(), batch_size=30)
    trainer = exercised(Trainer(project.with_graph(project.graph.set_frozen(project.graph.nodes))))
    assert trainer.optimizer is None
    assert same(weights(trainer), weights(Trainer(project)))


def test_that_a_net_that_only_sums_its_input_twice_runs() -> None:
    ends = {"input1": make_layer({"kind": "Input"}), "output1": make_layer({"kind": "Output"})}
    wires = [("input1", "add"), ("input1", "add"), ("add", "output1")]
    project = net({**ends, "add": Add()}, wires, Wave(count=40), loss=MeanSquaredError())
    trainer = exercised(Trainer(project))
    x = trainer.objective.val.x
    assert torch.equal(trainer.outputs(x), 2 * x)


def test_that_a_batch_larger_than_the_data_is_the_whole_data() -> None:
    trainer = train(Trainer(mlp(batch_size=100_000)), 3)
    assert trainer.epochs_done == 3


def test_that_drop_last_does_not_drop_the_only_batch() -> None:
    trainer = train(Trainer(mlp(batch_size=1000, drop_last=True)), 3)
    assert trainer.epochs_done == 3


def test_that_one_example_is_enough_to_train_on(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("a,b,label\n1,2,x\n3,4,y\n5,5,x\n7,1,y\n")
    project = chain(Linear(out_features=1), data=CSV(path=str(path), validation=0.9))
    trainer = exercised(Trainer(project))
    assert (len(trainer.objective.train), len(trainer.objective.val)) == (1, 3)


def test_that_batch_norm_leaves_out_a_last_batch_of_one() -> None:
    data = Moons(count=48, validation=0.3)  # 34 to train on
    project = chain(Linear(out_features=4), BatchNorm(), Linear(out_features=1), data=data)
    trainer = Trainer(project.with_training(batch_size=11))  # 11 + 11 + 11 + 1
    train(trainer, 6)
    assert trainer.epochs_done == 2
    assert trainer.seen == 0
    exercised(trainer)


def test_that_without_batch_norm_a_last_batch_of_one_counts() -> None:
    data = Moons(count=48, validation=0.3)
    trainer = train(Trainer(chain(Linear(out_features=1), data=data, batch_size=11)), 4)
    assert trainer.epochs_done == 1


def test_that_batch_norm_over_a_single_example_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    path.write_text("a,b,label\n1,2,x\n3,4,y\n5,5,x\n7,1,y\n")
    project = chain(
        Linear(out_features=4), BatchNorm(), Linear(out_features=1),
        data=CSV(path=str(path), validation=0.9),
    )  # fmt: skip
    with pytest.raises(DataError, match="BatchNorm needs several examples"):
        train(Trainer(project), 1)


def test_that_rows_without_a_number_are_left_out_of_training(tmp_path: Path) -> None:
    path = tmp_path / "gaps.csv"
    rows = [f"{i},{i * i % 7},{'xy'[i % 2]}" for i in range(40)]
    rows[3], rows[17] = "nan,1,x", ",2,y"
    path.write_text("a,b,label\n" + "\n".join(rows))
    trainer = Trainer(chain(Linear(out_features=1), data=CSV(path=str(path))))
    assert len(trainer.objective.train) + len(trainer.objective.val) == 38
    assert all(map(math.isfinite, losses(trainer, 20)))


def test_that_a_project_with_nothing_in_between_is_refused_in_words() -> None:
    with pytest.raises(CompileError):
        Trainer(empty_project())


def test_that_layers_off_the_path_to_the_output_are_not_in_the_net() -> None:
    project = mlp()
    graph = project.graph.add(Node("beside", Linear(out_features=5)))
    graph = graph.connect(Edge("n1", "beside"))
    trainer = Trainer(project.with_graph(graph))
    assert "beside" not in trainer.compiled.nodes
    assert same(weights(trainer), weights(Trainer(project)))


@pytest.mark.parametrize("node_id", ["train", "forward", "type", "class", "T_destination", "None"])
def test_that_a_node_may_be_called_what_torch_calls_itself(node_id: str) -> None:
    ends = {"input1": make_layer({"kind": "Input"}), "output1": make_layer({"kind": "Output"})}
    layers = {**ends, node_id: Linear(out_features=1)}
    project = net(layers, [("input1", node_id), (node_id, "output1")], Moons(count=40))
    trainer = exercised(Trainer(project))
    assert list(trainer.compiled.parameters) == [node_id]


def test_that_two_ids_that_differ_by_an_underscore_are_two_layers() -> None:
    ends = {"input1": make_layer({"kind": "Input"}), "output1": make_layer({"kind": "Output"})}
    layers = {**ends, "train": Linear(out_features=3), "train_": Linear(out_features=1)}
    wires = [("input1", "train"), ("train", "train_"), ("train_", "output1")]
    trainer = exercised(Trainer(net(layers, wires, Moons(count=40))))
    assert trainer.compiled.parameter_count == 9 + 4
    assert attribute_name("train") != attribute_name("train_")


def test_that_an_input_may_be_called_what_python_calls_itself() -> None:
    layers = {
        "lambda": make_layer({"kind": "Input"}),
        "linear": Linear(out_features=1),
        "return": make_layer({"kind": "Output"}),
    }
    exercised(Trainer(net(layers, [("lambda", "linear"), ("linear", "return")], Moons(count=40))))


def test_that_compiling_twice_from_one_seed_gives_one_net() -> None:
    nets = []
    for _ in range(2):
        torch.manual_seed(3)
        nets.append(compile_project(mlp()).net.state_dict())
    assert all(torch.equal(nets[0][name], nets[1][name]) for name in nets[0])


def test_that_data_too_large_to_gather_at_once_trains_alike(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    expected = losses(Trainer(mlp(optimizer=Adam())), 30)
    monkeypatch.setattr("playground.engine.batches.GATHER_LIMIT_BYTES", 0)
    assert losses(Trainer(mlp(optimizer=Adam())), 30) == expected


def test_that_validation_in_chunks_is_validation_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    trainer = train(Trainer(mlp()), 5)
    whole = trainer.evaluate(trainer.objective.val)
    monkeypatch.setattr("playground.engine.trainer.EVALUATE_CHUNK", 7)
    assert trainer.evaluate(trainer.objective.val)[0] == pytest.approx(whole[0], rel=1e-6)


def test_that_losses_are_collected_without_frame_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.engine.trainer.LOSSES_HELD", 10)
    trainer = Trainer(chain(Linear(out_features=2), ReLU(), Linear(out_features=2),
                            loss=CrossEntropy()))  # fmt: skip
    running = trainer.run()
    for _ in range(10):
        next(running)
    assert math.isfinite(trainer.last_train_loss)
