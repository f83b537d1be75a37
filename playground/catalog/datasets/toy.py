"""Small made-up data sets that can be drawn in a plane or on a line."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.dataset import Dataset, DrawFunction, Floats, Labels, Target
from playground.graph.shape import Shape

Drawn = tuple[Floats, Labels]


def noisy(rng: np.random.Generator, points: np.ndarray, labels: np.ndarray, noise: float) -> Drawn:
    """Every point moved by normal noise."""
    points = points + rng.normal(0, noise, points.shape)
    return points.astype(np.float32), labels.astype(np.int64)


class _Toy(Dataset):
    family: ClassVar[str] = "Toy"

    count: int = Field(
        500, ge=4, le=100_000, title="Examples", description="How many examples to make."
    )

    def has_shares(self) -> bool:
        """They lie around 0."""
        return False


class _Plane(_Toy):
    noise: float = Field(
        0.1, ge=0, le=10, title="Noise", description="How far examples stray from their place."
    )

    def features(self) -> Shape:
        """Two coordinates."""
        return Shape((2,))

    def feature_names(self) -> tuple[str, ...]:
        """x₁ and x₂."""
        return ("x₁", "x₂")

    def target(self) -> Target:
        """Two classes."""
        return Target("binary", ("blue", "orange"))


def moons(rng: np.random.Generator, count: int, noise: float) -> Drawn:
    """Half circles of radius 1 around (−0.5, −0.25) and (0.5, 0.25), one upside down."""
    half = count // 2
    angles = np.concatenate([np.linspace(0, np.pi, half), np.linspace(0, np.pi, count - half)])
    labels = np.arange(count) >= half
    side = np.where(labels, -1.0, 1.0)
    x = side * np.cos(angles) - 0.5 * side
    y = side * np.sin(angles) - 0.25 * side
    return noisy(rng, np.stack([x, y], 1), labels, noise)


class Moons(_Plane):
    """Two half circles that reach into each other: no straight line parts them."""

    kind: ClassVar[str] = "moons"
    label: ClassVar[str] = "Two moons"
    source: ClassVar[str] = "after sklearn.datasets.make_moons"
    aliases: ClassVar[tuple[str, ...]] = ("make_moons", "half moons", "crescents")
    when: ClassVar[str] = (
        "For a first network: two numbers in, two classes out, with a visible decision boundary."
    )
    pitfall: ClassVar[str] = (
        "Without a hidden layer the border stays a straight line: add one with an activation."
    )
    order: ClassVar[int] = 0
    function: ClassVar[DrawFunction] = staticmethod(moons)


def circles(rng: np.random.Generator, count: int, noise: float) -> Drawn:
    """Radii 0.5 and 1.2, evenly around."""
    labels = np.arange(count) % 2 == 1
    angles = rng.uniform(0, 2 * np.pi, count)
    radii = np.where(labels, 1.2, 0.5)
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
    return noisy(rng, points, labels, noise)


class Circles(_Plane):
    """A ring around a disc: a network needs at least three units to enclose the disc."""

    kind: ClassVar[str] = "circles"
    label: ClassVar[str] = "Circles"
    source: ClassVar[str] = "after sklearn.datasets.make_circles"
    aliases: ClassVar[tuple[str, ...]] = ("make_circles", "rings", "concentric", "donut")
    when: ClassVar[str] = "To see how a network encloses a class."
    pitfall: ClassVar[str] = (
        "With two hidden units the border stays open at one side: use at least three."
    )
    order: ClassVar[int] = 1
    function: ClassVar[DrawFunction] = staticmethod(circles)


def spiral(rng: np.random.Generator, count: int, noise: float, turns: float, arms: int) -> Drawn:
    """Archimedean spirals from radius 0.1 to 1.5."""
    labels = np.arange(count) % arms
    along = np.sqrt(rng.uniform(0, 1, count))
    angles = 2 * np.pi * (turns * along + labels / arms)
    radii = 0.1 + 1.4 * along
    points = np.stack([radii * np.cos(angles), radii * np.sin(angles)], 1)
    return noisy(rng, points, labels, noise)


class Spiral(_Plane):
    """Arms wound around each other: hard for a shallow network, easy for one with some depth."""

    kind: ClassVar[str] = "spiral"
    label: ClassVar[str] = "Spiral"
    source: ClassVar[str] = "after Lang and Witbrock 1988, Learning to tell two spirals apart"
    aliases: ClassVar[tuple[str, ...]] = ("two spirals", "arms", "intertwined")
    when: ClassVar[str] = "To see what width and depth are for: the hardest border among the toys."
    pitfall: ClassVar[str] = (
        "Small networks underfit: use two or three hidden layers of 16 units or more."
    )
    order: ClassVar[int] = 2
    function: ClassVar[DrawFunction] = staticmethod(spiral)

    noise: float = Field(
        0.05, ge=0, le=10, title="Noise", description="How far examples stray from their arm."
    )
    turns: float = Field(
        1.5, gt=0, le=5, title="Turns", description="How often each arm goes around."
    )
    arms: int = Field(2, ge=2, le=8, title="Arms", description="Number of classes: one per arm.")

    def target(self) -> Target:
        """One class an arm."""
        if self.arms == 2:
            return Target("binary", ("blue", "orange"))
        return Target("classes", tuple(f"arm {i + 1}" for i in range(self.arms)))


def xor(rng: np.random.Generator, count: int, noise: float) -> Drawn:
    """Uniform in the square of side 2; the class is whether the signs differ."""
    points = rng.uniform(-1, 1, (count, 2))
    labels = (points[:, 0] > 0) != (points[:, 1] > 0)
    return noisy(rng, points, labels, noise)


class Xor(_Plane):
    """Four corners, opposite ones of one class: a single neuron cannot part them."""

    kind: ClassVar[str] = "xor"
    label: ClassVar[str] = "XOR"
    source: ClassVar[str] = "after Minsky and Papert 1969, Perceptrons"
    aliases: ClassVar[tuple[str, ...]] = ("exclusive or", "checkerboard", "four corners")
    formula: ClassVar[str] = r"y = 1 \; (x_1 x_2 < 0), \quad 0 \; (x_1 x_2 \geq 0)"
    letters: ClassVar[str] = "x₁, x₂ inputs, before the noise · y class"
    when: ClassVar[str] = "To see that a single neuron is not enough."
    pitfall: ClassVar[str] = "Two hidden units could do it and often get stuck: use four or more."
    order: ClassVar[int] = 3
    function: ClassVar[DrawFunction] = staticmethod(xor)


def logic_gates(rng: np.random.Generator, count: int, noise: float, gate: str) -> Drawn:
    """The four corners in turn, and the output of the gate."""
    corners = np.arange(count) % 4
    a, b = corners // 2, corners % 2
    labels = {"and": a & b, "or": a | b, "xor": a ^ b}[gate]
    return noisy(rng, np.stack([a, b], 1).astype(float), labels, noise)


class LogicGates(_Plane):
    """The four corners (0, 0), (0, 1), (1, 0), (1, 1) and what a gate says to them: AND and OR are
    parted by one line, so a perceptron learns them; XOR is not."""

    kind: ClassVar[str] = "logic_gates"
    label: ClassVar[str] = "Logic gates"
    aliases: ClassVar[tuple[str, ...]] = (
        "and", "or", "xor", "perceptron", "boolean", "truth table",
    )  # fmt: skip
    when: ClassVar[str] = "To train a perceptron as in the textbook."
    pitfall: ClassVar[str] = (
        "One line cannot separate XOR: give the network a hidden layer of two units or more."
    )
    source: ClassVar[str] = "Minsky and Papert 1969, Perceptrons"
    order: ClassVar[int] = 7
    function: ClassVar[DrawFunction] = staticmethod(logic_gates)

    count: int = Field(
        80, ge=4, le=100_000, title="Examples", description="How many examples to make."
    )
    gate: Literal["and", "or", "xor"] = Field(
        "and", title="Gate", description="Which gate decides about the class."
    )
    noise: float = Field(
        0.05, ge=0, le=10, title="Jitter", description="How far examples stray from their corner."
    )

    def has_shares(self) -> bool:
        """The corners do; jitter leads beyond them."""
        return self.noise == 0

    def target(self) -> Target:
        """What the gate says."""
        return Target("binary", ("0", "1"))


def gaussians(rng: np.random.Generator, count: int, noise: float, clouds: int) -> Drawn:
    """Centres on the unit circle."""
    labels = np.arange(count) % clouds
    angles = 2 * np.pi * labels / clouds + np.pi / 4
    points = np.stack([np.cos(angles), np.sin(angles)], 1)
    return noisy(rng, points, labels, noise)


class Gaussians(_Plane):
    """Clouds around centres on a circle, one per class: the easiest set, separated by few lines."""

    kind: ClassVar[str] = "gaussians"
    label: ClassVar[str] = "Gaussians"
    source: ClassVar[str] = "after sklearn.datasets.make_blobs"
    aliases: ClassVar[tuple[str, ...]] = ("blobs", "make_blobs", "clusters", "clouds")
    when: ClassVar[str] = "To see straight borders, between as many classes as you like."
    pitfall: ClassVar[str] = (
        "Wide clouds overlap, and then no network reaches 100 %: make the noise smaller."
    )
    order: ClassVar[int] = 4
    function: ClassVar[DrawFunction] = staticmethod(gaussians)

    noise: float = Field(0.3, ge=0, le=10, title="Noise", description="How wide the clouds are.")
    clouds: int = Field(2, ge=2, le=10, title="Classes", description="How many clouds.")

    def target(self) -> Target:
        """One class a cloud."""
        if self.clouds == 2:
            return Target("binary", ("blue", "orange"))
        return Target("classes", tuple(f"cloud {i + 1}" for i in range(self.clouds)))


def wave(rng: np.random.Generator, count: int, noise: float) -> Drawn:
    """x uniform from −2 to 2; noise on y."""
    x = rng.uniform(-2, 2, (count, 1))
    y = np.sin(3 * x) + 0.3 * np.sin(9 * x) + rng.normal(0, noise, x.shape)
    return x.astype(np.float32), y.astype(np.float32)


class Wave(_Toy):
    """A curve to follow: y = sin(3x) + 0.3 sin(9x) for x from −2 to 2, with some noise."""

    kind: ClassVar[str] = "wave"
    label: ClassVar[str] = "Wave (1-D regression)"
    aliases: ClassVar[tuple[str, ...]] = ("sine", "curve fitting", "function approximation")
    formula: ClassVar[str] = r"y = \sin(3x) + 0.3 \sin(9x)"
    letters: ClassVar[str] = "x input · y label, before the noise"
    when: ClassVar[str] = "For a first regression: the curve is watched as it bends."
    pitfall: ClassVar[str] = (
        "A small network fits the slow wave and misses the fast one: use 32 units or more."
    )
    source: ClassVar[str] = "made up of two waves"
    order: ClassVar[int] = 5
    function: ClassVar[DrawFunction] = staticmethod(wave)

    noise: float = Field(
        0.1, ge=0, le=10, title="Noise", description="How far values stray from the curve."
    )

    def features(self) -> Shape:
        """One number."""
        return Shape((1,))

    def feature_names(self) -> tuple[str, ...]:
        """x."""
        return ("x",)

    def target(self) -> Target:
        """One number."""
        return Target("regression", columns=("y",))


def hills(rng: np.random.Generator, count: int, noise: float) -> Drawn:
    """Height sin(2x₁) cos(2x₂), x uniform in the square of side 3; noise on the height."""
    x = rng.uniform(-1.5, 1.5, (count, 2))
    y = np.sin(2 * x[:, :1]) * np.cos(2 * x[:, 1:])
    y = y + rng.normal(0, noise, y.shape)
    return x.astype(np.float32), y.astype(np.float32)


class Hills(_Plane):
    """A landscape to learn: the height over a plane, with hills and valleys."""

    kind: ClassVar[str] = "hills"
    label: ClassVar[str] = "Hills (2-D regression)"
    aliases: ClassVar[tuple[str, ...]] = ("surface", "landscape", "function approximation")
    formula: ClassVar[str] = r"y = \sin(2 x_1) \cos(2 x_2)"
    letters: ClassVar[str] = "x₁, x₂ inputs · y label, before the noise"
    when: ClassVar[str] = "For a regression over a plane, drawn as a map."
    pitfall: ClassVar[str] = (
        "The noise cannot be learned: expect the squared error to end near the noise squared."
    )
    source: ClassVar[str] = "made up of two waves"
    order: ClassVar[int] = 6
    function: ClassVar[DrawFunction] = staticmethod(hills)

    def target(self) -> Target:
        """The height."""
        return Target("regression", columns=("height",))
