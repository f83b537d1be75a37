"""Tables that many textbooks use."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from playground.catalog.datasets.dataset import DrawFunction, Floats, Labels, Target
from playground.catalog.datasets.scaling import Scaled, ScaledLabels
from playground.graph.shape import Shape


def iris(rng: np.random.Generator) -> tuple[Floats, Labels]:
    """All flowers; nothing is random but the split."""
    from sklearn.datasets import load_iris  # takes a second, so only when it is needed

    x, y = load_iris(return_X_y=True)
    return x.astype(np.float32), y.astype(np.int64)


class Iris(Scaled):
    """150 flowers of three species of iris, to be classified by the length and width of their
    petals and sepals in centimetres. One species is easy, the other two overlap a little."""

    kind: ClassVar[str] = "iris"
    label: ClassVar[str] = "Iris"
    family: ClassVar[str] = "Tables"
    aliases: ClassVar[tuple[str, ...]] = ("flowers", "fisher", "load_iris", "species")
    when: ClassVar[str] = "For a first table: four lengths, three classes."
    pitfall: ClassVar[str] = (
        "So few examples make results differ from seed to seed: try several before you compare "
        "networks."
    )
    source: ClassVar[str] = "sklearn.datasets.load_iris; Fisher 1936"
    order: ClassVar[int] = 20
    function: ClassVar[DrawFunction] = staticmethod(iris)

    def features(self) -> Shape:
        """Four lengths."""
        return Shape((4,))

    def feature_names(self) -> tuple[str, ...]:
        """In centimetres."""
        return ("sepal length", "sepal width", "petal length", "petal width")

    def target(self) -> Target:
        """Three species."""
        return Target("classes", ("setosa", "versicolor", "virginica"))


def diabetes(rng: np.random.Generator) -> tuple[Floats, Labels]:
    """All patients, as measured; nothing is random but the split."""
    from sklearn.datasets import load_diabetes  # takes a second, so only when it is needed

    x, y = load_diabetes(return_X_y=True, scaled=False)
    return x.astype(np.float32), y.astype(np.float32).reshape(-1, 1)


class Diabetes(ScaledLabels):
    """442 patients: how far their diabetes has advanced after a year, a number from 25 to 346,
    from age, sex, body mass index, blood pressure and six blood values. The label is brought to
    mean 0 and spread 1 unless you switch that off; the loss is then in those units. Even good
    models explain only about half of it."""

    kind: ClassVar[str] = "diabetes"
    label: ClassVar[str] = "Diabetes (regression)"
    family: ClassVar[str] = "Tables"
    aliases: ClassVar[tuple[str, ...]] = ("disease", "patients", "load_diabetes", "medical")
    when: ClassVar[str] = "For a regression on real and noisy measurements."
    pitfall: ClassVar[str] = (
        "A large network overfits the 442 patients: keep it small, or use dropout and early "
        "stopping."
    )
    source: ClassVar[str] = (
        "sklearn.datasets.load_diabetes; Efron et al. 2004, Least angle regression"
    )
    order: ClassVar[int] = 21
    function: ClassVar[DrawFunction] = staticmethod(diabetes)

    def features(self) -> Shape:
        """Ten measurements."""
        return Shape((10,))

    def feature_names(self) -> tuple[str, ...]:
        """As measured, each in its own unit."""
        blood = ("cholesterol", "LDL", "HDL", "cholesterol/HDL", "log triglycerides", "glucose")
        return ("age", "sex", "BMI", "blood pressure", *blood)

    def target(self) -> Target:
        """One number."""
        return Target("regression", columns=("progression",))
