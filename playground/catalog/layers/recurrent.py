"""Layers that read a sequence step by step and remember."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from playground.catalog.layers.base.shape_checks import sequence
from playground.catalog.layers.base.weighted import Biased
from playground.graph.call import Call
from playground.graph.layer import Port
from playground.graph.shape import Shape
from playground.translation import trn


class Recurrent(Biased):
    """The base of layers that go through a sequence place by place."""

    family: ClassVar[str] = "Sequence"
    outputs: ClassVar[tuple[Port, ...]] = (Port("out"), Port("state"))
    order: ClassVar[int] = 53
    gates: ClassVar[int] = 1
    usual: ClassVar[Mapping[str, object]] = {
        "num_layers": 1, "bidirectional": False, "dropout": 0.0, "bias": True,
    }  # fmt: skip
    """What torch takes for granted."""

    hidden_size: int = Field(
        32, ge=1, le=65536, title="Hidden units", description="Size of the hidden state."
    )
    num_layers: int = Field(1, ge=1, le=64, title="Layers", description="Number of stacked layers.")
    output: Literal["every step", "last step"] = Field(
        "every step",
        title="Output",
        description=(
            "The output of every step, or of the last step only (of both directions if "
            "bidirectional)."
        ),
    )
    bidirectional: bool = Field(
        False,
        title="Bidirectional",
        description="Adds a second layer that reads backwards; both outputs are concatenated.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Dropout rate between the layers; no effect with one layer.",
    )
    bias: bool = Field(True, title="Bias", description="Adds learned biases.")

    @property
    def width(self) -> int:
        """Numbers that come out for a step: those of both directions."""
        return self.hidden_size * (2 if self.bidirectional else 1)

    def infer(self, *inputs: Shape) -> tuple[Shape, Shape]:
        """T × features to T × hidden, or hidden; and the state, hidden."""
        steps, _ = sequence(self.label, inputs[0])
        state = Shape((self.width,))
        return (Shape((steps, self.width)) if self.output == "every step" else state), state

    def parameters(self, *inputs: Shape) -> Mapping[str, tuple[int, ...]]:
        """For every layer and direction: input to gates, state to gates, and their biases."""
        _, features = sequence(self.label, inputs[0])
        rows = self.gates * self.hidden_size
        found: dict[str, tuple[int, ...]] = {}
        for layer in range(self.num_layers):
            width = features if layer == 0 else self.width
            for way in ("", "_reverse") if self.bidirectional else ("",):
                found[f"weight_ih_l{layer}{way}"] = (rows, width)
                found[f"weight_hh_l{layer}{way}"] = (rows, self.hidden_size)
                if self.bias:
                    found[f"bias_ih_l{layer}{way}"] = (rows,)
                    found[f"bias_hh_l{layer}{way}"] = (rows,)
        return found

    def call(self, *inputs: Shape) -> Call:
        """torch's layer of that name, batch first."""
        _, features = sequence(self.label, inputs[0])
        every: dict[str, object] = {} if self.output == "every step" else {"every": False}
        options = every | self.unusual(**self.usual)
        if self.num_layers == 1:
            options.pop("dropout", None)  # it acts between layers, and torch warns if none are
        return Call(f"modules.{self.kind}", (features, self.hidden_size), options)

    def summary(self, *inputs: Shape) -> str:
        """In and out, layers and directions."""
        layers = trn("{count} layer", "{count} layers", self.num_layers)
        more = f" · {layers}" if self.num_layers > 1 else ""
        ways = " ⇄" if self.bidirectional else ""
        return f"{inputs[0].dims[-1]} → {self.hidden_size}{ways}{more}"


class RNN(Recurrent):
    """Reads a sequence step by step; its state is rewritten in every step, so that it forgets what
    came long before. The output "state" is the final state."""

    kind: ClassVar[str] = "RNN"
    label: ClassVar[str] = "RNN"
    short: ClassVar[str] = "rnn"
    aliases: ClassVar[tuple[str, ...]] = (
        "recurrent", "elman", "sequence", "memory", "simplernn", "vanilla rnn",
    )  # fmt: skip
    formula: ClassVar[str] = r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"
    letters: ClassVar[str] = "x_t input at step t · h_t state, the output · W weights · b biases"
    when: ClassVar[str] = "To see how recurrence works, on short sequences."
    pitfall: ClassVar[str] = "Gradients vanish over a few dozen steps: use LSTM or GRU."
    source: ClassVar[str] = "torch.nn.RNN; Elman 1990, Finding structure in time"

    usual: ClassVar[Mapping[str, object]] = {**Recurrent.usual, "nonlinearity": "tanh"}

    nonlinearity: Literal["tanh", "relu"] = Field(
        "tanh", title="Activation", description="The activation of the state in every step."
    )


class LSTM(Recurrent):
    """Remembers over long sequences: gates control what the cell forgets, stores and outputs, and
    gradients pass through the cell without vanishing. The output "state" is the final cell
    state."""

    kind: ClassVar[str] = "LSTM"
    label: ClassVar[str] = "LSTM"
    short: ClassVar[str] = "lstm"
    aliases: ClassVar[tuple[str, ...]] = (
        "long short-term memory", "recurrent", "gates", "memory", "bilstm", "vanishing gradients",
    )  # fmt: skip
    formula: ClassVar[str] = (
        r"c_t = f_t \odot c_{t-1} + i_t \odot g_t,\; h_t = o_t \odot \tanh(c_t)"
    )
    letters: ClassVar[str] = (
        "c_t cell · h_t output · f, i, o forget, input and output gates · g candidate · "
        "⊙ elementwise product"
    )
    when: ClassVar[str] = "For sequences with long-range dependencies."
    pitfall: ClassVar[str] = (
        "It works step by step, so long sequences are slow: shorten them, or use attention."
    )
    source: ClassVar[str] = "torch.nn.LSTM; Hochreiter and Schmidhuber 1997"
    order: ClassVar[int] = 54
    gates: ClassVar[int] = 4


class GRU(Recurrent):
    """A simpler LSTM: two gates and no separate cell, a quarter fewer weights and often as good.
    The output "state" is the final state."""

    kind: ClassVar[str] = "GRU"
    label: ClassVar[str] = "GRU"
    short: ClassVar[str] = "gru"
    aliases: ClassVar[tuple[str, ...]] = ("gated recurrent unit", "recurrent", "gates", "memory")
    formula: ClassVar[str] = r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"
    letters: ClassVar[str] = (
        "h_t state, the output · z update gate · n candidate · ⊙ elementwise product"
    )
    when: ClassVar[str] = "Like LSTM, with fewer weights."
    pitfall: ClassVar[str] = (
        "It works step by step, so long sequences are slow: shorten them, or use attention."
    )
    source: ClassVar[str] = "torch.nn.GRU; Cho et al. 2014"
    order: ClassVar[int] = 55
    gates: ClassVar[int] = 3
