"""Examples of what goes into a layer and what comes out, told by the layer itself."""

from __future__ import annotations

from dataclasses import dataclass

from playground.graph.layer import Layer, required
from playground.graph.shape import Shape, ShapeError

SAMPLES: tuple[tuple[str, Shape], ...] = (
    ("features", Shape((16,))),
    ("a series", Shape(("T", 16))),
    ("a series", Shape((20, 16))),
    ("a signal", Shape((16, 100))),
    ("an image", Shape((16, 28, 28))),
    ("words", Shape(("T",), "int")),
    ("words", Shape((20,), "int")),
)
"""What nets are fed with; widths that most heads and groups divide."""


@dataclass(frozen=True, slots=True)
class ShapeExample:
    """Shapes as text, one a port, and how much the layer learns."""

    what: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: int

    @property
    def keeps_shape(self) -> bool:
        """Whether one tensor comes out as all went in, and nothing is learned."""
        return len(self.outputs) == 1 and {*self.inputs} == {*self.outputs} and not self.parameters

    def __str__(self) -> str:
        return f"{_joined(self.inputs)}  →  {_joined(self.outputs)}"


def shape_examples(layer: type[Layer]) -> tuple[ShapeExample, ...]:
    """One example for each sort of input that the layer takes with its options as they come."""
    if not layer.inputs or not layer.outputs:
        return ()
    tried = {(what, shape): _tried(layer(), what, shape) for what, shape in SAMPLES}
    numbers = [found for (_, shape), found in tried.items() if shape.dtype == "float"]
    if all(found is not None and found.keeps_shape for found in numbers):
        inputs = tuple("any shape" for _ in numbers[0].inputs) if numbers[0] else ()
        return (ShapeExample("all", inputs, ("the same shape",), 0),)
    chosen: dict[str, ShapeExample] = {}
    for found in numbers if any(numbers) else tried.values():
        if found is not None:
            chosen.setdefault(found.what, found)
    return tuple(chosen.values())


def shape_here(layer: type[Layer], shape: Shape) -> ShapeExample | str:
    """What becomes of one particular shape; in words where the layer does not take it."""
    try:
        layer().infer(*[shape] * len(required(layer.inputs)))
    except ShapeError as error:
        return str(error)
    except ValueError:
        return f"{layer.label} does not take {shape}."
    found = _tried(layer(), "here", shape)
    return found if found is not None else f"{layer.label} does not take {shape}."


def _tried(one: Layer, what: str, shape: Shape) -> ShapeExample | None:
    shapes = [shape for port in required(one.inputs) for _ in range(2 if port.many else 1)]
    try:
        out = one.infer(*shapes)
        parameters = one.count(*shapes)
    except ValueError:
        return None  # ShapeError among them: it does not take this
    outs = out if isinstance(out, tuple) else (out,)
    return ShapeExample(what, tuple(map(str, shapes)), tuple(map(str, outs)), parameters)


def _joined(shapes: tuple[str, ...]) -> str:
    if len(shapes) > 1 and len(set(shapes)) == 1:
        return f"{len(shapes)} × ({shapes[0]})" if shapes[0] != "any shape" else "equal shapes"
    return " and ".join(shapes)
