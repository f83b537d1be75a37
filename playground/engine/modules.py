"""Layers that torch does not have, or not in the form in which they are drawn.

Exported scripts carry the text of these classes, so they use torch alone, name it `torch`, `nn`
and `math`, and have no decorators. B is the batch, T time, S another sequence's time, E features,
H hidden units.
"""

import math

import torch
from torch import nn


class Step(nn.Module):
    """1 where z ≥ 0, else 0. Its gradient is 0, or passes as it is with `straight_through`."""

    def __init__(self, straight_through: bool = False) -> None:
        super().__init__()
        self.straight_through = straight_through

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        """The step of every number."""
        if not self.straight_through:
            return torch.clamp(torch.sign(z) + 1, max=1)  # sign has a gradient, which is 0
        return (z >= 0).to(z.dtype) + (z - z.detach())


class GaussianNoise(nn.Module):
    """Adds normal noise while training."""

    def __init__(self, std: float = 0.1) -> None:
        super().__init__()
        self.std = std

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """x + std·ε in training, x otherwise."""
        return x + self.std * torch.randn_like(x) if self.training else x


class SequenceBatchNorm(nn.BatchNorm1d):
    """Batch norm of sequences: every feature over the batch and all steps."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """B × T × E, normalised over B and T."""
        return super().forward(input.transpose(1, 2)).transpose(1, 2)


class SinusoidalEncoding(nn.Module):
    """Adds sines and cosines of the position, from fast to slow ones."""

    waves: torch.Tensor

    def __init__(self, features: int, length: int = 512) -> None:
        super().__init__()
        self.features = features
        self.register_buffer("waves", self.drawn(length), persistent=False)

    def drawn(self, length: int) -> torch.Tensor:
        """sin(t / 10000^(2i/E)) in the even places, cos in the odd ones."""
        steps_T1 = torch.arange(length, dtype=torch.float64)[:, None]
        pairs = torch.arange(0, self.features, 2, dtype=torch.float64)
        angles = steps_T1 * torch.exp(-math.log(10000.0) * pairs / self.features)
        waves_TE = torch.stack([angles.sin(), angles.cos()], dim=2).flatten(1)
        return waves_TE[:, : self.features].to(torch.get_default_dtype())

    def forward(self, x_BTE: torch.Tensor) -> torch.Tensor:
        """x with the waves of its positions added."""
        length = x_BTE.shape[1]
        if length > len(self.waves):
            self.waves = self.drawn(2 * length).to(x_BTE.device)
        return x_BTE + self.waves[:length].to(x_BTE.dtype)


class LearnedEncoding(nn.Module):
    """Adds a learned vector for every position."""

    def __init__(self, features: int, max_length: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(max_length, features))
        nn.init.normal_(self.weight, std=0.02)

    def forward(self, x_BTE: torch.Tensor) -> torch.Tensor:
        """x with the vectors of its positions added."""
        length = x_BTE.shape[1]
        if length > len(self.weight):
            raise ValueError(
                f"A sequence of {length} steps is longer than the {len(self.weight)} positions "
                "that were learned."
            )
        return x_BTE + self.weight[:length]


def every_or_last(
    every: bool, out_BTH: torch.Tensor, last_DBH: torch.Tensor, state_DBH: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """What a recurrent layer puts out, and its topmost layer's state after the last step."""
    directions = 2 if out_BTH.shape[2] > last_DBH.shape[2] else 1
    last_BH = last_DBH[-directions:].transpose(0, 1).flatten(1)
    state_BH = state_DBH[-directions:].transpose(0, 1).flatten(1)
    return (out_BTH if every else last_BH), state_BH


class RNN(nn.RNN):
    """torch.nn.RNN; the state is the hidden state after the last step."""

    def __init__(
        self, input_size: int, hidden_size: int, every: bool = True, **options: object
    ) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.every = every

    def forward(self, x_BTE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """B × T × H, or the last step's B × H; and the hidden state."""
        out, hidden = super().forward(x_BTE)
        return every_or_last(self.every, out, hidden, hidden)


class GRU(nn.GRU):
    """torch.nn.GRU; the state is the hidden state after the last step."""

    def __init__(
        self, input_size: int, hidden_size: int, every: bool = True, **options: object
    ) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.every = every

    def forward(self, x_BTE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """B × T × H, or the last step's B × H; and the hidden state."""
        out, hidden = super().forward(x_BTE)
        return every_or_last(self.every, out, hidden, hidden)


class LSTM(nn.LSTM):
    """torch.nn.LSTM; the state is the cell state after the last step."""

    def __init__(
        self, input_size: int, hidden_size: int, every: bool = True, **options: object
    ) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.every = every

    def forward(self, x_BTE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """B × T × H, or the last step's B × H; and the cell state."""
        out, (hidden, cell) = super().forward(x_BTE)
        return every_or_last(self.every, out, hidden, cell)


class MultiheadAttention(nn.MultiheadAttention):
    """torch.nn.MultiheadAttention over batches, with a causal mask where it is asked for."""

    def __init__(
        self, embed_dim: int, num_heads: int, is_causal: bool = False, **options: object
    ) -> None:
        super().__init__(embed_dim, num_heads, batch_first=True, **options)
        self.is_causal = is_causal

    def forward(
        self, query_BTE: torch.Tensor, key_BSE: torch.Tensor, value_BSE: torch.Tensor
    ) -> torch.Tensor:
        """B × T × E: for every query the values, weighed by how well their keys match it."""
        mask_TS = None
        if self.is_causal:
            size = query_BTE.shape[1], key_BSE.shape[1]
            mask_TS = torch.ones(size, dtype=torch.bool, device=query_BTE.device).triu(1)
        out, _ = super().forward(
            query_BTE, key_BSE, value_BSE, attn_mask=mask_TS, need_weights=False
        )
        return out


class SelfAttention(MultiheadAttention):
    """Attention of a sequence to itself."""

    def forward(self, x_BTE: torch.Tensor) -> torch.Tensor:
        """The sequence is query, key and value at once."""
        return super().forward(x_BTE, x_BTE, x_BTE)


class Mean(nn.Module):
    """The mean of the inputs, number by number."""

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """(x₁ + x₂ + ...) / n."""
        total = inputs[0]
        for other in inputs[1:]:
            total = total + other
        return total / len(inputs)
