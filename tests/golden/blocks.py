"""A net for Two moons, drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import numpy as np
import torch
from torch import nn

EPOCHS, BATCH, DEVICE = 3, 16, "cpu"


def draw(rng):
    """Two moons: all examples and their labels."""
    half = 150 // 2
    angles = np.concatenate([np.linspace(0, np.pi, half), np.linspace(0, np.pi, 150 - half)])
    labels = np.arange(150) >= half
    side = np.where(labels, -1.0, 1.0)
    points = np.stack([side * np.cos(angles) - 0.5 * side, side * np.sin(angles) - 0.25 * side], 1)
    points = points + rng.normal(0, 0.1, points.shape)
    return points.astype(np.float32), labels.astype(np.int64)


def examples():
    """Features and labels, those for training and those kept aside for validation."""
    x, y = draw(np.random.default_rng(3))
    order = np.random.default_rng([3, 1]).permutation(len(x))
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
        self.block1_before = nn.Linear(2, 6)
        self.block1_block1_left = nn.Linear(2, 6)
        self.block1_block1_right = nn.Linear(6, 5)
        self.block1_block1_drop = nn.Dropout(0.2)
        self.head = nn.Linear(22, 1)

    def forward(self, x):
        block1_before = self.block1_before(x)
        block1_block1_left = self.block1_block1_left(x)
        block1_block1_right = self.block1_block1_right(block1_before)
        block1_block1_drop = self.block1_block1_drop(block1_block1_right)
        block1_block1_both = torch.cat([block1_block1_left, block1_before, block1_block1_drop], dim=1)
        join = torch.cat([block1_block1_both, block1_block1_drop], dim=1)
        head = self.head(join)
        return head


def accuracy(outputs, y):
    """The share that is classified right."""
    guesses = (outputs > 0).long()[:, 0]
    return float((guesses == (y[:, 0] > 0.5).long()).float().mean())


def evaluate(net, compare, x, y):
    """Loss and accuracy, the layers as they are when the net is used."""
    net.eval()
    with torch.no_grad():
        outputs = net(x)
    net.train()
    return float(compare(outputs, y)), accuracy(outputs, y)


def main():
    torch.set_num_threads(1)  # faster for a small net
    torch.manual_seed(7)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(7)
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = nn.BCEWithLogitsLoss()
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
        val_loss, val_accuracy = evaluate(net, compare, x_val, y_val)
        print(
            f"epoch {epoch:4d}  train_loss {train_loss:.8g}  "
            f"val_loss {val_loss:.8g}  val_accuracy {val_accuracy:.4f}"
        )


if __name__ == "__main__":
    main()
