"""The counter of the top bar that shows a metric: the default one, or the chosen one."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu

from playground.app.theme.tokens import SMALL_PX, body_font
from playground.app.widgets.counter import EMPTY, Counter
from playground.catalog.metrics import Metric, name_in_sentence
from playground.catalog.registry import declared
from playground.translation import N_, tr

TIP = N_("Measured on the validation set.")
CHOOSE = N_("Click to show another metric.")


def caption_of(kind: str, width: int) -> str:
    """The caption over a metric's value: "val accuracy"; only its last word, or its name without
    "val", if that is too wide."""
    name = name_in_sentence(kind)
    metrics = QFontMetrics(body_font(SMALL_PX))
    for text in (tr("val {metric}", metric=name), tr("val {metric}", metric=name.split()[-1])):
        if metrics.horizontalAdvance(text) <= width:
            return text
    return metrics.elidedText(name, Qt.TextElideMode.ElideRight, width)


class MetricCounter(Counter):
    """Shows the first of the metrics that fit the labels until another one is chosen."""

    def __init__(self) -> None:
        super().__init__(tr("val accuracy"), "healthy", tr(TIP))
        self.chosen = ""
        self._metrics: dict[str, float] = {}

    def show_metrics(self, metrics: Mapping[str, float]) -> None:
        """Show the chosen one of these, or the first if it is not among them."""
        self._metrics = dict(metrics)
        if not metrics:
            self.show_text(EMPTY)
            return
        kind = self.chosen if self.chosen in metrics else next(iter(metrics))
        value = metrics[kind]
        self.show_caption(caption_of(kind, self.width()))
        self.show_text(f"{value:.3f}" if math.isfinite(value) else EMPTY)
        can_choose = len(metrics) > 1
        label = declared(Metric)[kind].label if kind in declared(Metric) else kind
        tip = tr("{metric}. Measured on the validation set.", metric=tr(label))
        self.setToolTip(f"{tip} {tr(CHOOSE)}" if can_choose else tip)
        shape = Qt.CursorShape.PointingHandCursor if can_choose else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        policy = Qt.FocusPolicy.TabFocus if can_choose else Qt.FocusPolicy.NoFocus
        self.setFocusPolicy(policy)

    def choose(self, kind: str) -> None:
        """Show this metric from now on, if it fits the labels."""
        self.chosen = kind
        self.show_metrics(self._metrics)

    def menu(self) -> QMenu:
        """The metrics that fit the labels."""
        menu = QMenu(self)
        shown = self.chosen if self.chosen in self._metrics else next(iter(self._metrics), "")
        for kind in self._metrics:
            action = menu.addAction(tr(declared(Metric)[kind].label))
            action.setCheckable(True)
            action.setChecked(kind == shown)
            action.triggered.connect(lambda _=False, kind=kind: self.choose(kind))
        return menu

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show the menu of metrics."""
        self._show_menu()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows the menu of metrics."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._show_menu()
        else:
            super().keyPressEvent(event)

    def _show_menu(self) -> None:
        if len(self._metrics) > 1:
            menu = self.menu()
            menu.exec(self.mapToGlobal(self.rect().bottomLeft()))
            menu.deleteLater()
