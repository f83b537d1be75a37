"""A net for Wave (1-D regression), drawn in Playground. Run it and it trains as it does there: the
same data, initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import numpy as np
import torch
from torch import nn
from torch.nn import init

EPOCHS, BATCH, DEVICE = 3, 32, "cpu"


def draw(rng):
    """Wave (1-D regression): all examples and their labels."""
    x = rng.uniform(-2, 2, (500, 1))
    y = np.sin(3 * x) + 0.3 * np.sin(9 * x) + rng.normal(0, 0.1, x.shape)
    return x.astype(np.float32), y.astype(np.float32)


def examples():
    """Features and labels, those for training and those kept aside for validation."""
    x, y = draw(np.random.default_rng(0))
    order = np.random.default_rng([0, 1]).permutation(len(x))
    held = min(max(1, round(len(x) * 0.3)), len(x) - 1)
    val, train = order[:held], order[held:]
    x_train, x_val, y_train, y_val = x[train], x[val], y[train], y[val]
    x_train, x_val = torch.from_numpy(x_train), torch.from_numpy(x_val)
    y_train = torch.from_numpy(y_train).float().reshape(len(y_train), -1)
    y_val = torch.from_numpy(y_val).float().reshape(len(y_val), -1)
    return x_train, y_train, x_val, y_val


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(1, 32)
        self.tanh1 = nn.Tanh()
        self.linear2 = nn.Linear(32, 16)
        self.tanh2 = nn.Tanh()
        self.linear3 = nn.Linear(16, 1)
        init.xavier_uniform_(self.linear1.weight, gain=1.0)
        init.xavier_uniform_(self.linear2.weight, gain=1.0)

    def forward(self, x):
        linear1 = self.linear1(x)
        tanh1 = self.tanh1(linear1)
        linear2 = self.linear2(tanh1)
        tanh2 = self.tanh2(linear2)
        linear3 = self.linear3(tanh2)
        return linear3


def r2(outputs, y):
    """The share of the variance explained."""
    residual = float(((y - outputs) ** 2).sum())
    total = float(((y - y.mean(0)) ** 2).sum())
    return 1 - residual / total if total > 0 else 0.0


def evaluate(net, compare, x, y):
    """Loss and r2, the layers as they are when the net is used."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    return float(compare(outputs, y)), r2(outputs, y)


def main():
    torch.set_num_threads(1)  # faster for a small net
    torch.manual_seed(1)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(1)
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = nn.MSELoss()
    optimizer = torch.optim.Adam(
        net.parameters(),
        lr=0.01,
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
        val_loss, val_r2 = evaluate(net, compare, x_val, y_val)
        print(
            f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "
            f"val_loss {val_loss:.8g}  val_r2 {val_r2:.4f}"
        )


if __name__ == "__main__":
    main()
