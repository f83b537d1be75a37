"""Examples of a layer's input and output shapes, inferred by the layer itself."""

from __future__ import annotations

from dataclasses import dataclass

from playground.graph.layer import Layer, required
from playground.graph.shape import Shape, ShapeError
from playground.translation import N_, tr

SAMPLES: tuple[tuple[str, Shape], ...] = (
    (N_("features"), Shape((16,))),
    (N_("a series"), Shape(("T", 16))),
    (N_("a series"), Shape((20, 16))),
    (N_("a signal"), Shape((16, 100))),
    (N_("an image"), Shape((16, 28, 28))),
    (N_("tokens"), Shape(("T",), "int")),
    (N_("tokens"), Shape((20,), "int")),
)
"""Typical inputs, with widths that most numbers of heads and groups divide."""
ANY_SHAPE = N_("any shape")
SAME_SHAPE = N_("the same shape")


@dataclass(frozen=True, slots=True)
class ShapeExample:
    """Shapes as text, one per port, and the number of parameters."""

    what: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    parameters: int

    @property
    def keeps_shape(self) -> bool:
        """Whether the one output has the shape of all inputs, and there are no parameters."""
        return len(self.outputs) == 1 and {*self.inputs} == {*self.outputs} and not self.parameters

    def __str__(self) -> str:
        return f"{_joined(self.inputs)}  →  {_joined(self.outputs)}"


def shape_examples(layer: type[Layer]) -> tuple[ShapeExample, ...]:
    """One example for each kind of input that the layer accepts with its default options."""
    if not layer.inputs or not layer.outputs:
        return ()
    tried = {(what, shape): _tried(layer(), what, shape) for what, shape in SAMPLES}
    numbers = [found for (_, shape), found in tried.items() if shape.dtype == "float"]
    if all(found is not None and found.keeps_shape for found in numbers):
        inputs = tuple(ANY_SHAPE for _ in numbers[0].inputs) if numbers[0] else ()
        return (ShapeExample("", inputs, (SAME_SHAPE,), 0),)
    chosen: dict[str, ShapeExample] = {}
    for found in numbers if any(numbers) else tried.values():
        if found is not None:
            chosen.setdefault(found.what, found)
    return tuple(chosen.values())


def shape_here(layer: type[Layer], shape: Shape) -> ShapeExample | str:
    """The example for one particular input shape; a message if the layer does not accept it."""
    try:
        layer().infer(*[shape] * len(required(layer.inputs)))
    except ShapeError as error:
        return str(error)
    except ValueError:
        return _refusal(layer, shape)
    found = _tried(layer(), "", shape)
    return found if found is not None else _refusal(layer, shape)


def _refusal(layer: type[Layer], shape: Shape) -> str:
    return tr("{layer} does not accept {shape}.", layer=tr(layer.label), shape=shape)


def _tried(one: Layer, what: str, shape: Shape) -> ShapeExample | None:
    shapes = [shape for port in required(one.inputs) for _ in range(2 if port.many else 1)]
    try:
        out = one.infer(*shapes)
        parameters = one.count(*shapes)
    except ValueError:
        return None  # a ShapeError, for example: the layer does not accept this shape
    outs = out if isinstance(out, tuple) else (out,)
    return ShapeExample(what, tuple(map(str, shapes)), tuple(map(str, outs)), parameters)


def _joined(shapes: tuple[str, ...]) -> str:
    if len(shapes) > 1 and len(set(shapes)) == 1:
        if shapes[0] == ANY_SHAPE:
            return tr("equal shapes")
        return tr("{count} × ({shape})", count=len(shapes), shape=shapes[0])
    if len(shapes) == 1:
        return tr(shapes[0]) if shapes[0] in (ANY_SHAPE, SAME_SHAPE) else shapes[0]
    first, *rest = shapes
    for shape in rest:
        first = tr("{one} and {other}", one=first, other=shape)
    return first
