"""Frames: one for every grant of the window, never two, and none without news while paused."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping

from playground.engine.probe import Probes
from playground.engine.trainer import Trainer
from playground.session.messages import Reading

Answer = Callable[[Trainer, Mapping[str, Reading]], None]
Complain = Callable[[str, str], None]


class Frames:
    """Answers the latest grant: while training with the probes that are due, else with all.

    `answer` sends a frame with these readings, `complain` a message and its detail where a probe
    failed; that probe then rests until something changes, and training goes on.
    """

    def __init__(self, answer: Answer, complain: Complain) -> None:
        self.probes = Probes()
        self._answer, self._complain = answer, complain
        self._granted: tuple[str, ...] | None = None
        self._due: tuple[str, ...] | None = None
        self._shown: frozenset[str] = frozenset()
        self._failing: set[str] = set()
        self._has_news = False

    @property
    def is_granted(self) -> bool:
        """Whether the window waits for a frame."""
        return self._granted is not None

    def grant(self, probes: tuple[str, ...]) -> None:
        """The window is ready; a grant that was not answered yet is replaced."""
        self._granted, self._due = probes, None
        if not set(probes) <= self._shown:
            self._has_news = True

    def tell(self) -> None:
        """Something changed: the window gets a frame as soon as it is ready."""
        self._has_news = True

    def renew(self, *, forgets: bool) -> None:
        """Another net or another state; `forgets` is for another run."""
        if forgets:
            self.probes = Probes()
        self._due = None
        self._shown = frozenset()
        self._failing.clear()
        self._has_news = True

    def between_steps(self, trainer: Trainer) -> None:
        """Answer a grant while training; a probe that watches a step has to wait for the next."""
        if self._granted is None:
            return
        if self._due is None:
            self._due = tuple(self.probes.due(self._granted))
            if self.probes.watches_step(self._due):
                trainer.watch_next_step()
                return
        due, self._due, self._granted = self._due, None, None
        self._answer(trainer, self._read(trainer, due))

    def at_rest(self, trainer: Trainer) -> None:
        """Answer a grant while nothing trains, unless the window has seen it all."""
        if self._granted is None or not self._has_news:
            return
        granted, self._granted, self._due = self._granted, None, None
        self._has_news = False
        self._shown = frozenset(granted)
        self._answer(trainer, self._read(trainer, granted))

    def _read(self, trainer: Trainer, keys: tuple[str, ...]) -> dict[str, Reading]:
        found: dict[str, Reading] = {}
        for key in keys:
            if key in self._failing:
                continue
            try:
                found |= self.probes.read((key,), trainer)
            except Exception as error:  # a panel is no reason to stop training
                self._failing.add(key)
                self._complain(f"{key} cannot be shown: {error}", traceback.format_exc())
        return found
