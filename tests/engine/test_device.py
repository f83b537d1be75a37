"""Which device computes."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from playground.catalog.datasets.images import Digits
from playground.catalog.layers.activation import ReLU
from playground.catalog.layers.convolution import Conv2d
from playground.catalog.layers.dense import Linear
from playground.catalog.layers.reshape import Flatten
from playground.catalog.losses import CrossEntropy
from playground.catalog.registry import make_layer
from playground.engine.device import DeviceError, available, choose, lost_device
from playground.engine.trainer import Trainer
from playground.graph.diagnose import examine
from playground.graph.graph import Edge, Graph, Node
from playground.graph.shape import Shape
from playground.project.check import check
from playground.project.project import Project
from playground.project.work import multiply_adds
from tests.engine.nets import chain, mlp


def large() -> Project:
    return chain(
        Conv2d(out_channels=64, padding=1), ReLU(), Conv2d(out_channels=64, padding=1), Flatten(),
        Linear(out_features=10), data=Digits(), loss=CrossEntropy(), batch_size=256,
    )  # fmt: skip


def test_that_the_cpu_is_always_available() -> None:
    assert available()[0] == "cpu"


def test_that_multiply_adds_are_counted_as_in_a_textbook() -> None:
    # 2-8-8-1: 16 + 64 + 8 a forward pass, three times that a step, 16 examples
    assert multiply_adds(mlp()) == 3 * (2 * 8 + 8 * 8 + 8 * 1) * 16
    first = 64 * 1 * 9 * 64  # filters × channels × kernel × places
    second = 64 * 64 * 9 * 64
    last = 64 * 64 * 10
    assert multiply_adds(large(), check(large())) == 3 * (first + second + last) * 256


def test_that_a_recurrent_layer_counts_at_every_place_of_the_sequence() -> None:
    graph = Graph().add(Node("x", make_layer({"kind": "Input"})))
    graph = graph.add(Node("it", make_layer({"kind": "LSTM", "hidden_size": 8})))
    graph = graph.connect(Edge("x", "it"))
    project = Project(graph).with_training(batch_size=2)
    # four gates of 8 units, each seeing 4 features and 8 states, at 10 places, for 2 examples
    expected = 3 * 4 * 8 * (4 + 8) * 10 * 2
    assert multiply_adds(project, examine(graph, Shape((10, 4)))) == expected


@pytest.mark.parametrize(
    ("present", "project", "device", "words"),
    [
        (("cpu",), mlp(), "cpu", "no GPU was found"),
        (("cpu", "cuda"), mlp(), "cpu", "too few"),
        (("cpu", "cuda"), large(), "cuda", "GPU (CUDA)"),
        (("cpu", "mps"), large(), "mps", "GPU (Metal)"),
        (("cpu",), large(), "cpu", "no GPU was found"),
    ],
)
def test_that_auto_chooses_a_gpu_only_if_it_is_faster(
    present: tuple[str, ...], project: Project, device: str, words: str
) -> None:
    choice = choose(project, present)
    assert choice.device.type == device
    assert words in choice.note


def test_that_a_tiny_net_gets_one_thread() -> None:
    assert choose(mlp(), ("cpu",)).threads == 1


def test_that_a_large_net_leaves_a_core_to_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr("torch.set_num_threads", asked.append)
    for cores, threads in ((1, 1), (2, 1), (8, 7)):
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        assert choose(large(), ("cpu",), has_window=True).threads == threads
        assert choose(large(), ("cpu",)).threads == cores
        Trainer(large().with_training(device="cpu"), has_window=True)
        assert asked[-1] == threads


@pytest.mark.parametrize(
    ("cores", "has_window", "threads"), [(1, False, 1), (2, False, 2), (2, True, 1), (8, True, 2)]
)
def test_that_a_net_of_some_size_gets_two_threads_if_there_are_two(
    cores: int, has_window: bool, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    middling = large().with_training(batch_size=4)
    assert 5e6 < multiply_adds(middling) < 5e7
    assert choose(middling, ("cpu",), has_window=has_window).threads == threads


def test_that_a_recurrent_net_with_a_window_gets_one_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    graph = large().graph
    graph, _ = graph.add_layer(make_layer({"kind": "LSTM"}))
    assert choose(large().with_graph(graph), ("cpu",), has_window=True).threads == 1
    assert choose(large().with_graph(graph), ("cpu",)).threads == 8


@pytest.mark.parametrize(
    ("own", "spins"),
    [
        ({}, "1000"),
        ({"GOMP_SPINCOUNT": "5"}, "5"),
        ({"OMP_WAIT_POLICY": "ACTIVE"}, "None"),
    ],
)
def test_that_openmp_threads_spin_briefly_unless_the_user_set_otherwise(
    own: dict[str, str], spins: str
) -> None:
    names = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    environment = {k: v for k, v in os.environ.items() if k not in names} | own
    code = (
        "import sys, os, playground.engine; assert 'torch' not in sys.modules;"
        "print(os.environ.get('GOMP_SPINCOUNT'))"
    )
    made = subprocess.run([sys.executable, "-c", code], env=environment, stdout=-1, check=True)
    assert made.stdout.decode().strip() == spins


@pytest.mark.parametrize("device", ["cpu", "cuda", "mps"])
def test_that_a_device_that_is_chosen_is_taken(device: str) -> None:
    choice = choose(mlp(device=device), ("cpu", device))
    assert choice.device.type == device
    assert "as chosen" in choice.note


def test_that_a_missing_device_is_refused_with_a_message() -> None:
    with pytest.raises(
        DeviceError, match=r"No CUDA GPU found\. Available: CPU, GPU \(Metal\)"
    ) as e:
        choose(mlp(device="cuda"), ("cpu", "mps"))
    assert e.value.device == "cuda"


def test_that_a_trainer_refuses_a_missing_device(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("playground.engine.device.available", lambda: ("cpu",))
    with pytest.raises(DeviceError):
        Trainer(mlp(device="mps"))


@pytest.mark.parametrize(
    ("error", "is_about_memory"),
    [
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20 GiB"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), True),
        (MemoryError(), True),
        (ValueError("mat1 and mat2"), False),
    ],
)
def test_that_out_of_memory_is_recognised(error: Exception, is_about_memory: bool) -> None:
    lost = lost_device(error, "cuda")
    assert (lost is not None) == is_about_memory
    if lost is not None:
        assert "memory of the GPU (CUDA) is full" in str(lost)
        assert not lost.is_gone


def test_that_the_out_of_memory_text_is_that_of_torch() -> None:
    with pytest.raises(RuntimeError) as found:
        torch.empty(10**15)
    assert lost_device(found.value, "cpu") is not None
