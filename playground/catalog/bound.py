"""Free functions of declarations: the engine calls them, and exported scripts carry their source.

The numbers of a schedule, a metric or a data set are computed by one function outside the class.
The names of its parameters are the names of options, so a declaration and its function need no
further description.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from typing import Any, ParamSpec, TypeVar

from playground.graph.declaration import Declaration

P = ParamSpec("P")
R = TypeVar("R")


def arguments_from(function: Callable[..., object], declaration: Declaration) -> dict[str, Any]:
    """The options of a declaration that are parameters of the function, by name."""
    options = type(declaration).model_fields
    parameters = inspect.signature(function).parameters
    return {name: getattr(declaration, name) for name in parameters if name in options}


def takes(function: Callable[..., object], parameter: str) -> bool:
    """Whether the function has a parameter of this name."""
    return parameter in inspect.signature(function).parameters


def bound(function: Callable[..., R], declaration: Declaration) -> Callable[..., R]:
    """The function with the declaration's options as keyword arguments."""
    return partial(function, **arguments_from(function, declaration))
