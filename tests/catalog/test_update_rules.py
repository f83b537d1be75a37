"""Every update rule and every loss, written in numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.datasets.dataset import Target
from playground.catalog.losses import Loss
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import declared, make
from playground.engine.compile import resolve

STEPS = 100
START = np.random.default_rng(5).normal(size=5)
Array = np.ndarray
Steps = Generator[Array, Array, None]
"""Is sent gradients and yields weights."""


def sgd(o: Any, w: Array) -> Steps:
    v = np.zeros_like(w)
    while True:
        g = yield w
        g = g + o.weight_decay * w
        v = o.momentum * v + g
        w = w - o.lr * (g + o.momentum * v if o.nesterov else v)


def sgdw(o: Any, w: Array) -> Steps:
    v = np.zeros_like(w)
    while True:
        g = yield w
        v = o.momentum * v + g
        w = w - o.lr * o.weight_decay * w - o.lr * (g + o.momentum * v if o.nesterov else v)


def perceptron(o: Any, w: Array) -> Steps:
    while True:
        g = yield w
        w = w - o.lr * o.weight_decay * w - o.lr * g


def rmsprop(o: Any, w: Array) -> Steps:
    s, v = np.zeros_like(w), np.zeros_like(w)
    while True:
        g = yield w
        g = g + o.weight_decay * w
        s = o.alpha * s + (1 - o.alpha) * g**2
        v = o.momentum * v + g / (np.sqrt(s) + o.eps)
        w = w - o.lr * v


def adagrad(o: Any, w: Array) -> Steps:
    s, t = np.zeros_like(w), 0
    while True:
        g = yield w
        g = g + o.weight_decay * w
        s = s + g**2
        w = w - o.lr / (1 + o.lr_decay * t) * g / (np.sqrt(s) + o.eps)
        t += 1


def adadelta(o: Any, w: Array) -> Steps:
    s, u = np.zeros_like(w), np.zeros_like(w)
    while True:
        g = yield w
        g = g + o.weight_decay * w
        s = o.rho * s + (1 - o.rho) * g**2
        step = np.sqrt(u + o.eps) / np.sqrt(s + o.eps) * g
        u = o.rho * u + (1 - o.rho) * step**2
        w = w - o.lr * step


def moments(o: Any, w: Array) -> Generator[tuple[int, Array, Array, Array], Array, None]:
    """The step's number, the gradient, and the running means of it and of its square."""
    m, v, t = np.zeros_like(w), np.zeros_like(w), 0
    g = yield t, w, m, v
    while True:
        t += 1
        m, v = o.beta1 * m + (1 - o.beta1) * g, o.beta2 * v + (1 - o.beta2) * g**2
        g = yield t, g, m, v


def adam(o: Any, w: Array, apart: bool = False) -> Steps:
    means = moments(o, w)
    next(means)
    while True:
        g = yield w
        g = g if apart else g + o.weight_decay * w
        w = w * (1 - o.lr * o.weight_decay) if apart else w
        t, g, m, v = means.send(g)
        w = w - o.lr * (m / (1 - o.beta1**t)) / (np.sqrt(v / (1 - o.beta2**t)) + o.eps)


def adamw(o: Any, w: Array) -> Steps:
    return adam(o, w, apart=True)


def adamax(o: Any, w: Array) -> Steps:
    m, u, t = np.zeros_like(w), np.zeros_like(w), 0
    while True:
        g = yield w
        g = g + o.weight_decay * w
        t += 1
        m, u = o.beta1 * m + (1 - o.beta1) * g, np.maximum(o.beta2 * u, np.abs(g) + o.eps)
        w = w - o.lr / (1 - o.beta1**t) * m / u


def nadam(o: Any, w: Array) -> Steps:
    means, product = moments(o, w), 1.0
    next(means)
    while True:
        g = yield w
        g = g if o.decoupled else g + o.weight_decay * w
        w = w * (1 - o.lr * o.weight_decay) if o.decoupled else w
        t, g, m, v = means.send(g)
        now, then = (o.beta1 * (1 - 0.5 * 0.96 ** (k * o.momentum_decay)) for k in (t, t + 1))
        product *= now
        ahead = then * m / (1 - product * then) + (1 - now) * g / (1 - product)
        w = w - o.lr * ahead / (np.sqrt(v / (1 - o.beta2**t)) + o.eps)


def radam(o: Any, w: Array) -> Steps:
    means, longest = moments(o, w), 2 / (1 - o.beta2) - 1
    next(means)
    while True:
        g = yield w
        g = g if o.decoupled else g + o.weight_decay * w
        w = w * (1 - o.lr * o.weight_decay) if o.decoupled else w
        t, g, m, v = means.send(g)
        mean, length = m / (1 - o.beta1**t), longest - 2 * t * o.beta2**t / (1 - o.beta2**t)
        if length > 5:
            r = (length - 4) * (length - 2) * longest
            r /= (longest - 4) * (longest - 2) * length
            mean = mean * math.sqrt(r * (1 - o.beta2**t)) / (np.sqrt(v) + o.eps)
        w = w - o.lr * mean


RULES: dict[str, Callable[[Any, Array], Steps]] = {
    "sgd": sgd, "sgdw": sgdw, "perceptron": perceptron, "rmsprop": rmsprop, "adagrad": adagrad,
    "adadelta": adadelta, "adam": adam, "adamw": adamw, "adamax": adamax, "nadam": nadam,
    "radam": radam,
}  # fmt: skip
OTHERWISE: dict[str, object] = {
    "lr": 0.03, "weight_decay": 0.2, "momentum": 0.8, "nesterov": True, "alpha": 0.9, "eps": 1e-3,
    "beta1": 0.8, "beta2": 0.95, "lr_decay": 0.1, "rho": 0.7, "decoupled": True,
    "momentum_decay": 0.05,
}  # fmt: skip
"""Every option of every optimizer, other than it comes."""


def settings_of(kind: type[Optimizer]) -> list[Optimizer]:
    """As it comes, every option changed alone, and all of them together."""
    changed = {name: OTHERWISE[name] for name in kind.model_fields}
    alone = [kind(**{name: value}) for name, value in changed.items()]
    return [kind(), *alone, kind(**changed), kind(**changed | SWITCHED_OFF.get(kind.kind, {}))]


SWITCHED_OFF: dict[str, dict[str, object]] = {
    "sgd": {"nesterov": False}, "sgdw": {"nesterov": False},
    "nadam": {"decoupled": False}, "radam": {"decoupled": False},
}  # fmt: skip
CASES_OF_RULES = [o for kind in declared(Optimizer).values() for o in settings_of(kind)]


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", CASES_OF_RULES, ids=repr)
def test_that_an_optimizer_follows_its_rule_for_a_hundred_steps(optimizer: Optimizer) -> None:
    rule = RULES[optimizer.kind](optimizer, START)
    next(rule)
    weight = nn.Parameter(torch.tensor(START))
    call = optimizer.call()
    built = resolve(call.target)([weight], *call.args, **call.kwargs)
    for grad in np.random.default_rng(0).normal(size=(STEPS, 5)):
        weight.grad = torch.tensor(grad)
        built.step()
        w = rule.send(grad)
        np.testing.assert_allclose(weight.detach().numpy(), w, rtol=1e-9, atol=1e-9)


def test_that_every_update_rule_is_written_out() -> None:
    assert set(RULES) == set(declared(Optimizer))


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
