"""What is learned from sequences of different lengths: never their padding."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.catalog.datasets.sequences import Brackets
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.embedding import Embedding
from playground.catalog.losses import CrossEntropy
from playground.catalog.objectives import CausalLM, MaskedLM
from playground.catalog.registry import make_layer
from playground.engine.change import change
from playground.engine.checkpoint import from_files, restore, snapshot, to_files
from playground.engine.tokens import NOT_ASKED, masked
from playground.engine.trainer import Trainer
from playground.graph.graph import Edge
from playground.project.project import Project
from tests.engine.nets import chain, losses, same, train, weights

DATA = Brackets(count=120, length=12, shortest=2)
PAD, SIZE = DATA.padding(), len(DATA.vocabulary())


def reading(**training: object) -> Project:
    """Embedding, encoder block, an answer at every step; the block receives the padding mask."""
    project = chain(
        Embedding(num_embeddings=SIZE, embedding_dim=8), make_layer(
            {"kind": "EncoderBlock", "hidden": 16, "num_heads": 2}),
        Linear(out_features=SIZE), data=DATA, loss=CrossEntropy(), **training,
    )  # fmt: skip
    return project.with_graph(project.graph.connect(Edge("input1", "n2", target_port="padding")))


def test_that_padding_is_neither_hidden_nor_asked_for_nor_put_in() -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        x = torch.randint(2, 9, (200, 16), generator=generator)
        lengths = torch.randint(1, 17, (200, 1), generator=generator)
        x = torch.where(torch.arange(16) < lengths, x, PAD)
        hidden, asked = masked(x, 0.5, 9, generator, PAD)
        is_padding = x == PAD
        assert torch.equal(hidden == PAD, is_padding)
        assert (asked[is_padding] == NOT_ASKED).all()
        assert (asked != PAD).all()


def test_that_masks_follow_the_80_10_10_rule_beside_padding() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.randint(2, 50, (4000, 64), generator=generator)
    x[:, 32:] = PAD
    hidden, asked = masked(x, 0.15, 50, generator, PAD)
    chosen, real = asked >= 0, x != PAD
    count, n = int(real.sum()), int(chosen.sum())
    assert abs(n / count - 0.15) < 3 * (0.15 * 0.85 / count) ** 0.5
    shares = {
        0.8: (hidden == 0)[chosen],
        0.1 * 47 / 48: ((hidden != 0) & (hidden != x))[chosen],  # 1 of 48 draws is the same
        0.1 + 0.1 / 48: (hidden == x)[chosen],
    }
    for share, found in shares.items():
        assert abs(float(found.double().mean()) - share) < 3 * (share * (1 - share) / n) ** 0.5
    replaced = hidden[chosen & (hidden != 0) & (hidden != x)]
    assert set(replaced.tolist()) == set(range(2, 50))


def test_that_at_least_one_real_token_is_asked_for() -> None:
    generator = torch.Generator().manual_seed(0)
    x = torch.tensor([[4, PAD, PAD, PAD]])
    for _ in range(50):
        _, asked = masked(x, 0.01, 5, generator, PAD)
        assert asked.tolist() == [[4, NOT_ASKED, NOT_ASKED, NOT_ASKED]]


@pytest.mark.parametrize("objective", [CausalLM(), MaskedLM()], ids=lambda o: o.kind)
def test_that_no_label_of_a_language_model_is_padding(objective: CausalLM | MaskedLM) -> None:
    found = Trainer(reading(objective=objective)).objective
    for part in (found.train, found.val):
        _, asked = found.prepare(part.x, part.y)
        assert (asked != PAD).all()
        assert (part.y != PAD).all()
        assert (part.labels != PAD).all()
        assert (asked >= 0).any()


def test_that_the_next_token_is_asked_for_up_to_the_last_bracket() -> None:
    part = Trainer(reading(objective=CausalLM())).objective.train
    lengths = (part.x != PAD).sum(1)
    assert torch.equal((part.y != NOT_ASKED).sum(1), lengths - 1)


@pytest.mark.parametrize("objective", [CausalLM(), MaskedLM()], ids=lambda o: o.kind)
def test_that_accuracy_counts_the_tokens_asked_for_alone(objective: CausalLM | MaskedLM) -> None:
    trainer = train(Trainer(reading(objective=objective)), 20)
    trainer.note()
    part = trainer.objective.val
    guesses = trainer.outputs(part.x).argmax(-1).numpy()
    labels = part.y.numpy()
    asked = labels >= 0
    expected = np.mean(guesses[asked] == labels[asked])
    assert trainer.last_metrics["token_accuracy"] == pytest.approx(expected)
    assert not asked[(part.x == PAD).numpy() & (labels != NOT_ASKED)].any()


@pytest.mark.parametrize("objective", [CausalLM(), MaskedLM()], ids=lambda o: o.kind)
def test_that_balanced_weights_leave_padding_out(objective: CausalLM | MaskedLM) -> None:
    project = reading(objective=objective)
    balanced = project.with_training(loss=CrossEntropy(class_weights="balanced"))
    found = Trainer(balanced).objective
    y = found.train.y[found.train.y >= 0]
    counts = torch.bincount(y, minlength=SIZE).clamp(min=1)
    out, labels = torch.randn(3, 4, SIZE), torch.tensor([[2, 3, 4, 5]] * 3)
    expected = torch.nn.functional.cross_entropy(
        out.flatten(0, 1), labels.flatten(), weight=len(y) / (SIZE * counts)
    )
    assert float(found.compare(out, labels)) == pytest.approx(float(expected), rel=1e-5)


def test_that_a_run_with_padding_is_resumed_bit_for_bit() -> None:
    project = reading(objective=MaskedLM())
    trainer = train(Trainer(project), 7)
    files = to_files(snapshot(trainer))
    expected = losses(trainer, 10)
    other = Trainer(project)
    restore(other, from_files(files))
    assert losses(other, 10) == expected


def test_that_setting_padding_during_training_keeps_the_weights() -> None:
    project = reading(objective=CausalLM())
    trainer = train(Trainer(project.with_graph(project.graph.unplug("n2", "padding"))), 5)
    before = weights(trainer)
    after = change(trainer, project)
    assert not after.is_fresh
    assert same(before, weights(after.trainer))
    train(after.trainer, 5)


def test_that_recomputing_gives_the_same_losses() -> None:
    project = reading(objective=CausalLM())
    plain = losses(Trainer(project), 10)
    again = losses(Trainer(project.with_training(recompute=True)), 10)
    np.testing.assert_allclose(again, plain, rtol=1e-6)
