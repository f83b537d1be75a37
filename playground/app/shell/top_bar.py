"""The bar at the top: file name, transport, counters, device."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QAction, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
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

from playground.app.shell.actions import ICON, Actions
from playground.app.shell.metric_counter import MetricCounter
from playground.app.theme.icons import set_icon
from playground.app.theme.tokens import (
    SMALL_PX,
    SPACE,
    TITLE_PX,
    body_font,
    colour,
    scaled_px,
    set_font,
    theme,
)
from playground.app.widgets.counter import EMPTY, Counter
from playground.session.messages import Frame
from playground.translation import tr

HEIGHT, PILL_HEIGHT = 52, 26
TRAIN_WIDTH, TRAIN_ROOM = 104, 48


class Dot(QWidget):
    """A dot in the colour of the engine's state: starting, ready, or not running."""

    def __init__(self) -> None:
        super().__init__()
        self._token = "warning"
        self.setFixedSize(QSize(10, 10))

    def set_token(self, token: str) -> None:
        """Paint it in the colour of a token of the theme."""
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
    """Shows the state of the run. Its buttons are the actions of the commands they stand for."""

    def __init__(self, menu: QMenu, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self._actions = actions
        self._icons: dict[QAbstractButton, str] = {}
        self._build_buttons(menu)
        self._build_counters()
        self._build_device()
        self._lay_out()
        for name in ("toggle_training", "restart", "step_batch", "step_epoch", "toggle_theme"):
            actions[name].changed.connect(self._show_actions)
        self.restyle()
        theme.changed.connect(self.restyle)

    # Building

    def _build_buttons(self, menu: QMenu) -> None:
        self.menu_button = _tool("quiet")
        self.menu_button.setToolTip(tr("Menu: files, editing, training, view, help"))
        self.menu_button.setAccessibleName(tr("Menu"))
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
        self.restart.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.restart.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        choices = QMenu(self.restart)
        choices.addAction(self._actions["restart"])
        choices.addAction(self._actions["restart_with_new_weights"])
        self.restart.setMenu(choices)
        self.restart.clicked.connect(self._actions["restart"].trigger)
        self.train = QPushButton()
        self.train.setProperty("role", "primary")
        # A click does not move the focus, so that Space still trains and pauses.
        self.train.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.train.clicked.connect(self._actions["toggle_training"].trigger)
        self.step = QToolButton()
        self.step.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.step.clicked.connect(lambda: self._actions[self._step_command].trigger())
        self.unit = QComboBox()
        self.unit.addItem(tr("by batch"), "step_batch")
        self.unit.addItem(tr("by epoch"), "step_epoch")
        self.unit.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.unit.setToolTip(tr("How far Step trains: one batch or one epoch."))
        self.unit.setAccessibleName(tr("Step size"))
        self.unit.currentIndexChanged.connect(self._show_actions)

    def _train_width(self) -> int:
        metrics = QFontMetrics(body_font(bold=True))
        texts = (tr("Train"), tr("Pause"), tr("Pausing…"))
        widest = max(metrics.horizontalAdvance(text) for text in texts)
        return max(scaled_px(TRAIN_WIDTH), widest + TRAIN_ROOM)

    @property
    def _step_command(self) -> str:
        return str(self.unit.currentData())

    def _build_counters(self) -> None:
        self.metric_counter = MetricCounter()
        self.counters: dict[str, Counter] = {
            "epoch": Counter(
                tr("epoch"), "text", tr("Completed passes over the training set."), 74
            ),
            "train": Counter(
                tr("train loss"), "positive", tr("Training loss, averaged over recent batches.")
            ),
            "val": Counter(tr("val loss"), "negative", tr("Loss on the validation set.")),
            "metric": self.metric_counter,
            "speed": Counter(tr("steps/s"), "text", tr("Weight updates per second.")),
        }

    def _build_device(self) -> None:
        self.device = QFrame()
        self.device.setObjectName("devicePill")
        layout = QHBoxLayout(self.device)
        layout.setContentsMargins(SPACE, 0, SPACE + 2, 0)
        layout.setSpacing(SPACE - 2)
        self.dot = Dot()
        self.device_text = QLabel(tr("starting…"))
        set_font(self.device_text, SMALL_PX)
        layout.addWidget(self.dot)
        layout.addWidget(self.device_text)
        self.theme_button = _tool("quiet")
        self.theme_button.clicked.connect(self._actions["toggle_theme"].trigger)

    def _lay_out(self) -> None:
        layout = self._row = QHBoxLayout(self)
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
        """Apply the colours and the text size of the theme."""
        self.setFixedHeight(scaled_px(HEIGHT))
        self.train.setFixedWidth(self._train_width())
        self.device.setFixedHeight(scaled_px(PILL_HEIGHT))
        self.setStyleSheet(
            f"#topBar {{ background: {colour('surface').name()};"
            f" border: none; border-bottom: 1px solid {colour('border').name()}; }}"
            f"#devicePill {{ background: {colour('field').name()};"
            f" border: 1px solid {colour('border').name()};"
            f" border-radius: {scaled_px(PILL_HEIGHT) // 2}px; }}"
            "#restart { padding-right: 22px; }"
            "#restart::menu-button { border: none; width: 18px; }"
        )
        set_icon(self.menu_button, "mdi6.menu", "muted")
        self._icons.clear()
        self._show_actions()
        for counter in self.counters.values():
            counter.restyle()
        self._make_room()

    # Size

    def minimumSizeHint(self) -> QSize:
        """Narrow windows and large text are possible: what matters least is hidden then."""
        return QSize(0, self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show as much as there is room for."""
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        optional = (
            self.brand,
            self.counters["speed"],
            self.counters["epoch"],
            self.metric_counter,
        )
        for widget in optional:
            widget.setHidden(False)
        for widget in optional:
            if self._row.minimumSize().width() <= self.width():
                break
            widget.setHidden(True)

    # Showing

    def _show_actions(self) -> None:
        for button, name, token in (
            (self.train, "toggle_training", "on_accent"),
            (self.restart, "restart", "muted"),
            (self.step, self._step_command, "muted"),
            (self.theme_button, "toggle_theme", "muted"),
        ):
            self._show_action(button, self._actions[name], token)

    def _show_action(self, button: QAbstractButton, action: QAction, token: str) -> None:
        if button is self.theme_button:
            button.setAccessibleName(action.text())
        elif button.text() != f" {action.iconText()}":
            button.setText(f" {action.iconText()}")
        button.setToolTip(action.toolTip())
        button.setEnabled(action.isEnabled())
        icon = str(action.property(ICON))
        if self._icons.get(button) != icon:
            self._icons[button] = icon
            set_icon(button, icon, token)

    def show_title(self, name: str, is_modified: bool) -> None:
        """The file's name, with a dot if there are unsaved changes."""
        self.file.setText(f"{name} ●" if is_modified else name)
        self.file.setToolTip(tr("Unsaved changes") if is_modified else tr("No unsaved changes"))

    def show_device(self, text: str, tip: str, token: str) -> None:
        """The compute device, and the state of the engine as the colour of a dot."""
        self.device_text.setText(text)
        self.device.setToolTip(tip)
        self.dot.set_token(token)

    @property
    def probes(self) -> tuple[str, ...]:
        """None: every frame holds what the counters show."""
        return ()

    def show_frame(self, frame: Frame) -> None:
        """Show the numbers of a frame in the counters."""
        show = self.counters
        show["epoch"].show_text(f"{math.floor(frame.epoch):,}")
        show["epoch"].setToolTip(
            tr(
                "Epoch {epoch}, step {step}. Completed passes over the training set.",
                epoch=f"{frame.epoch:,.2f}",
                step=f"{frame.step:,}",
            )
        )
        show["train"].show_text(number(frame.train_loss))
        show["val"].show_text(number(frame.val_loss))
        self.metric_counter.show_metrics(frame.metrics)
        show["speed"].show_text(f"{frame.steps_per_s:,.0f}" if frame.is_training else EMPTY)

    def clear(self) -> None:
        """Empty the counters: another run begins."""
        for counter in self.counters.values():
            counter.show_text(EMPTY)


def number(value: float | None) -> str:
    """A loss with four or five digits."""
    if value is None:
        return EMPTY
    if value != 0 and (abs(value) < 1e-3 or abs(value) >= 1e4):
        return f"{value:.1e}"
    return f"{value:.4f}" if abs(value) < 10 else f"{value:.1f}"


def _tool(role: str) -> QToolButton:
    button = QToolButton()
    button.setProperty("role", role)
    button.setIconSize(QSize(18, 18))
    return button
