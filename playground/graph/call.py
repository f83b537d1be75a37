"""A constructor as data: the engine builds it, the exporter prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Joins = Literal["each", "list", "fold"]


@dataclass(frozen=True, slots=True)
class Call:
    """What to construct or call: `Call("nn.Linear", (20, 64), {"bias": True})`.

    A target in `nn` or `modules` is a module, built once and applied to the inputs, and so is one
    in the `modules` of a plug-in ("acme_layers.modules.Sine"); any other target is a function.
    `joins` says how a function takes several inputs: "each" as arguments
    of their own, "list" as one list in front of the arguments, "fold" two at a time from the
    left (`operator.add` over three inputs gives `a + b + c`).
    """

    target: str
    args: tuple[object, ...] = ()
    kwargs: Mapping[str, object] = field(default_factory=dict)
    joins: Joins = "each"

    @property
    def is_module(self) -> bool:
        """Whether this builds a module that keeps its own parameters or state."""
        root, *rest = self.target.split(".")
        return root == "nn" or "modules" in [root, *rest[:-1]]

    def source(self, prefix: str = "") -> str:
        """The call as Python source: "nn.Linear(20, 64, bias=True)"."""
        return f"{prefix}{self.target}({', '.join(self.argument_sources())})"

    def argument_sources(self) -> list[str]:
        """The arguments as Python source, positional ones first."""
        return [repr(a) for a in self.args] + [f"{k}={v!r}" for k, v in self.kwargs.items()]
