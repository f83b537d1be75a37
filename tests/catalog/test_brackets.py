"""Brackets: what is said to be closed is, and the rest is broken in one place."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.catalog.datasets.sequences import PAD, Brackets


def rows(data: Brackets) -> list[tuple[str, int]]:
    """Every row as text without its padding, and its label."""
    x, y = data.draw(np.random.default_rng(data.seed))
    words = data.vocabulary()
    texts = ["".join(words[token] for token in row) for row in x]
    assert all(PAD not in text.rstrip(PAD) for text in texts)  # at the end and nowhere else
    return list(zip([text.rstrip(PAD) for text in texts], y.tolist(), strict=True))


def is_closed(text: str) -> bool:
    """By taking out what is closed at once, until nothing is left or nothing can be."""
    for _ in text:
        for pair in ("()", "[]", "{}", "<>"):
            text = text.replace(pair, "")
    return not text


brackets = st.builds(
    Brackets,
    count=st.integers(4, 60),
    length=st.integers(2, 21),
    shortest=st.integers(2, 24),
    kinds=st.integers(1, 4),
    seed=st.integers(0, 99),
)


@settings(max_examples=60, deadline=None)
@given(data=brackets)
def test_that_half_of_the_rows_are_closed_and_the_others_are_not(data: Brackets) -> None:
    found = rows(data)
    assert all(is_closed(text) == bool(label) for text, label in found)
    assert sum(label for _, label in found) == len(found) // 2


@settings(max_examples=20, deadline=None)
@given(data=brackets)
def test_that_a_broken_row_is_fixed_by_another_bracket_in_one_place(data: Brackets) -> None:
    signs = data.vocabulary()[2:]
    for text, label in rows(data):
        tries = (text[:i] + sign + text[i + 1 :] for i in range(len(text)) for sign in signs)
        assert label == 1 or any(map(is_closed, tries)), text


@settings(max_examples=60, deadline=None)
@given(data=brackets)
def test_that_lengths_are_between_the_shortest_and_the_longest(data: Brackets) -> None:
    low = min(data.shortest, data.length - data.length % 2)
    for text, _ in rows(data):
        assert low <= len(text) <= data.length
        assert len(text) % 2 == 0


def test_that_all_lengths_occur_alike() -> None:
    lengths = Counter(len(text) for text, _ in rows(Brackets(count=4000, length=16, shortest=4)))
    assert sorted(lengths) == [4, 6, 8, 10, 12, 14, 16]
    share = 1 / 7
    for count in lengths.values():
        assert abs(count / 4000 - share) < 4 * (share * (1 - share) / 4000) ** 0.5


@pytest.mark.parametrize(("kinds", "words"), [(1, 5), (2, 5 * 8)])
def test_that_every_closed_row_of_a_length_has_the_same_chance(kinds: int, words: int) -> None:
    # Catalan's number for three pairs is 5, and each pair may be of any kind.
    data = Brackets(count=16_000, length=6, shortest=6, kinds=kinds)
    closed = Counter(text for text, label in rows(data) if label)
    assert len(closed) == words
    n, share = sum(closed.values()), 1 / words
    for count in closed.values():
        assert abs(count / n - share) < 4 * (share * (1 - share) / n) ** 0.5


def test_that_padding_is_declared_and_is_a_separate_token() -> None:
    data = Brackets()
    assert data.vocabulary()[data.padding()] == PAD
    assert data.vocabulary()[data.padding() + 1 :] == ("(", ")", "[", "]")
