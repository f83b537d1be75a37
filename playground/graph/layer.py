"""Layer: the base of every layer declaration, and the ports that wires end at."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from playground.graph.call import Call
from playground.graph.declaration import Declaration
from playground.graph.shape import Shape, ShapeError
from playground.plugins import missing_package
from playground.translation import tr

Role = Literal["input", "output", "inner"]
"""Whether a layer brings the data, feeds the loss, or stands between."""
Provides = Literal["values", "probabilities", "log_probabilities"]


@dataclass(frozen=True, slots=True)
class Port:
    """Where a wire ends: its name, and whether it takes any number of wires.

    An optional input may stay without a wire; the layer is then asked about, and given, one
    shape less. It comes last among the inputs, and a layer has at most one, so that it is clear
    which one is missing.
    """

    name: str
    many: bool = False
    is_optional: bool = False
    help: str = ""
    """What belongs there, in a sentence, if the name does not say it."""


def required(ports: Iterable[Port]) -> tuple[Port, ...]:
    """The inputs without which a layer cannot run."""
    return tuple(port for port in ports if not port.is_optional)


class Layer(Declaration):
    """A layer: what it does to shapes, which parameters it has, and what torch calls it."""

    inputs: ClassVar[tuple[Port, ...]] = (Port("in"),)
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"),)
    short: ClassVar[str] = ""
    """How new nodes of this kind are named: "linear" gives linear1, linear2."""
    is_activation: ClassVar[bool] = False
    is_rectifier: ClassVar[bool] = False
    """Whether a unit can die: output and gradient exactly zero for negative input."""

    # What checks, fixes and the window need to know of a layer; see CONTRIBUTING, "Traits".

    role: ClassVar[Role] = "inner"
    provides: ClassVar[Provides] = "values"
    """What its outputs are; some losses expect probabilities, some refuse them."""
    units_option: ClassVar[str] = ""
    """The option that sets the size of the last axis of its output, if one does."""
    vocabulary_option: ClassVar[str] = ""
    """The option that says how many tokens it knows, if it takes token ids."""
    padding_option: ClassVar[str] = ""
    """The option that says which token is padding, if it treats one so."""
    shares_weights: ClassVar[bool] = False
    """Whether the same weights are applied at many places, as in a convolution."""
    passes_linearly: ClassVar[bool] = False
    """Whether two linear layers with only this one between them are still one linear layer."""
    is_noise: ClassVar[bool] = False
    """Whether it changes its input at random during training."""
    uses_batch_statistics: ClassVar[bool] = False
    """Whether an output depends on the other examples of the batch, during training."""

    @property
    def is_linear(self) -> bool:
        """Whether it could be merged with a linear layer next to it into one."""
        return False

    @property
    def output_range(self) -> tuple[float, float] | None:
        """The smallest and the largest output there can be; None if any number can be."""
        return None

    def infer(self, *inputs: Shape) -> Shape | tuple[Shape, ...]:
        """The shape of every output for the shapes that come in, in the order of the ports and
        without that of an optional one that has no wire; raises ShapeError."""
        return inputs[0]

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """Learned tensors by torch's names, with their shapes."""
        return {}

    def call(self, *inputs: Shape) -> Call | None:
        """What the engine builds for these inputs; None passes the input on unchanged."""
        raise ShapeError("no_call", tr("{layer} cannot be run.", layer=tr(self.label)))

    def unusual(self, **usual: object) -> dict[str, object]:
        """Those of these options that are not as torch has them: all that `call` need say."""
        chosen = {name: getattr(self, name) for name in usual}
        return {name: value for name, value in chosen.items() if value != usual[name]}

    def summary(self, *inputs: Shape) -> str:
        """One line for the node: "2 → 16"; empty if there is nothing to add."""
        return ""

    def count(self, *inputs: Shape) -> int:
        """How many numbers this layer learns."""
        return sum(prod(shape) for shape in self.parameters(*inputs).values())


class UnknownLayer(Layer):
    """A layer this version does not know: kept as it is in the file, but it cannot be run."""

    model_config = ConfigDict(frozen=True, extra="allow")

    unknown_kind: str

    label: ClassVar[str] = "Unknown layer"

    def options(self) -> dict[str, Any]:
        """Whatever the file held."""
        return dict(self.model_extra or {})

    def to_dict(self) -> dict[str, Any]:
        """As it was read, so that saving loses nothing."""
        return {"kind": self.unknown_kind, **self.options()}

    def infer(self, *inputs: Shape) -> Shape:
        """Always raises ShapeError; names the missing plug-in if it comes from one."""
        package = missing_package(self.unknown_kind)
        if package:
            text = tr(
                "{kind} comes from a plug-in that is not installed: {package}. Install it and "
                "restart Playground, or replace or delete the layer. The file keeps it.",
                kind=self.unknown_kind,
                package=package,
            )
        else:
            text = tr(
                "Unknown layer '{kind}'. Open the project with the version of Playground that "
                "made it, or replace or delete the layer. The file keeps it.",
                kind=self.unknown_kind,
            )
        raise ShapeError("unknown_layer", text)
