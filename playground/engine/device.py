"""The device that computes the net: cpu, cuda, mps, and what "auto" chooses."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch

from playground.catalog.layers.recurrent import Recurrent
from playground.graph.diagnose import Examined
from playground.project.project import Project
from playground.project.work import multiply_adds, worthwhile_threads
from playground.translation import tr

WORTH_A_GPU = 2e8
"""Multiply-adds a step from which a GPU's start-up of every kernel (about 10 µs) pays off."""
FULL = ("out of memory", "can't allocate memory", "not enough memory")
"""Texts of torch's errors when memory is full, on any device."""
NAMES = {"cpu": "CPU", "cuda": "GPU (CUDA)", "mps": "GPU (Metal)"}


class DeviceError(RuntimeError):
    """A device is missing, full, or lost; the message is for the person."""

    def __init__(self, device: str, message: str, *, is_gone: bool = False) -> None:
        super().__init__(message)
        self.device = device
        self.is_gone = is_gone
        """Whether what lay in its memory is lost."""


def lost_device(error: Exception, device: str) -> DeviceError | None:
    """The DeviceError that an error of torch amounts to; None if it is not about the device."""
    if isinstance(error, DeviceError):
        return error
    if isinstance(error, getattr(torch, "AcceleratorError", ())):
        text = tr("The {device} stopped working: {error}", device=NAMES[device], error=error)
        return DeviceError(device, text.splitlines()[0], is_gone=True)
    words = str(error).lower()
    if isinstance(error, MemoryError) or any(sign in words for sign in FULL):
        text = tr(
            "The memory of the {device} is full. A smaller batch size needs less.",
            device=NAMES[device],
        )
        return DeviceError(device, text)
    return None


@dataclass(frozen=True)
class Choice:
    """The device to compute on, why, and with how many CPU threads."""

    device: torch.device
    note: str
    threads: int


def available() -> tuple[str, ...]:
    """The devices of this machine by torch's names, the CPU first."""
    found = ["cpu"]
    if torch.cuda.is_available():
        found.append("cuda")
    if torch.backends.mps.is_available():
        found.append("mps")
    return tuple(found)


def _threads(project: Project, work: float, has_window: bool) -> int:
    # One core is left to the window: threads of a product wait for the slowest, and with the
    # window drawing on a core of theirs an LSTM, place by place in small products, ran at a
    # thirtieth of its speed.
    free = (os.cpu_count() or 1) - has_window
    recurrent = any(isinstance(n.layer, Recurrent) for n in project.graph.nodes.values())
    if recurrent and has_window:
        return 1
    return max(1, min(free, worthwhile_threads(work) or free))


def choose(
    project: Project,
    present: tuple[str, ...] | None = None,
    *,
    has_window: bool = False,
    examined: Examined | None = None,
) -> Choice:
    """The device that the project asks for, and how many threads, with one core left to a window
    that draws beside it; raises DeviceError if the device is missing."""
    present = available() if present is None else present
    work = multiply_adds(project, examined)
    choice = _chosen(project, present, work, has_window)
    refuse_precision(project.training.precision, choice.device.type)
    return choice


def refuse_precision(precision: str, device: str) -> None:
    """Raise DeviceError if a device cannot compute with that precision."""
    if precision == "fp16" and device == "cpu":
        raise DeviceError(
            "cpu",
            tr(
                "fp16 with a scaled loss needs a GPU, and this network runs on the CPU. "
                "Set Precision to bf16 or float32."
            ),
        )
    if precision == "float64" and device == "mps":
        raise DeviceError(
            "mps",
            tr("The GPU (Metal) has no float64. Set Device to CPU, or Precision to float32."),
        )
    if precision == "bf16" and device == "cuda" and not torch.cuda.is_bf16_supported():
        raise DeviceError("cuda", tr("This GPU has no bf16. Set Precision to fp16 or float32."))


def _chosen(project: Project, present: tuple[str, ...], work: float, has_window: bool) -> Choice:
    wanted = project.training.device
    threads = _threads(project, work, has_window)
    if wanted != "auto":
        if wanted not in present:
            raise DeviceError(
                wanted,
                tr(
                    "No {device} found. Available: {available}.",
                    device={"cuda": "CUDA GPU", "mps": "Metal GPU"}.get(wanted, wanted),
                    available=", ".join(NAMES[name] for name in present),
                ),
            )
        return Choice(
            torch.device(wanted), tr("{device}, as chosen.", device=NAMES[wanted]), threads
        )
    gpu = next((name for name in present if name != "cpu"), None)
    if gpu is None:
        return Choice(torch.device("cpu"), tr("CPU: no GPU was found."), threads)
    millions = work / 1e6
    if work < WORTH_A_GPU and project.training.precision != "fp16":
        note = tr(
            "CPU: a step of this network is {millions} million multiply-adds, too few to make up "
            "for the time that a GPU needs to start.",
            millions=f"{millions:.3g}",
        )
        return Choice(torch.device("cpu"), note, threads)
    note = tr(
        "{device}: a step of this network is {millions} million multiply-adds.",
        device=NAMES[gpu],
        millions=f"{millions:.3g}",
    )
    return Choice(torch.device(gpu), note, threads)
