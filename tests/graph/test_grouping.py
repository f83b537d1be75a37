"""Selections with several ways in and out: their ports, their names, the order of merges."""

from __future__ import annotations

import pytest

from playground.catalog.layers.base.user_block import SavedBlock, saved_block, user_block
from playground.catalog.registry import make_layer
from playground.graph.block import expanded, opened
from playground.graph.diagnose import built_of, examine, needed_of
from playground.graph.graph import Edge, Graph, Node
from playground.graph.grouping import gathered, grouped
from playground.graph.layer import Port
from playground.graph.shape import Shape, ShapeError

SERIES = Shape((6, 4))


def drawn(nodes: dict[str, dict[str, object]], *wires: str) -> Graph:
    """Layers by id, and wires such as "a > b", "a.state > b.key"."""
    graph = Graph()
    for node_id, data in nodes.items():
        graph = graph.add(Node(node_id, make_layer(dict(data))))
    for wire in wires:
        source, target = (end.partition(".") for end in wire.split(" > "))
        ports = source[2] or "out", target[2] or "in"
        graph = graph.connect(Edge(source[0], target[0], *ports))
    return graph


def two_towers() -> Graph:
    """Two Linear layers fed by the data and by each other's tower, joined outside."""
    return drawn(
        {
            "x": {"kind": "Input"},
            "before": {"kind": "Tanh"},
            "left": {"kind": "Linear", "out_features": 3},
            "right": {"kind": "Linear", "out_features": 3},
            "both": {"kind": "Add"},
            "join": {"kind": "Concatenate"},
            "y": {"kind": "Output"},
        },
        "x > left", "x > before", "before > right", "left > both", "right > both",
        "both > join", "right > join", "join > y",
    )  # fmt: skip


def test_that_several_sources_and_goals_become_ports_named_after_the_parts() -> None:
    graph = two_towers()
    chosen = ["left", "right", "both"]
    block = saved_block("Towers", gathered(graph, chosen))
    assert [(port.name, port.help) for port in block.inputs] == [
        ("left", "Leads to Linear."),
        ("right", "Leads to Linear."),
    ]
    assert [(port.name, port.help) for port in block.outputs] == [
        ("right", "Comes from Linear."),
        ("both", "Comes from Add."),
    ]
    small, block_id = grouped(graph, chosen, block)
    assert Edge("x", block_id, "out", "left") in small.edges
    assert Edge("before", block_id, "out", "right") in small.edges
    assert small.incoming("join") == [
        Edge(block_id, "join", "both"),
        Edge(block_id, "join", "right"),
    ]
    examined = examine(small, Shape((5,)))
    assert not examined.errors
    assert examined.shapes[block_id, "both"] == Shape((3,))
    assert examined.total_parameters == examine(graph, Shape((5,))).total_parameters


def test_that_a_source_that_feeds_several_parts_is_one_port() -> None:
    graph = two_towers()
    parts = gathered(graph, ["before", "left", "right"])
    assert parts.inputs == {"in": (("before", "in"), ("left", "in"))}
    assert parts.outputs == {"left": ("left", "out"), "right": ("right", "out")}


def test_that_ports_of_parts_with_several_are_named_after_both() -> None:
    graph = drawn(
        {
            "x": {"kind": "Input"},
            "keys": {"kind": "Linear", "out_features": 4},
            "gru": {"kind": "GRU", "hidden_size": 4},
            "attn": {"kind": "MultiheadAttention", "num_heads": 2},
            "last": {"kind": "LastStep"},
            "add": {"kind": "Add"},
            "y": {"kind": "Output"},
        },
        "x > gru", "x > keys", "gru > attn.query", "keys > attn.key", "keys > attn.value",
        "attn > last", "last > add", "gru.state > add", "add > y",
    )  # fmt: skip
    block = saved_block("Look", gathered(graph, ["gru", "attn"]))
    assert [port.name for port in block.inputs] == ["gru", "attn.key"]
    assert [port.name for port in block.outputs] == ["gru.state", "attn"]
    assert block.infer(SERIES, SERIES) == (Shape((4,)), SERIES)


