"""The base of every data set: examples with labels, split into training and validation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field, SerializeAsAny

from playground.catalog.bound import arguments_from
from playground.catalog.datasets.preparation import min_max_scaled, split, standardised
from playground.catalog.registry import make
from playground.graph.declaration import Declaration
from playground.graph.shape import Shape
from playground.translation import tr, trn

Task = Literal["regression", "binary", "classes", "reconstruction", "tokens"]
"""What labels are. "reconstruction" and "tokens" come from the examples themselves: the features
again, or tokens of the text."""
Floats = npt.NDArray[np.float32]
Tokens = npt.NDArray[np.int64]
Features = npt.NDArray[Any]
"""Floats, or Tokens."""
Labels = npt.NDArray[np.float32] | npt.NDArray[np.int64]
DrawFunction = Callable[..., tuple[Floats | Tokens, Labels]]
"""Takes a random generator and options of the data set by name, and returns all examples."""
Scaling = Literal["none", "standardise", "min-max"]
SCALINGS: Mapping[Scaling, Callable[[np.ndarray, np.ndarray], tuple[Floats, Floats]]] = {
    "standardise": standardised,
    "min-max": min_max_scaled,
}


class DataError(ValueError):
    """Data cannot be had; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be predicted: a class out of `classes`, or `columns` numbers. For "tokens" it is
    a class at every step."""

    task: Task
    classes: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Examples:
    """Features and labels, training and validation apart.

    Features are float32, or int64 if they are tokens, N × the shape of one example. Labels
    are int64 class numbers, N, or float32 values, N × columns.
    """

    x_train: Features
    y_train: Labels
    x_val: Features
    y_val: Labels
    target: Target
    feature_names: tuple[str, ...] = ()


def scaled(train: Any, val: Any, how: Scaling) -> tuple[Any, Any]:
    """Both sets scaled as the training set shows; "none" leaves them as they are."""
    return (train, val) if how == "none" else SCALINGS[how](train, val)


class Dataset(Declaration):
    """A source of examples. `draw` makes them; `load` splits them, the same way every time."""

    is_sequence: ClassVar[bool] = False
    """Whether an example is a sequence of steps, and not a table row or an image."""

    validation: float = Field(
        0.3,
        gt=0,
        lt=1,
        title="Validation fraction",
        description="Fraction of the examples held out as the validation set.",
        json_schema_extra={"rank": 1},
    )
    seed: int = Field(
        0,
        ge=0,
        le=2**31 - 1,
        title="Data seed",
        description="Which random draw and split; the same number gives the same examples.",
        json_schema_extra={"rank": 1},
    )

    def features(self) -> Shape:
        """The shape of one example; raises DataError."""
        raise DataError(tr("{data} has no features.", data=tr(self.label)))

    def target(self) -> Target:
        """What is to be predicted; raises DataError."""
        raise DataError(tr("{data} has no labels.", data=tr(self.label)))

    def feature_names(self) -> tuple[str, ...]:
        """Names of the features, for axes; empty for images."""
        return ()

    def vocabulary(self) -> tuple[str, ...]:
        """What tokens stand for, by number, the mask first; empty if features are numbers."""
        return ()

    def padding(self) -> int | None:
        """The token that fills short examples; None if all have one length."""
        return None

    def has_shares(self) -> bool | None:
        """Whether every feature lies from 0 to 1; None if only the examples can show it."""
        return None

    function: ClassVar[DrawFunction | None] = None
    """What draws the examples, with the options that it names; scripts carry its source. A data
    set that overrides `draw` instead is exported as numbers beside the script."""

    @classmethod
    def draws_with_function(cls) -> bool:
        """Whether `draw` does nothing but call `function`."""
        return cls.function is not None and cls.draw is Dataset.draw

    def draw(self, generator: np.random.Generator) -> tuple[Floats | Tokens, Labels]:
        """All examples and their labels; raises DataError."""
        function = type(self).function
        if function is None:
            raise DataError(tr("{data} has no examples.", data=tr(self.label)))
        return function(generator, **arguments_from(function, self))

    def feature_scaling(self) -> Scaling:
        """How features are scaled, measured on the training set."""
        return "none"

    def label_scaling(self) -> Scaling:
        """How labels are scaled, measured on the training set."""
        return "none"

    def notes(self) -> tuple[str, ...]:
        """Sentences on what was done to the data that a person should know; often none."""
        return ()

    def load(self) -> Examples:
        """The examples, split; raises DataError if there are too few."""
        x, y = self.draw(np.random.default_rng(self.seed))
        if len(x) < 2:
            raise DataError(
                trn(
                    "{data} has {count} example; training needs at least 2.",
                    "{data} has {count} examples; training needs at least 2.",
                    len(x),
                    data=tr(self.label),
                )
            )
        x_train, y_train, x_val, y_val = split(x, y, self.validation, self.seed)
        if x.dtype == np.float32:
            x_train, x_val = scaled(x_train, x_val, self.feature_scaling())
        y_train, y_val = scaled(y_train, y_val, self.label_scaling())
        return Examples(x_train, y_train, x_val, y_val, self.target(), self.feature_names())


DatasetChoice = Annotated[
    SerializeAsAny[Dataset], BeforeValidator(lambda data: make(Dataset, data))
]
