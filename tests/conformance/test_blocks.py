"""Every block is the same net as its parts."""

from __future__ import annotations

import pytest
import torch

from playground.catalog.registry import declared, make_layer
from playground.engine.compile import build
from playground.graph.block import BlockLayer, expanded, opened
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from tests.export.script_net import script_names

BLOCKS = [kind for kind, layer in declared(Layer).items() if issubclass(layer, BlockLayer)]
SHAPES = {
    "ConvBlock": (3, 8, 8),
    "ResidualBlock": (6, 8, 8),
    "EncoderBlock": (7, 16),
    "DecoderBlock": (7, 16),
}


def around(kind: str) -> tuple[Graph, Shape]:
    """Input, the block, Output; and the shape of one example."""
    layer = make_layer({"kind": kind})
    graph = Graph().add(Node("x", make_layer({"kind": "Input"}))).add(Node("it", layer))
    graph = graph.add(Node("y", make_layer({"kind": "Output"})))
    graph = graph.connect(Edge("x", "it")).connect(Edge("it", "y"))
    return graph, Shape(SHAPES.get(kind, (5,)))


def net_of(graph: Graph, features: Shape) -> torch.nn.Module:
    """The net of a graph, blocks expanded, drawn with seed 3, in evaluation mode."""
    flat = expanded(graph, examine(graph, features)).graph
    examined: Examined = examine(flat, features)
    assert not examined.errors
    torch.manual_seed(3)
    return build(flat, examined).net.eval()


@pytest.mark.parametrize("kind", BLOCKS)
def test_that_a_block_is_the_same_net_as_its_opened_parts(kind: str) -> None:
    graph, features = around(kind)
    parts, _ = opened(graph, "it", (features,))
    closed, open_ = net_of(graph, features), net_of(parts, features)
    x = torch.randn(4, *map(int, features.dims))
    assert torch.equal(closed(x), open_(x))


@pytest.mark.parametrize("kind", BLOCKS)
def test_that_inferred_shape_and_count_are_those_of_the_net(kind: str) -> None:
    graph, features = around(kind)
    examined = examine(graph, features)
    net = net_of(graph, features)
    x = torch.randn(4, *map(int, features.dims))
    assert tuple(net(x).shape[1:]) == examined.shapes["it", "out"].dims
    assert sum(p.numel() for p in net.parameters()) == examined.parameters["it"]


@pytest.mark.slow
@pytest.mark.parametrize("kind", BLOCKS)
def test_that_gradients_are_those_of_finite_differences(kind: str) -> None:
    graph, features = around(kind)
    net = net_of(graph, features).double()
    draw = torch.Generator().manual_seed(2)
    x = torch.randn(2, *map(int, features.dims), generator=draw, dtype=torch.float64)
    names = [name for name, _ in net.named_parameters()]
    values = [x, *(p.detach().clone() for p in net.parameters())]

    def of(x: torch.Tensor, *parameters: torch.Tensor) -> torch.Tensor:
        named = dict(zip(names, parameters, strict=True))
        found: torch.Tensor = torch.func.functional_call(net, named, (x,))
        return found

    for value in values:
        value.requires_grad_()
    gradients = torch.autograd.grad(of(*values).square().sum(), values)
    assert all(bool(torch.isfinite(gradient).all()) for gradient in gradients)
    assert torch.autograd.gradcheck(of, values, eps=1e-6, atol=1e-5, rtol=1e-3, fast_mode=True)


@pytest.mark.slow
@pytest.mark.parametrize("kind", BLOCKS)
def test_that_the_script_has_the_same_net_and_its_state_is_all_there_is_to_it(kind: str) -> None:
    graph, features = around(kind)
    net = net_of(graph, features)
    flat = expanded(graph, examine(graph, features)).graph
    room = script_names(flat, examine(flat, features))
    torch.manual_seed(3)
    written = room["Net"]().eval()
    x = torch.randn(4, *map(int, features.dims))
    torch.testing.assert_close(written(x), net(x), rtol=1e-6, atol=1e-6)
    count = sum(p.numel() for p in written.parameters())
    assert count == examine(graph, features).parameters["it"]
    torch.manual_seed(4)
    other = room["Net"]().eval()
    assert not torch.equal(other(x), net(x))
    # Attributes of a script cannot hold the slash that joins block and part.
    state = {name.replace("/", "_"): tensor for name, tensor in net.state_dict().items()}
    other.load_state_dict(state)
    assert torch.equal(other(x), written(x))


def test_that_a_decoder_block_does_not_look_ahead_and_an_encoder_block_does() -> None:
    for kind, looks_ahead in (("DecoderBlock", False), ("EncoderBlock", True)):
        graph, features = around(kind)
        net = net_of(graph, features)
        x = torch.randn(2, 7, 16)
        other = x.clone()
        other[:, 5:] = torch.randn(2, 2, 16)
        same = torch.allclose(net(x)[:, :5], net(other)[:, :5], atol=1e-6)
        assert same is not looks_ahead


def test_that_a_residual_block_is_he_s_basic_block() -> None:
    # Two 3×3 convolutions, a 1×1 one on the shortcut, and a scale and a shift for three norms.
    layer = make_layer({"kind": "ResidualBlock", "out_channels": 128, "stride": 2})
    expected = 64 * 128 * 9 + 128 * 128 * 9 + 64 * 128 + 3 * 2 * 128
    assert layer.count(Shape((64, 56, 56))) == expected
    assert layer.infer(Shape((64, 56, 56))) == (Shape((128, 28, 28)),)
