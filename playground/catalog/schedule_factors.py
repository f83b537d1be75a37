"""What schedules multiply the learning rate by: one function for each, of plain numbers.

`epoch` is the number of epochs done so far, with the fraction of the current one. Exported
scripts carry the source of these definitions, so they need nothing but `math`.
"""

import math
from collections.abc import Callable, Sequence

WARM_START = 0.01


def warmed_up(
    epoch: float, warmup: float, factor: Callable[..., float], /, **options: object
) -> float:
    """A linear warm-up over `warmup` epochs; the schedule begins after it."""
    if epoch < warmup:
        return WARM_START + (1 - WARM_START) * epoch / warmup
    return factor(epoch - warmup, **options)


def half_wave(done: float, low: float, high: float) -> float:
    """From `high` at 0 to `low` at 1 along half a cosine wave."""
    return low + (high - low) * (1 + math.cos(math.pi * done)) / 2


def constant(epoch: float) -> float:
    """The learning rate as it is set."""
    return 1.0


def step(epoch: float, every: int, gamma: float) -> float:
    """gamma to the number of drops so far."""
    return float(gamma ** math.floor(epoch / every))


def multi_step(epoch: float, milestones: Sequence[int], gamma: float) -> float:
    """gamma to the number of milestones passed."""
    return float(gamma ** sum(epoch >= milestone for milestone in milestones))


def exponential(epoch: float, gamma: float) -> float:
    """gamma to the number of epochs."""
    return float(gamma**epoch)


def polynomial(epoch: float, epochs: int, power: float, lowest: float) -> float:
    """lowest + (1 − lowest) (1 − t/T)^power."""
    left = 1 - min(epoch, epochs) / epochs
    return float(lowest + (1 - lowest) * left**power)


def cosine(epoch: float, epochs: int, lowest: float) -> float:
    """lowest + (1 − lowest) (1 + cos πt/T) / 2."""
    return half_wave(min(epoch, epochs) / epochs, lowest, 1.0)


def cosine_restarts(epoch: float, epochs: int, growth: int, lowest: float) -> float:
    """Half a cosine wave within the cycle that the epoch falls into."""
    if growth == 1:
        return half_wave(epoch % epochs / epochs, lowest, 1.0)
    grown = 1 + epoch / epochs * (growth - 1)
    cycle = math.floor(math.log(grown, growth) + 1e-9)
    start = epochs * (growth**cycle - 1) / (growth - 1)
    return half_wave((epoch - start) / (epochs * growth**cycle), lowest, 1.0)


def one_cycle(
    epoch: float, epochs: int, rise: float, start_divisor: float, end_divisor: float
) -> float:
    """Half a cosine wave up to the learning rate, then one down."""
    done = min(epoch, epochs) / epochs
    start = 1 / start_divisor
    if done <= rise:
        return half_wave(done / rise, 1.0, start)
    return half_wave((done - rise) / (1 - rise), start / end_divisor, 1.0)


class Plateau:
    """Cuts the learning rate when the validation loss has not improved for some epochs."""

    def __init__(self, gamma: float, patience: int, threshold: float, lowest: float) -> None:
        self.gamma, self.patience = gamma, patience
        self.threshold, self.lowest = threshold, lowest
        self.best, self.waited, self.cut = math.inf, 0, 1.0

    def see(self, val_loss: float) -> None:
        """Take the validation loss of an epoch; `cut` is what the rate is multiplied by."""
        if not math.isfinite(val_loss):
            return
        # A loss may be below 0, so the improvement asked for is a fraction of its size.
        asked = self.threshold * abs(self.best) if math.isfinite(self.best) else 0.0
        if val_loss < self.best - asked:
            self.best, self.waited = val_loss, 0
            return
        self.waited += 1
        if self.waited > self.patience:
            self.waited, self.cut = 0, max(self.cut * self.gamma, self.lowest)
