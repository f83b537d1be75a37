"""What crosses the border: frozen dataclasses of plain values and numpy arrays.

The window sends commands, the engine answers with events. `run` numbers the opened project, so
that events of an earlier run can be distinguished from those of the current one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Unit = Literal["batch", "epoch"]
Reading = Mapping[str, Any]
"""What a probe read: numbers, texts, lists of these, and numpy arrays, by name."""


# Commands, from the window to the engine


@dataclass(frozen=True, slots=True)
class Open:
    """Take a project; with `state`, continue from there. Nothing trains yet."""

    run: int
    project: str
    state: Mapping[str, bytes] | None = None
    keyframe_path: str = ""
    """Where the engine keeps its last keyframe, for the window to find if the engine dies."""


@dataclass(frozen=True, slots=True)
class Change:
    """The project was edited; weights of layers whose shapes did not change are kept."""

    project: str


@dataclass(frozen=True, slots=True)
class Play:
    """Train until Pause."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Stop between two steps."""


@dataclass(frozen=True, slots=True)
class Step:
    """Train for `count` batches, or to the end of that many epochs, then pause."""

    unit: Unit = "batch"
    count: int = 1


@dataclass(frozen=True, slots=True)
class Restart:
    """Return to the initial weights that the project's seed draws."""


@dataclass(frozen=True, slots=True)
class Rewind:
    """Return to the last keyframe known to be healthy."""


@dataclass(frozen=True, slots=True)
class Grant:
    """The window is ready for one frame with the readings of these probes."""

    probes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Save:
    """Send the state of training; answered by Saved with the same number."""

    request: int


@dataclass(frozen=True, slots=True)
class Close:
    """End the engine."""


Command = Open | Change | Play | Pause | Step | Restart | Rewind | Grant | Save | Close


# Events, from the engine to the window


@dataclass(frozen=True, slots=True)
class Ready:
    """The engine has started."""

    devices: tuple[str, ...]
    versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A project was compiled: on Open, Change, Restart and Rewind."""

    run: int
    device: str
    device_note: str
    parameters: int
    step: int
    epoch: float
    kept: tuple[str, ...] = ()
    """Nodes whose weights were kept."""
    is_fresh: bool = False
    """Whether the history starts from scratch."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The state of training between two steps, and the readings that were due."""

    run: int
    step: int
    epoch: float
    is_training: bool
    train_loss: float | None = None
    val_loss: float | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    """Metrics over the validation examples, by key."""
    penalty: float = 0.0
    """What L1 and L2 add to the loss."""
    steps_per_s: float = 0.0
    lr: float | None = None
    """The learning rate of the last step, after schedule and warm-up."""
    clipped_steps: int = 0
    """How many steps had a gradient that was clipped."""
    readings: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """Training began or paused; `reason` is a code, `message` is for the person."""

    run: int
    is_training: bool
    reason: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Unhealthy:
    """Training paused at a step that made NaN or infinity."""

    run: int
    step: int
    epoch: float
    node: str
    """The first bad node, "" if the loss itself is the first."""
    what: str
    """"activation", "gradient", "weight" or "loss"."""
    message: str
    healthy_step: int
    """The last step known to be healthy, which Rewind goes back to."""


@dataclass(frozen=True, slots=True)
class Saved:
    """The state of training as the files of a checkpoint."""

    request: int
    state: Mapping[str, bytes]
    step: int


@dataclass(frozen=True, slots=True)
class DeviceLost:
    """The device is missing or out of memory; `offer` is one to continue on."""

    run: int
    device: str
    message: str
    offer: str = "cpu"


@dataclass(frozen=True, slots=True)
class Failed:
    """Something could not be done; the message is for the person, the detail for a report."""

    run: int
    message: str
    detail: str = ""


Event = Ready | Opened | Frame | StatusChanged | Unhealthy | Saved | DeviceLost | Failed
