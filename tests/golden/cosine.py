"""A net for Two moons, drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import math

import numpy as np
import torch
from torch import nn
from torch.nn import init

EPOCHS, BATCH, DEVICE = 3, 32, "cpu"


def draw(rng):
    """Two moons: all examples and their labels."""
    half = 500 // 2
    angles = np.concatenate([np.linspace(0, np.pi, half), np.linspace(0, np.pi, 500 - half)])
    labels = np.arange(500) >= half
    side = np.where(labels, -1.0, 1.0)
    points = np.stack([side * np.cos(angles) - 0.5 * side, side * np.sin(angles) - 0.25 * side], 1)
    points = points + rng.normal(0, 0.15, points.shape)
    return points.astype(np.float32), labels.astype(np.int64)


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
        self.linear1 = nn.Linear(2, 8)
        self.relu1 = nn.ReLU()
        self.linear2 = nn.Linear(8, 8)
        self.relu2 = nn.ReLU()
        self.linear3 = nn.Linear(8, 1)
        init.kaiming_normal_(self.linear1.weight, mode='fan_in', nonlinearity='relu')
        init.kaiming_normal_(self.linear2.weight, mode='fan_in', nonlinearity='relu')

    def forward(self, x):
        linear1 = self.linear1(x)
        relu1 = self.relu1(linear1)
        linear2 = self.linear2(relu1)
        relu2 = self.relu2(linear2)
        linear3 = self.linear3(relu2)
        return linear3


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


def factor(t):
    """What the learning rate is multiplied by after t epochs."""
    if t < 2.0:
        return 0.01 + 0.99 * t / 2.0
    t -= 2.0
    done = min(t, 100) / 100
    return 0.0 + (1 - 0.0) * (1 + math.cos(math.pi * done)) / 2


def main():
    torch.set_num_threads(1)  # faster for a small net
    torch.manual_seed(1)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(1)
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
    l2 = [
        (net.linear1.weight, 0.001),
        (net.linear2.weight, 0.001),
        (net.linear3.weight, 0.001),
    ]
    l1 = [
        (net.linear1.weight, 0.0001),
        (net.linear2.weight, 0.0001),
        (net.linear3.weight, 0.0001),
    ]
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)
        batches = list(zip(x_train[order].split(BATCH * 2), y_train[order].split(BATCH * 2)))
        losses = []
        seen = 0
        for x, y in batches:
            for group in optimizer.param_groups:
                rate = factor(epoch - 1 + seen / len(x_train))
                group["lr"] = 0.01 * rate
            seen += len(x)
            optimizer.zero_grad()
            count = max(1, len(x) // BATCH)
            loss = 0.0
            for part, own in zip(x.tensor_split(count), y.tensor_split(count)):
                part_loss = compare(net(part), own) * len(part) / len(x)
                part_loss.backward()
                loss = loss + part_loss.detach()
            # the gradients of λ/2·‖W‖² (l2) and λ·‖W‖₁ (l1)
            with torch.no_grad():
                for weight, strength in l2:
                    weight.grad.add_(weight, alpha=strength)
                for weight, strength in l1:
                    weight.grad.add_(weight.sign(), alpha=strength)
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
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
