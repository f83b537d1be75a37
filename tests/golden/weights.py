"""A net for Digits (8×8), drawn in Playground. Run it and it trains as it does there: the same data,
initial weights and batches give the same losses.

It needs torch and numpy, and scikit-learn for the data: pip install torch numpy scikit-learn
"""

import numpy as np
import torch
from torch import nn
from torch.nn import init

EPOCHS, BATCH, DEVICE = 3, 32, "cpu"


def draw(rng):
    """Digits (8×8): all examples and their labels."""
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    x = (pixels / 16).astype(np.float32).reshape(-1, 1, 8, 8)
    return x, labels.astype(np.int64)


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


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten1 = nn.Flatten()
        self.linear1 = nn.Linear(64, 32)
        self.relu1 = nn.ReLU()
        self.linear2 = nn.Linear(32, 16)
        self.relu2 = nn.ReLU()
        self.linear3 = nn.Linear(16, 10)
        init.kaiming_normal_(self.linear1.weight, mode='fan_in', nonlinearity='relu')
        init.kaiming_normal_(self.linear2.weight, mode='fan_in', nonlinearity='relu')

    def forward(self, x):
        flatten1 = self.flatten1(x)
        linear1 = self.linear1(flatten1)
        relu1 = self.relu1(linear1)
        linear2 = self.linear2(relu1)
        relu2 = self.relu2(linear2)
        linear3 = self.linear3(relu2)
        return linear3


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
    compare = nn.CrossEntropyLoss(weight=y_train.numel() / (10 * torch.bincount(y_train, minlength=10).clamp(min=1)))
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
