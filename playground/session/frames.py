"""Frames: one for every grant of the window, never two, and only news while paused."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping

from playground.engine.probe_set import Probes
from playground.engine.trainer import Trainer
from playground.session.messages import Reading
from playground.translation import tr

log = logging.getLogger(__name__)

Answer = Callable[[Trainer, Mapping[str, Reading]], None]
Complain = Callable[[str, str], None]


class Frames:
    """Answers the latest grant: while training with the probes that are due, else with all.

    `answer` sends a frame with these readings, `complain` a message and its detail if a probe
    fails; that probe is left out until something changes, and training continues.
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

    def note_news(self) -> None:
        """Something changed: the window gets a frame as soon as it is ready."""
        self._has_news = True

    def reset(self, *, forgets: bool) -> None:
        """Reset after the net or its state changed; `forgets=True` also discards probe memory."""
        if forgets:
            self.probes = Probes()
        self._due = None
        self._shown = frozenset()
        self._failing.clear()
        self._has_news = True

    def between_steps(self, trainer: Trainer) -> None:
        """Answer a grant while training; a probe that watches a step waits for the next one."""
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
                log.exception("the probe %s failed", key)
                text = tr("{probe} cannot be shown: {error}", probe=key, error=error)
                self._complain(text, traceback.format_exc())
        return found
