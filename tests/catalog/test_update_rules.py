"""Every update rule and every loss, written in numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.datasets.dataset import Target
from playground.catalog.losses import Loss
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
    Perceptron,
    RAdam,
    RMSProp,
)
from playground.catalog.registry import declared, make
from playground.engine.compile import resolve

STEPS, LR = 100, 0.02
Array = np.ndarray
Rule = Callable[[Array], Generator[Array, Array, None]]
"""From the first weights, a generator that is sent gradients and yields weights."""


def sgd(mu: float = 0.0, nesterov: bool = False, decay: float = 0.0, apart: bool = False) -> Rule:
    def rule(w: Array) -> Generator[Array, Array, None]:
        v = np.zeros_like(w)
        while True:
            g = yield w
            w = w * (1 - LR * decay) if apart else w
            g = g if apart else g + decay * w
            v = mu * v + g
            w = w - LR * (g + mu * v if nesterov else v)

    return rule


def rmsprop(w: Array) -> Generator[Array, Array, None]:
    s = np.zeros_like(w)
    while True:
        g = yield w
        s = 0.99 * s + 0.01 * g**2
        w = w - LR * g / (np.sqrt(s) + 1e-8)


def adam(decay: float = 0.0, apart: bool = False) -> Rule:
    def rule(w: Array) -> Generator[Array, Array, None]:
        m, v, t = np.zeros_like(w), np.zeros_like(w), 0
        while True:
            g = yield w
            t += 1
            w = w * (1 - LR * decay) if apart else w
            g = g if apart else g + decay * w
            m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
            w = w - LR * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)

    return rule


def adagrad(w: Array) -> Generator[Array, Array, None]:
    s, t = np.zeros_like(w), 0
    while True:
        g = yield w
        s = s + g**2
        w = w - LR / (1 + 0.1 * t) * g / (np.sqrt(s) + 1e-10)
        t += 1


def adadelta(w: Array) -> Generator[Array, Array, None]:
    s, u = np.zeros_like(w), np.zeros_like(w)
    while True:
        g = yield w
        s = 0.9 * s + 0.1 * g**2
        step = np.sqrt(u + 1e-6) / np.sqrt(s + 1e-6) * g
        u = 0.9 * u + 0.1 * step**2
        w = w - LR * step


def adamax(w: Array) -> Generator[Array, Array, None]:
    m, u, t = np.zeros_like(w), np.zeros_like(w), 0
    while True:
        g = yield w
        t += 1
        m, u = 0.9 * m + 0.1 * g, np.maximum(0.999 * u, np.abs(g) + 1e-8)
        w = w - LR / (1 - 0.9**t) * m / u


def nadam(w: Array) -> Generator[Array, Array, None]:
    m, v, t, product = np.zeros_like(w), np.zeros_like(w), 0, 1.0
    while True:
        g = yield w
        t += 1
        now, then = (0.9 * (1 - 0.5 * 0.96 ** (k * 0.004)) for k in (t, t + 1))
        product *= now
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        ahead = then * m / (1 - product * then) + (1 - now) * g / (1 - product)
        w = w - LR * ahead / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)


def radam(w: Array) -> Generator[Array, Array, None]:
    m, v, t, longest = np.zeros_like(w), np.zeros_like(w), 0, 2 / (1 - 0.999) - 1
    while True:
        g = yield w
        t += 1
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g**2
        mean, length = m / (1 - 0.9**t), longest - 2 * t * 0.999**t / (1 - 0.999**t)
        if length > 5:
            r = (length - 4) * (length - 2) * longest
            r /= (longest - 4) * (longest - 2) * length
            mean = mean * math.sqrt(r * (1 - 0.999**t)) / (np.sqrt(v) + 1e-8)
        w = w - LR * mean


RULES: list[tuple[Optimizer, Rule]] = [
    (SGD(lr=LR), sgd()),
    (SGD(lr=LR, momentum=0.9, weight_decay=0.1), sgd(0.9, decay=0.1)),
    (SGD(lr=LR, momentum=0.9, nesterov=True), sgd(0.9, nesterov=True)),
    (SGDW(lr=LR, momentum=0.9, weight_decay=0.1), sgd(0.9, decay=0.1, apart=True)),
    (SGDW(lr=LR, momentum=0.9, nesterov=True, weight_decay=0.1), sgd(0.9, True, 0.1, True)),
    (RMSProp(lr=LR), rmsprop),
    (Adam(lr=LR, weight_decay=0.1), adam(0.1)),
    (AdamW(lr=LR, weight_decay=0.1), adam(0.1, apart=True)),
    (Adagrad(lr=LR, lr_decay=0.1), adagrad),
    (Adadelta(lr=LR), adadelta),
    (Adamax(lr=LR), adamax),
    (NAdam(lr=LR), nadam),
    (RAdam(lr=LR), radam),
    (Perceptron(lr=LR), sgd()),
]


@pytest.mark.parametrize(("optimizer", "rule"), RULES, ids=lambda v: getattr(v, "kind", ""))
def test_that_an_optimizer_follows_its_rule_for_a_hundred_steps(
    optimizer: Optimizer, rule: Rule
) -> None:
    draw = np.random.default_rng(0)
    start = draw.normal(size=5)
    weight = nn.Parameter(torch.tensor(start))
    call = optimizer.call()
    built = resolve(call.target)([weight], *call.args, **call.kwargs)
    expected = rule(start)
    next(expected)
    for _ in range(STEPS):
        grad = draw.normal(size=5)
        weight.grad = torch.tensor(grad)
        built.step()
        w = expected.send(grad)
        np.testing.assert_allclose(weight.detach().numpy(), w, rtol=1e-9, atol=1e-9)


def test_that_every_update_rule_is_written_out() -> None:
    assert {optimizer.kind for optimizer, _ in RULES} == set(declared(Optimizer))


# Losses

CLASSES, YES_NO = Target("classes", ("a", "b", "c")), Target("binary", ("no", "yes"))
VALUES = Target("regression", columns=("a", "b"))
draws = np.random.default_rng(1)
Z, Y, D = draws.normal(size=(6, 3)), np.array([0, 1, 2, 1, 0, 2]), draws.normal(size=(6, 2)) * 2
T, ONE, YES = draws.normal(size=(6, 2)), draws.normal(size=(6, 1)), np.array([[0, 1, 1, 0, 1, 0]]).T
P = np.exp(Z) / np.exp(Z).sum(1, keepdims=True)
ROWS, HOT, SMOOTH = np.arange(6), np.eye(3)[Y], np.eye(3)[Y] * 0.9 + 0.1 / 3
S = 1 / (1 + np.exp(-ONE))
HUBER = np.where(abs(D - T) <= 0.7, (D - T) ** 2 / 2, 0.7 * (abs(D - T) - 0.35))
MARGINS = np.maximum(0, 1 - Z[ROWS, Y][:, None] + Z) * (1 - HOT)
CASES: list[tuple[object, Target, Array, Array, float]] = [
    ("mse", VALUES, D, T, ((D - T) ** 2).mean()),
    ("mae", VALUES, D, T, abs(D - T).mean()),
    ({"kind": "huber", "delta": 0.7}, VALUES, D, T, HUBER.mean()),
    ("bce", YES_NO, S, YES * 1.0, -np.where(YES == 1, np.log(S), np.log(1 - S)).mean()),
    ("bce_with_logits", YES_NO, ONE, YES * 1.0, -np.log(np.where(YES == 1, S, 1 - S)).mean()),
    ("cross_entropy", CLASSES, Z, Y, -np.log(P[ROWS, Y]).mean()),
    (
        {"kind": "cross_entropy", "label_smoothing": 0.1}, CLASSES, Z, Y,
        -(SMOOTH * np.log(P)).sum(1).mean(),
    ),
    ("nll", CLASSES, np.log(P), Y, -np.log(P[ROWS, Y]).mean()),
    ("hinge", YES_NO, ONE, YES * 2.0 - 1, np.maximum(0, 1 - (YES * 2 - 1) * ONE).mean()),
    ("hinge", CLASSES, Z, Y, MARGINS.sum(1).mean() / 3),
    ("kl", CLASSES, np.log(P), HOT, -np.log(P[ROWS, Y]).mean()),
    (
        {"kind": "kl", "label_smoothing": 0.1}, CLASSES, np.log(P), SMOOTH,
        (SMOOTH * np.log(SMOOTH / P)).sum(1).mean(),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("plain", "target", "outputs", "labels", "expected"), CASES)
def test_that_a_loss_is_its_formula(
    plain: object, target: Target, outputs: Array, labels: Array, expected: float
) -> None:
    call = make(Loss, plain).call(target)
    value = resolve(call.target)(*call.args, **call.kwargs)(
        torch.from_numpy(outputs), torch.from_numpy(labels)
    )
    assert float(value) == pytest.approx(expected, abs=1e-12)


def test_that_every_loss_is_written_out() -> None:
    kinds = {make(Loss, plain).kind for plain, *_ in CASES}
    assert kinds == set(declared(Loss))
