"""The card that explains a layer, beside the palette."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QPoint, QRect, Signal
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from playground.app.theme.tokens import (
    BODY_PX,
    CAPTION_PX,
    NAME_PX,
    RADIUS,
    SMALL_PX,
    SPACE,
    TITLE_PX,
    colour,
    family_colour,
    set_font,
    theme,
)
from playground.app.widgets.formula import FormulaView
from playground.graph.layer import Layer
from playground.graph.shape import Shape
from playground.reference.page import page_of
from playground.reference.shapes import shape_examples, shape_here
from playground.translation import tr, trn

WIDTH = 296
SHAPES_SHOWN = 3


class HelpCard(QFrame):
    """A layer in short: formula, shapes, when to use it, pitfalls, source."""

    reference_asked = Signal(str)
    """A page of the reference is to be opened; its address."""
    entered = Signal()
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.layer: type[Layer] | None = None
        self.setFixedWidth(WIDTH)
        self.title = _text(TITLE_PX, bold=True)
        self.subtitle = _text(SMALL_PX, "muted")
        self.formula = FormulaView(pixels=NAME_PX)
        self.help = _text(BODY_PX)
        self.shapes = _text(CAPTION_PX, "muted", is_mono=True)
        self.here = _text(SMALL_PX)
        """Its shapes if it were added after the selected layer."""
        self._here = ""
        self.when = _text(SMALL_PX)
        self.pitfall = _text(SMALL_PX)
        self.source = _text(CAPTION_PX, "faint")
        self.link = _text(SMALL_PX)
        self.link.linkActivated.connect(self.reference_asked)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(SPACE * 2, SPACE * 3 // 2, SPACE * 3 // 2, SPACE * 3 // 2)
        column.setSpacing(SPACE * 3 // 4)
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        for part in (
            self.formula,
            self.help,
            self.shapes,
            self.here,
            self.when,
            self.pitfall,
        ):
            column.addWidget(part)
        column.addWidget(self.source)
        column.addWidget(self.link)
        theme.changed.connect(self._restyle)
        self.hide()

    def show_layer(self, layer: type[Layer], here: Shape | None = None) -> None:
        """Explain this one; `here` is the shape of its input if it were added now."""
        self.layer = layer
        self.title.setText(tr(layer.label))
        others = ", ".join(layer.aliases[:3])
        self.subtitle.setText(" · ".join(filter(None, (tr(layer.family), others))))
        self.formula.show_formula(layer.formula)
        self.help.setText(tr(layer.help()))
        self.source.setText(layer.source)
        self.source.setVisible(bool(layer.source))
        self._show_shapes(layer)
        self._show_here(layer, here)
        self._restyle()
        self._fit()

    def _show_shapes(self, layer: type[Layer]) -> None:
        shapes = [str(shape) for shape in shape_examples(layer)[:SHAPES_SHOWN]]
        self.shapes.setText("\n".join(shapes))
        self.shapes.setVisible(bool(shapes))

    def _show_here(self, layer: type[Layer], here: Shape | None) -> None:
        self._here = ""
        if here is not None and layer.inputs and layer.outputs:
            found = shape_here(layer, here)
            self._here = escape(str(found))
            if not isinstance(found, str) and found.parameters:
                count = found.parameters
                text = trn("{number} parameter", "{number} parameters", count, number=f"{count:,}")
                self._here += f" · {text}"

    def _restyle(self) -> None:
        if self.layer is None:
            return
        page = page_of(self.layer)
        self._show_advice(self.here, tr("Here"), self._here, "accent")
        self._show_advice(self.when, tr("When to use"), tr(self.layer.when), "healthy")
        self._show_advice(self.pitfall, tr("Pitfall"), tr(self.layer.pitfall), "warning")
        accent = colour("accent").name()
        open_page = tr("Open the reference page")
        key = page.key if page is not None else ""
        self.link.setText(
            f'<a href="{key}" style="color:{accent}; text-decoration:none">{escape(open_page)}</a>'
        )
        self.link.setVisible(bool(key))
        self.update()

    def _show_advice(self, label: QLabel, head: str, text: str, tone: str) -> None:
        label.setText(f'<b style="color:{colour(tone).name()}">{head}</b>&nbsp; {text}')
        label.setVisible(bool(text))

    def open_beside(self, spot: QRect) -> None:
        """Show the card at the right of a rectangle of the parent, fully visible."""
        self._fit()
        room = self._over.rect().adjusted(SPACE, SPACE, -SPACE, -SPACE)
        x = min(spot.right() + SPACE, room.right() - self.width())
        y = min(spot.top() - SPACE, room.bottom() - self.height())
        self.move(QPoint(x, max(room.top(), y)))
        self.show()
        self.raise_()

    def _fit(self) -> None:
        self._column.activate()
        self.setFixedHeight(self._column.totalHeightForWidth(WIDTH))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A raised ground with a bar in the colour of the family."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = self.rect().toRectF().adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(colour("border"), 1))
        painter.setBrush(colour("raised"))
        painter.drawRoundedRect(ground, RADIUS + 2, RADIUS + 2)
        tone = family_colour(self.layer.family) if self.layer is not None else QColor("#8494a8")
        painter.fillRect(QRect(1, SPACE * 3 // 2, 3, self.height() - SPACE * 3), tone)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The card stays while the mouse is over it."""
        self.entered.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """The card may be hidden."""
        self.left.emit()


def _text(pixels: float, role: str = "", *, bold: bool = False, is_mono: bool = False) -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    set_font(label, pixels, bold=bold, is_mono=is_mono)
    label.setProperty("role", role)
    return label
