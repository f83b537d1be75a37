"""Facts about the made-up data sets, and how examples are split."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.datasets.dataset import DataError, Dataset
from playground.catalog.datasets.toy import Circles, Gaussians, Hills, Moons, Spiral, Wave, Xor
from playground.catalog.registry import declared, make

TOYS = [kind for kind in declared(Dataset).values() if kind.family == "Toy"]


@pytest.mark.parametrize("kind", TOYS, ids=lambda c: c.kind)
def test_that_the_same_seed_gives_the_same_examples_and_another_seed_others(
    kind: type[Dataset],
) -> None:
    one, same, other = kind().load(), kind().load(), kind(seed=1).load()
    np.testing.assert_array_equal(one.x_train, same.x_train)
    np.testing.assert_array_equal(one.y_val, same.y_val)
    assert not np.array_equal(one.x_train, other.x_train)


@pytest.mark.parametrize("kind", TOYS, ids=lambda c: c.kind)
@settings(max_examples=15, deadline=None)
@given(count=st.integers(4, 60), validation=st.floats(0.01, 0.99), seed=st.integers(0, 9))
def test_that_the_split_is_disjoint_complete_and_has_the_declared_shape(
    kind: type[Dataset], count: int, validation: float, seed: int
) -> None:
    data = kind(count=count, validation=validation, seed=seed)
    found = data.load()
    assert found.x_train.dtype == found.x_val.dtype == np.float32
    assert found.x_train.shape[1:] == data.features().dims
    assert len(found.x_train) == len(found.y_train) >= 1
    assert len(found.x_val) == len(found.y_val) >= 1
    drawn, _ = data.draw(np.random.default_rng(seed))
    everything = np.concatenate([found.x_train, found.x_val])
    np.testing.assert_array_equal(np.sort(everything, axis=0), np.sort(drawn, axis=0))
    rows = {tuple(row) for row in found.x_train} & {tuple(row) for row in found.x_val}
    assert not rows
    assert len(data.feature_names()) == data.features().size
    if data.target().task == "regression":
        assert found.y_train.dtype == np.float32
        assert found.y_train.shape[1] == len(data.target().columns)
    else:
        assert found.y_train.dtype == np.int64
        assert set(found.y_train) <= set(range(len(data.target().classes)))


@pytest.mark.parametrize(
    "data", [Moons(), Circles(), Spiral(), Spiral(arms=5), Gaussians(), Gaussians(clouds=4)]
)
def test_that_classes_are_balanced(data: Dataset) -> None:
    _, labels = data.draw(np.random.default_rng(0))
    counts = np.bincount(labels)
    assert counts.max() - counts.min() <= 1
    assert len(counts) == len(data.target().classes)


def test_that_xor_is_nearly_balanced() -> None:
    _, labels = Xor(count=10_000).draw(np.random.default_rng(0))
    assert abs(labels.mean() - 0.5) < 3 * 0.5 / 100


def test_that_moons_without_noise_lie_on_two_half_circles() -> None:
    x, labels = Moons(noise=0).draw(np.random.default_rng(0))
    for label, centre in ((0, (-0.5, -0.25)), (1, (0.5, 0.25))):
        radii = np.hypot(*(x[labels == label] - centre).T)
        np.testing.assert_allclose(radii, 1, atol=1e-6)
    assert (x[labels == 0][:, 1] >= -0.2501).all()


def test_that_circles_without_noise_have_their_radii() -> None:
    x, labels = Circles(noise=0).draw(np.random.default_rng(0))
    np.testing.assert_allclose(np.hypot(*x.T), np.where(labels, 1.2, 0.5), atol=1e-6)


def test_that_values_follow_their_curve_without_noise() -> None:
    x, y = Wave(noise=0).draw(np.random.default_rng(0))
    np.testing.assert_allclose(y, np.sin(3 * x) + 0.3 * np.sin(9 * x), atol=1e-5)
    x, y = Hills(noise=0).draw(np.random.default_rng(0))
    np.testing.assert_allclose(y[:, 0], np.sin(2 * x[:, 0]) * np.cos(2 * x[:, 1]), atol=1e-5)


def test_that_a_spiral_has_the_given_number_of_turns() -> None:
    x, labels = Spiral(noise=0, turns=2, count=4000).draw(np.random.default_rng(0))
    arm = x[labels == 0]
    radii = np.hypot(*arm.T)
    order = np.argsort(radii)
    angles = np.unwrap(np.arctan2(arm[order, 1], arm[order, 0]))
    assert (angles[-1] - angles[0]) / (2 * np.pi) == pytest.approx(2, abs=0.1)
    assert radii.max() == pytest.approx(1.5, abs=0.01)


def test_that_a_single_example_is_too_few() -> None:
    class One(Dataset):
        """One example."""

        def draw(self, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
            """One."""
            return np.zeros((1, 2), np.float32), np.zeros(1, np.int64)

    with pytest.raises(DataError, match="at least 2"):
        One().load()


@pytest.mark.parametrize("kind", [k for k in declared(Dataset) if k != "csv"])
def test_that_has_shares_agrees_with_the_range_of_the_features(kind: str) -> None:
    variants: list[dict[str, object]] = [{}]
    if "noise" in declared(Dataset)[kind].model_fields:
        variants.append({"noise": 0.0})
    if "normalise" in declared(Dataset)[kind].model_fields:
        variants += [{"normalise": "none"}, {"normalise": "min-max"}]
    for options in variants:
        data = make(Dataset, {"kind": kind, **options})
        found = data.load()
        low = min(found.x_train.min(), found.x_val.min())
        high = max(found.x_train.max(), found.x_val.max())
        assert data.has_shares() in (None, low >= 0 and high <= 1), options
