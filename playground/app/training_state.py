"""The state of training as the window knows it: opened, kept by the engine, or asked of it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from playground.app.keyframe_file import KeyframeFile
from playground.session import messages as m

Files = Mapping[str, bytes]  # the state of training, as the files of a checkpoint
Done = Callable[[Files | None], None]


class TrainingState(QObject):
    """Holds what a project was opened with until training or a restart replaces it.

    A save thus never holds less than the file it replaces: not before the engine has opened the
    project, nor where the project cannot run, nor where the engine could not resume it.
    """

    def __init__(self, send: Callable[[m.Command], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._send = send
        self._opened: Files | None = None
        self._keyframe = KeyframeFile()
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Done] = {}

    @property
    def opened(self) -> Files | None:
        """What the engine is to continue from."""
        return self._opened

    @property
    def keyframe_path(self) -> Path:
        """Where the engine keeps its last keyframe."""
        return self._keyframe.path

    def open(self, state: Files | None) -> None:
        """Another project is open, with this state; the keyframe was that of the one before."""
        self._opened = state
        self._keyframe.delete()

    def forget(self) -> None:
        """The person reset the weights."""
        self._opened = None

    def last(self) -> Files | None:
        """The last keyframe, else what was opened; None if nothing was trained."""
        return self.keyframe() or self._opened

    def keyframe(self) -> Files | None:
        """The last keyframe that the engine wrote, or None."""
        return self._keyframe.read()

    def request(self, done: Done, within_ms: int) -> None:
        """Ask the engine; the last state known if it does not answer in time."""
        number = next(self._numbers)
        self._waiting[number] = done
        self._send(m.Save(number))
        QTimer.singleShot(within_ms, self, lambda: self._give_up(number))

    def answer(self, event: m.Saved) -> None:
        """The engine's answer; step 0 is what the seed draws, and replaces no trained weights."""
        done = self._waiting.pop(event.request, None)
        if done is not None:
            done(event.state if event.step > 0 else self._opened)

    def engine_ended(self) -> None:
        """Answer what waits with the last state known, which the next engine continues from."""
        self._opened = self.last()
        for number in list(self._waiting):
            self._give_up(number)

    def _give_up(self, number: int) -> None:
        done = self._waiting.pop(number, None)
        if done is not None:
            done(self.last())

    def close(self) -> None:
        """Delete the keyframe."""
        self._keyframe.close()
