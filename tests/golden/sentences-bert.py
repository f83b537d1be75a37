"""A net for Sentences (characters), drawn in Playground. Run it and it trains as it does there: the
same data, initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import math

import numpy as np
import torch
from torch import nn

EPOCHS, BATCH, DEVICE = 3, 16, "cpu"


def draw(rng):
    """Sentences (characters): all examples and their labels."""
    nouns = ('cat', 'dog', 'bird', 'child', 'king', 'river', 'moon', 'tree')
    verbs = ('sees', 'likes', 'finds', 'hears', 'follows', 'draws')
    adjectives = ('old', 'small', 'quiet', 'green', 'happy')
    text = ""
    while len(text) < 32 + 1 + 20 * 2000:
        picks = rng.integers(0, 840, 5)
        subject = nouns[picks[0] % len(nouns)]
        if picks[3] % 2:
            subject = adjectives[picks[4] % len(adjectives)] + " " + subject
        verb, thing = verbs[picks[1] % len(verbs)], nouns[picks[2] % len(nouns)]
        text += "the " + subject + " " + verb + " the " + thing + ". "
    alphabet = " .abcdefghiklmnopqrstuvwy"  # 0 is the mask
    tokens = np.array([alphabet.index(character) + 1 for character in text], np.int64)
    starts = rng.integers(0, len(tokens) - 32, 2000)
    windows = tokens[starts[:, None] + np.arange(32 + 1)]
    return windows[:, :-1].copy(), windows[:, -1].copy()


def examples():
    """Features and labels, those for training and those kept aside for validation."""
    x, y = draw(np.random.default_rng(0))
    order = np.random.default_rng([0, 1]).permutation(len(x))
    held = min(max(1, round(len(x) * 0.15)), len(x) - 1)
    val, train = order[:held], order[held:]
    x_train, x_val, y_train, y_val = x[train], x[val], y[train], y[val]
    x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)
    y_train = x_train
    y_val = x_val
    return x_train, y_train, x_val, y_val


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


class MultiheadAttention(nn.MultiheadAttention):
    """torch.nn.MultiheadAttention over batches, with a causal mask where it is asked for. Keys
    whose token is the padding are not looked at, where the tokens are given."""

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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding1 = nn.Embedding(26, 32)
        self.position1 = SinusoidalEncoding(32)
        self.encoder1_attention_norm = nn.LayerNorm(32)
        self.encoder1_attention = SelfAttention(32, 4)
        self.encoder1_net_norm = nn.LayerNorm(32)
        self.encoder1_up = nn.Linear(32, 64)
        self.encoder1_act = nn.GELU()
        self.encoder1_down = nn.Linear(64, 32)
        self.encoder2_attention_norm = nn.LayerNorm(32)
        self.encoder2_attention = SelfAttention(32, 4)
        self.encoder2_net_norm = nn.LayerNorm(32)
        self.encoder2_up = nn.Linear(32, 64)
        self.encoder2_act = nn.GELU()
        self.encoder2_down = nn.Linear(64, 32)
        self.linear1 = nn.Linear(32, 26)

    def forward(self, x):
        embedding1 = self.embedding1(x)
        position1 = self.position1(embedding1)
        encoder1_attention_norm = self.encoder1_attention_norm(position1)
        encoder1_attention = self.encoder1_attention(encoder1_attention_norm)
        encoder1_attention_add = position1 + encoder1_attention
        encoder1_net_norm = self.encoder1_net_norm(encoder1_attention_add)
        encoder1_up = self.encoder1_up(encoder1_net_norm)
        encoder1_act = self.encoder1_act(encoder1_up)
        encoder1_down = self.encoder1_down(encoder1_act)
        encoder1_net_add = encoder1_down + encoder1_attention_add
        encoder2_attention_norm = self.encoder2_attention_norm(encoder1_net_add)
        encoder2_attention = self.encoder2_attention(encoder2_attention_norm)
        encoder2_attention_add = encoder1_net_add + encoder2_attention
        encoder2_net_norm = self.encoder2_net_norm(encoder2_attention_add)
        encoder2_up = self.encoder2_up(encoder2_net_norm)
        encoder2_act = self.encoder2_act(encoder2_up)
        encoder2_down = self.encoder2_down(encoder2_act)
        encoder2_net_add = encoder2_down + encoder2_attention_add
        linear1 = self.linear1(encoder2_net_add)
        return linear1


def token_accuracy(outputs, y):
    """The share of the tokens that is predicted right."""
    asked = y >= 0
    return float((outputs.argmax(-1) == y)[asked].float().mean())


def evaluate(net, compare, x, y):
    """Loss and token_accuracy, the layers as they are when the net is used."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    return float(compare(outputs.flatten(0, 1), y.flatten())), token_accuracy(outputs, y)


def masked(x, generator):
    """0.15 of the tokens are picked: 80 % become the mask, 10 % any token, 10 % stay."""
    draw, fate = torch.rand((2, *x.shape), generator=generator)
    anything = torch.randint(1, 26, x.shape, generator=generator)
    x = x.cpu()
    picked = (draw < 0.15) | (draw == draw.min())
    hidden = torch.where(picked & (fate < 0.8), 0, x)
    is_replaced = picked & (fate >= 0.8) & (fate < 0.8 + 0.1)
    hidden = torch.where(is_replaced, anything, hidden)
    return hidden.to(DEVICE), torch.where(picked, x, -100).to(DEVICE)


def main():
    torch.set_num_threads(1)  # faster for a small net
    torch.manual_seed(1)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(1)
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = nn.CrossEntropyLoss()
    masks = torch.Generator().manual_seed(2)
    x_val, y_val = masked(x_val, masks)
    masks.manual_seed(1)
    optimizer = torch.optim.Adam(
        net.parameters(),
        lr=0.005,
        weight_decay=0.0,
        betas=(0.9, 0.999),
        eps=1e-08,
        fused=True,
    )
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)
        batches = list(zip(x_train[order].split(BATCH), y_train[order].split(BATCH)))
        losses = []
        for x, y in batches:
            optimizer.zero_grad()
            x, y = masked(x, masks)
            loss = compare(net(x).flatten(0, 1), y.flatten())
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        train_loss = float(torch.stack(losses).double().mean())
        val_loss, val_token_accuracy = evaluate(net, compare, x_val, y_val)
        print(
            f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "
            f"val_loss {val_loss:.8g}  val_token_accuracy {val_token_accuracy:.4f}"
        )


if __name__ == "__main__":
    main()
