"""Well-known nets, drawn from the catalogue, have their published or torch's own sizes."""

from __future__ import annotations

from typing import Any

from torch import nn

from playground.catalog.registry import make_layer
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape


class Pencil:
    """Draws one layer after the other; `at` is where the next wire starts."""

    def __init__(self) -> None:
        self.graph, self.at = Graph(), ""
        self.add("Input")

    def add(self, kind: str, *others: str, **options: Any) -> str:
        layer = make_layer({"kind": kind, **options})
        node_id = self.graph.fresh_id(layer)
        self.graph = self.graph.add(Node(node_id, layer))
        ports = layer.inputs
        for rank, source in enumerate([self.at, *others] if self.at else []):
            port = ports[min(rank, len(ports) - 1)].name
            self.graph = self.graph.connect(Edge(source, node_id, target_port=port))
        self.at = node_id
        return node_id

    def conv(self, channels: int, size: int, stride: int = 1) -> str:
        self.add(
            "Conv2d", out_channels=channels, kernel_size=size, stride=stride, padding=size // 2,
            bias=False,
        )  # fmt: skip
        return self.add("BatchNorm")

    def finished(self, features: Shape) -> Examined:
        self.add("Output")
        examined = examine(self.graph, features)
        assert examined.diagnostics == ()
        return examined


def test_that_resnet_18_has_its_11_689_512_parameters() -> None:
    net = Pencil()
    net.conv(64, 7, 2)
    net.add("ReLU")
    before, width = net.add("MaxPool2d", kernel_size=3, stride=2, padding=1), 64
    for channels in (64, 128, 256, 512):
        for _ in range(2):
            stride = 2 if channels != width else 1
            net.conv(channels, 3, stride)
            net.add("ReLU")
            inner = net.conv(channels, 3)
            if stride == 2:
                net.at = before
                before = net.conv(channels, 1, 2)
            net.at = before
            net.add("Add", inner)
            before, width = net.add("ReLU"), channels
    net.add("GlobalAvgPool")
    net.add("Linear", out_features=1000)
    examined = net.finished(Shape((3, 224, 224)))
    assert examined.total_parameters == 11_689_512
    assert examined.shapes[before, "out"] == Shape((512, 7, 7))


def test_that_an_lstm_classifier_of_words_is_as_large_as_torchs() -> None:
    net = Pencil()
    net.add("Embedding", num_embeddings=10_000, embedding_dim=100)
    net.add("LSTM", hidden_size=128, output="last step")
    net.add("Linear", out_features=2)
    parts = nn.Embedding(10_000, 100), nn.LSTM(100, 128), nn.Linear(128, 2)
    expected = sum(p.numel() for part in parts for p in part.parameters())
    assert net.finished(Shape(("T",), "int")).total_parameters == expected


def test_that_a_causal_decoder_of_four_layers_is_as_large_as_torchs() -> None:
    net = Pencil()
    net.add("Embedding", num_embeddings=50, embedding_dim=32)
    stream = net.add("SinusoidalEncoding")
    for _ in range(4):
        net.add("SelfAttention", num_heads=4, is_causal=True)
        net.add("Add", stream)
        stream = net.add("LayerNorm")
        net.add("Linear", out_features=64)
        net.add("ReLU")
        net.add("Linear", out_features=32)
        net.add("Add", stream)
        stream = net.add("LayerNorm")
    net.add("Linear", out_features=50)
    layer = nn.TransformerEncoderLayer(32, 4, 64)
    expected = 50 * 32 + 4 * sum(p.numel() for p in layer.parameters()) + 33 * 50
    examined = net.finished(Shape(("T",), "int"))
    assert examined.total_parameters == expected
    assert examined.inputs["output1"] == (Shape(("T", 50)),)


def test_that_a_decoder_looks_at_what_an_encoder_has_read() -> None:
    net = Pencil()
    tokens = net.add("Embedding", num_embeddings=50, embedding_dim=32)
    memory = net.add("GRU", hidden_size=12)
    net.at = tokens
    net.add("MultiheadAttention", memory, memory, num_heads=4)
    examined = net.finished(Shape(("T",), "int"))
    attention = nn.MultiheadAttention(32, 4, kdim=12, vdim=12)
    assert examined.parameters["attn1"] == sum(p.numel() for p in attention.parameters())
