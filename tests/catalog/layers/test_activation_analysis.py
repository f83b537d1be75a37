"""Range, centre and saturation of every activation, as textbooks have them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from playground.catalog.layers.activation import LogSoftmax, Softmax
from playground.catalog.layers.base.activation import Activation
from playground.catalog.layers.base.activation_analysis import traits_of
from playground.catalog.registry import declared, make_layer
from playground.graph.layer import Layer

INF = math.inf
# Range, zero-centred, flat below, flat above.
KNOWN: dict[str, tuple[float, float, bool, bool, bool]] = {
    "ReLU": (0, INF, False, True, False),
    "LeakyReLU": (-INF, INF, False, False, False),
    "PReLU": (-INF, INF, False, False, False),
    "ELU": (-1, INF, False, True, False),
    "SELU": (-1.7580993408473766, INF, True, True, False),  # −λα; made to keep the mean at 0
    "GELU": (-0.16997, INF, False, True, False),
    "SiLU": (-0.27846, INF, False, True, False),
    "Softplus": (0, INF, False, True, False),
    "Sigmoid": (0, 1, False, True, True),
    "Tanh": (-1, 1, True, True, True),
    "Hardtanh": (-1, 1, True, True, True),
    "Step": (0, 1, False, True, True),
    "Softmax": (0, 1, False, True, True),
    "LogSoftmax": (-INF, 0, False, False, True),
}


def test_that_every_activation_is_known_here() -> None:
    assert {k for k, c in declared(Layer).items() if issubclass(c, Activation)} == set(KNOWN)


@pytest.mark.parametrize("kind", KNOWN)
def test_that_range_centre_and_saturation_are_the_textbooks(kind: str) -> None:
    layer = make_layer({"kind": kind})
    assert isinstance(layer, Activation)
    found = traits_of(layer)
    low, high, is_centred, is_flat_below, is_flat_above = KNOWN[kind]
    assert found.low == pytest.approx(low, abs=1e-4)
    assert found.high == pytest.approx(high, abs=1e-4)
    assert found.is_zero_centred == is_centred
    assert (found.is_flat_below, found.is_flat_above) == (is_flat_below, is_flat_above)
    assert found.is_saturating == (is_flat_below and is_flat_above)
    assert found.has_gradient == (kind != "Step")


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ({"kind": "ELU", "alpha": 3.0}, -3, INF),
        ({"kind": "Hardtanh", "min_val": 0.0, "max_val": 6.0}, 0, 6),
        ({"kind": "LeakyReLU", "negative_slope": 0.0}, 0, INF),
        ({"kind": "Step", "straight_through": True}, 0, 1),
    ],
)
def test_that_the_traits_follow_the_options(
    options: dict[str, Any], low: float, high: float
) -> None:
    layer = make_layer(options)
    assert isinstance(layer, Activation)
    found = traits_of(layer)
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-9), pytest.approx(high))
    assert found.has_gradient


def test_that_the_mean_is_that_of_a_normal_input() -> None:
    layer = make_layer({"kind": "ReLU"})
    assert isinstance(layer, Activation)
    assert traits_of(layer).mean == pytest.approx(1 / math.sqrt(2 * math.pi), abs=1e-4)


@pytest.mark.parametrize("layer", [Softmax(), LogSoftmax()])
def test_that_softmax_is_drawn_as_the_first_of_two_numbers(layer: Activation) -> None:
    z = torch.linspace(-4, 4, 33, dtype=torch.float64, requires_grad=True)
    both = torch.stack([z, torch.zeros_like(z)])
    module = torch.nn.LogSoftmax(0) if isinstance(layer, LogSoftmax) else torch.nn.Softmax(0)
    first = module(both)[0]
    (slope,) = torch.autograd.grad(first.sum(), z)
    at = z.detach().numpy()
    np.testing.assert_allclose(layer.value(at), first.detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(layer.slope(at), slope.numpy(), atol=1e-12)