def test_that_a_merge_inside_keeps_the_order_of_its_inputs() -> None:
    layers: dict[str, dict[str, object]] = {
        "x": {"kind": "Input"},
        "a": {"kind": "Tanh"},
        "b": {"kind": "ReLU"},
        "join": {"kind": "Concatenate"},
        "y": {"kind": "Output"},
    }
    graph = drawn(
        layers, "x > a", "x > b", "a > join", "x > join", "b > join", "x > join", "join > y"
    )
    order = [edge.source for edge in graph.incoming("join")]
    small, block_id = grouped(
        graph, ["a", "join"], saved_block("B", gathered(graph, ["a", "join"]))
    )
    again, _ = opened(small, block_id, (SERIES, SERIES))
    assert [edge.source for edge in again.incoming("join")] == order == ["a", "x", "b", "x"]
    flat = expanded(small, examine(small, SERIES)).graph
    assert [edge.source for edge in flat.incoming(f"{block_id}/join")] == [
        f"{block_id}/a", "x", "b", "x",
    ]  # fmt: skip


def test_that_inputs_nothing_feeds_yet_and_ends_that_lead_nowhere_are_ports_too() -> None:
    graph = drawn(
        {
            "a": {"kind": "Linear"},
            "b": {"kind": "ReLU"},
            "c": {"kind": "Linear"},
            "d": {"kind": "Tanh"},
        },
        "a > b", "c > d",
    )  # fmt: skip
    parts = gathered(graph, "abcd")
    assert parts.inputs == {"a": (("a", "in"),), "c": (("c", "in"),)}
    assert parts.outputs == {"b": ("b", "out"), "d": ("d", "out")}


def test_that_an_optional_port_is_a_port_of_the_block_only_if_wired() -> None:
    layers: dict[str, dict[str, object]] = {
        "x": {"kind": "Input"},
        "embed": {"kind": "Embedding", "embedding_dim": 4},
        "attn": {"kind": "SelfAttention", "num_heads": 2},
        "act": {"kind": "Tanh"},
        "y": {"kind": "Output"},
    }
    graph = drawn(layers, "x > embed", "embed > attn", "attn > act", "act > y")
    assert list(gathered(graph, ["attn", "act"]).inputs) == ["in"]
    graph = graph.connect(Edge("x", "attn", "out", "padding"))
    block = saved_block("B", gathered(graph, ["attn", "act"]))
    assert [port.name for port in block.inputs] == ["attn", "attn.padding"]
    small, _ = grouped(graph, ["attn", "act"], block)
    assert not examine(small, Shape(("T",), "int")).errors


def test_that_a_merge_fed_from_several_places_has_a_port_for_each() -> None:
    graph = drawn(
        {
            "x": {"kind": "Input"}, "a": {"kind": "Tanh"}, "b": {"kind": "ReLU"},
            "add": {"kind": "Add"}, "act": {"kind": "ELU"}, "y": {"kind": "Output"},
        },
        "x > a", "x > b", "a > add", "b > add", "add > act", "act > y",
    )  # fmt: skip
    parts = gathered(graph, ["add", "act"])
    assert parts.inputs == {"add": (("add", "in", 0),), "add.2": (("add", "in", 1),)}


def test_that_a_block_shows_the_readings_of_the_part_at_its_first_output() -> None:
    graph = two_towers()
    chosen = ["left", "right", "both"]
    small, block = grouped(graph, chosen, saved_block("Towers", gathered(graph, chosen)))
    outer = saved_block("Outer", gathered(small, ["before", block]))
    nested, outer_id = grouped(small, ["before", block], outer)
    found = expanded(nested, examine(nested, Shape((5,))))
    assert found.stands_for[outer_id] == f"{outer_id}/{block}/right"
    assert not examine(found.graph, Shape((5,))).errors


