"""The bar at the top: file name, transport, counters, device."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from playground.app.shell.metric_counter import MetricCounter
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import SMALL_PX, SPACE, TITLE_PX, colour, set_font, theme
from playground.app.widgets.counter import EMPTY, Counter
from playground.session.messages import Frame

HEIGHT = 52


class Dot(QWidget):
    """A dot that says how the engine is: starting, ready, or gone."""

    def __init__(self) -> None:
        super().__init__()
        self._token = "warning"
        self.setFixedSize(QSize(10, 10))

    def set_token(self, token: str) -> None:
        """Take the colour of a token."""
        if token != self._token:
            self._token = token
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A filled circle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour(self._token))
        painter.drawEllipse(QPointF(5, 5), 4, 4)
        painter.end()


class TopBar(QFrame):
    """Shows how the run stands; its buttons only tell what was asked for."""

    train_pressed = Signal()
    step_pressed = Signal(str)
    restart_pressed = Signal()
    restart_with_new_weights_pressed = Signal()
    theme_pressed = Signal()

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setFixedHeight(HEIGHT)
        self._build_buttons(menu)
        self._build_counters()
        self._build_device()
        self._lay_out()
        self.restyle()
        theme.changed.connect(self.restyle)

    # Building

    def _build_buttons(self, menu: QMenu) -> None:
        self.menu_button = _tool("Menu: files, editing, view, help", "quiet")
        self.menu_button.setMenu(menu)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.brand = QLabel("Playground")
        set_font(self.brand, TITLE_PX + 1, bold=True)
        self.file = QLabel("")
        self.file.setProperty("role", "muted")
        self.file.setMinimumWidth(60)
        self.file.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.restart = QToolButton()
        self.restart.setObjectName("restart")
        self.restart.setText(" Restart")
        self.restart.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.restart.setToolTip(
            "Back to the very same initial weights, to compare settings fairly (Ctrl+R). "
            "The arrow draws new ones."
        )
        self.restart.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        choices = QMenu(self.restart)
        choices.addAction("Same initial weights", self.restart_pressed.emit)
        choices.addAction("New initial weights", self.restart_with_new_weights_pressed.emit)
        self.restart.setMenu(choices)
        self.restart.clicked.connect(self.restart_pressed)
        self.train = QPushButton(" Train")
        self.train.setProperty("role", "primary")
        self.train.setFixedWidth(104)
        self.train.setToolTip("Train, and pause again (F5 or Space).")
        self.train.clicked.connect(self.train_pressed)
        self.step = QToolButton()
        self.step.setText(" Step")
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.step.setToolTip("Train for one batch (F6) or one epoch (Shift+F6), then pause.")
        self.unit = QComboBox()
        self.step.clicked.connect(lambda: self.step_pressed.emit(self.unit.currentData()))
        self.unit.addItem("by batch", "batch")
        self.unit.addItem("by epoch", "epoch")
        self.unit.setToolTip(
            "How far Step goes: one update of the weights, or once through the data."
        )
        self.unit.setAccessibleName("Step size")

    def _build_counters(self) -> None:
        self.metric_counter = MetricCounter()
        self.counters: dict[str, Counter] = {
            "epoch": Counter("epoch", "text", "How often the net has seen every example.", 74),
            "train": Counter("train loss", "positive", "Loss over the last batches."),
            "val": Counter("val loss", "negative", "Loss over the examples kept aside."),
            "metric": self.metric_counter,
            "speed": Counter("steps/s", "text", "Updates of the weights a second."),
        }

    def _build_device(self) -> None:
        self.device = QFrame()
        self.device.setObjectName("devicePill")
        self.device.setFixedHeight(26)
        layout = QHBoxLayout(self.device)
        layout.setContentsMargins(SPACE, 0, SPACE + 2, 0)
        layout.setSpacing(SPACE - 2)
        self.dot = Dot()
        self.device_text = QLabel("starting…")
        set_font(self.device_text, SMALL_PX)
        layout.addWidget(self.dot)
        layout.addWidget(self.device_text)
        self.theme_button = _tool("Dark or light (Ctrl+T)", "quiet")
        self.theme_button.clicked.connect(self.theme_pressed)

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(SPACE, 0, SPACE, 0)
        layout.setSpacing(SPACE - 2)
        layout.addWidget(self.menu_button)
        layout.addWidget(self.brand)
        layout.addSpacing(SPACE)
        layout.addWidget(self.file, 1)
        for widget in (self.restart, self.train, self.step, self.unit):
            layout.addWidget(widget)
        layout.addSpacing(SPACE)
        for counter in self.counters.values():
            layout.addWidget(counter)
        layout.addWidget(self.device)
        layout.addWidget(self.theme_button)

    def restyle(self) -> None:
        """Take the colours of the theme in use."""
        self.setStyleSheet(
            f"#topBar {{ background: {colour('surface').name()};"
            f" border: none; border-bottom: 1px solid {colour('border').name()}; }}"
            f"#devicePill {{ background: {colour('field').name()}; border-radius: 13px;"
            f" border: 1px solid {colour('border').name()}; }}"
            "#restart { padding-right: 22px; }"
            "#restart::menu-button { border: none; width: 18px; }"
        )
        set_icon(self.menu_button, "mdi6.menu", "muted")
        set_icon(self.restart, "mdi6.restart", "muted")
        set_icon(self.step, "mdi6.skip-next", "muted")
        set_icon(self.theme_button, "mdi6.theme-light-dark", "muted")
        self._show_train_icon()
        for counter in self.counters.values():
            counter.restyle()

    def _show_train_icon(self) -> None:
        name = "mdi6.play" if "Train" in self.train.text() else "mdi6.pause"
        set_icon(self.train, name, "on_accent")

    # Showing

    def show_title(self, name: str, is_modified: bool) -> None:
        """The file's name, with a dot where there are unsaved changes."""
        self.file.setText(f"{name} ●" if is_modified else name)
        self.file.setToolTip("There are unsaved changes." if is_modified else "All is saved.")

    def show_status(self, is_training: bool, is_pausing: bool, can_train: bool) -> None:
        """What the Train button offers now."""
        text = " Pausing…" if is_pausing else " Pause" if is_training else " Train"
        if text != self.train.text():
            self.train.setText(text)
            self._show_train_icon()
        self.train.setEnabled(not is_pausing and (can_train or is_training))
        self.step.setEnabled(can_train and not is_training)

    def show_device(self, text: str, tip: str, token: str) -> None:
        """Where the net is computed, and how the engine is."""
        self.device_text.setText(text)
        self.device.setToolTip(tip)
        self.dot.set_token(token)

    def show_frame(self, frame: Frame) -> None:
        """The counters of a frame."""
        show = self.counters
        show["epoch"].show_text(f"{math.floor(frame.epoch):,}")
        show["epoch"].setToolTip(
            f"Epoch {frame.epoch:,.2f}, step {frame.step:,}: how often all examples were seen."
        )
        show["train"].show_text(number(frame.train_loss))
        show["val"].show_text(number(frame.val_loss))
        self.metric_counter.show_metrics(frame.metrics)
        show["speed"].show_text(f"{frame.steps_per_s:,.0f}" if frame.is_training else EMPTY)

    def clear(self) -> None:
        """Forget the numbers of a run that is gone."""
        for counter in self.counters.values():
            counter.show_text(EMPTY)


def number(value: float | None) -> str:
    """A loss in four or five characters' worth of digits."""
    if value is None:
        return EMPTY
    if value != 0 and (abs(value) < 1e-3 or abs(value) >= 1e4):
        return f"{value:.1e}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def _tool(tip: str, role: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", role)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setIconSize(QSize(18, 18))
    return button
