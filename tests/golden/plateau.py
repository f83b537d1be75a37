"""A net for Two moons, drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy: pip install torch numpy
"""

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
    return 1.0


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
    best_loss, waited, cut = float("inf"), 0, 1.0
    lowest, patience, best = float("inf"), 0, None
    for epoch in range(1, EPOCHS + 1):
        order = torch.randperm(len(x_train), generator=shuffle).to(DEVICE)
        batches = list(zip(x_train[order].split(BATCH), y_train[order].split(BATCH)))
        losses = []
        seen = 0
        for x, y in batches:
            for group in optimizer.param_groups:
                rate = cut * factor(epoch - 1 + seen / len(x_train))
                group["lr"] = 0.01 * rate
            seen += len(x)
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
        is_first = best_loss == float("inf")
        if is_first or val_loss < best_loss - 0.0001 * abs(best_loss):
            best_loss, waited = val_loss, 0
        else:
            waited += 1
        if waited > 10:
            waited, cut = 0, max(cut * 0.1, 0.0)
        if val_loss < lowest - 0.0:
            lowest, patience = val_loss, 0
            best = {name: tensor.clone() for name, tensor in net.state_dict().items()}
        else:
            patience += 1
        if patience >= 3:
            net.load_state_dict(best)
            break  # it has not improved for long


if __name__ == "__main__":
    main()