def test_that_a_bypassed_block_passes_its_first_input_on_and_keeps_its_parts() -> None:
    graph = drawn(
        {
            "x": {"kind": "Input"}, "a": {"kind": "Tanh"}, "b": {"kind": "ReLU"},
            "add": {"kind": "Add"}, "norm": {"kind": "LayerNorm"}, "y": {"kind": "Output"},
        },
        "x > a", "x > b", "a > add", "b > add", "add > norm", "norm > y",
    )  # fmt: skip
    small, block_id = grouped(
        graph, ["add", "norm"], saved_block("B", gathered(graph, ["add", "norm"]))
    )
    small = small.set_bypassed([block_id])
    examined = examine(small, SERIES)
    assert not examined.errors
    found = expanded(small, examined)
    assert found.graph.incoming("y") == [Edge("a", "y")]
    assert found.stands_for == {block_id: "a"}
    flat = examine(found.graph, SERIES)
    assert not flat.errors
    assert needed_of(found.graph) == {"x", "a", "y"}
    assert set(built_of(found.graph, flat)) == {
        "x",
        "a",
        "y",
        f"{block_id}/add",
        f"{block_id}/norm",
    }


def test_that_an_impossible_bypass_of_a_block_is_reported_as_for_a_layer() -> None:
    graph = two_towers()
    chosen = ["left", "right", "both"]
    small, block = grouped(graph, chosen, saved_block("Towers", gathered(graph, chosen)))
    codes = [d.code for d in examine(small.set_bypassed([block]), Shape((5,))).errors]
    assert codes == ["bypass_shape"]
    codes = [d.code for d in examine(small.set_bypassed([block]), Shape((3,))).errors]
    assert codes == ["bypass_port"]


def test_that_a_part_without_its_input_is_reported() -> None:
    content = {
        "nodes": [{"id": "a", "kind": "ReLU"}, {"id": "b", "kind": "Tanh"}],
        "inputs": [{"name": "in", "to": [["a", "in"]]}],
        "outputs": [{"name": "out", "from": ["b", "out"]}],
    }
    block = make_layer({"kind": "Block", "content": content})
    with pytest.raises(ShapeError, match="Inside, something is not connected: Tanh"):
        block.infer(SERIES)


def test_that_a_bypassed_part_has_only_its_first_output() -> None:
    gru = {"id": "a", "kind": "GRU", "options": {"hidden_size": 4}, "is_bypassed": True}
    content = {
        "nodes": [gru],
        "inputs": [{"name": "in", "to": [["a", "in"]]}],
        "outputs": [{"name": "out", "from": ["a", "state"]}],
    }
    block = make_layer({"kind": "Block", "content": content})
    with pytest.raises(ShapeError, match="nothing on output 'state'"):
        block.infer(SERIES)


def test_that_the_class_of_a_saved_block_lists_its_ports() -> None:
    graph = two_towers()
    layer = saved_block("Towers", gathered(graph, ["left", "right", "both"]))
    assert isinstance(layer, SavedBlock)
    kept = user_block("Towers", layer.content)
    assert kept.inputs == kept().inputs == layer.inputs
    assert kept.outputs == layer.outputs
    assert "inputs are left, right" in kept.help()
    assert SavedBlock.inputs == (Port("in"),)


def test_that_an_option_of_a_part_is_set_without_opening_the_block() -> None:
    graph = two_towers()
    inner = saved_block("Towers", gathered(graph, ["left", "right", "both"]))
    assert isinstance(inner, SavedBlock)
    wide = inner.with_part_options(["left"], out_features=7)
    assert wide.parts().graph.nodes["left"].layer.options()["out_features"] == 7
    assert wide.parts().graph.nodes["right"] == inner.parts().graph.nodes["right"]
    assert (wide.inputs, wide.outputs) == (inner.inputs, inner.outputs)
    small, block = grouped(graph, ["left", "right", "both"], inner)
    outer = saved_block("Outer", gathered(small, ["before", block]))
    assert isinstance(outer, SavedBlock)
    deep = outer.with_part_options([block, "left"], out_features=7)
    assert deep.parts().graph.nodes[block].layer == wide
    with pytest.raises(ValueError, match="out_features"):
        inner.with_part_options(["left"], out_features=0)
