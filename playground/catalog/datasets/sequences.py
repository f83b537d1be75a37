"""Sequences: text as characters, and small puzzles that need a memory."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from pydantic import Field

from playground.catalog.datasets.dataset import (
    Dataset,
    DrawFunction,
    Floats,
    Labels,
    Target,
    Tokens,
)
from playground.graph.shape import Shape

MASK = "▢"
"""The token that hides others; it never occurs in the examples."""
PAD = "·"
"""The token that fills short examples up."""
BRACKETS = "()[]{}<>"
PADDING, FIRST_BRACKET = 1, 2
"""Tokens of the brackets data set; 0 is the mask."""
NOUNS = ("cat", "dog", "bird", "child", "king", "river", "moon", "tree")
VERBS = ("sees", "likes", "finds", "hears", "follows", "draws")
ADJECTIVES = ("old", "small", "quiet", "green", "happy")
ALPHABET = tuple(sorted({*"the . ", *"".join(NOUNS + VERBS + ADJECTIVES)}))


class _Sequence(Dataset):
    family: ClassVar[str] = "Sequences"
    is_sequence: ClassVar[bool] = True

    count: int = Field(
        1000, ge=4, le=100_000, title="Examples", description="How many examples to make."
    )
    length: int = Field(
        16, ge=2, le=1024, title="Length", description="How many steps an example has."
    )


def sentences(rng: np.random.Generator, count: int, length: int) -> tuple[Tokens, Labels]:
    """Windows of characters that begin anywhere in a text, and the character after each."""
    text = ""
    while len(text) < length + 1 + 20 * count:
        picks = rng.integers(0, 840, 5)
        subject = NOUNS[picks[0] % len(NOUNS)]
        if picks[3] % 2:
            subject = f"{ADJECTIVES[picks[4] % len(ADJECTIVES)]} {subject}"
        verb, thing = VERBS[picks[1] % len(VERBS)], NOUNS[picks[2] % len(NOUNS)]
        text += f"the {subject} {verb} the {thing}. "
    numbers = {character: number for number, character in enumerate(ALPHABET, 1)}  # 0: the mask
    tokens = np.array([numbers[character] for character in text], np.int64)
    starts = rng.integers(0, len(tokens) - length, count)
    windows = tokens[starts[:, None] + np.arange(length + 1)]
    return windows[:, :-1].copy(), windows[:, -1].copy()


class Sentences(_Sequence):
    """Short sentences as "the old cat sees the moon", made up word by word, cut into windows of
    characters. The label is the character that comes next; or let the network predict every next
    character, or hidden ones, with the objective under Training. Begin with an Embedding."""

    kind: ClassVar[str] = "sentences"
    label: ClassVar[str] = "Sentences (characters)"
    aliases: ClassVar[tuple[str, ...]] = ("text", "language", "characters", "nlp", "language model")
    when: ClassVar[str] = "To try embeddings, recurrent layers and attention on text."
    pitfall: ClassVar[str] = (
        "One label at the end of a window teaches little: the objective Next token asks at "
        "every step."
    )
    source: ClassVar[str] = "made up by a small grammar"
    order: ClassVar[int] = 30
    function: ClassVar[DrawFunction] = staticmethod(sentences)

    length: int = Field(
        32, ge=2, le=1024, title="Length", description="How many characters an example has."
    )

    def features(self) -> Shape:
        """Numbers of characters."""
        return Shape((self.length,), "int")

    def vocabulary(self) -> tuple[str, ...]:
        """The mask, and every character that occurs."""
        return (MASK, *ALPHABET)

    def target(self) -> Target:
        """The next character."""
        return Target("classes", self.vocabulary())


def first_symbol(
    rng: np.random.Generator, count: int, length: int, symbols: int
) -> tuple[Tokens, Labels]:
    """Every symbol with the same probability; the label is the first one."""
    x = rng.integers(1, symbols + 1, (count, length))
    return x.astype(np.int64), (x[:, 0] - 1).astype(np.int64)


class FirstSymbol(_Sequence):
    """A row of symbols whose class is the first of them: everything after it only distracts. A
    plain RNN forgets it over long rows, an LSTM or GRU can keep it. Begin with an Embedding."""

    kind: ClassVar[str] = "first_symbol"
    label: ClassVar[str] = "First symbol"
    aliases: ClassVar[tuple[str, ...]] = ("memory", "long-term dependency", "remember")
    when: ClassVar[str] = "To see what a memory is worth: RNN against LSTM and GRU."
    pitfall: ClassVar[str] = (
        "Over long rows even an LSTM may not begin to learn: start with 10 steps, then make "
        "them more."
    )
    source: ClassVar[str] = "after Hochreiter and Schmidhuber 1997, Long short-term memory"
    order: ClassVar[int] = 31
    function: ClassVar[DrawFunction] = staticmethod(first_symbol)

    symbols: int = Field(
        4, ge=2, le=100, title="Symbols", description="How many different symbols there are."
    )

    def features(self) -> Shape:
        """Numbers of symbols."""
        return Shape((self.length,), "int")

    def vocabulary(self) -> tuple[str, ...]:
        """The mask, and the symbols."""
        return (MASK, *self._names())

    def _names(self) -> tuple[str, ...]:
        return tuple(chr(ord("A") + i) if i < 26 else f"S{i + 1}" for i in range(self.symbols))

    def target(self) -> Target:
        """Which symbol came first."""
        return Target("binary" if self.symbols == 2 else "classes", self._names())


def adding(rng: np.random.Generator, count: int, length: int) -> tuple[Floats, Labels]:
    """Values and marks, one mark in the first half and one in the second, and the sums."""
    values = rng.uniform(0, 1, (count, length))
    half, rows = length // 2, np.arange(count)
    marks = np.zeros_like(values)
    marks[rows, rng.integers(0, half, count)] = 1
    marks[rows, rng.integers(half, length, count)] = 1
    sums = (values * marks).sum(1, keepdims=True)
    return np.stack([values, marks], 2).astype(np.float32), sums.astype(np.float32)


class Adding(_Sequence):
    """Two numbers per step: a value from 0 to 1, and a mark that is 1 at two steps and 0 elsewhere.
    The label is the sum of the two marked values, so they must be kept to the end."""

    kind: ClassVar[str] = "adding"
    label: ClassVar[str] = "Adding problem (regression)"
    aliases: ClassVar[tuple[str, ...]] = ("memory", "long-term dependency", "adding task")
    formula: ClassVar[str] = r"y = \sum_t m_t x_t"
    letters: ClassVar[str] = "m_t mark and x_t value at step t"
    when: ClassVar[str] = "To see how long a recurrent network remembers numbers."
    pitfall: ClassVar[str] = (
        "Always saying 1 gives a squared error of 0.167: only below that has it begun to "
        "learn, which takes time."
    )
    source: ClassVar[str] = "Hochreiter and Schmidhuber 1997, Long short-term memory"
    order: ClassVar[int] = 32
    function: ClassVar[DrawFunction] = staticmethod(adding)

    def features(self) -> Shape:
        """A value and a mark per step."""
        return Shape((self.length, 2))

    def target(self) -> Target:
        """The sum."""
        return Target("regression", columns=("sum",))


def brackets(
    rng: np.random.Generator, count: int, length: int, shortest: int, kinds: int
) -> tuple[Tokens, Labels]:
    """Rows of balanced brackets, uniform for their length; every other one broken in one place."""
    rows, most = np.arange(count), length // 2
    pairs = rng.integers(min(most, (shortest + 1) // 2), most + 1, count)
    chance = rng.uniform(0, 1, (count, length))
    drawn = rng.integers(0, kinds, (count, length))
    x = np.full((count, length), PADDING, np.int64)
    depth, stack = np.zeros(count, np.int64), np.zeros((count, most + 1), np.int64)
    for step in range(2 * most):
        left = 2 * pairs - step
        # Of all ways to continue, depth (left + depth + 2) / 2 left (depth + 1) close a bracket.
        closes = 2 * left * (depth + 1) * chance[:, step] < depth * (left + depth + 2)
        opened = rows[(left > 0) & ~closes]
        stack[opened, depth[opened]] = drawn[opened, step]
        token = FIRST_BRACKET + 2 * stack[rows, depth - closes] + closes
        x[:, step] = np.where(left > 0, token, x[:, step])
        depth += np.where(left > 0, 1 - 2 * closes, 0)
    place = rng.integers(0, 2 * pairs)
    other = x[rows, place] - FIRST_BRACKET + rng.integers(1, 2 * kinds, count)
    y = rows % 2
    x[rows, place] = np.where(y == 1, x[rows, place], FIRST_BRACKET + other % (2 * kinds))
    return x, y.astype(np.int64)


class Brackets(_Sequence):
    """Rows of brackets as "([]{})", short ones filled up with padding. The label says whether
    every bracket is closed by one of its kind; in half of the rows one was exchanged for another.
    Begin with an Embedding, and wire the Input to the padding of the layers that look at all
    steps."""

    kind: ClassVar[str] = "brackets"
    label: ClassVar[str] = "Brackets (closed or broken)"
    aliases: ClassVar[tuple[str, ...]] = ("parentheses", "dyck language", "padding", "balanced")
    formula: ClassVar[str] = r"S \to \varepsilon \mid (S)S \mid [S]S"
    letters: ClassVar[str] = "S what may stand inside · ε nothing · | or"
    source: ClassVar[str] = (
        "Arnold and Sleep 1980, Uniform random generation of balanced parenthesis strings"
    )
    when: ClassVar[str] = "To see what padding does, and what can be classified by counting."
    pitfall: ClassVar[str] = (
        "Padding counts as much as brackets until the Input is wired to a layer's padding port."
    )
    order: ClassVar[int] = 33
    function: ClassVar[DrawFunction] = staticmethod(brackets)

    length: int = Field(
        16, ge=2, le=1024, title="Longest", description="How many brackets a row has at most."
    )
    shortest: int = Field(
        4, ge=2, le=1024, title="Shortest", description="How many brackets a row has at least."
    )
    kinds: int = Field(
        2, ge=1, le=4, title="Kinds", description="How many kinds of brackets there are."
    )

    def features(self) -> Shape:
        """Numbers of brackets, and padding."""
        return Shape((self.length,), "int")

    def vocabulary(self) -> tuple[str, ...]:
        """The mask, the padding, and the brackets."""
        return (MASK, PAD, *BRACKETS[: 2 * self.kinds])

    def padding(self) -> int:
        """The token after the mask."""
        return PADDING

    def target(self) -> Target:
        """Whether every bracket is closed."""
        return Target("binary", ("broken", "closed"))
