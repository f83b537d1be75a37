"""A wire on the canvas: its line, the label of its shape, and the gradient that flows back."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPainterPath, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from playground.app.canvas.items.geometry import bridge_path, nearest, samples, wire_path
from playground.app.canvas.items.node_item import DETAIL_FROM
from playground.app.canvas.items.readings import WireLook
from playground.app.canvas.items.style import style
from playground.app.canvas.items.wire_route import Route
from playground.app.theme.tokens import colour
from playground.graph.graph import Edge
from playground.graph.shape import Shape
from playground.translation import tr

MARGIN = 5.0
LABEL_HEIGHT = 15.0
DASH, GAP = 6.0, 9.0
"""The dashes of a pulse, in canvas units."""


ANTIALIASING = QPainter.RenderHint.Antialiasing
NO_BRUSH = Qt.BrushStyle.NoBrush


class WireItem(QGraphicsRectItem):
    """Draws a wire. It is a QGraphicsRectItem for the same reason as a node is."""

    def __init__(self, edge: Edge) -> None:
        super().__init__()
        self.edge = edge
        self.look: WireLook | None = None
        self.shape_carried: Shape | None = None
        self.is_selected = False
        self.is_hovered = False
        self.is_target = False
        """Whether the dragged layer would be inserted here."""
        self.phase = 0.0
        self.path = QPainterPath()
        self.points: list[QPointF] = []
        self._ends = (QPointF(), QPointF())
        self._route = Route(0.0)
        self._is_straight = False
        self._label = ""
        self._label_text = QStaticText()
        self._label_at = QPointF()
        self._label_width = 0.0
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)

    @property
    def label(self) -> str:
        """The label of the shape; "" if it is unknown or there is no room."""
        return self._label

    def set_ends(self, start: QPointF, end: QPointF, route: Route) -> None:
        """Set both ends, and the route around cards in between."""
        if (start, end) == self._ends and route == self._route and self.points:
            return
        self._ends, self._route = (QPointF(start), QPointF(end)), route
        is_level = abs(start.y() - end.y()) < 2 and start.x() < end.x()
        self._is_straight = is_level and route.span is None
        self.setZValue(-1 if route.span else 0)  # it crosses wires whose labels it must not hide
        if route.span is None:
            self.path = wire_path(start, end, route.lane)
        else:
            self.path = bridge_path(start, end, route.span, route.lane)
        self.points = samples(self.path)
        self._place_label()

    def set_shape(self, shape: Shape | None) -> None:
        """Set the shape of the label."""
        if shape != self.shape_carried:
            self.shape_carried = shape
            self._place_label()

    def _place_label(self) -> None:
        start, end = self._ends
        room = end.x() - start.x() - 12
        metrics = QFontMetricsF(style().label_font)
        shape = self.shape_carried
        texts = (
            [] if shape is None else [str(shape), shape.example, shape.example.replace("×", "·")]
        )
        if room < 0:
            room = 200.0  # it leads back around its nodes: the bow has room
        fitting = [text for text in texts if metrics.horizontalAdvance(text) <= room]
        self._label = fitting[0] if fitting else ""
        self._label_width = metrics.horizontalAdvance(self._label)
        self._label_text = QStaticText(self._label)
        self._label_text.setTextFormat(Qt.TextFormat.PlainText)
        middle = self.path.pointAtPercent(0.5)
        is_level = abs(end.y() - start.y()) < 40 or end.x() <= start.x()
        is_level |= self._route.span is not None
        lift = LABEL_HEIGHT + 3 if is_level else LABEL_HEIGHT / 2
        self._label_at = middle - QPointF(self._label_width / 2, lift)
        self._set_bounds()

    def _set_bounds(self) -> None:
        line = self.path.boundingRect().adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
        label = QRectF(self._label_at, self._label_at + QPointF(self._label_width, LABEL_HEIGHT))
        self.setRect(line.united(label.adjusted(-4, -1, 4, 1)) if self._label else line)

    def distance_to(self, at: QPointF) -> tuple[float, float]:
        """The distance of a place from the wire, and how far along the wire it is (0 to 1)."""
        reach = 24.0
        if not self.rect().adjusted(-reach, -reach, reach, reach).contains(at):
            return float("inf"), 0.0
        return nearest(self.points, at)

    def set_look(self, look: WireLook | None) -> None:
        """Show readings of the running net."""
        if look != self.look:
            self.look = look
            self.update()

    def mark(self, **flags: bool) -> None:
        """Set some of `is_selected`, `is_hovered`, `is_target`; repaints if one changed."""
        changed = {name: value for name, value in flags.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if changed:
            self.update()

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        self._place_label()
        self.update()

    @property
    def is_pulsing(self) -> bool:
        """Whether a moving gradient is shown."""
        return self.look is not None and (self.look.pulse > 0 or self.look.is_vanishing)

    def advance_pulse(self, seconds: float) -> None:
        """Advance the gradient's flow from the target back to the source."""
        if self.look is None:
            return
        speed = 6.0 if self.look.is_vanishing else 14.0 + 76.0 * self.look.pulse
        self.phase = (self.phase + speed * seconds) % 600.0
        self.update()

    @property
    def tooltip(self) -> str:
        """The shape, and the numbers that the line shows."""
        shape, look = self.shape_carried, self.look
        lines = [tr("shape: {shape}", shape=shape) if shape else tr("shape: not known yet")]
        if look is not None and look.activation is not None:
            value = f"{look.activation:.3g}"
            lines.append(tr("activation (root mean square): {value}", value=value))
        if look is not None and look.gradient is not None:
            value = f"{look.gradient:.3g}"
            lines.append(tr("gradient (root mean square): {value}", value=value))
        if look is not None and look.is_vanishing:
            lines.append(tr("vanishing gradient: almost none flows back through this wire"))
        return "\n".join(lines)

    # Painting

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the line, its pulse and its label; at a small zoom only the line."""
        zoom = painter.worldTransform().m11()
        if zoom < DETAIL_FROM:
            self._paint_far(painter)
            return
        painter.setRenderHint(ANTIALIASING)
        painter.setBrush(NO_BRUSH)
        painter.setPen(self._line_pen())
        painter.drawPath(self.path)
        if self.look is not None and self.look.pulse > 0:
            painter.setPen(self._pulse_pen(self.look))
            painter.drawPath(self.path)
        if self._label:
            self._paint_label(painter)

    def _paint_far(self, painter: QPainter) -> None:
        look = style()
        is_plain = self.look is None and not (self.is_selected or self.is_target)
        painter.setPen(look.far_wire if is_plain else look.far(self._line_pen()))
        if self._is_straight:
            painter.drawLine(*self._ends)
        else:
            painter.setBrush(NO_BRUSH)
            painter.drawPath(self.path)

    def _line_pen(self) -> QPen:
        look = style()
        if self.is_target or self.is_selected:
            pen = QPen(look.accent)
            pen.setWidthF(3.0 if self.is_target else 2.4)
        elif self.look is None:
            pen = QPen(look.wire)
        else:
            pen = QPen(self.look.colour, self.look.width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            if self.look.is_vanishing:
                pen.setDashPattern([3.0, 5.0])
                pen.setDashOffset(self.phase / self.look.width)
        if self.is_hovered:
            pen.setWidthF(pen.widthF() + 1.0)
        return pen

    def _pulse_pen(self, look: WireLook) -> QPen:
        width = max(1.2, look.width * 0.5)
        pen = QPen(colour(style().pulse, 0.3 + 0.6 * look.pulse), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        pen.setDashPattern([DASH / width, GAP / width])
        # A growing offset shifts the dashes towards the start: the gradient flows back.
        pen.setDashOffset(self.phase / width)
        return pen

    def _paint_label(self, painter: QPainter) -> None:
        look = style()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("canvas", 0.86))
        place = QRectF(self._label_at, self._label_at + QPointF(self._label_width, LABEL_HEIGHT))
        painter.drawRoundedRect(place.adjusted(-3, 0, 3, 0), 4, 4)
        painter.setFont(look.label_font)
        painter.setPen(look.muted)
        painter.drawStaticText(self._label_at + QPointF(0, 1.5), self._label_text)
