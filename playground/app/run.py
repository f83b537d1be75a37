"""The session as Qt signals: what the window asks of the engine, and what it hears."""

from __future__ import annotations

import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from playground.app.document import Document
from playground.app.readings import ReadingsConsumer
from playground.project.file import STATE_NAMES, to_json
from playground.project.project import Project
from playground.session import messages as m
from playground.session.client import Client

FRAME_MS = 16
PAUSE_WITHIN_MS = 700
CHANGE_AFTER_MS = 25
SAVE_WITHIN_MS = 4000
RESTARTS_ALLOWED = 3
RESTARTS_WITHIN_S = 60.0

State = Mapping[str, bytes]


class Run(QObject):
    """Keeps an engine at hand, hands it the document's project, and grants it frames."""

    frame_arrived = Signal(object)
    ticked = Signal()
    """Sixty times a second: what moves is moved now, so that all is repainted at once."""
    opened = Signal(object)
    status_changed = Signal()
    unhealthy = Signal(object)
    device_lost = Signal(object)
    failed = Signal(str)
    paused_by_itself = Signal(str)
    engine_lost = Signal(str, bool)
    """What happened, and whether a new engine has been started."""
    _event_came = Signal(int, object)
    _engine_ended = Signal(int)

    def __init__(
        self,
        document: Document,
        parent: QObject | None = None,
        *,
        is_watched: Callable[[], bool] = lambda: True,
    ) -> None:
        super().__init__(parent)
        self.document = document
        self._is_watched = is_watched
        self._consumers: list[ReadingsConsumer] = []
        self.is_ready = False
        self.is_training = False
        self.is_pausing = False
        self.is_given_up = False
        """Whether the engine kept stopping and none is started any more."""
        self.devices: tuple[str, ...] = ()
        self.versions: Mapping[str, str] = {}
        self.device = ""
        self.device_note = ""
        self.last_frame: m.Frame | None = None
        self._client: Client | None = None
        self._generation = 0
        self._run = 0
        self._is_open = False
        self._sent: Project | None = None
        self._start_state: State | None = None
        self._plays_once_open = False
        self._grant_is_out = False
        self._granted: tuple[str, ...] = ()
        self._arrived: m.Frame | None = None
        self._lost_at: list[float] = []
        self._saves: dict[int, Callable[[State | None], None]] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="playground-"))
        self._event_came.connect(self._take, Qt.ConnectionType.QueuedConnection)
        self._engine_ended.connect(self._lose, Qt.ConnectionType.QueuedConnection)
        self._frames = self._timer(FRAME_MS, self._tick, is_repeating=True)
        self._frames.setTimerType(Qt.TimerType.PreciseTimer)
        self._changes = self._timer(CHANGE_AFTER_MS, self.send_change)
        self._slow_pause = self._timer(PAUSE_WITHIN_MS, self._end_slow_step)
        document.changed.connect(self._changes.start)

    def _timer(
        self, interval_ms: int, act: Callable[[], None], *, is_repeating: bool = False
    ) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.setSingleShot(not is_repeating)
        timer.timeout.connect(act)
        return timer

    # The engine

    @property
    def engine_pid(self) -> int | None:
        """The engine's process id, while there is one."""
        return self._client.pid if self._client else None

    @property
    def keyframe_path(self) -> Path:
        """Where the engine keeps its last keyframe."""
        return self._folder / "keyframe.zip"

    def start_engine(self) -> None:
        """Start an engine; the window is usable meanwhile."""
        self._generation += 1
        generation = self._generation
        self.is_ready = self._is_open = self.is_given_up = False
        self._client = Client(
            lambda event: self._event_came.emit(generation, event),
            lambda: self._engine_ended.emit(generation),
        )
        self._frames.start()

    def open_project(self, state: State | None = None) -> None:
        """Hand the engine the document's project as a new run, with the state it was left in."""
        self._run += 1
        self._start_state = state
        self._is_open = False
        self._plays_once_open = False
        self._set_training(False)
        self.last_frame = self._arrived = None
        self.keyframe_path.unlink(missing_ok=True)
        self._try_open()

    def _try_open(self) -> None:
        if not self.is_ready or self.document.examined.errors:
            return
        self._sent = self.document.project
        text = to_json(self._sent)
        self._send(m.Open(self._run, text, self._start_state, str(self.keyframe_path)))

    def _send(self, command: m.Command) -> None:
        if self._client is not None:
            self._client.send(command)

    def send_change(self) -> None:
        """Tell the engine of edits that matter to training; mistakes wait until fixed."""
        self._changes.stop()
        project = self.document.project
        if not self.is_ready or self.document.examined.errors:
            if self.is_training:
                self.pause()
                self.paused_by_itself.emit("Paused: the net has a mistake. Fix it, or undo.")
            return
        if not self._is_open:
            if self._sent is None or not project.trains_like(self._sent):
                self._try_open()
        elif self._sent is None or not project.trains_like(self._sent):
            self._sent = project
            self._send(m.Change(to_json(project)))

    def discard_readings(self) -> None:
        """Clear all consumers, and send the project again as soon as it is valid."""
        self._sent = None
        self._clear_consumers()

    def close(self) -> None:
        """End the engine and forget its keyframe; takes no longer than a second."""
        for timer in (self._frames, self._changes, self._slow_pause):
            timer.stop()
        self._generation += 1
        if self._client is not None:
            self._client.close()
            self._client = None
        shutil.rmtree(self._folder, ignore_errors=True)

    # What the person asks for

    def play(self) -> None:
        """Train; where the engine is still starting, as soon as it is there."""
        self.send_change()
        if not self._is_open:
            self._plays_once_open = True
            self._try_open()
            return
        self._set_training(True)
        self._send(m.Play())

    def pause(self) -> None:
        """Stop between two steps; a step that takes too long is ended with its engine."""
        self._plays_once_open = False
        if not self.is_training or self.is_pausing:
            return
        self.is_pausing = True
        self._send(m.Pause())
        self._slow_pause.start()
        self.status_changed.emit()

    def step(self, unit: m.Unit, count: int = 1) -> None:
        """Train for one batch or one epoch, or for several."""
        self.send_change()
        if self._is_open and not self.is_training:
            # An epoch can take a while, and Pause must reach it.
            self._set_training(unit == "epoch")
            self._send(m.Step(unit, count))

    def restart(self) -> None:
        """Back to the initial weights that the project's seed draws."""
        self.send_change()
        self._set_training(False)
        self._send(m.Restart())

    def rewind(self) -> None:
        """Back to the last healthy step."""
        self._send(m.Rewind())

    def save_state(
        self, done: Callable[[State | None], None], within_ms: int = SAVE_WITHIN_MS
    ) -> None:
        """Fetch the state of training; the last keyframe where the engine does not answer."""
        if not self._is_open or self._client is None:
            done(self.keyframe_state() or self._start_state)
            return
        number = len(self._saves) + 1 + self._generation * 1000
        while number in self._saves:
            number += 1
        self._saves[number] = done
        self._send(m.Save(number))
        QTimer.singleShot(within_ms, self, lambda: self._finish_save(number, None))

    def _finish_save(self, number: int, state: State | None) -> None:
        done = self._saves.pop(number, None)
        if done is not None:
            done(state or self.keyframe_state())

    def keyframe_state(self) -> State | None:
        """The last keyframe that the engine wrote, or None."""
        try:
            with zipfile.ZipFile(self.keyframe_path) as archive:
                return {name: archive.read(name) for name in STATE_NAMES}
        except (OSError, KeyError, zipfile.BadZipFile):
            return None

    # Frames

    def add_consumer(self, consumer: ReadingsConsumer) -> None:
        """From now on request its probes, hand it every frame, and clear it for another run."""
        self._consumers.append(consumer)

    def wanted_probes(self) -> tuple[str, ...]:
        """The probes of all consumers, each once; none while the window is not visible."""
        if not self._is_watched():
            return ()
        return tuple(dict.fromkeys(key for part in self._consumers for key in part.probes))

    def _clear_consumers(self) -> None:
        for consumer in self._consumers:
            consumer.clear()

    def ask_again(self) -> None:
        """Ask for a frame even if one is asked for: other probes are wanted now."""
        if not self.is_training:
            self._grant_is_out = False

    def _tick(self) -> None:
        # What came since the last tick is drawn now, so that there is one repaint a tick.
        frame, self._arrived = self._arrived, None
        if frame is not None:
            self._show(frame)
        self.ticked.emit()
        if not self._is_open:
            return
        wanted = self.wanted_probes()
        if not self._grant_is_out or (wanted != self._granted and not self.is_training):
            self._grant_is_out = True
            self._granted = wanted
            self._send(m.Grant(wanted))

    # What the engine says

    def _take(self, generation: int, event: m.Event) -> None:
        if generation != self._generation:
            return
        if isinstance(event, m.Ready):
            self.is_ready = True
            self.devices, self.versions = event.devices, event.versions
            self.status_changed.emit()
            self._try_open()
        elif isinstance(event, m.Saved):
            self._finish_save(event.request, event.state)
        elif event.run == self._run:
            self._take_of_run(event)

    def _take_of_run(self, event: m.Event) -> None:
        if isinstance(event, m.Frame):
            self._grant_is_out = False
            self._arrived = event
            if not self.is_training:
                self._tick()
        elif isinstance(event, m.Opened):
            self._take_opened(event)
        elif isinstance(event, m.StatusChanged):
            self._take_status(event)
        elif isinstance(event, m.Unhealthy):
            self._set_training(False)
            self.unhealthy.emit(event)
        elif isinstance(event, m.DeviceLost):
            self._set_training(False)
            self.device_lost.emit(event)
        elif isinstance(event, m.Failed):
            self.failed.emit(event.message)

    def _show(self, frame: m.Frame) -> None:
        self.last_frame = frame
        for consumer in self._consumers:
            consumer.show_frame(frame)
        self.frame_arrived.emit(frame)

    def _take_opened(self, event: m.Opened) -> None:
        self._is_open = True
        self._grant_is_out = False
        self.device, self.device_note = event.device, event.device_note
        if event.is_fresh:
            self._clear_consumers()
        self.opened.emit(event)
        self.status_changed.emit()
        if self._plays_once_open:
            self._plays_once_open = False
            self.play()

    def _take_status(self, event: m.StatusChanged) -> None:
        self._set_training(event.is_training)
        if event.message:
            self.paused_by_itself.emit(event.message)

    def _set_training(self, is_training: bool) -> None:
        if not is_training:
            self._slow_pause.stop()
            self.is_pausing = False
        self.is_training = is_training
        self.status_changed.emit()

    # When the engine does not answer, or is gone

    def _end_slow_step(self) -> None:
        if self.is_pausing and self._client is not None:
            self._client.kill()
            self._replace_engine()
            self.paused_by_itself.emit(
                "The step was taking long, so it was ended. Training goes on from the last "
                "keyframe. A smaller batch makes shorter steps."
            )

    def _lose(self, generation: int) -> None:
        if generation != self._generation:
            return
        now = time.monotonic()
        self._lost_at = [t for t in self._lost_at if now - t < RESTARTS_WITHIN_S] + [now]
        is_restarted = len(self._lost_at) <= RESTARTS_ALLOWED
        if self._client is not None:
            self._client.kill()
        if is_restarted:
            self._replace_engine()
        else:
            self.is_given_up = True
            self._forget_engine()
        text = "The engine stopped unexpectedly. Nothing you drew is lost."
        self.engine_lost.emit(text, is_restarted)

    def revive(self) -> None:
        """Start an engine again after it was given up."""
        self._lost_at.clear()
        self._replace_engine()

    def _forget_engine(self) -> None:
        self._client = None
        self.is_ready = self._is_open = False
        self._grant_is_out = False
        for number in list(self._saves):
            self._finish_save(number, None)
        self._set_training(False)

    def _replace_engine(self) -> None:
        self._start_state = self.keyframe_state() or self._start_state
        self._forget_engine()
        self._sent = None
        self.start_engine()
