"""Generated options, layers and graphs: anything that the catalog allows, kept small."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from playground.catalog.options import Option, options_of
from playground.catalog.registry import declared
from playground.graph.declaration import Declaration
from playground.graph.graph import Edge, Graph, GraphError
from playground.graph.layer import Layer, UnknownLayer, required

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)


def value_of(option: Option) -> st.SearchStrategy[Any]:
    """Any value that an option may have, integers up to about 9."""
    found: st.SearchStrategy[Any]
    if option.value_type == "int":
        low = int(option.low or 0)
        high = min(low + 8, int(option.high) if option.high is not None else low + 8)
        found = st.integers(low, high)
        if option.words:
            found |= st.sampled_from(option.words)
    elif option.value_type == "float":
        high = 10.0 if option.high is None else min(10.0, option.high)
        found = st.floats(
            option.low or 0.0,
            high,
            exclude_min=option.low_is_open,
            exclude_max=option.high_is_open and high == option.high,
        )
    elif option.value_type == "declaration":
        assert option.picks is not None
        found = st.sampled_from(list(option.kinds().values())).flatmap(made)
    else:
        found = {
            "bool": st.booleans(),
            "choice": st.sampled_from(option.choices or (None,)),
            "text": TEXT,
            "path": TEXT,
            "floats": _numbers(option),
            "ints": st.lists(st.integers(1, 8), max_size=3).map(tuple),
            "texts": st.lists(TEXT, max_size=3).map(tuple),
        }[option.value_type]
    return st.none() | found if option.is_optional else found


def _numbers(option: Option) -> st.SearchStrategy[Any]:
    low, high = option.low or 0.0, min(10.0, 10.0 if option.high is None else option.high)
    number = st.floats(low, high, exclude_min=option.low_is_open)
    numbers = st.lists(number, min_size=1, max_size=4).map(tuple)
    return st.sampled_from(option.words) | numbers if option.words else numbers


def made(kind: type[Declaration]) -> st.SearchStrategy[Any]:
    """A declaration of one kind with any options."""
    values = {option.name: value_of(option) for option in options_of(kind)}
    return st.fixed_dictionaries({}, optional=values).map(lambda options: kind(**options))


def declaration_of(base: type[Declaration]) -> st.SearchStrategy[Any]:
    """Any declaration of a sort with any options."""
    return st.sampled_from(list(declared(base).values())).flatmap(made)


def single_layers() -> dict[str, type[Layer]]:
    """The layers that are one call each, by kind; blocks are made of these."""
    return {
        kind: layer
        for kind, layer in declared(Layer).items()
        if layer.inputs and layer.outputs and layer.family != "Blocks"
    }


PADDED = " padded"
"""What ends the name of a case in which a layer's optional port is wired too."""


def cases() -> list[str]:
    """Every kind of single layer, and those with an optional port once more, with it wired."""
    found = single_layers()
    wired = [f"{kind}{PADDED}" for kind, one in found.items() if required(one.inputs) != one.inputs]
    return [*found, *wired]


def layers() -> st.SearchStrategy[Layer]:
    """Any layer, now and then one that nobody knows."""
    unknown = st.just(UnknownLayer(unknown_kind="Quantum", qubits=3))
    return st.one_of(*[declaration_of(Layer)] * 9, unknown)


@st.composite
def graphs(draw: st.DrawFn, max_nodes: int = 8) -> Graph:
    """A graph of any layers, wired at random as far as wires are allowed."""
    graph = Graph()
    for layer in draw(st.lists(layers(), max_size=max_nodes)):
        place = st.floats(-1e4, 1e4)
        graph, node_id = graph.add_layer(layer, draw(place), draw(place))
        if draw(st.booleans()):
            graph = graph.rename(node_id, draw(TEXT))
    ids = sorted(graph.nodes)
    pairs = st.tuples(st.sampled_from(ids), st.sampled_from(ids)) if ids else st.nothing()
    for source, target in draw(st.lists(pairs, max_size=12)) if ids else []:
        try:
            graph = graph.connect(Edge(source, target))
        except GraphError:
            continue
    return graph
