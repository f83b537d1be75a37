"""Time to infer a large graph again after one edit, and to compile it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from statistics import median

from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.blocks import EncoderBlock
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.ends import Input, Output
from playground.catalog.layers.merge import Add
from playground.engine.compile import build
from playground.graph.block import expanded
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape

LAYERS, WIDTH, TURNS = 500, 16, 15
FEATURES = Shape((WIDTH,))


def residual(layers: int = LAYERS) -> Graph:
    """Blocks of Linear, ReLU and Add, each with a wire around it."""
    nodes = [Node("input1", Input())]
    edges = []
    while len(nodes) < layers:
        number, before = len(nodes), nodes[-1].id
        block = [Linear(out_features=WIDTH), ReLU(), Add()]
        names = [f"{layer.short}{number}" for layer in block]
        nodes += [Node(name, layer) for name, layer in zip(names, block, strict=True)]
        linear, relu, add = names
        edges += [Edge(before, linear), Edge(linear, relu), Edge(relu, add), Edge(before, add)]
    edges.append(Edge(nodes[-1].id, "output1"))
    nodes.append(Node("output1", Output()))
    return Graph({node.id: node for node in nodes}, tuple(edges))


def of_blocks(blocks: int = 60) -> Graph:
    """Encoder blocks one after the other: some 500 layers once they are opened."""
    names = ["input1", *(f"block{i}" for i in range(blocks)), "output1"]
    layers = [Input(), *(EncoderBlock(num_heads=4, hidden=32) for _ in range(blocks)), Output()]
    nodes = {name: Node(name, layer) for name, layer in zip(names, layers, strict=True)}
    return Graph(nodes, tuple(Edge(a, b) for a, b in itertools.pairwise(names)))


def fanned(layers: int = LAYERS) -> Graph:
    """Linear layers side by side, all fed by the Input and added up."""
    names = [f"linear{i}" for i in range(layers - 3)]
    nodes = {"input1": Node("input1", Input())}
    nodes |= {name: Node(name, Linear(out_features=WIDTH)) for name in names}
    nodes |= {"add1": Node("add1", Add()), "output1": Node("output1", Output())}
    edges = [edge for name in names for edge in (Edge("input1", name), Edge(name, "add1"))]
    return Graph(nodes, (*edges, Edge("add1", "output1")))


def _milliseconds(of: Callable[[int], object]) -> float:
    found = []
    for turn in range(TURNS):
        began = time.perf_counter()
        of(turn)
        found.append(1000 * (time.perf_counter() - began))
    return median(found)


def measure() -> dict[str, float]:
    """Medians over edits that nobody has made before, in the middle of the graph and at its
    start, where every shape after it changes."""
    graph = residual()
    examined = examine(graph, FEATURES)
    middle = list(graph.nodes)[len(graph.nodes) // 2 // 3 * 3 + 1]

    def edited(turn: int) -> object:
        changed = graph.set_options(middle, l2=0.1 + turn)
        return examine(changed, FEATURES)

    blocks, rows = of_blocks(), Shape((8, WIDTH))
    wide = fanned()
    flat = expanded(blocks, examine(blocks, rows)).graph
    return {
        "inference of 60 encoder blocks after one edit, ms": _milliseconds(
            lambda turn: examine(blocks.set_options("block30", hidden=33 + turn), rows)
        ),
        "compile of 60 encoder blocks, s": _milliseconds(lambda _: build(flat, examine(flat, rows)))
        / 1000,
        "inference of 500 layers side by side after one edit, ms": _milliseconds(
            lambda turn: examine(wide.set_options("linear30", l2=0.1 + turn), FEATURES)
        ),
        "inference of 500 layers after one edit, ms": _milliseconds(edited),
        "inference of 500 layers, all shapes new, ms": _milliseconds(
            lambda turn: examine(graph, Shape((turn + 1, WIDTH)))
        ),
        "compile of 500 layers, s": _milliseconds(lambda _: build(graph, examined)) / 1000,
    }
