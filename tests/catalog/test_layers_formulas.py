"""Layers against their formulas, written out in numpy. Their weights are torch's draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import nn

from playground.catalog.registry import make_layer
from playground.engine.compile import resolve
from playground.graph.shape import Shape

Array = npt.NDArray[np.float64]
B, T, E, H = 3, 5, 4, 6


def built(kind: str, *shapes: Shape, **options: object) -> nn.Module:
    """The module of a layer, in float64."""
    torch.manual_seed(1)
    call = make_layer({"kind": kind, **options}).call(*shapes)
    assert call is not None
    module: nn.Module = resolve(call.target)(*call.args, **call.kwargs)
    return module.double()


def drawn(*sizes: int) -> Array:
    return np.random.default_rng(3).normal(size=sizes)


def run(module: nn.Module, *inputs: Array) -> Any:
    out = module(*(torch.from_numpy(x) for x in inputs))
    if isinstance(out, tuple):
        return tuple(part.detach().numpy() for part in out)
    return out.detach().numpy()


def named(module: nn.Module) -> dict[str, Array]:
    return {name: p.detach().numpy() for name, p in module.named_parameters()}


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    e = np.exp(z - z.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


close = np.testing.assert_allclose

# Recurrent layers


def lstm(x: Array, w: dict[str, Array], way: str = "_l0") -> tuple[Array, Array]:
    h, c, out = np.zeros((len(x), H)), np.zeros((len(x), H)), []
    for t in range(x.shape[1]):
        gates = x[:, t] @ w[f"weight_ih{way}"].T + w[f"bias_ih{way}"]
        gates = gates + h @ w[f"weight_hh{way}"].T + w[f"bias_hh{way}"]
        i, f, g, o = np.split(gates, 4, axis=1)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        out.append(h)
    return np.stack(out, 1), c


def gru(x: Array, w: dict[str, Array], way: str = "_l0") -> Array:
    h, out = np.zeros((len(x), H)), []
    for t in range(x.shape[1]):
        own = x[:, t] @ w[f"weight_ih{way}"].T + w[f"bias_ih{way}"]
        old = h @ w[f"weight_hh{way}"].T + w[f"bias_hh{way}"]
        (r1, z1, n1), (r2, z2, n2) = np.split(own, 3, axis=1), np.split(old, 3, axis=1)
        z = sigmoid(z1 + z2)
        n = np.tanh(n1 + sigmoid(r1 + r2) * n2)
        h = (1 - z) * n + z * h
        out.append(h)
    return np.stack(out, 1)


def test_that_an_lstm_is_its_gates_and_its_state_is_the_cell() -> None:
    module, x = built("LSTM", Shape((T, E)), hidden_size=H), drawn(B, T, E)
    out, state = run(module, x)
    expected, cell = lstm(x, named(module))
    close(out, expected, atol=1e-12)
    close(state, cell, atol=1e-12)


def test_that_a_gru_is_its_gates_and_its_state_is_the_last_step() -> None:
    module, x = built("GRU", Shape((T, E)), hidden_size=H), drawn(B, T, E)
    out, state = run(module, x)
    close(out, gru(x, named(module)), atol=1e-12)
    close(state, out[:, -1], atol=1e-12)


@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_that_an_rnn_mixes_step_and_state(name: str) -> None:
    module = built("RNN", Shape((T, E)), hidden_size=H, nonlinearity=name)
    x, w, h = drawn(B, T, E), named(module), np.zeros((B, H))
    out, _ = run(module, x)
    for t in range(T):
        z = x[:, t] @ w["weight_ih_l0"].T + w["bias_ih_l0"] + h @ w["weight_hh_l0"].T
        h = np.tanh(z + w["bias_hh_l0"]) if name == "tanh" else np.maximum(z + w["bias_hh_l0"], 0)
        close(out[:, t], h, atol=1e-12)


def test_that_two_directions_lie_side_by_side_and_the_last_step_is_the_end_of_both() -> None:
    options: dict[str, Any] = {"hidden_size": H, "bidirectional": True}
    every = built("GRU", Shape((T, E)), **options)
    last = built("GRU", Shape((T, E)), **options, output="last step")
    x, w = drawn(B, T, E), named(every)
    forth, back = gru(x, w), gru(x[:, ::-1], w, "_l0_reverse")
    out, state = run(every, x)
    close(out, np.concatenate([forth, back[:, ::-1]], 2), atol=1e-12)
    end = np.concatenate([forth[:, -1], back[:, -1]], 1)
    close(state, end, atol=1e-12)
    close(run(last, x)[0], end, atol=1e-12)


def test_that_the_last_step_of_two_layers_is_that_of_the_upper_one() -> None:
    module = built("LSTM", Shape((T, E)), hidden_size=H, num_layers=2, output="last step")
    x, w = drawn(B, T, E), named(module)
    upper, cell = lstm(lstm(x, w)[0], w, "_l1")
    out, state = run(module, x)
    close(out, upper[:, -1], atol=1e-12)
    close(state, cell, atol=1e-12)


# Attention


def attention(
    q: Array, k: Array, v: Array, w: dict[str, Array], heads: int, is_causal: bool
) -> Array:
    width = q.shape[2]
    wq, wk, wv = np.split(w["in_proj_weight"], 3)
    bq, bk, bv = np.split(w["in_proj_bias"], 3)
    d, out = width // heads, []
    for head in range(heads):
        part = slice(head * d, (head + 1) * d)
        Q = (q @ wq.T + bq)[..., part]
        K = (k @ wk.T + bk)[..., part]
        V = (v @ wv.T + bv)[..., part]
        match = Q @ K.transpose(0, 2, 1) / np.sqrt(d)
        if is_causal:
            match = np.where(np.tri(*match.shape[1:], dtype=bool), match, -np.inf)
        out.append(softmax(match) @ V)
    return np.concatenate(out, 2) @ w["out_proj.weight"].T + w["out_proj.bias"]


@pytest.mark.parametrize("is_training", [True, False])
@pytest.mark.parametrize("is_causal", [True, False])
@pytest.mark.parametrize("heads", [1, 2, 4])
def test_that_attention_is_softmax_of_matches(
    heads: int, is_causal: bool, is_training: bool
) -> None:
    options: dict[str, Any] = {"num_heads": heads, "is_causal": is_causal}
    module = built("SelfAttention", Shape((T, E)), **options).train(is_training)
    x = drawn(B, T, E)
    close(run(module, x), attention(x, x, x, named(module), heads, is_causal), atol=1e-12)


def test_that_attention_to_another_sequence_takes_its_values() -> None:
    shapes = Shape((T, E)), Shape((7, E)), Shape((7, E))
    module = built("MultiheadAttention", *shapes, num_heads=2)
    q, k, v = drawn(B, T, E), drawn(B, 7, E) + 1, drawn(B, 7, E) - 1
    close(run(module, q, k, v), attention(q, k, v, named(module), 2, False), atol=1e-12)


def test_that_under_a_causal_mask_a_later_step_changes_no_earlier_output() -> None:
    module = built("SelfAttention", Shape((T, E)), num_heads=2, is_causal=True)
    x = drawn(B, T, E)
    for t in range(1, T):
        other = x.copy()
        other[:, t:] += 10
        before, after = run(module, x), run(module, other)
        assert (before[:, :t] == after[:, :t]).all()
        assert (before[:, t:] != after[:, t:]).any()


# Positions and tokens


@pytest.mark.parametrize("width", [4, 5])
@pytest.mark.parametrize("length", [6, 600])
def test_that_positions_are_encoded_by_sines_and_cosines(width: int, length: int) -> None:
    module = built("SinusoidalEncoding", Shape(("T", width)))
    found = run(module, np.zeros((1, length, width)))[0]
    for place in range(width):
        angle = np.arange(length) / 10000 ** (2 * (place // 2) / width)
        close(found[:, place], np.sin(angle) if place % 2 == 0 else np.cos(angle), atol=1e-4)
    assert not module.state_dict()


def test_that_learned_positions_are_added_and_end_somewhere() -> None:
    module = built("LearnedEncoding", Shape(("T", E)), max_length=8)
    x = drawn(B, T, E)
    close(run(module, x), x + named(module)["weight"][:T])
    assert named(built("LearnedEncoding", Shape(("T", 99)), max_length=999))[
        "weight"
    ].std() == pytest.approx(0.02, rel=0.02)
    with pytest.raises(ValueError, match="9 steps is longer than the 8 positions"):
        run(module, drawn(B, 9, E))


def test_that_an_embedding_looks_up_rows() -> None:
    module = built("Embedding", Shape(("T",), "int"), num_embeddings=7, embedding_dim=E)
    ids = np.array([[0, 6, 3], [3, 3, 1]])
    close(run(module, ids), named(module)["weight"][ids])


# Norms


def normal(x: Array, axes: tuple[int, ...]) -> Array:
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + 1e-5)


@pytest.mark.parametrize(
    ("kind", "shape", "axes", "options"),
    [
        ("BatchNorm", (E,), (0,), {}),
        ("BatchNorm", (E, T), (0, 2), {}),
        ("BatchNorm", (T, E), (0, 1), {"channels": "last"}),
        ("BatchNorm", (E, 3, 2), (0, 2, 3), {}),
        ("LayerNorm", (E,), (1,), {}),
        ("LayerNorm", (T, E), (2,), {}),
        ("LayerNorm", (E, 3, 2), (1, 2, 3), {}),
        ("InstanceNorm", (E, T), (2,), {}),
        ("InstanceNorm", (E, 3, 2), (2, 3), {"affine": True}),
    ],
)
def test_that_a_norm_takes_mean_and_variance_over_its_axes(
    kind: str, shape: tuple[int, ...], axes: tuple[int, ...], options: dict[str, object]
) -> None:
    x = 3 * drawn(8, *shape) + 2
    close(run(built(kind, Shape(shape), **options), x), normal(x, axes), atol=1e-10)


def test_that_a_group_norm_takes_them_over_its_groups() -> None:
    x = 3 * drawn(B, 6, 3, 2) + 2
    grouped = normal(x.reshape(B, 2, 3, 3, 2), (2, 3, 4)).reshape(x.shape)
    close(run(built("GroupNorm", Shape((6, 3, 2)), num_groups=2), x), grouped, atol=1e-10)


def test_that_an_rms_norm_divides_by_the_root_mean_square() -> None:
    x = 3 * drawn(B, T, E) + 2
    expected = x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6)
    close(run(built("RMSNorm", Shape((T, E)), eps=1e-6), x), expected, atol=1e-10)


@pytest.mark.parametrize(
    ("shape", "axes", "channels"),
    [((E,), (0,), "first"), ((E, 3, 2), (0, 2, 3), "first"), ((T, E), (0, 1), "last")],
)
def test_that_batch_norm_keeps_running_statistics_and_uses_them_afterwards(
    shape: tuple[int, ...], axes: tuple[int, ...], channels: str
) -> None:
    module = built("BatchNorm", Shape(shape), momentum=0.3, channels=channels)
    mean, variance = np.zeros(E), np.ones(E)
    for turn in range(4):
        x = (turn + 1) * drawn(8, *shape) + turn
        run(module, x)
        mean = 0.7 * mean + 0.3 * x.mean(axes)
        count = x.size / E
        variance = 0.7 * variance + 0.3 * x.var(axes) * count / (count - 1)
    buffers = dict(module.named_buffers())
    close(buffers["running_mean"].numpy(), mean, atol=1e-10)
    close(buffers["running_var"].numpy(), variance, atol=1e-10)
    x = drawn(8, *shape)
    sizes = [1] * x.ndim
    sizes[-1 if channels == "last" else 1] = E
    expected = (x - mean.reshape(sizes)) / np.sqrt(variance.reshape(sizes) + 1e-5)
    close(run(module.eval(), x), expected, atol=1e-10)


# Noise, convolution, merges


def test_that_noise_has_its_width_in_training_and_is_gone_in_use() -> None:
    module, x = built("GaussianNoise", Shape((E,)), std=0.5), drawn(100_000, 1)
    noise = run(module.train(), x) - x
    assert noise.std() == pytest.approx(0.5, rel=0.01)
    assert abs(noise.mean()) < 0.01
    assert (run(module.eval(), x) == x).all()


@pytest.mark.parametrize("kind", ["Dropout", "Dropout2d", "AlphaDropout"])
def test_that_dropping_keeps_the_mean_and_is_gone_in_use(kind: str) -> None:
    shape = (1, 1, 1) if kind == "Dropout2d" else (1,)
    module = built(kind, Shape(shape), p=0.3)
    x = drawn(200_000, *shape)
    if kind != "AlphaDropout":
        x = np.ones_like(x)
    out = run(module.train(), x)
    assert out.mean() == pytest.approx(x.mean(), abs=0.01)
    if kind == "AlphaDropout":
        assert out.std() == pytest.approx(x.std(), rel=0.01)
    else:
        assert (out == 0).mean() == pytest.approx(0.3, abs=0.01)
    assert (run(module.eval(), x) == x).all()


def test_that_a_convolution_looks_for_its_pattern_everywhere() -> None:
    options: dict[str, Any] = {"out_channels": 4, "kernel_size": 2, "stride": 2, "dilation": 2}
    module = built("Conv2d", Shape((2, 7, 7)), **options, padding=1, groups=2)
    x, w = drawn(B, 2, 7, 7), named(module)
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    out = run(module, x)
    for o in range(4):
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                window = padded[:, o // 2, 2 * i : 2 * i + 3 : 2, 2 * j : 2 * j + 3 : 2]
                expected = (window * w["weight"][o, 0]).sum((1, 2)) + w["bias"][o]
                close(out[:, o, i, j], expected, atol=1e-12)


def test_that_merges_are_arithmetic() -> None:
    module = built("Mean", *[Shape((E,))] * 3)
    x, y, z = drawn(B, E), drawn(B, E) + 1, drawn(B, E) ** 2
    close(run(module, x, y, z), (x + y + z) / 3)
    call = make_layer({"kind": "Multiply"}).call(Shape((E,)), Shape((E,)))
    assert call is not None
    close(resolve(call.target)(x, y), x * y)
