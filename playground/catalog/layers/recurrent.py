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
        32, ge=1, le=65536, title="Hidden units", description="How many numbers it remembers."
    )
    num_layers: int = Field(
        1, ge=1, le=64, title="Layers", description="How many lie above each other."
    )
    output: Literal["every step", "last step"] = Field(
        "every step",
        title="Output",
        description="A vector for every step, or only what is known after the last one (of both "
        "directions, where there are two).",
    )
    bidirectional: bool = Field(
        False,
        title="Bidirectional",
        description="A second one reads from the end; what both know is laid side by side.",
    )
    dropout: float = Field(
        0.0,
        ge=0,
        lt=1,
        title="Dropout",
        description="Share of the units silenced between the layers; one layer has none.",
    )
    bias: bool = Field(True, title="Bias", description="Adds learned constants.")

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
            options.pop("dropout", None)  # it acts between layers, and torch warns where none are
        return Call(f"modules.{self.kind}", (features, self.hidden_size), options)

    def summary(self, *inputs: Shape) -> str:
        """In and out, layers and directions."""
        more = f" · {self.num_layers} layers" if self.num_layers > 1 else ""
        ways = " ⇄" if self.bidirectional else ""
        return f"{inputs[0].dims[-1]} → {self.hidden_size}{ways}{more}"


class RNN(Recurrent):
    """Reads a sequence step by step; what it remembers is mixed anew with every step, so it
    forgets what lies far back. The output "state" is what it knows at the end."""

    kind: ClassVar[str] = "RNN"
    label: ClassVar[str] = "RNN"
    short: ClassVar[str] = "rnn"
    aliases: ClassVar[tuple[str, ...]] = (
        "recurrent", "elman", "sequence", "memory", "simplernn", "vanilla rnn",
    )  # fmt: skip
    formula: ClassVar[str] = r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})"
    letters: ClassVar[str] = "x_t input at step t · h_t state, the output · W weights · b biases"
    when: ClassVar[str] = "To see how recurrence works, on short sequences."
    pitfall: ClassVar[str] = "Gradients fade over a few dozen steps: use LSTM or GRU."
    source: ClassVar[str] = "torch.nn.RNN; Elman 1990, Finding structure in time"

    usual: ClassVar[Mapping[str, object]] = {**Recurrent.usual, "nonlinearity": "tanh"}

    nonlinearity: Literal["tanh", "relu"] = Field(
        "tanh", title="Activation", description="What the state goes through at every step."
    )


class LSTM(Recurrent):
    """Remembers over long stretches: gates decide what of its cell is forgotten, written and
    shown, and gradients pass through the cell without fading. The output "state" is the cell."""

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
        "c_t memory · h_t output · f, i, o gates that forget, let in and let out · g what is "
        "new · ⊙ number by number"
    )
    when: ClassVar[str] = "For sequences in which something early matters late."
    pitfall: ClassVar[str] = (
        "It works step by step, so long sequences are slow: cut them, or use attention."
    )
    source: ClassVar[str] = "torch.nn.LSTM; Hochreiter and Schmidhuber 1997"
    order: ClassVar[int] = 54
    gates: ClassVar[int] = 4


class GRU(Recurrent):
    """An LSTM made simpler: two gates and no cell beside the state, a quarter fewer weights and
    often as good. The output "state" is what it knows at the end."""

    kind: ClassVar[str] = "GRU"
    label: ClassVar[str] = "GRU"
    short: ClassVar[str] = "gru"
    aliases: ClassVar[tuple[str, ...]] = ("gated recurrent unit", "recurrent", "gates", "memory")
    formula: ClassVar[str] = r"h_t = (1 - z_t) \odot n_t + z_t \odot h_{t-1}"
    letters: ClassVar[str] = (
        "h_t state, the output · z gate that keeps · n what is new · ⊙ number by number"
    )
    when: ClassVar[str] = "Like LSTM, with fewer weights."
    pitfall: ClassVar[str] = (
        "It works step by step, so long sequences are slow: cut them, or use attention."
    )
    source: ClassVar[str] = "torch.nn.GRU; Cho et al. 2014"
    order: ClassVar[int] = 55
    gates: ClassVar[int] = 3
