"""Well-known nets, drawn layer by layer from the catalogue."""

from __future__ import annotations

from typing import Any

from playground.catalog.registry import make_layer
from playground.graph.diagnose import Examined, examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape


class NetworkBuilder:
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

    def resnet_18(self) -> str:
        """He's net for pictures, with 1000 classes; where its last block ends."""
        self.conv(64, 7, 2)
        self.add("ReLU")
        before, width = self.add("MaxPool2d", kernel_size=3, stride=2, padding=1), 64
        for channels in (64, 128, 256, 512):
            for _ in range(2):
                stride = 2 if channels != width else 1
                self.conv(channels, 3, stride)
                self.add("ReLU")
                inner = self.conv(channels, 3)
                self.at = before
                if stride == 2:
                    self.conv(channels, 1, 2)
                self.add("Add", inner)
                before, width = self.add("ReLU"), channels
        self.add("GlobalAvgPool")
        self.add("Linear", out_features=1000)
        return before

    def transformer(self, tokens: int, width: int, hidden: int, heads: int, causal: bool) -> None:
        """Four layers over token ids, with an output a token."""
        self.add("Embedding", num_embeddings=tokens, embedding_dim=width)
        stream = self.add("SinusoidalEncoding")
        for _ in range(4):
            self.add("SelfAttention", num_heads=heads, is_causal=causal)
            self.add("Add", stream)
            stream = self.add("LayerNorm")
            self.add("Linear", out_features=hidden)
            self.add("ReLU")
            self.add("Linear", out_features=width)
            self.add("Add", stream)
            stream = self.add("LayerNorm")
        self.add("Linear", out_features=tokens)

    def finished(self, features: Shape) -> Examined:
        self.add("Output")
        examined = examine(self.graph, features)
        assert examined.diagnostics == ()
        return examined
