"""Digits, Iris and Diabetes against scikit-learn; scaling against scikit-learn's scalers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.datasets import load_diabetes, load_digits, load_iris
from sklearn.preprocessing import MinMaxScaler, StandardScaler

from playground.catalog.datasets.dataset import Dataset, Scaling, scaled
from playground.catalog.datasets.images import Digits
from playground.catalog.datasets.tabular import Diabetes, Iris


@pytest.mark.parametrize("data", [Digits(), Iris(), Diabetes()], ids=lambda d: d.kind)
def test_that_a_table_has_the_shape_and_labels_it_declares(data: Dataset) -> None:
    found = data.load()
    assert found.x_train.shape[1:] == found.x_val.shape[1:] == data.features().dims
    assert found.x_train.dtype == np.float32
    count = len(found.x_train) + len(found.x_val)
    assert len(found.x_val) == round(0.3 * count)
    target = data.target()
    if target.task == "regression":
        assert found.y_train.shape[1:] == (len(target.columns),)
    else:
        assert set(found.y_train) == set(range(len(target.classes)))


def test_that_digits_are_scikit_learns_between_0_and_1() -> None:
    x, y = Digits().draw(np.random.default_rng(0))
    pixels, labels = load_digits(return_X_y=True)
    np.testing.assert_allclose(x.reshape(len(x), -1) * 16, pixels)
    np.testing.assert_array_equal(y, labels)
    assert len(x) == 1797
    assert (x.min(), x.max()) == (0, 1)


def test_that_iris_names_its_species_in_scikit_learns_order() -> None:
    bunch = load_iris()
    assert Iris().target().classes == tuple(bunch.target_names)
    assert [f"{name} (cm)" for name in Iris().feature_names()] == bunch.feature_names


def test_that_diabetes_is_as_measured_until_it_is_scaled() -> None:
    x, y = Diabetes().draw(np.random.default_rng(0))
    raw, target = load_diabetes(return_X_y=True, scaled=False)
    np.testing.assert_allclose(x, raw, rtol=1e-6)
    np.testing.assert_array_equal(y[:, 0], target)
    assert (y.min(), y.max()) == (25, 346)
    assert Diabetes().feature_names()[2] == "BMI"


def test_that_labels_are_standardised_by_the_training_part_alone_if_wished() -> None:
    plain, scaled_ = Diabetes(scale_target=False).load(), Diabetes().load()
    assert plain.y_train.max() > 300
    mean, std = plain.y_train.mean(dtype=np.float64), plain.y_train.std(dtype=np.float64)
    np.testing.assert_allclose(scaled_.y_val, (plain.y_val - mean) / std, rtol=1e-4, atol=1e-5)
    assert abs(float(scaled_.y_train.mean())) < 1e-5
    assert float(scaled_.y_train.std()) == pytest.approx(1, abs=1e-5)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**16), st.sampled_from(["standardise", "min-max"]), st.floats(1e-3, 1e3))
def test_that_scaling_is_scikit_learns_fitted_on_training_examples(
    seed: int, how: Scaling, size: float
) -> None:
    generator = np.random.default_rng(seed)
    train = generator.normal(5, size, (30, 3)).astype(np.float32)
    val = generator.normal(5, size, (9, 3)).astype(np.float32)
    scaler = (StandardScaler() if how == "standardise" else MinMaxScaler()).fit(
        train.astype(np.float64)
    )
    found = scaled(train, val, how)
    for part, expected in zip(found, (train, val), strict=True):
        assert part.dtype == np.float32
        expected = scaler.transform(expected.astype(np.float64))
        np.testing.assert_allclose(part, expected, rtol=1e-5, atol=1e-5)


def test_that_a_column_that_never_changes_stays_finite() -> None:
    train, val = np.full((5, 1), 7, np.float32), np.full((2, 1), 8, np.float32)
    ways: tuple[Scaling, ...] = ("standardise", "min-max")
    for how in ways:
        a, b = scaled(train, val, how)
        assert (a == 0).all()
        assert (b == 1).all()
    assert scaled(train, val, "none") == (train, val)
