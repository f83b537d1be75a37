"""How a script changes the learning rate: the formula of every schedule as a line of Python.

`t` is the number of epochs since the warm-up, the running one in parts. A test compares every
line with the schedule's own `factor`.
"""

from __future__ import annotations

from collections.abc import Mapping

from playground.catalog.schedules import WARM_START, Schedule
from playground.project.training import Training

FORMULAS: Mapping[str, tuple[str, ...]] = {
    "constant": ("return 1.0",),
    "step": ("return {gamma} ** (t // {every})",),
    "multi_step": ("return {gamma} ** sum(t >= milestone for milestone in {milestones})",),
    "exponential": ("return {gamma} ** t",),
    "polynomial": (
        "left = 1 - min(t, {epochs}) / {epochs}",
        "return {lowest} + (1 - {lowest}) * left ** {power}",
    ),
    "cosine": (
        "done = min(t, {epochs}) / {epochs}",
        "return {lowest} + (1 - {lowest}) * (1 + math.cos(math.pi * done)) / 2",
    ),
    "cosine_restarts": (
        "length, start = {epochs}, 0",
        "while t - start >= length:",
        "    start, length = start + length, length * {growth}",
        "return {lowest} + (1 - {lowest}) * (1 + math.cos(math.pi * (t - start) / length)) / 2",
    ),
    "one_cycle": (
        "done = min(t, {epochs}) / {epochs}",
        "start, end = 1 / {start_divisor}, 1 / {start_divisor} / {end_divisor}",
        "if done <= {rise}:",
        "    return 1 + (start - 1) * (1 + math.cos(math.pi * done / {rise})) / 2",
        "wave = 1 + math.cos(math.pi * (done - {rise}) / (1 - {rise}))",
        "return end + (1 - end) * wave / 2",
    ),
    "plateau": ("return 1.0",),
}


def formula(schedule: Schedule) -> list[str]:
    """The body of `factor(t)`."""
    return [line.format(**schedule.options()) for line in FORMULAS[schedule.kind]]


def factor_source(training: Training) -> str:
    """The function `factor(t)` of a script, the warm-up in it."""
    lines = ["def factor(t):", '    """What the learning rate is multiplied by after t epochs."""']
    if training.warmup_epochs:
        warmup = training.warmup_epochs
        lines += [
            f"    if t < {warmup!r}:",
            f"        return {WARM_START!r} + {1 - WARM_START!r} * t / {warmup!r}",
            f"    t -= {warmup!r}",
        ]
    lines += [f"    {line}" for line in formula(training.schedule)]
    return "\n".join(lines) + "\n"
