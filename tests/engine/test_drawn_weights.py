"""The spread of weights as the engine draws them, over a hundred nets, against each formula."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch

from playground.catalog.initializers import Initializer
from playground.catalog.registry import declared, make, make_layer
from playground.engine.compile import build
from playground.engine.probes.initial import theory
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape

DRAWS = 100
Formula = Callable[[int, int, int], float]
"""From fan_in, fan_out and the number of units, the variance of one weight."""


def cut_off(sigma: float, reach: float) -> float:
    """The variance of a bell curve cut off beyond `reach` σ, summed up numerically."""
    z = np.linspace(-reach, reach, 200_001)
    bell = np.exp(-(z**2) / 2)
    return float(sigma**2 * (z**2 * bell).sum() / bell.sum())


SPREADS: list[tuple[dict[str, object], float, Formula]] = [
    ({"kind": "default"}, 0.0, lambda i, o, n: 1 / (3 * i)),
    ({"kind": "zeros"}, 0.0, lambda i, o, n: 0.0),
    ({"kind": "ones"}, 1.0, lambda i, o, n: 0.0),
    ({"kind": "constant", "value": 0.25}, 0.25, lambda i, o, n: 0.0),
    ({"kind": "uniform", "centre": 0.5, "reach": 0.3}, 0.5, lambda i, o, n: 0.3**2 / 3),
    ({"kind": "normal", "mean": -0.5, "std": 0.2}, -0.5, lambda i, o, n: 0.2**2),
    ({"kind": "truncated_normal", "mean": 1.0}, 1.0, lambda i, o, n: cut_off(0.05, 2)),
    ({"kind": "truncated_normal", "std": 0.5, "cut": 1}, 0.0, lambda i, o, n: cut_off(0.5, 1)),
    ({"kind": "xavier_uniform"}, 0.0, lambda i, o, n: 2 / (i + o)),
    ({"kind": "xavier_uniform", "gain": 1.5}, 0.0, lambda i, o, n: 1.5**2 * 2 / (i + o)),
    ({"kind": "xavier_normal"}, 0.0, lambda i, o, n: 2 / (i + o)),
    ({"kind": "xavier_normal", "gain": 1.5}, 0.0, lambda i, o, n: 1.5**2 * 2 / (i + o)),
    ({"kind": "he_uniform"}, 0.0, lambda i, o, n: 2 / i),
    ({"kind": "he_uniform", "fan": "fan_out"}, 0.0, lambda i, o, n: 2 / o),
    ({"kind": "he_uniform", "negative_slope": 0.5}, 0.0, lambda i, o, n: 2 / 1.25 / i),
    ({"kind": "he_normal"}, 0.0, lambda i, o, n: 2 / i),
    ({"kind": "he_normal", "fan": "fan_out"}, 0.0, lambda i, o, n: 2 / o),
    ({"kind": "he_normal", "negative_slope": 0.5}, 0.0, lambda i, o, n: 2 / 1.25 / i),
    ({"kind": "he_normal", "nonlinearity": "tanh"}, 0.0, lambda i, o, n: 25 / 9 / i),
    ({"kind": "he_uniform", "nonlinearity": "selu"}, 0.0, lambda i, o, n: 9 / 16 / i),
    ({"kind": "he_uniform", "nonlinearity": "tanh"}, 0.0, lambda i, o, n: (5 / 3) ** 2 / i),
    ({"kind": "he_normal", "nonlinearity": "selu"}, 0.0, lambda i, o, n: (3 / 4) ** 2 / i),
    ({"kind": "he_normal", "nonlinearity": "linear"}, 0.0, lambda i, o, n: 1 / i),
    ({"kind": "lecun_uniform"}, 0.0, lambda i, o, n: 1 / i),
    ({"kind": "lecun_normal"}, 0.0, lambda i, o, n: 1 / i),
    ({"kind": "orthogonal"}, 0.0, lambda i, o, n: 1 / max(i, n)),
    ({"kind": "orthogonal", "gain": 2.0}, 0.0, lambda i, o, n: 4 / max(i, n)),
]
# A convolution of 12 filters in 4 groups, each 2 channels of 3×3, and 20 units over all of it.
FANS = {"conv": (2 * 9, 12 * 9, 12), "linear": (12 * 16, 20, 20)}


def name_of(value: object) -> str:
    return "-".join(map(str, value.values())) if isinstance(value, dict) else ""


def drawn_by(initializer: Initializer) -> tuple[Graph, Examined]:
    """Input, convolution, Flatten, Linear, Output, all weights drawn alike."""
    layers: dict[str, dict[str, object]] = {
        "x": {"kind": "Input"},
        "conv": {"kind": "Conv2d", "out_channels": 12, "kernel_size": 3, "groups": 4},
        "flat": {"kind": "Flatten"},
        "linear": {"kind": "Linear", "out_features": 20},
        "y": {"kind": "Output"},
    }
    graph, before = Graph(), ""
    for name, options in layers.items():
        own = {"initializer": initializer} if name in FANS else {}
        graph = graph.add(Node(name, make_layer({**options, **own})))
        graph = graph.connect(Edge(before, name)) if before else graph
        before = name
    return graph, examine(graph, Shape((8, 6, 6)))


@pytest.mark.slow
@pytest.mark.parametrize(("plain", "mean", "formula"), SPREADS, ids=name_of)
def test_that_the_variance_over_a_hundred_nets_is_that_of_the_formula(
    plain: dict[str, object], mean: float, formula: Formula
) -> None:
    initializer = make(Initializer, plain)
    graph, examined = drawn_by(initializer)
    torch.manual_seed(0)
    found: dict[str, list[float]] = {name: [] for name in FANS}
    for _ in range(DRAWS):
        net = build(graph, examined).net
        for name, variances in found.items():
            weight = net.get_parameter(f"{name}.weight").detach().double()
            variances.append(float((weight - mean).square().mean()))
    for name, fans in FANS.items():
        stated = formula(*fans)
        error = np.std(found[name], ddof=1) / math.sqrt(DRAWS)
        assert abs(np.mean(found[name]) - stated) <= 3 * error + 1e-6 * stated, name
        module = net.get_submodule(name)
        law = theory(initializer, module, net.get_parameter(f"{name}.weight"))
        assert law is not None
        assert law[1] == pytest.approx(mean)
        assert law[2] ** 2 == pytest.approx(stated, rel=1e-4), name


def test_that_every_initializer_is_drawn_here() -> None:
    assert {plain["kind"] for plain, *_ in SPREADS} == set(declared(Initializer))
