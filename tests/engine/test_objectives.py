"""Objectives: the input again, the next token, hidden tokens."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.sequences import Adding, FirstSymbol, Sentences
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.embedding import Embedding
from playground.catalog.layers.recurrent import LSTM
from playground.catalog.layers.reshape import Flatten, LastStep
from playground.catalog.losses import CrossEntropy, MeanSquaredError
from playground.catalog.objectives import Autoencoder, CausalLM, MaskedLM
from playground.catalog.optimizers import Adam
from playground.engine.change import change
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.headless import train as train_headless
from playground.engine.tokens import masked
from playground.engine.trainer import Trainer
from playground.project.project import Project
from tests.engine.nets import chain, losses, train

TEXT = Sentences(count=120, length=12)
SIZE = len(TEXT.vocabulary())


def speaking(objective: CausalLM | MaskedLM, data: Sentences = TEXT) -> Project:
    """Embedding, LSTM at every step, one output a token."""
    return chain(
        Embedding(num_embeddings=SIZE, embedding_dim=16), LSTM(hidden_size=24),
        Linear(out_features=SIZE), data=data, loss=CrossEntropy(), objective=objective,
        optimizer=Adam(lr=0.01),
    )  # fmt: skip


def test_that_masks_follow_the_80_10_10_rule() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(1, 50, (2000, 64), generator=generator)
    hidden, asked = masked(x, 0.15, 50, generator)
    chosen = asked >= 0
    count, n = x.numel(), int(chosen.sum())
    assert abs(n / count - 0.15) < 3 * (0.15 * 0.85 / count) ** 0.5
    assert torch.equal(asked[chosen], x[chosen])
    assert torch.equal(hidden[~chosen], x[~chosen])
    shares = {
        0.8: (hidden == 0)[chosen],
        0.1 * 48 / 49: ((hidden != 0) & (hidden != x))[chosen],  # 1 of 49 draws is the same
        0.1 + 0.1 / 49: (hidden == x)[chosen],
    }
    for share, found in shares.items():
        assert abs(float(found.double().mean()) - share) < 3 * (share * (1 - share) / n) ** 0.5


def test_that_at_least_one_token_is_asked_for() -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(50):
        _, asked = masked(torch.ones(1, 3, dtype=torch.int64), 0.01, 4, generator)
        assert int((asked >= 0).sum()) >= 1


def test_that_masks_are_drawn_again_in_training_and_never_for_validation() -> None:
    trainer = Trainer(speaking(MaskedLM()))
    objective = trainer.objective
    first = objective.prepare(objective.train.x, objective.train.y)
    second = objective.prepare(objective.train.x, objective.train.y)
    assert not torch.equal(first[0], second[0])
    assert torch.equal(objective.val.x, Trainer(speaking(MaskedLM())).objective.val.x)


@pytest.mark.parametrize("objective", [CausalLM(), MaskedLM()], ids=lambda o: o.kind)
def test_that_a_language_model_learns_and_resumes_bit_for_bit(
    objective: CausalLM | MaskedLM,
) -> None:
    trainer = Trainer(speaking(objective))
    trainer.note()
    before = trainer.last_metrics["perplexity"]
    assert before == pytest.approx(SIZE, rel=0.2)
    train(trainer, 50)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 30)
    other = Trainer(speaking(objective))
    restore(other, from_files(files))
    assert losses(other, 30) == expected
    other.note()
    assert other.last_metrics["perplexity"] < before * 0.8
    assert 0 < other.last_metrics["token_accuracy"] < 1
    assert other.last_metrics["perplexity"] == pytest.approx(np.exp(other.last_val_loss), rel=1e-5)


def test_that_the_next_token_is_the_label_and_the_last_has_none() -> None:
    part = Trainer(speaking(CausalLM())).objective.train
    assert torch.equal(part.y[:, :-1], part.x[:, 1:])
    assert (part.y[:, -1] == -100).all()


def test_that_an_autoencoder_reconstructs_its_input() -> None:
    project = chain(
        Flatten(), Linear(out_features=16), ReLU(), Linear(out_features=64), data=Digits(),
        loss=MeanSquaredError(), objective=Autoencoder(), optimizer=Adam(), batch_size=64,
    )  # fmt: skip
    found = train_headless(project, epochs=5)
    part = found.trainer.objective.val
    assert torch.equal(part.y, part.x.flatten(1))
    error = float((found.trainer.outputs(part.x) - part.y).square().mean())
    assert found.final.val_loss == pytest.approx(error, rel=1e-5)
    assert error < 0.6 * float((part.y - part.y.mean(0)).square().mean())


def test_that_another_objective_restarts_training() -> None:
    trainer = train(Trainer(speaking(CausalLM())), 5)
    same = change(trainer, speaking(MaskedLM()))
    assert not same.is_fresh
    assert same.trainer.objective.masks is not None
    train(same.trainer, 5)
    project = chain(
        Embedding(num_embeddings=SIZE), Flatten(), Linear(out_features=SIZE), data=TEXT,
        loss=CrossEntropy(),
    )  # fmt: skip
    assert change(same.trainer, project).is_fresh


@pytest.mark.slow
def test_that_an_lstm_remembers_the_first_symbol() -> None:
    data = FirstSymbol(count=400, length=8, symbols=3)
    project = chain(
        Embedding(num_embeddings=4, embedding_dim=8), LSTM(hidden_size=16), LastStep(),
        Linear(out_features=3), data=data, loss=CrossEntropy(), optimizer=Adam(lr=0.02),
    )  # fmt: skip
    assert train_headless(project, epochs=50).final.metrics["accuracy"] > 0.9


def test_that_the_adding_problem_is_the_sum_of_the_marked() -> None:
    x, y = Adding(count=50, length=9).draw(np.random.default_rng(0))
    assert x.shape == (50, 9, 2)
    assert (x[..., 1].sum(1) == 2).all()
    np.testing.assert_allclose((x[..., 0] * x[..., 1]).sum(1), y[:, 0], rtol=1e-6)


def test_that_sentences_never_hold_the_mask() -> None:
    x, y = TEXT.draw(np.random.default_rng(0))
    assert x.dtype == y.dtype == np.int64
    assert x.min() >= 1
    assert max(x.max(), y.max()) < SIZE
