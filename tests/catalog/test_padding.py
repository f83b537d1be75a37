"""Padding is not looked at, not counted, and not learned from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from playground.catalog.registry import declared, make_layer
from playground.engine.compile import build, resolve
from playground.graph.block import expanded, opened
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.layer import Layer, required
from playground.graph.shape import Shape

Array = npt.NDArray[Any]
E, PAD = 8, 1
IDS = np.array(
    [
        [2, 3, 4, 2, 5],  # nothing to hide
        [2, 3, 1, 1, 1],  # filled up at the end
        [1, 1, 3, 1, 4],  # and elsewhere
        [1, 1, 1, 1, 1],  # nothing but padding
    ]
)
PADDED_KINDS = [kind for kind, one in declared(Layer).items() if required(one.inputs) != one.inputs]
close = np.testing.assert_allclose


def built(kind: str, *shapes: Shape, **options: object) -> nn.Module:
    """The module of a layer in float64, its biases drawn too."""
    torch.manual_seed(1)
    call = make_layer({"kind": kind, **options}).call(*shapes)
    assert call is not None
    module: nn.Module = resolve(call.target)(*call.args, **call.kwargs).double()
    for name, parameter in module.named_parameters():
        if "bias" in name:
            nn.init.normal_(parameter)
    return module


def drawn(*sizes: int) -> Array:
    return np.random.default_rng(3).normal(size=sizes)


def run(module: nn.Module, *inputs: Array) -> Array:
    found: Array = module(*map(torch.from_numpy, inputs)).detach().numpy()
    return found


def attention(
    q: Array, k: Array, v: Array, ids: Array, weights: nn.Module, heads: int, is_causal: bool
) -> Array:
    """Query by query, over the keys that it may look at; zeros if there is none."""
    w = {name: p.detach().numpy() for name, p in weights.named_parameters()}
    (wq, wk, wv), (bq, bk, bv) = np.split(w["in_proj_weight"], 3), np.split(w["in_proj_bias"], 3)
    size, out = q.shape[2] // heads, np.zeros_like(q)
    for b in range(len(q)):
        for t in range(q.shape[1]):
            seen = [s for s in range(k.shape[1]) if ids[b, s] != PAD and (s <= t or not is_causal)]
            if not seen:
                continue
            query, keys, values = wq @ q[b, t] + bq, k[b, seen] @ wk.T + bk, v[b, seen] @ wv.T + bv
            taken = []
            for head in np.split(np.arange(q.shape[2]), heads):
                match = np.exp(keys[:, head] @ query[head] / np.sqrt(size))
                taken.append(match / match.sum() @ values[:, head])
            out[b, t] = w["out_proj.weight"] @ np.concatenate(taken) + w["out_proj.bias"]
    return out


@pytest.mark.parametrize("is_training", [True, False])
@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_that_attention_looks_at_the_steps_that_are_not_padding(
    heads: int, is_causal: bool, is_training: bool
) -> None:
    options: dict[str, Any] = {"num_heads": heads, "is_causal": is_causal}
    module = built("SelfAttention", Shape((5, E)), Shape((5,), "int"), **options)
    x = drawn(4, 5, E)
    expected = attention(x, x, x, IDS, module, heads, is_causal)
    close(run(module.train(is_training), x, IDS), expected, atol=1e-12)
    with torch.no_grad():  # where torch takes a short cut
        close(run(module, x, IDS), expected, atol=1e-12)


@pytest.mark.parametrize("is_causal", [True, False])
def test_that_attention_is_torch_s_with_a_key_padding_mask(is_causal: bool) -> None:
    shapes = Shape((5, E)), Shape((5,), "int")
    module = built("SelfAttention", *shapes, num_heads=2, is_causal=is_causal)
    torch_s = nn.MultiheadAttention(E, 2, batch_first=True).double()
    torch_s.load_state_dict(module.state_dict())
    x, ids = torch.from_numpy(drawn(4, 5, E)), torch.from_numpy(IDS)
    causal = torch.ones(5, 5, dtype=torch.bool).triu(1) if is_causal else None
    expected, _ = torch_s(x, x, x, key_padding_mask=ids == PAD, attn_mask=causal)
    # Without a key torch knows no answer, ours is zeros: the row of padding, and causally the
    # steps before the first that is none.
    sees = np.array([[bool((row != PAD)[: t + 1 if is_causal else 5].any()) for t in range(5)]
                     for row in IDS])  # fmt: skip
    found = run(module, x.numpy(), IDS)
    close(found[sees], expected.detach().numpy()[sees], atol=1e-12)
    assert not found[~sees].any()
    assert not sees[3].any()


def test_that_attention_to_another_sequence_hides_its_padding() -> None:
    shapes = Shape((3, E)), Shape((5, E)), Shape((5, E)), Shape((5,), "int")
    module = built("MultiheadAttention", *shapes, num_heads=2)
    q, k, v = drawn(4, 3, E), drawn(4, 5, E) + 1, drawn(4, 5, E) - 1
    close(run(module, q, k, v, IDS), attention(q, k, v, IDS, module, 2, False), atol=1e-12)


def test_that_the_last_step_is_the_last_that_is_not_padding() -> None:
    module = built("LastStep", Shape((5, E)), Shape((5,), "int"))
    x = drawn(4, 5, E)
    close(run(module, x, IDS), [x[0, 4], x[1, 1], x[2, 4], np.zeros(E)])


def test_that_the_mean_is_that_of_the_steps_that_are_not_padding() -> None:
    module = built("MeanOverTime", Shape((5, E)), Shape((5,), "int"))
    x = drawn(4, 5, E)
    expected = [x[0].mean(0), x[1, :2].mean(0), x[2, [2, 4]].mean(0), np.zeros(E)]
    close(run(module, x, IDS), expected, atol=1e-12)


def padded(kind: str, **options: object) -> Graph:
    """Input, Embedding, the layer with the tokens wired to its padding, Output."""
    layer = make_layer({"kind": kind, **options})
    embedding = make_layer({"kind": "Embedding", "num_embeddings": 6, "embedding_dim": E})
    graph = Graph()
    for node_id, found in {
        "x": make_layer({"kind": "Input"}), "embed": embedding, "it": layer,
        "y": make_layer({"kind": "Output"}),
    }.items():  # fmt: skip
        graph = graph.add(Node(node_id, found))
    for port in required(layer.inputs):
        graph = graph.connect(Edge("embed", "it", target_port=port.name))
    graph = graph.connect(Edge("x", "it", target_port="padding"))
    return graph.connect(Edge("x", "embed")).connect(Edge("it", "y"))


def net_of(graph: Graph) -> nn.Module:
    """Its net in evaluation mode, blocks expanded, drawn with seed 3."""
    features = Shape((5,), "int")
    flat = expanded(graph, examine(graph, features)).graph
    examined = examine(flat, features)
    assert not examined.errors
    torch.manual_seed(3)
    return build(flat, examined).net.eval()


@pytest.mark.parametrize("kind", PADDED_KINDS)
def test_that_what_stands_in_padding_changes_no_output(kind: str) -> None:
    net, ids = net_of(padded(kind)), torch.from_numpy(IDS[:3])
    before = net(ids)
    with torch.no_grad():  # another vector for padding
        net.get_parameter("embed.weight")[PAD] = torch.linspace(-50, 50, E)
    after = net(ids)
    is_real = ids != PAD
    if before.dim() == 2:  # no step is left
        assert torch.equal(before, after)
    else:
        torch.testing.assert_close(before[is_real], after[is_real], rtol=0, atol=1e-6)
        assert bool(torch.isfinite(after).all())


@pytest.mark.parametrize("kind", PADDED_KINDS)
def test_that_a_sequence_is_read_as_it_is_without_its_padding(kind: str) -> None:
    net, ids = net_of(padded(kind)), torch.from_numpy(IDS)
    for row in (0, 1):
        length = int((ids[row] != PAD).sum())
        alone, filled_up = net(ids[row : row + 1, :length]), net(ids)[row : row + 1]
        real = filled_up if alone.dim() == 2 else filled_up[:, :length]
        torch.testing.assert_close(alone, real)


def test_that_the_last_real_step_of_a_recurrent_layer_has_read_no_padding() -> None:
    lstm = make_layer({"kind": "LSTM", "hidden_size": 6})
    net = net_of(padded("LastStep").insert_before("it", "in", lstm))
    ids = torch.from_numpy(IDS)
    torch.testing.assert_close(net(ids[1:2, :2]), net(ids)[1:2])


@pytest.mark.parametrize("kind", PADDED_KINDS)
def test_that_nothing_is_learned_from_padding(kind: str) -> None:
    net, ids = net_of(padded(kind)), torch.from_numpy(IDS)
    out = net(ids)
    real = out if out.dim() == 2 else out[ids != PAD]
    real.square().sum().backward()
    gradient = net.get_parameter("embed.weight").grad
    assert gradient is not None
    assert bool(torch.isfinite(gradient).all())
    assert not gradient[PAD].any()
    assert gradient[3].any()


@pytest.mark.parametrize("kind", PADDED_KINDS)
def test_that_another_token_can_be_the_padding(kind: str) -> None:
    net, ids = net_of(padded(kind, padding_idx=5)), torch.from_numpy(IDS)
    usual = net_of(padded(kind))
    swapped = torch.where(ids == 5, 1, torch.where(ids == 1, 5, ids))
    state = usual.state_dict()
    state["embed.weight"] = state["embed.weight"][[0, 5, 2, 3, 4, 1]]
    net.load_state_dict(state)
    torch.testing.assert_close(net(swapped), usual(ids))


@pytest.mark.parametrize("kind", PADDED_KINDS)
def test_that_without_the_wire_every_step_counts(kind: str) -> None:
    graph = padded(kind)
    net, open_ = net_of(graph), net_of(graph.unplug("it", "padding"))
    open_.load_state_dict(net.state_dict())
    full, short = torch.from_numpy(IDS[:1]), torch.from_numpy(IDS[1:2])
    torch.testing.assert_close(net(full), open_(full))
    assert not torch.allclose(net(short), open_(short))


@pytest.mark.parametrize("kind", ["EncoderBlock", "DecoderBlock"])
def test_that_opening_a_block_keeps_the_wire_to_its_padding(kind: str) -> None:
    graph = padded(kind)
    features = examine(graph, Shape((5,), "int")).inputs["it"]
    parts, _ = opened(graph, "it", features)
    (wire,) = (edge for edge in parts.edges if edge.target_port == "padding")
    assert wire.source == "x"
    assert parts.nodes[wire.target].layer.kind == "SelfAttention"
    assert torch.equal(net_of(graph)(torch.from_numpy(IDS)), net_of(parts)(torch.from_numpy(IDS)))
