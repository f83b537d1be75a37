"""Any selection that can be a block: closed, opened, saved and loaded, it is the same net."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from playground.catalog.layers.base.user_block import saved_block
from playground.catalog.registry import make_layer
from playground.engine.compile import build
from playground.graph.block import expanded, opened
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered, grouped
from playground.graph.reserved import attribute_name
from playground.graph.shape import Shape
from playground.project.file import from_json, to_json
from playground.project.project import Project

SERIES = Shape((5, 4))
WIDTH = 4

PLAIN = ("Linear", "Tanh", "ReLU", "LayerNorm", "GRU", "MultiheadAttention", "SelfAttention")
MERGES = ("Add", "Multiply", "Mean", "Concatenate")
OPTIONS = {
    "Linear": {"out_features": WIDTH},
    "GRU": {"hidden_size": WIDTH},
    "MultiheadAttention": {"num_heads": 2},
    "SelfAttention": {"num_heads": 2},
    "Concatenate": {"axis": 2},
}


@st.composite
def nets(draw: st.DrawFn) -> Graph:
    """A net from a series to Output: any wiring without loops, layers with several ports too."""
    graph = Graph().add(Node("x", make_layer({"kind": "Input"})))
    series, states = ["x"], []
    for kind in draw(st.lists(st.sampled_from(PLAIN + MERGES), min_size=2, max_size=7)):
        layer = make_layer({"kind": kind, **OPTIONS.get(kind, {})})
        node = f"n{len(graph.nodes)}"
        graph = graph.add(Node(node, layer, is_frozen=draw(st.booleans())))
        source = st.sampled_from(series)
        ports = [port for port in layer.inputs if not port.is_optional]
        if kind in MERGES:
            ports *= draw(st.integers(1, 3))
        for port in ports:
            graph = graph.connect(Edge(draw(source), node, "out", port.name))
        if kind == "Concatenate":  # back to the width that all others have
            graph = graph.add(Node(f"{node}w", make_layer({"kind": "Linear", "out_features": 4})))
            graph = graph.connect(Edge(node, f"{node}w"))
            node = f"{node}w"
        series.append(node)
        states += [node] if kind == "GRU" else []
    return _ended(graph, draw(st.permutations(series[1:])), states)


def _ended(graph: Graph, series: list[str], states: list[str]) -> Graph:
    for node, kind in (("all", "Add"), ("mean", "MeanOverTime"), ("end", "Concatenate")):
        graph = graph.add(Node(node, make_layer({"kind": kind})))
    for node in series:
        graph = graph.connect(Edge(node, "all"))
    graph = graph.connect(Edge("all", "mean")).connect(Edge("mean", "end"))
    for node in states:
        graph = graph.connect(Edge(node, "end", "state"))
    return graph.add(Node("y", make_layer({"kind": "Output"}))).connect(Edge("end", "y"))


def convex(graph: Graph, some: list[str]) -> list[str]:
    """The smallest selection with these layers that no path leaves and comes back to."""
    after = graph.reachable(some)
    before = graph.reachable(some, backwards=True)
    return [i for i in graph.nodes if i in after & before]


def net_of(graph: Graph) -> torch.nn.Module:
    """The net of a graph, blocks expanded, in evaluation mode."""
    flat = expanded(graph, examine(graph, SERIES)).graph
    examined = examine(flat, SERIES)
    assert not examined.errors
    return build(flat, examined).net.eval()


def with_weights_of(
    net: torch.nn.Module, other: torch.nn.Module, ids: Mapping[str, str]
) -> torch.nn.Module:
    """A net with another's weights; `ids` names the layers there by those here."""
    names = {attribute_name(here): attribute_name(there) for here, there in ids.items()}
    state = {}
    for name in net.state_dict():
        layer, _, tensor = name.partition(".")
        state[name] = other.state_dict()[f"{names.get(layer, layer)}.{tensor}"]
    assert len(state) == len(other.state_dict())
    net.load_state_dict(state)
    return net


def frozen(net: torch.nn.Module) -> int:
    """How many numbers do not learn."""
    return sum(p.numel() for p in net.parameters() if not p.requires_grad)


@pytest.mark.slow
@settings(deadline=None, max_examples=60)
@given(data=st.data(), graph=nets())
def test_that_a_selection_as_a_block_and_opened_again_is_the_same_net(
    data: st.DataObject, graph: Graph
) -> None:
    inner = [i for i in graph.nodes if i not in ("x", "y")]
    chosen = convex(graph, data.draw(st.lists(st.sampled_from(inner), min_size=2, unique=True)))
    assume(len(chosen) > 1)
    closed, block = grouped(graph, chosen, saved_block("B", gathered(graph, chosen)))
    if data.draw(st.booleans()):  # a block within a block
        around = [i for i in closed.nodes if i not in ("x", "y")]
        more = [block, data.draw(st.sampled_from(around))]
        more = convex(closed, more)
        if len(more) > 1:
            closed, outer = grouped(closed, more, saved_block("O", gathered(closed, more)))
            inputs = examine(closed, SERIES).inputs[outer]
            closed, ids = opened(closed, outer, inputs)
            assert set(ids) == set(more)
    loaded = from_json(to_json(Project(closed))).project.graph
    assert loaded == closed
    again, ids = opened(loaded, block, examine(loaded, SERIES).inputs[block])
    assert set(ids) == set(chosen)
    for node_id in graph.nodes:
        assert again.inputs_in_order(node_id) == graph.inputs_in_order(node_id)

    first = net_of(graph)
    second = with_weights_of(net_of(loaded), first, {f"{block}/{i}": i for i in chosen})
    third = with_weights_of(net_of(again), first, {})
    torch.manual_seed(0)
    x = torch.randn(3, *map(int, SERIES.dims))
    expected = first(x)
    assert torch.equal(second(x), expected)
    assert torch.equal(third(x), expected)
    assert frozen(second) == frozen(third) == frozen(first)
