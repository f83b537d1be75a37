"""Activations, initializers, losses, metrics and optimizers against torch and scikit-learn."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    mean_absolute_error,
    precision_score,
    r2_score,
    recall_score,
    root_mean_squared_error,
)
from torch import nn

from playground.catalog.datasets.dataset import Target
from playground.catalog.initializers import HeNormal, Initializer, TorchDefault
from playground.catalog.layers.base.activation import Activation
from playground.catalog.losses import Loss, proposed
from playground.catalog.metric_functions import predicted
from playground.catalog.metrics import (
    F1,
    Accuracy,
    MeanError,
    Metric,
    Perplexity,
    Precision,
    Recall,
    RootMeanSquaredError,
    RSquared,
    TokenAccuracy,
    metrics_for,
)
from playground.catalog.optimizers import Optimizer
from playground.catalog.registry import declared
from playground.engine.compile import resolve
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from tests.catalog.generated import made

ACTIVATIONS = [
    c for c in declared(Layer).values() if issubclass(c, Activation) and c.is_elementwise
]


@contextmanager
def in_float64() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("kind", ACTIVATIONS, ids=lambda c: c.kind)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_that_value_and_slope_are_torchs_function_and_its_autograd(
    kind: type[Activation], data: st.DataObject
) -> None:
    layer: Activation = data.draw(made(kind))
    call = layer.call(Shape((1,)))
    assert call is not None
    z = torch.linspace(-6, 6, 240, dtype=torch.float64, requires_grad=True)  # 0, a kink, left out
    with in_float64():
        y = resolve(call.target)(*call.args, **call.kwargs)(z)
    (slope,) = torch.autograd.grad(y.sum(), z)
    at = z.detach().numpy()
    np.testing.assert_allclose(layer.value(at), y.detach().numpy(), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(layer.slope(at), slope.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
def test_that_softmax_and_its_logarithm_have_the_derivatives_of_the_book(kind: str) -> None:
    call = declared(Layer)[kind]().call(Shape((4,)))
    assert call is not None
    module = resolve(call.target)(*call.args, **call.kwargs)
    z = torch.tensor([[0.3, -1.2, 2.0, 0.0]], dtype=torch.float64)
    p = np.exp(z.numpy()[0]) / np.exp(z.numpy()[0]).sum()
    value, slopes = p, np.diag(p) - np.outer(p, p)  # ∂pᵢ/∂zⱼ = pᵢ (δᵢⱼ − pⱼ)
    if kind == "LogSoftmax":
        value, slopes = np.log(p), np.eye(4) - p  # δᵢⱼ − pⱼ
    np.testing.assert_allclose(module(z).numpy()[0], value, rtol=1e-12)
    found = torch.autograd.functional.jacobian(module, z).numpy()[0, :, 0]
    np.testing.assert_allclose(found, slopes, atol=1e-12)


def test_that_every_activation_is_compared() -> None:
    # Those over many numbers are Softmax and its logarithm.
    kinds = {c.kind for c in declared(Layer).values() if c.is_activation}
    assert kinds - {c.kind for c in ACTIVATIONS} == {"Softmax", "LogSoftmax"}


INITIALIZERS = list(declared(Initializer).values())
FAN_IN, FAN_OUT = 300, 100


def variance_is_as_stated(initializer: Initializer) -> bool:
    torch.manual_seed(0)
    weight = nn.Linear(FAN_IN, FAN_OUT).weight.detach()
    call = initializer.call()
    if call is not None:
        getattr(nn.init, call.target.removeprefix("init."))(weight, *call.args, **call.kwargs)
    stated = initializer.variance(FAN_IN, FAN_OUT)
    if stated is None:
        return True
    # The standard error of a variance is √((κ−1)/n)·σ², at most √(2/n)·σ² for these draws.
    error = math.sqrt(2 / weight.numel()) * stated
    return abs(float(weight.double().var()) - stated) <= 3 * error


@pytest.mark.parametrize("kind", INITIALIZERS, ids=lambda c: c.kind)
def test_that_drawn_weights_have_the_stated_variance(kind: type[Initializer]) -> None:
    assert variance_is_as_stated(kind())


@pytest.mark.parametrize("fan", ["fan_in", "fan_out"])
def test_that_he_counts_the_fan_that_is_chosen(fan: str) -> None:
    assert variance_is_as_stated(HeNormal(fan=fan))
    assert HeNormal(fan="fan_in").variance(50, 20) == 2 / 50
    assert TorchDefault().call() is None


# Losses

TARGETS = {
    "regression": Target("regression", columns=("a", "b")),
    "binary": Target("binary", ("no", "yes")),
    "classes": Target("classes", ("a", "b", "c")),
    "reconstruction": Target("reconstruction", columns=("a", "b")),
    "tokens": Target("tokens", ("a", "b", "c")),
}


@pytest.mark.parametrize("kind", declared(Loss).values(), ids=lambda c: c.kind)
def test_that_torch_takes_outputs_and_labels_as_a_loss_asks_for_them(kind: type[Loss]) -> None:
    loss = kind()
    for task in loss.tasks:
        target = TARGETS[task]
        outputs = torch.rand(5, loss.outputs(target)) * 0.8 + 0.1
        classes = torch.tensor([0, 1, 1, 0, max(1, len(target.classes) - 1)])
        labels = {
            "index": classes,
            "one_hot": torch.eye(max(2, len(target.classes)))[classes],
            "value": torch.rand(5, 2) if target.columns else classes.float()[:, None],
            "signed": classes.float()[:, None] * 2 - 1,
        }[loss.encoding(target)]
        call = loss.call(target)
        function = resolve(call.target)(**call.kwargs)
        value = function(outputs, labels)
        assert value.shape == ()
        assert torch.isfinite(value)


@pytest.mark.parametrize("task", TARGETS)
def test_that_the_proposed_loss_suits_the_labels(task: str) -> None:
    assert task in proposed(TARGETS[task]).tasks


# Metrics


def test_that_accuracy_is_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    outputs, labels = generator.normal(size=(50, 3)), generator.integers(0, 3, 50)
    expected = accuracy_score(labels, outputs.argmax(1))
    assert Accuracy().measure(outputs, labels, 0.0) == pytest.approx(expected)
    one, yes = generator.normal(size=(50, 1)), generator.integers(0, 2, 50)
    for threshold in (0.0, 0.5):
        expected = accuracy_score(yes, one[:, 0] > threshold)
        assert Accuracy().measure(one, yes, threshold) == pytest.approx(expected)
        assert set(predicted(one, threshold)) <= {0, 1}


@pytest.mark.parametrize(
    ("metric", "reference"),
    [(F1(), f1_score), (Precision(), precision_score), (Recall(), recall_score)],
    ids=lambda x: getattr(x, "kind", ""),
)
def test_that_what_counts_by_class_is_scikit_learns(metric: Metric, reference: Any) -> None:
    generator = np.random.default_rng(0)
    for classes in (1, 2, 3, 6):
        outputs = generator.normal(size=(40, classes))
        labels = generator.integers(0, max(2, classes), 40)
        if classes == 6:  # one class is never said, one occurs nowhere, one is neither
            outputs[:, 5] = outputs[:, 4] = -9
            labels[labels > 3] = 4
            labels[labels == 0] = 1
        guesses = predicted(outputs, 0.3)
        average = "binary" if classes < 3 else "macro"
        expected = reference(labels, guesses, average=average, zero_division=0)
        assert metric.measure(outputs, labels, 0.3) == pytest.approx(expected)
    never = np.full((4, 1), -1.0)
    assert metric.measure(never, np.array([0, 1, 0, 1]), 0.0) == 0.0


def test_that_distances_from_numbers_are_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    outputs, labels = generator.normal(size=(40, 2)), generator.normal(size=(40, 2))
    expected = mean_absolute_error(labels, outputs)
    assert MeanError().measure(outputs, labels, 0.0) == pytest.approx(expected)
    expected = root_mean_squared_error(labels[:, :1], outputs[:, :1])
    found = RootMeanSquaredError().measure(outputs[:, :1], labels[:, :1], 0.0)
    assert found == pytest.approx(expected)
    pictures = outputs.reshape(10, 2, 2, 2)
    expected = mean_absolute_error(labels, outputs)
    assert MeanError().measure(pictures, labels.reshape(10, 8), 0.0) == pytest.approx(expected)


def test_that_r_squared_is_scikit_learns() -> None:
    generator = np.random.default_rng(0)
    outputs, labels = generator.normal(size=(40, 2)), generator.normal(size=(40, 2))
    labels[:, 1] *= 0.01  # it hardly varies, so what is said of it hardly counts
    expected = r2_score(labels, outputs, multioutput="variance_weighted")
    assert RSquared().measure(outputs, labels.astype(np.float32), 0.0) == pytest.approx(
        expected, rel=1e-5
    )


def test_that_the_metrics_of_tokens_count_only_those_asked_for() -> None:
    generator = np.random.default_rng(0)
    outputs, labels = generator.normal(size=(4, 6, 5)), generator.integers(0, 5, (4, 6))
    asked = generator.random((4, 6)) < 0.5
    only = np.where(asked, labels, -100)
    expected = accuracy_score(labels[asked], outputs.argmax(-1)[asked])
    assert TokenAccuracy().measure(outputs, only, 0.0) == pytest.approx(expected)
    p = np.exp(outputs) / np.exp(outputs).sum(-1, keepdims=True)
    mean = log_loss(labels[asked], p[asked], labels=range(5))
    assert Perplexity().measure(outputs, only, 0.0) == pytest.approx(np.exp(mean), rel=1e-6)
    assert Perplexity().measure(np.zeros((1, 3, 7)), np.array([[0, 6, 3]]), 0.0) == pytest.approx(7)


@pytest.mark.parametrize("task", TARGETS)
def test_that_every_task_has_a_metric(task: str) -> None:
    found = metrics_for(TARGETS[task])
    assert len(found) > 1, "what is proposed can be overruled"
    usual = {"regression": "r2", "reconstruction": "r2", "tokens": "token_accuracy"}
    assert found[0].kind == usual.get(task, "accuracy")


# Optimizers


@pytest.mark.slow
@pytest.mark.parametrize("kind", declared(Optimizer).values(), ids=lambda c: c.kind)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_that_torch_takes_every_option_of_an_optimizer(
    kind: type[Optimizer], data: st.DataObject
) -> None:
    optimizer: Optimizer = data.draw(made(kind))
    call = optimizer.call()
    built = resolve(call.target)([nn.Parameter(torch.ones(2))], *call.args, **call.kwargs)
    for name, value in optimizer.hyperparameters().items():
        assert built.param_groups[0][name] == value
