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


class Recurrent(nn.Module):
    """What RNN, GRU and LSTM add to torch's layer of that name, which they name beside it: the
    batch comes first, the output is every step or the last one, and the state besides."""

    def __init__(
        self, input_size: int, hidden_size: int, every: bool = True, **options: object
    ) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.every = every

    def forward(self, x_BTE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """B × T × H, or the last step's B × H; and the topmost layer's state after the last step:
        the cell if there is one, else the hidden state. Two directions lie side by side."""
        out_BTH, last = super().forward(x_BTE)
        hidden_DBH, state_DBH = last if isinstance(last, tuple) else (last, last)
        state_BH = self.side_by_side(state_DBH)
        if self.every:
            return out_BTH, state_BH
        if hidden_DBH is state_DBH:
            return state_BH, state_BH
        return self.side_by_side(hidden_DBH), state_BH

    def side_by_side(self, state_DBH: torch.Tensor) -> torch.Tensor:
        """Of the topmost layer, both directions as one vector."""
        if not self.bidirectional:
            return state_DBH[-1]
        return torch.cat((state_DBH[-2], state_DBH[-1]), 1)


class RNN(Recurrent, nn.RNN):
    """torch.nn.RNN; the state is the hidden state after the last step."""


class GRU(Recurrent, nn.GRU):
    """torch.nn.GRU; the state is the hidden state after the last step."""


class LSTM(Recurrent, nn.LSTM):
    """torch.nn.LSTM; the state is the cell state after the last step."""


class MultiheadAttention(nn.MultiheadAttention):
    """torch.nn.MultiheadAttention over batches, with an optional causal mask. Keys whose token
    is the padding are not attended to if the tokens are given."""

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        is_causal: bool = False,
        padding_idx: int = 1,
        **options: object,
    ) -> None:
        super().__init__(embed_dim, num_heads, batch_first=True, **options)
        self.is_causal = is_causal
        self.padding_idx = padding_idx

    def forward(
        self,
        query_BTE: torch.Tensor,
        key_BSE: torch.Tensor,
        value_BSE: torch.Tensor,
        tokens_BS: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """B × T × E: for every query the values, weighed by how well their keys match it; zeros
        for a query that sees no key at all."""
        mask = None
        if self.is_causal:
            size = query_BTE.shape[1], key_BSE.shape[1]
            mask = torch.ones(size, dtype=torch.bool, device=query_BTE.device).triu(1)
        if tokens_BS is None:
            out, _ = super().forward(
                query_BTE, key_BSE, value_BSE, attn_mask=mask, need_weights=False
            )
            return out
        hidden_BTS = (tokens_BS == self.padding_idx)[:, None].repeat(1, query_BTE.shape[1], 1)
        if mask is not None:
            hidden_BTS = hidden_BTS | mask
        blind_BT1 = hidden_BTS.all(2, keepdim=True)
        # Softmax over no key is NaN: what sees none looks at all of them, and is set to 0 then.
        mask = (hidden_BTS & ~blind_BT1).repeat_interleave(self.num_heads, 0)
        out, _ = super().forward(query_BTE, key_BSE, value_BSE, attn_mask=mask, need_weights=False)
        return out.masked_fill(blind_BT1, 0.0)


class SelfAttention(MultiheadAttention):
    """Attention of a sequence to itself."""

    def forward(self, x_BTE: torch.Tensor, tokens_BT: torch.Tensor | None = None) -> torch.Tensor:
        """The sequence is query, key and value at once."""
        return super().forward(x_BTE, x_BTE, x_BTE, tokens_BT)


class LastRealStep(nn.Module):
    """The last step whose token is not the padding."""

    def __init__(self, padding_idx: int = 1) -> None:
        super().__init__()
        self.padding_idx = padding_idx

    def forward(self, x_BTE: torch.Tensor, tokens_BT: torch.Tensor) -> torch.Tensor:
        """B × E; zeros if all is padding."""
        is_real_BT = tokens_BT != self.padding_idx
        places_T = torch.arange(1, x_BTE.shape[1] + 1, device=x_BTE.device)
        last_B = (is_real_BT * places_T).argmax(1)
        out_BE = x_BTE[torch.arange(x_BTE.shape[0], device=x_BTE.device), last_B]
        return out_BE.masked_fill(~is_real_BT.any(1, keepdim=True), 0.0)


class MeanOfRealSteps(nn.Module):
    """The mean of the steps whose token is not the padding."""

    def __init__(self, padding_idx: int = 1) -> None:
        super().__init__()
        self.padding_idx = padding_idx

    def forward(self, x_BTE: torch.Tensor, tokens_BT: torch.Tensor) -> torch.Tensor:
        """B × E; zeros if all is padding."""
        is_real_BT1 = (tokens_BT != self.padding_idx)[:, :, None]
        return x_BTE.masked_fill(~is_real_BT1, 0.0).sum(1) / is_real_BT1.sum(1).clamp(min=1)


class Mean(nn.Module):
    """The mean of the inputs, number by number."""

    def forward(self, *inputs: torch.Tensor) -> torch.Tensor:
        """(x₁ + x₂ + ...) / n."""
        total = inputs[0]
        for other in inputs[1:]:
            total = total + other
        return total / len(inputs)
