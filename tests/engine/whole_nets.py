"""Whole nets of the kind people build, once as projects and once in torch."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.datasets.dataset import Dataset, Features, Labels, Target
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import SGD, Adam
from playground.catalog.registry import make_layer
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.project.project import Project
from tests.catalog.network_builder import NetworkBuilder
from tests.engine.nets import chain


class Made(Dataset):
    """Numbers or tokens without meaning, of any shape."""

    shape: tuple[int, ...] = (20,)
    tokens: int = 0
    classes: int = Field(3, ge=2)
    count: int = 60

    def features(self) -> Shape:
        """As asked."""
        return Shape(self.shape, "int" if self.tokens else "float")

    def vocabulary(self) -> tuple[str, ...]:
        """Tokens by number."""
        return tuple(map(str, range(self.tokens)))

    def target(self) -> Target:
        """Classes by number."""
        return Target("classes", tuple(map(str, range(self.classes))))

    def draw(self, generator: np.random.Generator) -> tuple[Features, Labels]:
        """Normal numbers, or tokens with the same chance."""
        y = generator.integers(0, self.classes, self.count)
        if self.tokens:
            return generator.integers(1, self.tokens, (self.count, *self.shape)), y
        x = generator.normal(size=(self.count, *self.shape))
        return x.astype(np.float32), y


def layer(kind: str, **options: Any) -> Layer:
    return make_layer({"kind": kind, **options})


def project_of(data: Dataset, *layers: Layer, **training: Any) -> Project:
    return chain(
        *layers, data=data, **({"loss": CrossEntropy(), "optimizer": SGD(lr=0.05)} | training)
    )


def mlp() -> Project:
    """20-64-32-3 with all that belongs to one."""
    return project_of(
        Made(count=200),
        layer("Linear", out_features=64), layer("BatchNorm"), layer("LeakyReLU"),
        layer("Dropout", p=0.25), layer("Linear", out_features=32), layer("BatchNorm"),
        layer("LeakyReLU"), layer("Dropout", p=0.25), layer("Linear", out_features=3),
        optimizer=Adam(lr=0.005, weight_decay=1e-4),
    )  # fmt: skip


def plain_mlp() -> nn.Module:
    return nn.Sequential(
        nn.Linear(20, 64), nn.BatchNorm1d(64), nn.LeakyReLU(), nn.Dropout(0.25),
        nn.Linear(64, 32), nn.BatchNorm1d(32), nn.LeakyReLU(), nn.Dropout(0.25),
        nn.Linear(32, 3),
    )  # fmt: skip


def conv(channels: int) -> Layer:
    return layer("Conv2d", out_channels=channels, kernel_size=3, padding=1)


def cnn() -> Project:
    """Two convolutions for 28×28 in grey."""
    return project_of(
        Made(shape=(1, 28, 28), classes=10, count=12), conv(32), layer("ReLU"),
        layer("MaxPool2d"), conv(64), layer("ReLU"), layer("MaxPool2d"), layer("Flatten"),
        layer("Linear", out_features=128), layer("ReLU"), layer("Dropout", p=0.5),
        layer("Linear", out_features=10), batch_size=2,
    )  # fmt: skip


def plain_cnn() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(64 * 49, 128), nn.ReLU(), nn.Dropout(0.5), nn.Linear(128, 10),
    )  # fmt: skip


def pairs() -> Project:
    """Two pairs of convolutions for 32×32 in colour."""
    layers = [conv(16), layer("ReLU"), conv(16), layer("ReLU"), layer("MaxPool2d")]
    layers += [conv(32), layer("ReLU"), conv(32), layer("ReLU"), layer("MaxPool2d")]
    return project_of(
        Made(shape=(3, 32, 32), classes=10, count=12), *layers, layer("Flatten"),
        layer("Linear", out_features=10), batch_size=2,
    )  # fmt: skip


def plain_pairs() -> nn.Module:
    parts: list[nn.Module] = []
    for before, after in ((3, 16), (16, 16), (16, 32), (32, 32)):
        parts += [nn.Conv2d(before, after, 3, padding=1), nn.ReLU()]
        parts += [nn.MaxPool2d(2)] if before == after else []
    return nn.Sequential(*parts, nn.Flatten(), nn.Linear(32 * 64, 10))


def lstm() -> Project:
    """A classifier of 10,000 words."""
    return project_of(
        Made(shape=(12,), tokens=10_000, classes=3, count=40),
        layer("Embedding", num_embeddings=10_000, embedding_dim=100),
        layer("LSTM", hidden_size=128, output="last step"), layer("Linear", out_features=3),
        batch_size=8,
    )  # fmt: skip


def gru() -> Project:
    """In both directions."""
    return project_of(
        Made(shape=(10,), tokens=50, classes=3, count=40),
        layer("Embedding", num_embeddings=50, embedding_dim=16),
        layer("GRU", hidden_size=12, bidirectional=True, output="last step"),
        layer("Linear", out_features=3), batch_size=8,
    )  # fmt: skip


class PlainLSTM(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(10_000, 100)
        self.core = nn.LSTM(100, 128, batch_first=True)
        self.head = nn.Linear(128, 3)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.core(self.embedding(x))[0][:, -1])
        return out


class PlainGRU(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.core = nn.GRU(16, 12, batch_first=True, bidirectional=True)
        self.head = nn.Linear(24, 3)

    def forward(self, x: Tensor) -> Tensor:
        _, state = self.core(self.embedding(x))
        out: Tensor = self.head(torch.cat([state[-2], state[-1]], 1))
        return out


class PlainBlock(nn.Module):
    def __init__(self, is_causal: bool) -> None:
        super().__init__()
        self.is_causal = is_causal
        self.attention = nn.MultiheadAttention(16, 2, batch_first=True)
        self.first = nn.LayerNorm(16)
        self.wide, self.narrow = nn.Linear(16, 32), nn.Linear(32, 16)
        self.second = nn.LayerNorm(16)

    def forward(self, x: Tensor) -> Tensor:
        mask = None
        if self.is_causal:
            mask = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        seen, _ = self.attention(x, x, x, attn_mask=mask, need_weights=False)
        x = self.first(x + seen)
        out: Tensor = self.second(x + self.narrow(torch.relu(self.wide(x))))
        return out


class PlainTransformer(nn.Module):
    def __init__(self, is_causal: bool) -> None:
        super().__init__()
        place, wave = torch.arange(64)[:, None], torch.arange(0, 16, 2)
        angle = place / 10_000 ** (wave.double() / 16)
        self.waves = torch.stack([angle.sin(), angle.cos()], 2).flatten(1).float()
        self.embedding = nn.Embedding(30, 16)
        self.blocks = nn.Sequential(*(PlainBlock(is_causal) for _ in range(4)))
        self.head = nn.Linear(16, 30)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.head(self.blocks(self.embedding(x) + self.waves[: x.shape[1]]))
        return out


def transformer(is_causal: bool, objective: str) -> Project:
    net = NetworkBuilder()
    net.transformer(30, width=16, hidden=32, heads=2, causal=is_causal)
    net.add("Output")
    data = Made(shape=(9,), tokens=30, classes=30, count=60)
    return Project(net.graph, data).with_training(
        batch_size=16, seed=7, loss=CrossEntropy(), objective=objective, optimizer=SGD(lr=0.05)
    )


class PlainResidual(nn.Module):
    """He's basic block; the shortcut is drawn second, since it runs beside the first."""

    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.short = nn.Sequential()
        if stride > 1:
            self.short = nn.Sequential(
                nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
            )
        self.norm = nn.BatchNorm2d(after)
        self.second = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.other = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        y = self.other(self.second(torch.relu(self.norm(self.first(x)))))
        return torch.relu(self.short(x) + y)


class PlainResNet18(nn.Sequential):
    def __init__(self) -> None:
        widths = [(64, 64, 1), (64, 64, 1), (64, 128, 2), (128, 128, 1)]
        widths += [(128, 256, 2), (256, 256, 1), (256, 512, 2), (512, 512, 1)]
        super().__init__(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(),
            nn.MaxPool2d(3, 2, 1), *(PlainResidual(*each) for each in widths),
            nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000),
        )  # fmt: skip


def resnet18() -> Project:
    """Drawn layer by layer, for small pictures."""
    net = NetworkBuilder()
    net.resnet_18()
    net.add("Output")
    data = Made(shape=(3, 32, 32), classes=1000, count=12)
    return Project(net.graph, data).with_training(
        batch_size=4, seed=7, loss=CrossEntropy(), optimizer=SGD(lr=0.01)
    )
