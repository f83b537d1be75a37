"""Well-known nets, drawn from the catalogue, have their published or torch's own sizes."""

from __future__ import annotations

from torch import nn

from playground.graph.shape import Shape
from tests.catalog.network_builder import NetworkBuilder


def test_that_resnet_18_has_its_11_689_512_parameters() -> None:
    net = NetworkBuilder()
    end = net.resnet_18()
    examined = net.finished(Shape((3, 224, 224)))
    assert examined.total_parameters == 11_689_512
    assert examined.shapes[end, "out"] == Shape((512, 7, 7))


def test_that_an_lstm_classifier_of_words_is_as_large_as_torchs() -> None:
    net = NetworkBuilder()
    net.add("Embedding", num_embeddings=10_000, embedding_dim=100)
    net.add("LSTM", hidden_size=128, output="last step")
    net.add("Linear", out_features=2)
    parts = nn.Embedding(10_000, 100), nn.LSTM(100, 128), nn.Linear(128, 2)
    expected = sum(p.numel() for part in parts for p in part.parameters())
    assert net.finished(Shape(("T",), "int")).total_parameters == expected


def test_that_a_causal_decoder_of_four_layers_is_as_large_as_torchs() -> None:
    net = NetworkBuilder()
    net.transformer(50, width=32, hidden=64, heads=4, causal=True)
    layer = nn.TransformerEncoderLayer(32, 4, 64)
    expected = 50 * 32 + 4 * sum(p.numel() for p in layer.parameters()) + 33 * 50
    examined = net.finished(Shape(("T",), "int"))
    assert examined.total_parameters == expected
    assert examined.inputs["output1"] == (Shape(("T", 50)),)


def test_that_a_decoder_looks_at_what_an_encoder_has_read() -> None:
    net = NetworkBuilder()
    tokens = net.add("Embedding", num_embeddings=50, embedding_dim=32)
    memory = net.add("GRU", hidden_size=12)
    net.at = tokens
    net.add("MultiheadAttention", memory, memory, num_heads=4)
    examined = net.finished(Shape(("T",), "int"))
    attention = nn.MultiheadAttention(32, 4, kdim=12, vdim=12)
    assert examined.parameters["attn1"] == sum(p.numel() for p in attention.parameters())
