"""Training is what the same net, written directly in torch, would do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.constant_initializers import Constant, Ones, Zeros
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.toy import Gaussians, Hills, Moons, Wave
from playground.catalog.initializers import (
    HeNormal,
    HeUniform,
    Initializer,
    LeCunNormal,
    LeCunUniform,
    Normal,
    Orthogonal,
    TorchDefault,
    TruncatedNormal,
    Uniform,
    XavierNormal,
    XavierUniform,
)
from playground.catalog.layers.activation import LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.merge import Add, Concatenate
from playground.catalog.layers.normalization import BatchNorm
from playground.catalog.layers.pooling import MaxPool2d
from playground.catalog.layers.regularization import Dropout
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import BinaryCrossEntropyWithLogits, CrossEntropy, MeanSquaredError
from playground.catalog.optimizers import (
    SGD,
    SGDW,
    Adadelta,
    Adagrad,
    Adam,
    Adamax,
    AdamW,
    NAdam,
    Optimizer,
    RAdam,
    RMSProp,
)
from playground.catalog.registry import declared, make_layer
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import MOONS, chain, losses, mlp, net, train, written_in_torch

STEPS = 100
INPUT, OUTPUT = make_layer({"kind": "Input"}), make_layer({"kind": "Output"})
sgd = SGD(lr=0.05)


def plain_sgd(parameters: Any) -> torch.optim.Optimizer:
    return torch.optim.SGD(parameters, lr=0.05)


def classes(project: Project) -> Tensor:
    return torch.from_numpy(project.data.load().y_train)


def values(project: Project) -> Tensor:
    return classes(project).float().reshape(-1, 1)


def agree(
    project: Project,
    make_net: Callable[[], nn.Module],
    loss: nn.Module,
    labels: Tensor,
    make_optimizer: Callable[[Any], torch.optim.Optimizer] = plain_sgd,
    penalty: Callable[[nn.Module], Tensor] | None = None,
) -> None:
    """The project has the losses of that net, trained in torch on its examples."""
    expected = written_in_torch(
        make_net, make_optimizer, loss, project.data.load().x_train, labels, steps=STEPS,
        batch_size=project.training.batch_size, penalty=penalty,
    )  # fmt: skip
    found = losses(Trainer(project), STEPS)
    assert found == pytest.approx(expected, abs=1e-6)
    assert found[-1] != pytest.approx(found[0], abs=1e-4), "nothing was learned"


def plain_mlp() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 1))


OPTIMIZERS: list[tuple[Optimizer, Callable[[Any], torch.optim.Optimizer]]] = [
    (SGD(lr=0.1), lambda p: torch.optim.SGD(p, lr=0.1)),
    (SGD(lr=0.05, momentum=0.9), lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
    (
        SGD(lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.01),
    ),
    (Adam(lr=0.01), lambda p: torch.optim.Adam(p, lr=0.01)),
    (
        Adam(lr=0.02, beta1=0.8, beta2=0.99, eps=1e-6, weight_decay=0.01),
        lambda p: torch.optim.Adam(p, lr=0.02, betas=(0.8, 0.99), eps=1e-6, weight_decay=0.01),
    ),
    (AdamW(lr=0.01), lambda p: torch.optim.AdamW(p, lr=0.01, weight_decay=0.01)),
    (RMSProp(lr=0.005), lambda p: torch.optim.RMSprop(p, lr=0.005)),
    (
        RMSProp(lr=0.005, alpha=0.9, momentum=0.5, eps=1e-6),
        lambda p: torch.optim.RMSprop(p, lr=0.005, alpha=0.9, momentum=0.5, eps=1e-6),
    ),
    (SGDW(lr=0.05, weight_decay=0.0, momentum=0.9), lambda p: torch.optim.SGD(p, 0.05, 0.9)),
    (
        Adagrad(lr=0.05, lr_decay=0.01, weight_decay=0.01),
        lambda p: torch.optim.Adagrad(p, lr=0.05, lr_decay=0.01, weight_decay=0.01),
    ),
    (Adadelta(rho=0.8), lambda p: torch.optim.Adadelta(p, rho=0.8)),
    (Adamax(lr=0.005), lambda p: torch.optim.Adamax(p, lr=0.005)),
    (NAdam(lr=0.005), lambda p: torch.optim.NAdam(p, lr=0.005)),
    (
        NAdam(lr=0.005, weight_decay=0.01, decoupled=True),
        lambda p: torch.optim.NAdam(p, 0.005, weight_decay=0.01, decoupled_weight_decay=True),
    ),
    (RAdam(lr=0.005), lambda p: torch.optim.RAdam(p, lr=0.005)),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "plain"), OPTIMIZERS, ids=lambda v: v.kind if isinstance(v, Optimizer) else ""
)
def test_that_every_optimizer_gives_the_losses_of_torch(
    optimizer: Optimizer, plain: Callable[[Any], torch.optim.Optimizer]
) -> None:
    project = mlp(optimizer=optimizer)
    agree(project, plain_mlp, nn.BCEWithLogitsLoss(), values(project), make_optimizer=plain)


@pytest.mark.slow
def test_that_every_optimizer_of_the_catalog_is_compared() -> None:
    # The perceptron rule trains one unit alone; see test_perceptron.py.
    compared = {optimizer.kind for optimizer, _ in OPTIMIZERS} | {"perceptron"}
    assert compared == set(declared(Optimizer))


def test_that_an_mlp_on_regression_gives_the_losses_of_torch() -> None:
    project = chain(
        Linear(out_features=16), ReLU(), Linear(out_features=1), data=Wave(count=120),
        loss=MeanSquaredError(), optimizer=sgd,
    )  # fmt: skip
    agree(
        project,
        lambda: nn.Sequential(nn.Linear(1, 16), nn.ReLU(), nn.Linear(16, 1)),
        nn.MSELoss(),
        values(project),
    )


def test_that_batch_norm_and_dropout_give_the_losses_of_torch() -> None:
    data = Gaussians(count=300, clouds=3)
    project = chain(
        Linear(out_features=64), BatchNorm(), ReLU(), Dropout(p=0.3),
        Linear(out_features=32), BatchNorm(), LeakyReLU(negative_slope=0.1), Dropout(p=0.2),
        Linear(out_features=3), data=data, loss=CrossEntropy(), optimizer=sgd,
    )  # fmt: skip

    def plain() -> nn.Module:
        return nn.Sequential(
            nn.Linear(2, 64), nn.BatchNorm1d(64), nn.ReLU(), nn.Dropout(0.3),
            nn.Linear(64, 32), nn.BatchNorm1d(32), nn.LeakyReLU(0.1), nn.Dropout(0.2),
            nn.Linear(32, 3),
        )  # fmt: skip

    agree(project, plain, nn.CrossEntropyLoss(), classes(project))


def test_that_a_convolutional_net_on_digits_gives_the_losses_of_torch() -> None:
    project = chain(
        Conv2d(out_channels=6, kernel_size=3, padding=1), BatchNorm(), ReLU(), MaxPool2d(),
        Conv2d(out_channels=8, kernel_size=3, stride=2, bias=False), Tanh(), Flatten(),
        Linear(out_features=10), data=Digits(), loss=CrossEntropy(), optimizer=sgd,
        batch_size=32,
    )  # fmt: skip

    def plain() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(1, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(6, 8, 3, stride=2, bias=False), nn.Tanh(), nn.Flatten(), nn.Linear(8, 10),
        )  # fmt: skip

    agree(project, plain, nn.CrossEntropyLoss(), classes(project))


class PlainResidual(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2, 8)
        self.second = nn.Linear(8, 8)
        self.last = nn.Linear(8, 1)

    def forward(self, x: Tensor) -> Tensor:
        h = torch.tanh(self.first(x))
        return self.last(h + torch.relu(self.second(h)))


def test_that_a_residual_net_gives_the_losses_of_torch() -> None:
    layers = {
        "input1": INPUT,
        "first": Linear(out_features=8),
        "tanh": Tanh(),
        "second": Linear(out_features=8),
        "relu": ReLU(),
        "add": Add(),
        "last": Linear(out_features=1),
        "output1": OUTPUT,
    }
    wires = [
        ("input1", "first"), ("first", "tanh"), ("tanh", "second"), ("second", "relu"),
        ("tanh", "add"), ("relu", "add"), ("add", "last"), ("last", "output1"),
    ]  # fmt: skip
    project = net(layers, wires, MOONS, optimizer=sgd)
    agree(project, PlainResidual, nn.BCEWithLogitsLoss(), values(project))


class PlainConcatenate(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.left = nn.Linear(2, 4)
        self.right = nn.Linear(2, 6)
        self.last = nn.Linear(12, 1)

    def forward(self, x: Tensor) -> Tensor:
        both = [torch.sigmoid(self.left(x)), torch.tanh(self.right(x)), x]
        return self.last(torch.cat(both, 1))


def test_that_a_net_with_concatenate_gives_the_losses_of_torch() -> None:
    layers = {
        "input1": INPUT,
        "left": Linear(out_features=4),
        "right": Linear(out_features=6),
        "sigmoid": Sigmoid(),
        "tanh": Tanh(),
        "join": Concatenate(),
        "last": Linear(out_features=1),
        "output1": OUTPUT,
    }
    wires = [
        ("input1", "left"), ("input1", "right"), ("left", "sigmoid"), ("right", "tanh"),
        ("sigmoid", "join"), ("tanh", "join"), ("input1", "join"), ("join", "last"),
        ("last", "output1"),
    ]  # fmt: skip
    project = net(layers, wires, MOONS, optimizer=sgd)
    agree(project, PlainConcatenate, nn.BCEWithLogitsLoss(), values(project))


def test_that_cross_entropy_takes_two_outputs_for_two_classes() -> None:
    project = chain(Linear(out_features=2), loss=CrossEntropy(), optimizer=sgd)
    agree(project, lambda: nn.Linear(2, 2), nn.CrossEntropyLoss(), classes(project))


@pytest.mark.parametrize(
    ("loss", "plain"),
    [(MeanSquaredError(), nn.MSELoss()), (BinaryCrossEntropyWithLogits(), nn.BCEWithLogitsLoss())],
    ids=["mse", "bce"],
)
def test_that_losses_by_value_take_one_column_per_class(loss: Any, plain: nn.Module) -> None:
    data = Gaussians(count=200, clouds=4)
    project = chain(
        Linear(out_features=4), Softmax(), Linear(out_features=4), data=data, loss=loss,
        optimizer=sgd,
    )  # fmt: skip

    def plain_net() -> nn.Module:
        return nn.Sequential(nn.Linear(2, 4), nn.Softmax(-1), nn.Linear(4, 4))

    agree(project, plain_net, plain, torch.eye(4)[classes(project)])


@pytest.mark.parametrize(("l1", "l2"), [(0.0, 0.02), (0.01, 0.0), (0.003, 0.03)])
def test_that_penalties_have_the_gradient_of_what_they_add_to_the_loss(
    l1: float, l2: float
) -> None:
    def penalty(module: nn.Module) -> Tensor:
        found = [p for name, p in module.named_parameters() if "weight" in name]
        whole = sum(l2 / 2 * w.square().sum() + l1 * w.abs().sum() for w in found)
        extra = 0.005 / 2 * found[0].square().sum() + 0.002 * found[0].abs().sum()
        assert isinstance(whole, Tensor)
        return whole + extra

    project = chain(
        Linear(out_features=8, l1=0.002, l2=0.005), Tanh(), Linear(out_features=1),
        data=Hills(count=150), loss=MeanSquaredError(), optimizer=sgd, l1=l1, l2=l2,
    )  # fmt: skip
    agree(
        project,
        lambda: nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1)),
        nn.MSELoss(),
        values(project),
        penalty=penalty,
    )


def test_that_the_penalty_shown_is_what_is_added_to_the_loss() -> None:
    project = chain(Linear(out_features=3, l2=0.5), Linear(out_features=1, l1=0.25), l1=0.125)
    trainer = Trainer(project)
    first, last = (trainer.net.get_parameter(f"n{i}.weight").detach().double() for i in (1, 2))
    expected = 0.25 * first.square().sum() + 0.125 * first.abs().sum() + 0.375 * last.abs().sum()
    assert trainer.penalty() == pytest.approx(float(expected), rel=1e-6)


INITIALIZERS: list[tuple[Initializer, Callable[[Tensor], Any]]] = [
    (TorchDefault(), lambda w: None),
    (Zeros(), nn.init.zeros_),
    (Normal(mean=0.1, std=0.3), lambda w: nn.init.normal_(w, 0.1, 0.3)),
    (XavierUniform(gain=1.5), lambda w: nn.init.xavier_uniform_(w, 1.5)),
    (XavierNormal(), nn.init.xavier_normal_),
    (HeUniform(), lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu")),
    (
        HeNormal(fan="fan_out"),
        lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="relu"),
    ),
    (
        HeNormal(negative_slope=0.2),
        lambda w: nn.init.kaiming_normal_(w, a=0.2, nonlinearity="leaky_relu"),
    ),
    (
        HeUniform(nonlinearity="leaky_relu"),
        lambda w: nn.init.kaiming_uniform_(w, a=0.01, nonlinearity="leaky_relu"),
    ),
    (
        HeNormal(nonlinearity="tanh", fan="fan_out", negative_slope=0.5),
        lambda w: nn.init.kaiming_normal_(w, mode="fan_out", nonlinearity="tanh"),
    ),
    (Ones(), nn.init.ones_),
    (Constant(value=0.3), lambda w: nn.init.constant_(w, 0.3)),
    (Uniform(centre=0.1, reach=0.5), lambda w: nn.init.uniform_(w, -0.4, 0.6)),
    (TruncatedNormal(std=0.2), lambda w: nn.init.trunc_normal_(w, std=0.2, a=-0.4, b=0.4)),
    (Orthogonal(gain=2.0), lambda w: nn.init.orthogonal_(w, 2.0)),
    (LeCunNormal(), lambda w: nn.init.normal_(w, std=w.shape[1] ** -0.5)),
    (LeCunUniform(), lambda w: nn.init.kaiming_uniform_(w, nonlinearity="linear")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("initializer", "plain"), INITIALIZERS, ids=lambda v: getattr(v, "kind", "")
)
def test_that_every_initializer_draws_what_torch_draws(
    initializer: Initializer, plain: Callable[[Tensor], Any]
) -> None:
    project = chain(
        Linear(out_features=8, initializer=initializer), ReLU(),
        Linear(out_features=1, initializer=initializer),
    )  # fmt: skip
    torch.manual_seed(7)
    layers = [nn.Linear(2, 8), nn.Linear(8, 1)]
    for layer in layers:
        plain(layer.weight)
    trainer = Trainer(project)
    for node_id, layer in zip(("n1", "n3"), layers, strict=True):
        assert torch.equal(trainer.net.get_parameter(f"{node_id}.weight"), layer.weight)
        assert torch.equal(trainer.net.get_parameter(f"{node_id}.bias"), layer.bias)


def test_that_every_initializer_of_the_catalog_is_compared() -> None:
    assert {initializer.kind for initializer, _ in INITIALIZERS} == set(declared(Initializer))


def test_that_a_watched_step_gives_the_very_same_numbers_as_a_plain_one() -> None:
    project = chain(
        Linear(out_features=16, l1=0.01), BatchNorm(), ReLU(), Dropout(p=0.4),
        Linear(out_features=1), optimizer=Adam(), l2=0.01,
    )  # fmt: skip
    plain = losses(Trainer(project), 60)
    watched = Trainer(project)
    found = []
    for _ in range(60):
        watched.record_next = True
        found += losses(watched, 1)
        assert watched.recorded is not None
    assert found == plain


def test_that_drop_last_leaves_the_short_batch_out() -> None:
    data = Moons(count=100, validation=0.3)
    project = chain(Linear(out_features=1), data=data, optimizer=sgd, batch_size=32, drop_last=True)
    trainer = train(Trainer(project), 5)
    assert trainer.epochs_done == 2
    assert trainer.epoch == pytest.approx(2 + 32 / 70)
    assert len(losses(trainer, 1)) == 1
    assert trainer.epochs_done == 3
