"""The base of everything that can be chosen: layers, losses, optimizers, data sets, and others."""

# No `from __future__ import annotations` here nor in layer.py: pydantic evaluates annotations that
# are text for each of the 190 subclasses again, a third of the time it takes to load the catalog.

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Declaration(BaseModel):
    """Something that can be chosen: its fields are the options that a person sets.

    Every declaration is immutable and knows its name (`kind`), what it is called on screen
    (`label`), other names it is found by (`aliases`), its formula as LaTeX, and its source.
    The class docstring is the help text that the palette, the inspector and the catalog print.
    """

    # Built when first used: start-up should not pay for validators nobody has called yet.
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True)

    kind: ClassVar[str] = ""
    label: ClassVar[str] = ""
    family: ClassVar[str] = ""
    aliases: ClassVar[tuple[str, ...]] = ()
    formula: ClassVar[str] = ""
    letters: ClassVar[str] = ""
    """What the letters of the formula stand for: "w weight · g gradient"."""
    source: ClassVar[str] = ""
    when: ClassVar[str] = ""
    """When to use it, in a sentence: "Between Linear layers, unless there is a reason."."""
    pitfall: ClassVar[str] = ""
    """What goes wrong with it, and what to do then."""
    order: ClassVar[int] = 100
    option_order: ClassVar[tuple[str, ...]] = ()
    """Options that stand first in a form, in this order."""

    @classmethod
    def help(cls) -> str:
        """The docstring as one line: the help that a student reads."""
        return " ".join((cls.__doc__ or "").split())

    def options(self) -> dict[str, Any]:
        """The options as plain values, declarations inside them as {"kind": ..., options}."""
        return {name: _plain(getattr(self, name)) for name in type(self).model_fields}

    def to_dict(self) -> dict[str, Any]:
        """This declaration as plain values: {"kind": ..., options}."""
        return {"kind": self.kind, **self.options()}

    def with_options(self, **options: Any) -> Any:
        """A copy with some options changed, validated; raises pydantic's ValidationError."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self)(**(values | options))


def _plain(value: Any) -> Any:
    if isinstance(value, Declaration):
        return value.to_dict()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
