"""Class weights and label smoothing: every loss that has them, as a formula in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from playground.catalog.datasets.dataset import Examples, Target
from playground.catalog.datasets.toy import Gaussians, Moons
from playground.catalog.losses import Loss
from playground.catalog.options import options_of
from playground.catalog.registry import declared, make
from playground.engine.objectives import objective_of
from playground.project.project import Project
from playground.project.training import Training

Array = npt.NDArray[np.float64]
EYE = np.eye(3)
THREE = np.array([0, 0, 0, 0, 1, 1, 2])
TWO = np.array([0, 0, 0, 0, 0, 1, 1])
Z = np.random.default_rng(3).normal(size=(7, 3))
ONE = Z[:, :1]
RARE = 7 / (3 * np.bincount(THREE))
"""N / (C·n): what "balanced" is for one of several classes."""


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def log_softmax(z: Array) -> Array:
    return z - np.log(np.exp(z).sum(1, keepdims=True))


def found(plain: dict[str, Any], labels: npt.NDArray[np.int64], outputs: Array) -> float:
    """The loss of outputs, with the weights and labels that a run would have."""
    data = Gaussians(clouds=3) if labels.max() > 1 else Moons()
    project = Project(data=data, training=Training(loss=plain, precision="float64"))
    x = np.zeros((len(labels), 2), np.float32)
    objective = objective_of(
        project, Examples(x, labels, x, labels, data.target()), torch.device("cpu")
    )
    return float(objective.compare(torch.from_numpy(outputs), objective.train.y))


def of_columns(p: Array, y: Array, weight: Array | float) -> float:
    """Binary cross-entropy whose yes counts `weight` times."""
    return float(-(weight * y * np.log(p) + (1 - y) * np.log(1 - p)).mean())


def of_classes(log_p: Array, smoothing: float, weights: Array) -> float:
    """Cross-entropy as torch weighs it: by the right class, and each class's part by its own."""
    rows = np.arange(len(log_p))
    right = -(weights[THREE] * log_p[rows, THREE]).sum()
    spread = -(weights * log_p).sum() / 3
    return float(((1 - smoothing) * right + smoothing * spread) / weights[THREE].sum())


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize(("chosen", "weight"), [("none", 1.0), ("balanced", 2.5), ((2, 8), 4.0)])
@pytest.mark.parametrize("kind", ["bce_with_logits", "bce"])
def test_that_yes_or_no_is_weighted_and_smoothed_towards_a_half(
    kind: str, chosen: object, weight: float, smoothing: float
) -> None:
    plain = {"kind": kind, "class_weights": chosen, "label_smoothing": smoothing}
    y = TWO[:, None] * (1 - smoothing) + smoothing / 2
    outputs = ONE if kind == "bce_with_logits" else sigmoid(ONE)
    assert found(plain, TWO, outputs) == pytest.approx(
        of_columns(sigmoid(ONE), y, weight), rel=1e-9
    )


@pytest.mark.parametrize("kind", ["bce_with_logits", "bce"])
def test_that_every_column_of_several_classes_has_its_own_weight(kind: str) -> None:
    numbers = np.bincount(THREE)
    weights = {"balanced": (7 - numbers) / numbers, (1.0, 2.0, 3.0): np.array([1.0, 2.0, 3.0])}
    outputs = Z if kind == "bce_with_logits" else sigmoid(Z)
    for chosen, expected in weights.items():
        value = found({"kind": kind, "class_weights": chosen}, THREE, outputs)
        assert value == pytest.approx(of_columns(sigmoid(Z), EYE[THREE], expected), rel=1e-9)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
@pytest.mark.parametrize(
    ("chosen", "weights"),
    [("none", np.ones(3)), ("balanced", RARE), ((1.0, 0.5, 4.0), np.array([1.0, 0.5, 4.0]))],
)
@pytest.mark.parametrize("kind", ["cross_entropy", "nll"])
def test_that_one_class_of_several_is_weighted_and_smoothed(
    kind: str, chosen: object, weights: Array, smoothing: float
) -> None:
    plain = {"kind": kind, "class_weights": chosen, "label_smoothing": smoothing}
    outputs = Z if kind == "cross_entropy" else log_softmax(Z)
    expected = of_classes(log_softmax(Z), smoothing, weights)
    assert found(plain, THREE, outputs) == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("chosen", "weights"),
    [("none", np.ones(3)), ("balanced", RARE), ((3, 2, 1), np.array([3, 2, 1]))],
)
def test_that_the_margins_of_several_classes_are_weighted(chosen: object, weights: Array) -> None:
    right = Z[np.arange(7), THREE][:, None]
    lacking = (np.maximum(0, 1 - right + Z) * (1 - EYE[THREE])).sum(1) / 3
    value = found({"kind": "hinge", "class_weights": chosen}, THREE, Z)
    assert value == pytest.approx(float((weights[THREE] * lacking).mean()), rel=1e-6)


@pytest.mark.parametrize(("chosen", "weight"), [("none", 1.0), ("balanced", 2.5), ((2, 8), 4.0)])
def test_that_the_margin_of_a_yes_is_weighted(chosen: object, weight: float) -> None:
    sign = TWO[:, None] * 2.0 - 1
    lacking = np.maximum(0, 1 - sign * ONE) * np.where(sign > 0, weight, 1.0)
    value = found({"kind": "hinge", "class_weights": chosen}, TWO, ONE)
    assert value == pytest.approx(float(lacking.mean()), rel=1e-9)


def test_that_weighted_probabilities_that_rounded_to_0_and_1_still_have_a_finite_gradient() -> None:
    plain = {"kind": "bce", "class_weights": (1, 3)}
    project = Project(data=Moons(), training=Training(loss=plain))
    x = np.zeros((2, 2), np.float32)
    y = np.array([0, 1])
    both = Examples(x, y, x, y, Moons().target())
    objective = objective_of(project, both, torch.device("cpu"))
    p = torch.tensor([[1.0], [0.0]], requires_grad=True)
    loss = objective.compare(p, objective.train.y)
    loss.backward()
    assert p.grad is not None
    assert float(loss.detach()) == pytest.approx((100 + 3 * 100) / 2)  # torch's limit for log 0
    assert torch.isfinite(p.grad).all()


def test_that_every_loss_with_such_an_option_is_tried_here() -> None:
    has = {
        kind
        for kind, loss in declared(Loss).items()
        if {"class_weights", "label_smoothing"} & {option.name for option in options_of(loss)}
    }
    assert has == {"bce", "bce_with_logits", "cross_entropy", "nll", "hinge", "kl"}


def test_that_own_weights_of_a_single_output_count_by_their_ratio() -> None:
    target = Target("binary", ("no", "yes"))
    assert make(Loss, {"kind": "bce", "class_weights": [2, 8]}).own_weights(target) == (4.0,)
    assert make(Loss, {"kind": "bce", "class_weights": "balanced"}).own_weights(target) == ()


@pytest.mark.parametrize("wrong", [[], [0, 1], ["a"], "much", [1, -2], None, [True, 1]])
def test_that_weights_that_cannot_be_are_refused_in_one_sentence(wrong: object) -> None:
    with pytest.raises(ValueError, match=r'class_weights: expected "none", "balanced", or a num'):
        make(Loss, {"kind": "cross_entropy", "class_weights": wrong})
