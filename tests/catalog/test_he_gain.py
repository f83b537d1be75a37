"""The gain of He's initializers is torch's, and files from before it could be chosen still open."""

from __future__ import annotations

from typing import get_args

import pytest
from torch import nn

from playground.catalog.initializers import HeNormal, Initializer, Nonlinearity
from playground.catalog.options import options_of
from playground.catalog.registry import make


@pytest.mark.parametrize("nonlinearity", get_args(Nonlinearity))
def test_that_the_gain_is_the_one_torch_calculates(nonlinearity: Nonlinearity) -> None:
    found = HeNormal(nonlinearity=nonlinearity, negative_slope=0.2).squared_gain
    assert found == pytest.approx(nn.init.calculate_gain(nonlinearity, 0.2) ** 2, rel=1e-14)


def test_that_a_slope_without_a_gain_still_means_a_leaky_relu() -> None:
    older = {"kind": "he_normal", "fan": "fan_in", "negative_slope": 0.2}
    assert make(Initializer, older) == HeNormal(nonlinearity="leaky_relu", negative_slope=0.2)
    plain = make(Initializer, {"kind": "he_normal", "fan": "fan_in", "negative_slope": 0.0})
    assert plain.call() == HeNormal().call()
    assert plain.variance(50, 20) == 2 / 50


def test_that_the_slope_counts_for_a_leaky_relu_alone() -> None:
    slope = next(option for option in options_of(HeNormal) if option.name == "negative_slope")
    assert slope.counts_for(HeNormal(nonlinearity="leaky_relu"))
    assert not slope.counts_for(HeNormal(nonlinearity="tanh"))
    assert slope.to_dict()["only_with"] == {"nonlinearity": "leaky_relu"}
    assert (
        HeNormal(negative_slope=0.5, nonlinearity="tanh").call()
        == HeNormal(nonlinearity="tanh").call()
    )
