"""A net for First symbol, drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import numpy as np
import torch
from torch import nn

EPOCHS, BATCH, DEVICE = 3, 32, "cpu"


def draw(rng):
    """First symbol: all examples and their labels."""
    x = rng.integers(1, 4 + 1, (1000, 10))
    return x.astype(np.int64), (x[:, 0] - 1).astype(np.int64)


def examples():
    """Features and labels, those for training and those kept aside for validation."""
    x, y = draw(np.random.default_rng(0))
    order = np.random.default_rng([0, 1]).permutation(len(x))
    held = min(max(1, round(len(x) * 0.3)), len(x) - 1)
    val, train = order[:held], order[held:]
    x_train, x_val, y_train, y_val = x[train], x[val], y[train], y[val]
    x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)
    y_train = torch.from_numpy(y_train)
    y_val = torch.from_numpy(y_val)
    return x_train, y_train, x_val, y_val


class Recurrent(nn.Module):
    """What RNN, GRU and LSTM add to torch's layer of that name, which they name beside it: the
    batch comes first, every step or the last one is put out, and the state beside it."""

    def __init__(
        self, input_size: int, hidden_size: int, every: bool = True, **options: object
    ) -> None:
        super().__init__(input_size, hidden_size, batch_first=True, **options)
        self.every = every

    def forward(self, x_BTE: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """B × T × H, or the last step's B × H; and the topmost layer's state after the last step:
        the cell where there is one, else the hidden state. Two directions lie side by side."""
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


class LSTM(Recurrent, nn.LSTM):
    """torch.nn.LSTM; the state is the cell state after the last step."""


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding1 = nn.Embedding(5, 8)
        self.lstm1 = LSTM(8, 32, every=False)
        self.linear1 = nn.Linear(32, 4)

    def forward(self, x):
        embedding1 = self.embedding1(x)
        lstm1 = self.lstm1(embedding1)
        linear1 = self.linear1(lstm1[0])
        return linear1


def accuracy(outputs, y):
    """The share that is classified right."""
    guesses = outputs.argmax(1)
    return float((guesses == y).float().mean())


def evaluate(net, compare, x, y):
    """Loss and accuracy, the layers as they are when the net is used."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    return float(compare(outputs, y)), accuracy(outputs, y)


def main():
    torch.set_num_threads(1)  # faster for a small net
    torch.manual_seed(1)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(1)
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(
        net.parameters(),
        lr=0.003,
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
            loss = compare(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.detach())
        train_loss = float(torch.stack(losses).double().mean())
        val_loss, val_accuracy = evaluate(net, compare, x_val, y_val)
        print(
            f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "
            f"val_loss {val_loss:.8g}  val_accuracy {val_accuracy:.4f}"
        )


if __name__ == "__main__":
    main()
