"""A field for a number: typed, stepped by keys and wheel, or set by a logarithmic slider."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSlider, QWidget

from playground.app.inspector.fields.basic import LineField
from playground.app.inspector.fields.numbers import SMALLEST, is_unfinished, parsed, stepped
from playground.app.theme.tokens import SMALL_PX, scaled_px, set_font, theme
from playground.catalog.options import Option

STEPS = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1, Qt.Key.Key_PageUp: 10, Qt.Key.Key_PageDown: -10}
PLACES_PER_DECADE = 20


class NumberField(LineField):
    """A line for a number, with a slider beside it if the option is logarithmic."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        self.slider: LogSlider | None = None
        super().__init__(option, parent)
        set_font(self.line, SMALL_PX, is_mono=True)
        if option.is_log:
            self._restyle()
            theme.changed.connect(self._restyle)
            self.slider = LogSlider(option)
            self.slider.sliderMoved.connect(self._on_slid)
            self.slider.actionTriggered.connect(self._on_slider_stepped)
            self.slider.sliderReleased.connect(self.edit_ended)
            self.add_control(self.slider, 1)

    def _restyle(self) -> None:
        self.line.setMaximumWidth(scaled_px(68))

    def read(self, text: str) -> float | int | str | None:
        return parsed(text, self.option)

    def set_value(self, value: Any) -> None:
        """Show the number in the line and on the slider."""
        super().set_value(value)
        if self.slider is not None and not self.slider.isSliderDown():
            self.slider.show_number(value or 0.0)

    def step(self, steps: int) -> None:
        """Increase or decrease the last accepted value."""
        start = self.value if isinstance(self.value, int | float) else self.option.low or 0
        self._offer(stepped(start, self.option, steps))

    def _offer(self, value: float | int) -> None:
        self._choose(value)
        if not self.message.text():
            self.restore()
            if self.slider is not None and not self.slider.isSliderDown():
                self.slider.show_number(self.value or 0.0)

    def _on_slid(self, place: int) -> None:
        if self.slider is not None:
            self._offer(self.slider.number(place))

    def _on_slider_stepped(self, action: int) -> None:
        # Keys and clicks beside the handle; a drag emits sliderMoved.
        if self.slider is not None and action != QSlider.SliderAction.SliderMove.value:
            self._offer(self.slider.number(self.slider.sliderPosition()))

    def _on_typed(self, text: str) -> None:
        super()._on_typed(text)
        takes_words = self.option.is_optional or self.option.words
        if not is_unfinished(text) and not (takes_words and text.isalpha()):
            self._complain(text)

    def _complain(self, text: str) -> None:
        try:
            self.read(text)
        except ValueError as error:
            self.refuse(str(error))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys step; so does the wheel while the line has focus."""
        if watched is self.line:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                steps = STEPS.get(Qt.Key(event.key()), 0)
                if steps:
                    self.step(steps)
                    return True
            if isinstance(event, QWheelEvent):
                if not self.line.hasFocus():
                    event.ignore()
                    return True
                self.step(1 if event.angleDelta().y() > 0 else -1)
                return True
        return super().eventFilter(watched, event)


class LogSlider(QSlider):
    """A slider over decades; its left end is 0 if the option may be 0."""

    def __init__(self, option: Option, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.has_zero = option.low == 0 and not option.low_is_open
        lowest = SMALLEST if self.has_zero else max(option.low or 0.0, 1e-5)
        highest = min(option.high or 1.0, 1.0 if self.has_zero else 10.0)
        self._low = math.log10(lowest)
        self.setRange(0, round((math.log10(highest) - self._low) * PLACES_PER_DECADE))
        self.setPageStep(PLACES_PER_DECADE)
        self.setMinimumWidth(40)

    def number(self, place: int) -> float:
        """The number at a place, with two digits."""
        if self.has_zero and place == 0:
            return 0.0
        return float(f"{10 ** (self._low + place / PLACES_PER_DECADE):.1e}")

    def show_number(self, number: float) -> None:
        """Move the handle to a number, or to the end of the slider beyond which it lies."""
        log = math.log10(number) if number > 0 else self._low
        self.setValue(round((log - self._low) * PLACES_PER_DECADE))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with focus, so that scrolling the form changes no value."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()
