"""Whole nets, once in torch and once as projects: the same size, and the same 50 losses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.engine.tokens import masked
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import losses, written_in_torch
from tests.engine.whole_nets import (
    PlainGRU,
    PlainLSTM,
    PlainResNet18,
    PlainTransformer,
    cnn,
    gru,
    lstm,
    mlp,
    pairs,
    plain_cnn,
    plain_mlp,
    plain_pairs,
    resnet18,
    transformer,
)

STEPS = 50


@pytest.fixture(autouse=True)
def one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several would only be in each other's way where tests run side by side."""
    monkeypatch.setattr("playground.project.work.WORTH_TWO", float("inf"))
    torch.set_num_threads(1)


def agree(project: Project, net: Callable[[], nn.Module], steps: int = STEPS, **plain: Any) -> None:
    """The same number of parameters, and the same losses."""
    trainer = Trainer(project)
    size = sum(p.numel() for p in net().parameters())
    assert trainer.compiled.parameter_count == size
    examples = project.data.load()
    labels = plain.pop("labels", torch.from_numpy(examples.y_train))
    loss = plain.pop("loss", nn.CrossEntropyLoss())
    optimizer = plain.pop("optimizer", lambda p: torch.optim.SGD(p, lr=0.05))
    trainer.restart()
    found = losses(trainer, steps)
    expected = written_in_torch(
        net, optimizer, loss, examples.x_train, labels, steps=steps,
        batch_size=project.training.batch_size, **plain,
    )  # fmt: skip
    assert found == pytest.approx(expected, abs=1e-6)
    assert len(set(found)) > steps // 2, "nothing was learned"


def test_that_an_mlp_with_all_that_belongs_to_one_trains_as_in_torch() -> None:
    agree(mlp(), plain_mlp, optimizer=lambda p: torch.optim.Adam(p, lr=0.005, weight_decay=1e-4))


def test_that_a_convolutional_net_for_28_by_28_trains_as_in_torch() -> None:
    agree(cnn(), plain_cnn)


@pytest.mark.slow
def test_that_two_pairs_of_convolutions_for_colour_pictures_train_as_in_torch() -> None:
    agree(pairs(), plain_pairs)


def test_that_an_lstm_classifier_trains_as_in_torch() -> None:
    agree(lstm(), PlainLSTM)


@pytest.mark.slow
def test_that_a_bidirectional_gru_trains_as_in_torch() -> None:
    agree(gru(), PlainGRU)


@pytest.mark.slow
def test_that_a_causal_decoder_of_four_layers_trains_as_in_torch() -> None:
    project = transformer(True, "causal_lm")
    tokens = torch.from_numpy(project.data.load().x_train)

    def next_token(outputs: Tensor, x: Tensor) -> Tensor:
        return nn.functional.cross_entropy(outputs[:, :-1].transpose(1, 2), x[:, 1:])

    agree(project, lambda: PlainTransformer(True), labels=tokens, loss=next_token)
    trainer = Trainer(project)
    other = tokens[:4].clone()
    other[:, 6:] = 1
    with trainer.evaluating():
        first, second = trainer.compiled.forward(tokens[:4]), trainer.compiled.forward(other)
    assert torch.equal(first[:, :6], second[:, :6])
    assert not torch.equal(first[:, 6:], second[:, 6:])


@pytest.mark.slow
def test_that_an_encoder_of_four_layers_learns_hidden_tokens_as_in_torch() -> None:
    project = transformer(False, "masked_lm")
    masks = torch.Generator().manual_seed(7)

    class Plain(PlainTransformer):
        def forward(self, x: Tensor) -> Tensor:
            hidden, self.asked = masked(x, 0.15, 30, masks)
            return super().forward(hidden)

    made: list[Plain] = []

    def plain() -> nn.Module:
        made.append(Plain(False))
        return made[-1]

    def hidden_tokens(outputs: Tensor, x: Tensor) -> Tensor:
        return nn.functional.cross_entropy(outputs.transpose(1, 2), made[-1].asked)

    tokens = torch.from_numpy(project.data.load().x_train)
    agree(project, plain, labels=tokens, loss=hidden_tokens)


@pytest.mark.slow
def test_that_resnet_18_trains_as_in_torch() -> None:
    project = resnet18()
    assert Trainer(project).compiled.parameter_count == 11_689_512
    agree(project, PlainResNet18, optimizer=lambda p: torch.optim.SGD(p, lr=0.01))
