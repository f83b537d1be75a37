"""A net for Logic gates, drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

import numpy as np
import torch
from torch import nn

EPOCHS, BATCH, DEVICE = 3, 1, "cpu"


def draw(rng):
    """Logic gates: all examples and their labels."""
    corners = np.arange(80) % 4
    a, b = corners // 2, corners % 2
    labels = {"and": a & b, "or": a | b, "xor": a ^ b}["and"]
    points = np.stack([a, b], 1).astype(float)
    points = points + rng.normal(0, 0.05, points.shape)
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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear1 = nn.Linear(2, 1)
        self.step1 = Step(straight_through=True)

    def forward(self, x):
        linear1 = self.linear1(x)
        step1 = self.step1(linear1)
        return step1


class Perceptron(torch.optim.Optimizer):
    """Rosenblatt's rule, w ← w + η(y − ŷ)x: with mean absolute error behind a straight-through
    step, (ŷ − y)x is the gradient."""

    def __init__(
        self, parameters: "Iterable[nn.Parameter]", lr: float, weight_decay: float = 0.0
    ) -> None:
        super().__init__(parameters, {"lr": lr, "weight_decay": weight_decay})

    def step(self, closure: "Any" = None) -> "Any":
        """One update from the gradients."""
        with torch.no_grad():
            for group in self.param_groups:
                for parameter in group["params"]:
                    if parameter.grad is not None:
                        parameter.mul_(1 - group["lr"] * group["weight_decay"])
                        parameter.add_(parameter.grad, alpha=-group["lr"])


def accuracy(outputs, y):
    """The share that is classified right."""
    guesses = (outputs > 0.5).long()[:, 0]
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
    torch.manual_seed(1)
    net = Net().to(DEVICE)
    shuffle = torch.Generator().manual_seed(1)
    x_train, y_train, x_val, y_val = (part.to(DEVICE) for part in examples())
    compare = nn.L1Loss()
    optimizer = Perceptron(net.parameters(), lr=0.2, weight_decay=0.0)
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
