"""Every layer with generated options: built, differentiated, reloaded and exported."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from playground.catalog.layers.embedding import Embedding
from playground.catalog.registry import declared, make_layer
from playground.engine.compile import Compiled, build
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer, required
from playground.graph.shape import Shape
from tests.catalog.generated import PADDED, cases, made
from tests.conformance.sweep import sampled
from tests.export.script_net import script_names

pytestmark = pytest.mark.filterwarnings(
    "ignore:Using padding='same' with even kernel lengths"  # torch then copies the input once
)
FED = (
    Shape((4,)),
    Shape((5, 4)),
    Shape((4, 6)),
    Shape(("T", 4)),
    Shape((4, "T")),
    Shape((4, 5, 6)),
    Shape((5,), "int"),
    Shape(("T",), "int"),
)
OPEN_LENGTH = 5
TOKENS = 4
"""Few, so that some are the padding."""
KINDS = cases()
FITTING: dict[str, dict[str, st.SearchStrategy[object]]] = {
    "LearnedEncoding": {"max_length": st.integers(OPEN_LENGTH, 9)},
    "Permute": {"dims": st.sampled_from([(1,), (2, 1), (3, 1, 2)])},
    "Reshape": {"shape": st.sampled_from([(-1,), (2, -1), (4, 1), (1, 1, -1)])},
}
"""Options that hardly ever fit when they are drawn at random."""


def around(layer: Layer, *, is_padded: bool) -> Graph:
    """Input, the layer, its first output; a merge is fed twice.

    A padded one is fed vectors of tokens, and the tokens themselves at its optional port.
    """
    nodes = [Node("x", make_layer({"kind": "Input"})), Node("it", layer)]
    if is_padded:
        nodes.append(Node("embed", Embedding(num_embeddings=TOKENS, embedding_dim=4)))
    graph = Graph({node.id: node for node in (*nodes, Node("y", make_layer({"kind": "Output"})))})
    before = "embed" if is_padded else "x"
    for port in required(layer.inputs):
        for _ in range(2 if port.many else 1):
            graph = graph.connect(Edge(before, "it", target_port=port.name))
    if is_padded:
        graph = graph.connect(Edge("x", "embed"))
        graph = graph.connect(Edge("x", "it", target_port=layer.inputs[-1].name))
    return graph.connect(Edge("it", "y"))


@st.composite
def nets(draw: st.DrawFn, case: str) -> tuple[Graph, Examined, Tensor]:
    """A layer with any options in a net that is sound, and something to feed it."""
    kind, is_padded = case.removesuffix(PADDED), case.endswith(PADDED)
    layer: Layer = draw(made(declared(Layer)[kind]))
    layer = layer.with_options(**{k: draw(v) for k, v in FITTING.get(kind, {}).items()})
    graph = around(layer, is_padded=is_padded)
    fitting = [shape for shape in FED if not examine(graph, shape).errors]
    assume(fitting)
    shape = draw(st.sampled_from(fitting))
    dims = [dim if isinstance(dim, int) else OPEN_LENGTH for dim in shape.dims]
    if shape.dtype == "int":
        count = TOKENS if is_padded else getattr(layer, "num_embeddings", 1)
        x = torch.randint(0, count, (2, *dims))
    else:  # not near 0, where some functions have a corner
        x = torch.rand(2, *dims) + 0.1
        x = x * torch.where(torch.rand(x.shape) > 0.5, 1.0, -1.0)
    return graph, examine(graph, shape), x


def seeded(graph: Graph, examined: Examined) -> Compiled:
    torch.manual_seed(11)
    return build(graph, examined)


def written(graph: Graph, examined: Examined) -> nn.Module:
    """The Net of the exported script, on its own imports alone."""
    names = script_names(graph, examined)
    torch.manual_seed(11)
    net: nn.Module = names["Net"]()
    return net


def run(net: nn.Module, x: Tensor) -> Tensor:
    torch.manual_seed(12)  # dropout's draws
    found: Tensor = net(x)
    return found.detach()


def states(net: nn.Module) -> dict[str, Tensor]:
    return {name: tensor.clone() for name, tensor in net.state_dict().items()}


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(
        torch.equal(one[name].nan_to_num(), other[name].nan_to_num()) for name in one
    )


each_kind = pytest.mark.parametrize("kind", sampled(KINDS))


@each_kind
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_that_shapes_match_inference_and_seeding_is_deterministic(
    kind: str, data: st.DataObject
) -> None:
    graph, examined, x = data.draw(nets(kind))
    net = seeded(graph, examined)
    shape = examined.shapes["it", graph.nodes["it"].layer.outputs[0].name]
    dims = [dim if isinstance(dim, int) else OPEN_LENGTH for dim in shape.dims]
    assert list(run(net.net, x).shape) == [2, *dims]
    assert net.parameter_count == examined.total_parameters
    own = {name: tuple(p.shape) for name, p in net.parameters.get("it", ())}
    assert own == dict(graph.nodes["it"].layer.parameters(*examined.inputs["it"]))
    again = seeded(graph, examined)
    run(again.net, x)
    assert equal(states(net.net), states(again.net))
    assert torch.equal(run(net.net.eval(), x), run(again.net.eval(), x))


@each_kind
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_that_the_script_has_the_same_net(kind: str, data: st.DataObject) -> None:
    graph, examined, x = data.draw(nets(kind))
    net, other = seeded(graph, examined).net, written(graph, examined)
    assert equal(states(net), states(other))
    count = sum(p.numel() for p in other.parameters())
    assert count == examined.total_parameters
    for is_training in (True, False):
        out, same = run(net.train(is_training), x), run(other.train(is_training), x)
        torch.testing.assert_close(out, same, rtol=1e-6, atol=1e-6, equal_nan=True)


@each_kind
@settings(max_examples=4, deadline=None)
@given(data=st.data())
def test_that_loading_the_state_dict_reproduces_the_outputs(kind: str, data: st.DataObject) -> None:
    graph, examined, x = data.draw(nets(kind))
    net, other = seeded(graph, examined).net, seeded(graph, examined).net
    redrawn(other.parameters())
    run(net, x)  # running statistics move
    other.load_state_dict(net.state_dict())
    assert torch.equal(run(net.eval(), x), run(other.eval(), x))


@each_kind
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_that_gradients_match_finite_differences(kind: str, data: st.DataObject) -> None:
    graph, examined, x = data.draw(nets(kind))
    if kind == "Step":  # the straight-through gradient is another's, by design
        assume(not graph.nodes["it"].layer.options()["straight_through"])
    if kind == "Embedding":  # the row of its padding stays 0
        assume(graph.nodes["it"].layer.options()["padding_idx"] is None)
    net = seeded(graph, examined).net.double().eval()
    redrawn(net.parameters())  # not where an initializer puts all of them on a corner
    names = [name for name, _ in net.named_parameters()]
    values = [p.detach().clone().requires_grad_() for p in net.parameters()]
    if x.is_floating_point():
        values.insert(0, x.double().requires_grad_())

    def of(*tensors: Tensor) -> Tensor:
        fed, rest = (tensors[0], tensors[1:]) if x.is_floating_point() else (x, tensors)
        found: Tensor = torch.func.functional_call(net, dict(zip(names, rest, strict=True)), (fed,))
        return found

    out = of(*values)
    if values:
        gradients = torch.autograd.grad(out.sum(), values, allow_unused=True)
        assert all(g is None or bool(torch.isfinite(g).all()) for g in gradients)
        assert torch.autograd.gradcheck(of, values, eps=1e-6, atol=1e-5, rtol=1e-3, fast_mode=True)


def redrawn(parameters: Iterable[nn.Parameter]) -> None:
    generator = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for parameter in parameters:
            parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator))
