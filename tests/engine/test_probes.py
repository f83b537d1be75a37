"""What probes read is what torch, numpy and scikit-learn say."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import confusion_matrix
from torch import nn

from playground.catalog.constant_initializers import Zeros
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.tabular import Iris
from playground.catalog.datasets.toy import Gaussians, Hills, Moons, Wave
from playground.catalog.layers.activation import ReLU, Sigmoid, Softmax, Tanh
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.regularization import Dropout
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import BinaryCrossEntropyWithLogits, CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import SGD, Adam
from playground.engine.probe_set import CREDIT_S, Probes, declared_probes
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, losses, mlp, same, train, weights


def watched(trainer: Trainer) -> Trainer:
    trainer.watch_next_step()
    return train(trainer, 1)


def read(trainer: Trainer, key: str) -> Mapping[str, Any]:
    reading = declared_probes()[key]().read(trainer)
    assert reading is not None
    return reading


def plain(trainer: Trainer) -> nn.Sequential:
    """The same net as a Sequential of copies of its layers."""
    layers = [m for name, m in trainer.net.named_children()]
    return nn.Sequential(*layers)


def next_batch(project: Project, step: int) -> tuple[torch.Tensor, torch.Tensor]:
    examples = project.data.load()
    order = torch.randperm(
        len(examples.x_train),
        generator=torch.Generator().manual_seed(project.training.seed),
    )
    index = order.split(project.training.batch_size)[step]
    x, y = torch.from_numpy(examples.x_train), torch.from_numpy(examples.y_train)
    return x[index], y[index].float()[:, None]


def test_that_gradient_norms_are_those_of_autograd() -> None:
    project = mlp(optimizer=SGD(lr=0.1))
    trainer = train(Trainer(project), 2)
    before = {name: t.double() for name, t in weights(trainer).items()}
    net = plain(trainer)
    x, y = next_batch(project, 2)
    loss = nn.functional.binary_cross_entropy_with_logits(net(x), y)
    grads = torch.autograd.grad(loss, list(net.parameters()))
    names = [name for name, _ in trainer.net.named_parameters()]
    found = read(watched(trainer), "gradients")
    assert found["nodes"] == ("n1", "n3", "n5")
    for rank, node in enumerate(found["nodes"]):
        own = [g for n, g in zip(names, grads, strict=True) if n.startswith(node)]
        norm = math.sqrt(sum(float(g.square().sum()) for g in own))
        size = math.sqrt(sum(float(t.square().sum()) for n, t in before.items() if n[:2] == node))
        assert found["norms"][rank] == pytest.approx(norm, rel=1e-5)
        assert found["updates"][rank] == pytest.approx(0.1 * norm / size, rel=1e-4)
        after = weights(trainer)
        own_size = math.sqrt(
            sum(float(t.square().sum()) for n, t in after.items() if n[:2] == node)
        )
        assert found["weights"][rank] == pytest.approx(own_size, rel=1e-5)
        assert found["over_time"][rank, -1] == pytest.approx(math.log10(norm), rel=1e-4)
    assert found["over_time_epoch"].tolist() == [pytest.approx(trainer.epoch)]
    assert all(found[k].dtype == np.float32 for k in ("norms", "weights", "updates", "over_time"))


def test_that_a_frozen_layer_is_left_out_of_the_gradients() -> None:
    project = mlp()
    first = next(n.id for n in project.graph.nodes.values() if n.layer.kind == "Linear")
    project = project.with_graph(project.graph.set_frozen([first]))
    found = read(watched(Trainer(project)), "gradients")
    assert first not in found["nodes"]
    assert np.isfinite(found["norms"]).all()


def test_that_there_are_no_gradients_before_the_first_step() -> None:
    assert declared_probes()["gradients"]().read(Trainer(mlp())) is None
    assert declared_probes()["activity"]().read(Trainer(mlp())) is None


@pytest.mark.slow
def test_that_gradients_over_time_stay_bounded_and_in_order() -> None:
    trainer = Trainer(mlp())
    probe = declared_probes()["gradients"]()
    for _ in range(700):
        train(trainer, 1)
        found = probe.read(trainer)
        assert found is not None
        assert found["over_time"].shape == (3, len(found["over_time_epoch"]))
        assert len(found["over_time_epoch"]) <= 240
    epochs = found["over_time_epoch"]
    assert (np.diff(epochs) > 0).all()
    assert epochs[0] == pytest.approx(1 / 105 * 16)
    assert len(epochs) > 100


def test_that_asking_twice_about_a_step_adds_no_second_column() -> None:
    trainer = train(Trainer(mlp()), 3)
    for key in ("gradients", "dead_units"):
        probe = declared_probes()[key]()
        for _ in range(3):
            probe.read(trainer)
        train(trainer, 1)
        found = probe.read(trainer)
        assert found is not None
        over_time = found.get("over_time_epoch", None)
        epochs = found["over_time"]["epoch"] if over_time is None else over_time
        assert len(epochs) == 2


def test_that_a_layer_of_zeros_has_no_relative_update() -> None:
    project = chain(Linear(out_features=1, initializer=Zeros(), bias=False))
    found = read(watched(Trainer(project)), "gradients")
    assert np.isnan(found["updates"]).all()


def test_that_activity_is_the_root_mean_square_of_outputs_and_gradients() -> None:
    project = mlp(optimizer=SGD(lr=0.1))
    trainer = Trainer(project)
    net = plain(trainer)
    x, y = next_batch(project, 0)
    outs, h = [x], x
    for layer in net:
        h = layer(h)
        h.retain_grad()
        outs.append(h)
    nn.functional.binary_cross_entropy_with_logits(h, y).backward()
    expected = [math.sqrt(float(out.detach().square().mean())) for out in outs]
    grads = [math.nan] + [math.sqrt(float(out.grad.square().mean())) for out in outs[1:]]
    net.zero_grad()
    found = read(watched(trainer), "activity")
    assert found["nodes"] == ("input1", "n1", "n2", "n3", "n4", "n5")
    np.testing.assert_allclose(found["activation"], expected, rtol=1e-5)
    np.testing.assert_allclose(found["gradient"], grads, rtol=1e-4)


def test_that_unit_maps_are_the_outputs_of_units_over_the_plane() -> None:
    trainer = train(Trainer(mlp()), 30)
    found = read(trainer, "units")
    x1_min, x1_max, x2_min, x2_max = found["extent"]
    x = trainer.objective.train.x
    assert x1_min < float(x[:, 0].min()) < float(x[:, 0].max()) < x1_max
    assert x2_min < float(x[:, 1].min()) < float(x[:, 1].max()) < x2_max
    side = found["maps"]["n1"].shape[1]
    for node, layers in (("n1", 1), ("n2", 2), ("n4", 4)):
        maps, scale = found["maps"][node], found["scale"][node]
        assert maps.dtype == np.int8
        assert maps.shape == (8, side, side)
        assert found["units"][node] == 8
        for row, column in ((0, 0), (0, side - 1), (side - 1, 0), (5, 11)):
            point = torch.tensor([[
                x1_min + (x1_max - x1_min) * column / (side - 1),
                x2_max - (x2_max - x2_min) * row / (side - 1),
            ]])  # fmt: skip
            values = plain(trainer)[:layers](point)[0].detach().numpy()
            np.testing.assert_allclose(maps[:, row, column] / 127 * scale, values, atol=scale / 200)


def test_that_the_top_row_of_a_map_is_the_largest_x2() -> None:
    found = read(Trainer(mlp()), "units")["maps"]["input1"]
    assert found[0, 0, 0] < 0 < found[0, 0, -1]  # x1 grows to the right
    assert found[1, 0, 0] > 0 > found[1, -1, 0]  # x2 grows to the top


def test_that_at_most_sixteen_units_are_drawn() -> None:
    found = read(Trainer(chain(Linear(out_features=40), Linear(out_features=1))), "units")
    assert found["maps"]["n1"].shape[0] == 16
    assert found["units"]["n1"] == 40


@pytest.mark.parametrize("data", [Wave(count=30), Iris(), Digits()], ids=lambda d: d.kind)
def test_that_there_are_no_maps_without_a_plane(data: Any) -> None:
    outputs = 1 if data.kind == "wave" else len(data.target().classes)
    loss = MeanSquaredError() if data.kind == "wave" else CrossEntropy()
    trainer = Trainer(chain(Flatten(), Linear(out_features=outputs), data=data, loss=loss))
    assert read(trainer, "units")["maps"] == {}
    if data.kind != "wave":
        assert declared_probes()["boundary"]().read(trainer) is None


def over_the_plane(trainer: Trainer, found: Mapping[str, Any], side: int) -> np.ndarray:
    x1_min, x1_max, x2_min, x2_max = found["extent"]
    across, down = np.meshgrid(np.linspace(x1_min, x1_max, side), np.linspace(x2_max, x2_min, side))
    points = torch.from_numpy(np.stack([across, down], -1).astype(np.float32)).reshape(-1, 2)
    with torch.no_grad():
        return plain(trainer).eval()(points).numpy().reshape(side, side, -1)


def test_that_the_boundary_of_one_logit_is_its_sigmoid() -> None:
    trainer = train(Trainer(mlp()), 40)
    found = read(trainer, "boundary")
    assert found["kind"] == "binary"
    expected = 1 / (1 + np.exp(-over_the_plane(trainer, found, len(found["grid"]))[..., 0]))
    np.testing.assert_allclose(found["grid"], expected, atol=1e-5)
    assert found["grid"].dtype == np.float32
    # Class 0 of the moons is the upper half circle, class 1 the lower.
    assert trainer.last_metrics or trainer.note() is None
    assert found["grid"][:20].mean() < found["grid"][-20:].mean()


def test_that_the_boundary_of_two_logits_is_the_softmax_of_the_second() -> None:
    trainer = train(Trainer(chain(Linear(out_features=2), loss=CrossEntropy())), 20)
    found = read(trainer, "boundary")
    z = over_the_plane(trainer, found, len(found["grid"]))
    expected = np.exp(z[..., 1]) / np.exp(z).sum(-1)
    np.testing.assert_allclose(found["grid"], expected, atol=1e-5)


def test_that_the_boundary_of_many_classes_is_the_likeliest_and_how_likely() -> None:
    data = Gaussians(count=120, clouds=4)
    trainer = train(Trainer(chain(Linear(out_features=4), data=data, loss=CrossEntropy())), 40)
    found = read(trainer, "boundary")
    z = over_the_plane(trainer, found, len(found["classes"]))
    chances = np.exp(z) / np.exp(z).sum(-1, keepdims=True)
    assert found["kind"] == "classes"
    assert (found["classes"] == z.argmax(-1)).mean() > 0.999
    np.testing.assert_allclose(found["confidence"], chances.max(-1), atol=1e-5)
    assert found["classes"].dtype == np.int16


def test_that_the_boundary_of_a_regression_is_its_value() -> None:
    project = chain(Linear(out_features=1), data=Hills(count=80), loss=MeanSquaredError())
    trainer = train(Trainer(project), 20)
    found = read(trainer, "boundary")
    assert found["kind"] == "values"
    expected = over_the_plane(trainer, found, len(found["grid"]))[..., 0]
    np.testing.assert_allclose(found["grid"], expected, atol=1e-5)


def test_that_a_regression_over_one_feature_is_a_curve() -> None:
    project = chain(
        Linear(out_features=8), Tanh(), Linear(out_features=1), data=Wave(count=60),
        loss=MeanSquaredError(),
    )  # fmt: skip
    trainer = train(Trainer(project), 30)
    found = read(trainer, "boundary")
    assert found["kind"] == "curve"
    features = trainer.objective.examples.x_train
    assert found["x"][0] < features.min() < features.max() < found["x"][-1]
    with torch.no_grad():
        expected = plain(trainer)(torch.from_numpy(found["x"])[:, None])[:, 0].numpy()
    np.testing.assert_allclose(found["y"], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("data", "outputs", "loss"),
    [
        (Moons(count=200), 1, BinaryCrossEntropyWithLogits()),
        (Moons(count=200), 1, MeanSquaredError()),
        (Moons(count=200), 2, CrossEntropy()),
        (Digits(), 10, CrossEntropy()),
    ],
)
def test_that_the_confusion_matrix_is_that_of_scikit_learn(
    data: Any, outputs: int, loss: Any
) -> None:
    project = chain(Flatten(), Linear(out_features=outputs), data=data, loss=loss)
    trainer = train(Trainer(project), 40)
    found = read(trainer, "confusion")
    examples = data.load()
    with torch.no_grad():
        z = plain(trainer)(torch.from_numpy(examples.x_val)).numpy()
    threshold = 0.5 if loss.kind == "mse" else 0.0
    guessed = z.argmax(1) if outputs > 1 else (z[:, 0] > threshold).astype(int)
    expected = confusion_matrix(examples.y_val, guessed, labels=range(len(found["classes"])))
    assert found["matrix"].tolist() == expected.tolist()
    assert found["matrix"].dtype == np.int64
    assert found["classes"] == data.target().classes


def test_that_a_regression_has_no_confusion_matrix() -> None:
    project = chain(Linear(out_features=1), data=Wave(count=30), loss=MeanSquaredError())
    assert declared_probes()["confusion"]().read(Trainer(project)) is None


def test_that_the_history_has_all_its_columns() -> None:
    trainer = train(Trainer(mlp()), 70)
    trainer.note()
    found = read(trainer, "history")
    metrics = {"val_accuracy", "val_f1", "val_precision", "val_recall"}
    assert set(found) == {"step", "epoch", "train_loss", "val_loss", "lr"} | metrics
    assert {len(column) for column in found.values()} == {len(trainer.history)}
    assert found["step"].dtype == found["epoch"].dtype == np.float64
    assert found["train_loss"].dtype == np.float32
    assert found["step"].tolist() == [7 * i for i in range(1, 11)]
    assert found["epoch"].tolist() == list(range(1, 11))


def test_that_examples_are_those_of_the_data() -> None:
    trainer = Trainer(mlp(data=Moons(count=1000)))
    found = read(trainer, "examples")
    examples = Moons(count=1000).load()
    np.testing.assert_array_equal(found["x"], examples.x_train[:300])
    np.testing.assert_array_equal(found["y"], examples.y_train[:300])
    assert (found["train"], found["validation"]) == (700, 300)


def fragile(optimizer: Any) -> Project:
    return chain(
        Linear(out_features=8), BatchNorm(), ReLU(), Dropout(p=0.4), Linear(out_features=8),
        Sigmoid(), Linear(out_features=1), optimizer=optimizer, l2=0.01,
    )  # fmt: skip


def test_that_probes_read_after_every_step_do_not_disturb_training() -> None:
    project = fragile(Adam())
    undisturbed = Trainer(project)
    expected = losses(undisturbed, 40)
    trainer, probes = Trainer(project), Probes()
    found = []
    for _ in range(40):
        trainer.watch_next_step()
        found += losses(trainer, 1)
        readings = probes.read(declared_probes(), trainer)
        assert set(readings) == set(declared_probes())
    assert found == expected
    assert same(weights(trainer), weights(undisturbed))
    assert "n2.running_mean" in weights(trainer)
    assert trainer.net.training


def test_that_the_images_of_a_convolutional_net_can_be_read() -> None:
    project = chain(
        Conv2d(out_channels=4), ReLU(), Flatten(), Linear(out_features=10), Softmax(),
        Linear(out_features=10), data=Digits(), loss=CrossEntropy(),
    )  # fmt: skip
    trainer = watched(Trainer(project))
    readings = Probes().read(declared_probes(), trainer)
    assert "boundary" not in readings
    assert readings["units"]["maps"] == {}
    assert readings["activity"]["nodes"] == ("input1", "n1", "n2", "n3", "n4", "n5", "n6")


def test_that_every_probe_has_a_key_and_a_help_text() -> None:
    assert set(declared_probes()) >= {
        "history", "gradients", "activity", "units", "dead_units", "boundary", "confusion",
    }  # fmt: skip
    for key, probe in declared_probes().items():
        assert probe.key == key
        assert probe.__doc__


def test_that_a_key_that_no_probe_has_is_left_out() -> None:
    trainer = watched(Trainer(mlp()))
    assert set(Probes().read(("activity", "nonsense"), trainer)) == {"activity"}
    assert not Probes().watches_step(("nonsense", "boundary"))


def test_that_costly_probes_wait_until_they_are_in_the_budget(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 100.0
    monkeypatch.setattr("playground.engine.probe_set.time.perf_counter", lambda: now)
    probes = Probes()
    cost = 0.04

    class Costly:
        def read(self, trainer: Any) -> Mapping[str, Any]:
            nonlocal now
            now += cost
            return {}

    monkeypatch.setattr(probes, "get", lambda key: Costly())
    spent = 0.0
    start = now
    trainer: Any = None
    while now - start < 100:
        now += 1 / 60
        due = probes.due(("boundary",))
        if due:
            probes.read(due, trainer)
            spent += cost
    # Five per cent, and what was saved up at the start.
    assert spent / 100 < 0.05 + 2 * CREDIT_S / 100
    assert spent / 100 > 0.03
