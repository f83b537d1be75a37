"""Schedules: how the learning rate changes while a net trains."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Annotated, Any, ClassVar, Protocol

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, SerializeAsAny

from playground.catalog import schedule_factors as factors
from playground.catalog.bound import arguments_from, bound
from playground.catalog.options import live
from playground.catalog.plateau import ResumablePlateau
from playground.catalog.registry import make
from playground.graph.declaration import Declaration

POINTS = 400
Factor = Callable[..., float]
"""Takes the epochs done so far and options of the schedule by name."""
Curve = npt.NDArray[np.float64]


class Watcher(Protocol):
    """Changes the learning rate by the validation loss; made with the options it names.

    Scripts carry the source of the class that defines `see`; `state` and `restore`, which only
    resuming needs, may be those of a subclass.
    """

    @property
    def cut(self) -> float:
        """What the learning rate is multiplied by."""

    def see(self, val_loss: float) -> None:
        """An epoch has ended with this validation loss."""

    def state(self) -> dict[str, Any]:
        """What it has seen, as numbers that JSON can hold; None for one that is not finite."""

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore a state; raises ValueError if it is not one."""


class Schedule(Declaration):
    """How the learning rate changes over the epochs. In every step the optimizer's learning rate
    is multiplied by `factor`, taken at the epochs done so far, with the fraction of the current
    one."""

    function: ClassVar[Factor] = staticmethod(factors.constant)
    """The factor after so many epochs, with the options that it names; scripts carry its
    source."""
    watcher: ClassVar[Callable[..., Watcher] | None] = None
    """For a schedule that reacts to the validation loss: the class that watches it."""

    def factor(self, epoch: float) -> float:
        """What the learning rate is multiplied by after so many epochs; 1 leaves it."""
        return float(bound(type(self).function, self)(epoch))

    @property
    def needs_validation(self) -> bool:
        """Whether it goes by the validation loss, so that its curve is not known beforehand."""
        return type(self).watcher is not None

    @property
    def is_constant(self) -> bool:
        """Whether the learning rate stays as it is set."""
        return type(self).function is factors.constant and not self.needs_validation

    @property
    def span(self) -> float:
        """How many epochs show what it does."""
        return 100.0

    def curve(self, epochs: float, warmup: float = 0.0) -> tuple[Curve, Curve]:
        """For a picture before training: epochs from 0, and the factor at each."""
        at = np.linspace(0.0, epochs, POINTS)
        factor = factor_of(self, warmup)
        return at, np.array([factor(float(epoch)) for epoch in at])


def factor_of(schedule: Schedule, warmup: float = 0.0) -> Callable[[float], float]:
    """The factor by epochs, with a linear warm-up first; the options are bound once."""
    function = type(schedule).function
    options = arguments_from(function, schedule)
    if not warmup:
        return partial(function, **options)
    return lambda epoch: factors.warmed_up(epoch, warmup, function, **options)


def _epochs(default: int, text: str) -> Any:
    return live(default, "Epochs", text, ge=1, le=10_000_000)


def _lowest(text: str = "Share of the learning rate that is left at the end.") -> Any:
    return live(0.0, "Lowest", text, ge=0, le=1)


def _gamma(default: float, text: str = "What each drop multiplies the learning rate by.") -> Any:
    return live(default, "Factor", text, gt=0, le=1)


class Constant(Schedule):
    """The learning rate stays as it is set."""

    kind: ClassVar[str] = "constant"
    label: ClassVar[str] = "Constant"
    aliases: ClassVar[tuple[str, ...]] = ("fixed", "none", "no schedule")
    formula: ClassVar[str] = r"\eta_t = \eta"
    letters: ClassVar[str] = "η learning rate as it is set · η_t at epoch t"
    when: ClassVar[str] = "To start with, and for short runs with Adam."
    pitfall: ClassVar[str] = (
        "With SGD the loss keeps jumping at the end: let the rate fall, with Cosine for example."
    )
    source: ClassVar[str] = (
        "Bottou, Curtis and Nocedal 2018, Optimization methods for large-scale machine learning"
    )
    order: ClassVar[int] = 0


class Step(Schedule):
    """Drops the learning rate by a factor every so many epochs: large steps to get near, small
    ones to settle."""

    kind: ClassVar[str] = "step"
    label: ClassVar[str] = "Step"
    aliases: ClassVar[tuple[str, ...]] = (
        "staircase", "step decay", "steplr", "learning rate decay",
    )  # fmt: skip
    formula: ClassVar[str] = r"\eta_t = \eta\, \gamma^{\lfloor t/s \rfloor}"
    letters: ClassVar[str] = (
        "η learning rate as it is set · η_t at epoch t · γ factor · s epochs from drop to drop"
    )
    when: ClassVar[str] = "For long runs with SGD, when you know roughly where the loss flattens."
    pitfall: ClassVar[str] = (
        "A drop that comes too early wastes the rest of the run on small steps: wait until the "
        "loss lies flat."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.StepLR"
    order: ClassVar[int] = 1
    function: ClassVar[Factor] = staticmethod(factors.step)

    every: int = live(30, "Every", "Epochs from one drop to the next.", ge=1, le=10_000_000)
    gamma: float = _gamma(0.1)

    @property
    def span(self) -> float:
        """Four drops."""
        return 4.0 * self.every


class MultiStep(Schedule):
    """Drops the learning rate by a factor at epochs that you name."""

    kind: ClassVar[str] = "multi_step"
    label: ClassVar[str] = "Multi-step"
    aliases: ClassVar[tuple[str, ...]] = ("multisteplr", "milestones", "piecewise constant")
    formula: ClassVar[str] = r"\eta_t = \eta\, \gamma^{n},\; n = \sum_{m \leq t} 1"
    letters: ClassVar[str] = (
        "η learning rate as it is set · η_t at epoch t · γ factor · m the epochs named"
    )
    when: ClassVar[str] = "To repeat a published recipe, such as drops at epochs 30, 60 and 90."
    pitfall: ClassVar[str] = (
        "The epochs suit one length of run: move them when you train for longer or shorter."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.MultiStepLR"
    order: ClassVar[int] = 2
    function: ClassVar[Factor] = staticmethod(factors.multi_step)

    milestones: tuple[int, ...] = live(
        (30, 60, 90), "At epochs", "The epochs at which the learning rate drops."
    )
    gamma: float = _gamma(0.1)

    @property
    def span(self) -> float:
        """A little beyond the last drop."""
        return 1.25 * max(self.milestones, default=80)


class Exponential(Schedule):
    """Shrinks the learning rate by the same share every epoch, a little in every step."""

    kind: ClassVar[str] = "exponential"
    label: ClassVar[str] = "Exponential"
    aliases: ClassVar[tuple[str, ...]] = ("exponential decay", "exponentiallr", "geometric")
    formula: ClassVar[str] = r"\eta_t = \eta\, \gamma^{t}"
    letters: ClassVar[str] = "η learning rate as it is set · η_t at epoch t · γ factor"
    when: ClassVar[str] = "For a smooth fall when the length of the run is not known."
    pitfall: ClassVar[str] = (
        "The rate is soon almost 0, 0.6 % of it after 100 epochs of 0.95: take a factor nearer "
        "to 1 for long runs."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.ExponentialLR"
    order: ClassVar[int] = 3
    function: ClassVar[Factor] = staticmethod(factors.exponential)

    gamma: float = _gamma(0.95, "What one epoch multiplies the learning rate by.")


class _Falling(Schedule):
    pitfall: ClassVar[str] = (
        "After its epochs the rate stays at its lowest, and at 0 nothing more is learned: set "
        "them to the length of the run."
    )

    epochs: int = _epochs(100, "How long it falls; from then on it stays at its lowest.")

    @property
    def span(self) -> float:
        """All of it."""
        return float(self.epochs)


class Polynomial(_Falling):
    """Lowers the learning rate to its lowest along a power of the time left: a straight line
    with power 1."""

    kind: ClassVar[str] = "polynomial"
    label: ClassVar[str] = "Polynomial"
    aliases: ClassVar[tuple[str, ...]] = ("linear decay", "polynomiallr", "linear schedule", "poly")
    formula: ClassVar[str] = r"\eta_t = \eta\, (1 - t/T)^p"
    letters: ClassVar[str] = (
        "η learning rate as it is set · η_t at epoch t · T epochs of the fall · p power"
    )
    when: ClassVar[str] = (
        "For a straight fall to 0 by the end of a run, as transformers often have it."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.PolynomialLR"
    order: ClassVar[int] = 4
    function: ClassVar[Factor] = staticmethod(factors.polynomial)

    power: float = live(
        1.0, "Power", "1 is a straight line; more falls early and flattens out.", gt=0, le=10
    )
    lowest: float = _lowest()


class Cosine(_Falling):
    """Follows half a cosine wave down: slow at first, quick in the middle, gentle at the end."""

    kind: ClassVar[str] = "cosine"
    label: ClassVar[str] = "Cosine"
    aliases: ClassVar[tuple[str, ...]] = ("cosine annealing", "cosine decay", "cosineannealinglr")
    formula: ClassVar[str] = r"\eta_t = \eta \frac{1 + \cos(\pi t/T)}{2}"
    letters: ClassVar[str] = "η learning rate as it is set · η_t at epoch t · T epochs of the fall"
    when: ClassVar[str] = "The usual choice for a run of known length."
    source: ClassVar[str] = "torch.optim.lr_scheduler.CosineAnnealingLR; Loshchilov and Hutter 2017"
    order: ClassVar[int] = 5
    function: ClassVar[Factor] = staticmethod(factors.cosine)

    lowest: float = _lowest()


class CosineRestarts(Schedule):
    """Half cosine waves one after the other: each restart can move the network
    out of the minimum it is in, so that it may find a better one."""

    kind: ClassVar[str] = "cosine_restarts"
    label: ClassVar[str] = "Cosine with restarts"
    aliases: ClassVar[tuple[str, ...]] = (
        "warm restarts", "sgdr", "cosine annealing with restarts", "cosineannealingwarmrestarts",
        "cyclic",
    )  # fmt: skip
    formula: ClassVar[str] = r"\eta_t = \eta \frac{1 + \cos(\pi t_i/T_i)}{2}"
    letters: ClassVar[str] = (
        "η learning rate as it is set · η_t at epoch t · t_i epochs into wave i · T_i its length"
    )
    when: ClassVar[str] = (
        "To leave a valley again and again in a long run, in search of a better one."
    )
    pitfall: ClassVar[str] = (
        "The loss jumps up at every restart: stop at the end of a wave, not soon after its start."
    )
    source: ClassVar[str] = (
        "torch.optim.lr_scheduler.CosineAnnealingWarmRestarts; Loshchilov and Hutter 2017"
    )
    order: ClassVar[int] = 6
    function: ClassVar[Factor] = staticmethod(factors.cosine_restarts)

    epochs: int = _epochs(10, "How long the first wave is.")
    growth: int = live(
        2, "Growth", "How many times as long each wave is as the one before.", ge=1, le=100
    )
    lowest: float = _lowest("Share of the learning rate that is left at the end of a wave.")

    @property
    def span(self) -> float:
        """Three waves."""
        return float(self.epochs * (1 + self.growth + self.growth**2))


class OneCycle(_Falling):
    """Climbs to the learning rate that is set, then falls far below it: the large steps in the
    middle keep the network from settling too early. Momentum does not change."""

    kind: ClassVar[str] = "one_cycle"
    label: ClassVar[str] = "One cycle"
    aliases: ClassVar[tuple[str, ...]] = (
        "1cycle", "super-convergence", "onecyclelr", "cyclical learning rate",
    )  # fmt: skip
    formula: ClassVar[str] = r"\eta/d \nearrow \eta \searrow \eta/(d f)"
    letters: ClassVar[str] = (
        "η learning rate as it is set, the peak · d start divisor · f end divisor"
    )
    when: ClassVar[str] = "To train in few epochs, with a learning rate larger than usual."
    pitfall: ClassVar[str] = (
        "What you set is the peak, and after its epochs almost nothing is learned: set them "
        "to the length of the run."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.OneCycleLR; Smith and Topin 2018"
    order: ClassVar[int] = 7
    function: ClassVar[Factor] = staticmethod(factors.one_cycle)

    epochs: int = _epochs(100, "How long the cycle is; from then on the rate stays at its end.")
    rise: float = live(
        0.3, "Rise", "Share of the cycle in which the learning rate climbs.", gt=0, lt=1
    )
    start_divisor: float = live(
        25.0,
        "Start divisor",
        "By how much smaller than its peak the learning rate begins.",
        ge=1,
        le=1e9,
    )
    end_divisor: float = live(
        1e4,
        "End divisor",
        "By how much smaller than its beginning the learning rate ends.",
        ge=1,
        le=1e9,
    )


class ReduceOnPlateau(Schedule):
    """Waits until the validation loss has not become smaller for some epochs, then drops the
    learning rate. What it does depends on the run, so its curve is not known beforehand."""

    kind: ClassVar[str] = "plateau"
    label: ClassVar[str] = "Reduce on plateau"
    aliases: ClassVar[tuple[str, ...]] = ("reducelronplateau", "reduce lr", "adaptive schedule")
    formula: ClassVar[str] = r"\eta \leftarrow \gamma \eta"
    letters: ClassVar[str] = "η learning rate · γ factor"
    when: ClassVar[str] = "When you do not know how long training will take."
    pitfall: ClassVar[str] = (
        "A noisy validation loss sets it off too early: raise the patience, or hold back more "
        "examples for validation."
    )
    source: ClassVar[str] = "torch.optim.lr_scheduler.ReduceLROnPlateau"
    order: ClassVar[int] = 8
    watcher: ClassVar[Callable[..., Watcher]] = ResumablePlateau

    gamma: float = _gamma(0.1)
    patience: int = live(
        10,
        "Patience",
        "Epochs without improvement to wait before a drop.",
        ge=0,
        le=10_000_000,
    )
    threshold: float = live(
        1e-4,
        "Smallest improvement",
        "Share by which the loss must fall to count as better.",
        ge=0,
        lt=1,
    )
    lowest: float = _lowest("Share of the learning rate that it never falls below.")


ScheduleChoice = Annotated[
    SerializeAsAny[Schedule], BeforeValidator(lambda data: make(Schedule, data))
]
