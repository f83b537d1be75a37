"""A node on the canvas: a card with ports, painted from values."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QImage, QPainter, QPen, QStaticText
from PySide6.QtWidgets import QGraphicsRectItem, QStyleOptionGraphicsItem, QWidget

from playground.app.canvas.items import node_paint
from playground.app.canvas.items.card import NOTE_GAP, PAD_LEFT, PAD_RIGHT, Card, note_size
from playground.app.canvas.items.pixmap_cache import PixmapCache, Rendering
from playground.app.canvas.items.readings import NodeReading
from playground.app.canvas.items.style import OPTIONAL_RADIUS, PORT_RADIUS, style
from playground.app.theme.tokens import colour
from playground.graph.layer import Port
from playground.translation import tr, trn

MARGIN = 10.0
DETAIL_FROM, TITLE_FROM = 0.45, 0.28
"""Zooms below which a card is only its title, and only a rectangle."""

Curve = tuple[tuple[float, float], ...]
"""Epochs and losses."""
PortKey = tuple[str, bool]
"""The name of a port, and whether it is an output."""


class NodeItem(QGraphicsRectItem):
    """Draws a node. It handles no events: the scene finds what is under the cursor.

    It is a QGraphicsRectItem so that Qt asks C++ for its bounds, not Python, on every repaint.
    """

    def __init__(self, node_id: str, card: Card, rendering: Rendering) -> None:
        super().__init__()
        self.node_id = node_id
        self._rendering = rendering
        self._cache = PixmapCache()
        self.card = card
        self.reading: NodeReading | None = None
        self.preview: QImage | None = None
        self.curve: Curve = ()
        self.loss: float | None = None
        self.is_selected = False
        self.is_non_finite = False
        self.is_hovered = False
        self.is_button_hot = False
        self.open_ports: frozenset[PortKey] = frozenset()
        """Ports that the unfinished wire may end at."""
        self.hot_port: PortKey | None = None
        self._title = QStaticText()
        self._sub = QStaticText()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(1)
        self.set_card(card)

    # What it shows

    def set_card(self, card: Card) -> None:
        """Show another card."""
        self.card = card
        width, height = card.size
        self.setRect(QRectF(-MARGIN, -MARGIN, width + 2 * MARGIN, height + 2 * MARGIN))
        self._set_texts()
        self.redraw()

    def _set_texts(self) -> None:
        look, card = style(), self.card
        room = card.width - PAD_LEFT - PAD_RIGHT
        badge, _ = self.badge
        if badge:
            room -= QFontMetricsF(look.badge_font).horizontalAdvance(badge) + 16
        sub = card.sub
        if card.body == "curve" and self.loss is not None:
            sub = f"{self.loss:.4f}" if abs(self.loss) < 1e4 else f"{self.loss:.3e}"
        elide = Qt.TextElideMode.ElideRight
        self._title = _static(QFontMetricsF(look.title_font).elidedText(card.title, elide, room))
        room = card.width - PAD_LEFT - PAD_RIGHT + 4
        self._sub = _static(QFontMetricsF(look.sub_font).elidedText(sub, elide, room))

    @property
    def badge(self) -> tuple[str, str]:
        """The text of the badge and the token of its colour; two empty texts for no badge."""
        if self.is_non_finite:
            return "NaN", "danger"
        return self.reading.badge if self.reading is not None else ("", "")

    def set_reading(self, reading: NodeReading | None) -> None:
        """Show a reading of the running net, also if the same object was updated."""
        self.reading = reading
        self._set_texts()
        self.redraw()

    def set_loss(self, loss: float | None) -> None:
        """Show the current loss, if this is the Output."""
        if loss != self.loss:
            self.loss = loss
            self._set_texts()
            self.redraw()

    def mark(self, **flags: object) -> None:
        """Set some of `is_selected`, `is_hovered`, `hot_port`, ...; repaints if one changed."""
        changed = {name: value for name, value in flags.items() if getattr(self, name) != value}
        for name, value in changed.items():
            setattr(self, name, value)
        if "is_non_finite" in changed:
            self._set_texts()
        if changed:
            self.redraw()

    def redraw(self) -> None:
        """Paint it again: something has changed."""
        self._cache.is_stale = True
        self.update()

    def forget_pixels(self) -> None:
        """Release the cached pixmap: the item is removed."""
        self._cache.forget()

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        if self.reading is not None:
            self.reading.recolour()
        self._set_texts()
        self.redraw()

    @property
    def tooltip(self) -> str:
        """Findings, dead units, non-finite values; without any, what the layer does."""
        lines = [self.card.tooltip]
        if self.is_non_finite:
            lines.insert(0, tr("NaN or infinity appeared here first."))
        if self.reading is not None and self.reading.dead_count:
            count, total = self.reading.dead_count, self.reading.dead_total
            dead = trn(
                "{count} of {total} units never fires.",
                "{count} of {total} units never fire.",
                count,
                total=total,
            )
            lines.append(f"{dead} {self.reading.cause}".strip())
        return "\n".join(lines)

    def port_tooltip(self, key: PortKey) -> str:
        """The name of a port and what it expects; "" for an only port without a description."""
        ports = self.card.outputs if key[1] else self.card.inputs
        port = next((p for p in ports if p.name == key[0]), None)
        if port is None or (len(ports) == 1 and not port.help):
            return ""
        name = tr("{port} (optional)", port=port.name) if port.is_optional else port.name
        return f"{name}: {tr(port.help)}" if port.help else name

    # Where things are

    @property
    def frame(self) -> QRectF:
        """The card in scene coordinates, without ports and note."""
        return QRectF(self.pos(), self.pos() + QPointF(self.card.width, self.card.height))

    @property
    def footprint(self) -> QRectF:
        """The card with its note, in scene coordinates."""
        width, height = self.card.size
        return QRectF(self.pos(), self.pos() + QPointF(width, height))

    def port_pos(self, name: str, *, is_output: bool) -> QPointF:
        """A port in scene coordinates."""
        return self.pos() + QPointF(*self.card.port_at(name, is_output=is_output))

    def ports(self) -> list[PortKey]:
        """All ports, inputs first."""
        ins: list[PortKey] = [(port.name, False) for port in self.card.inputs]
        return ins + [(port.name, True) for port in self.card.outputs]

    @property
    def note_rect(self) -> QRectF:
        """The note under the card, in item coordinates; empty if there is none."""
        width, height = note_size(self.card)
        return QRectF(0, self.card.height + NOTE_GAP, width, height)

    @property
    def button_rect(self) -> QRectF:
        """The button that applies the fix, in item coordinates; empty if there is none."""
        note = self.card.note
        return QRectF() if note is None else node_paint.button_rect(note, self.note_rect)

    def button_at(self, scene_pos: QPointF) -> bool:
        """Whether the button that applies the fix is at a place."""
        return self.button_rect.contains(scene_pos - self.pos())

    # Painting

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Paint the card; from afar, its title or only its shape."""
        zoom = painter.worldTransform().m11()
        if zoom < DETAIL_FROM:
            self._paint_far(painter, zoom)
        elif self._rendering.is_print:
            self._paint_near(painter)
        else:
            self._cache.draw(painter, self.rect(), self._rendering, self._paint_near)

    def _paint_near(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        card = self.card
        node_paint.paint_frame(painter, card, self._frame_pen())
        self._paint_texts(painter)
        self._paint_body(painter)
        if card.note is not None:
            hot = self.is_button_hot
            node_paint.paint_note(painter, card.note, self.note_rect, is_button_hot=hot)
        self._paint_ports(painter)

    def _frame_pen(self) -> QPen:
        look, note = style(), self.card.note
        if self.is_selected:
            return look.accent
        if self.is_non_finite or (note is not None and note.tone == "error"):
            return look.danger
        if note is not None and note.tone == "pending":
            return look.pending
        return look.hover if self.is_hovered else look.border

    def _paint_far(self, painter: QPainter, zoom: float) -> None:
        look, card = style(), self.card
        is_plain = card.note is None and not (self.is_selected or self.is_non_finite)
        painter.setPen(look.far_border if is_plain else look.far(self._frame_pen()))
        painter.setBrush(look.surface)
        painter.drawRect(QRectF(0, 0, card.width, card.height))
        painter.fillRect(QRectF(0, 0, 8, card.height), look.family(card.family))
        if zoom >= TITLE_FROM:
            painter.setFont(look.title_font)
            painter.setPen(look.text)
            painter.drawStaticText(QPointF(PAD_LEFT, 7), self._title)

    def _paint_texts(self, painter: QPainter) -> None:
        look = style()
        text, token = self.badge
        if text:
            node_paint.paint_badge(painter, self.card, text, token)
        painter.setFont(look.title_font)
        painter.setPen(look.text)
        painter.drawStaticText(QPointF(PAD_LEFT, 8), self._title)
        painter.setFont(look.sub_font)
        painter.setPen(look.muted)
        painter.drawStaticText(QPointF(PAD_LEFT, 27), self._sub)

    def _paint_body(self, painter: QPainter) -> None:
        card = self.card
        if card.body == "maps":
            node_paint.paint_tiles(painter, card, self.reading)
        elif card.body == "firing":
            node_paint.paint_firing(painter, card, self.reading)
        elif card.body == "preview":
            node_paint.paint_preview(painter, card, self.preview)
        elif card.body == "curve":
            node_paint.paint_curve(painter, card, self.curve)
        elif card.lines and self.reading is not None:
            node_paint.paint_lines(painter, card, self.reading.lines)

    def _paint_ports(self, painter: QPainter) -> None:
        look = style()
        for key in self.ports():
            place = QPointF(*self.card.port_at(key[0], is_output=key[1]))
            is_hot, is_open = key == self.hot_port, key in self.open_ports
            port = self._input(key)
            is_faint = port is not None and port.is_optional
            plain = look.optional_port if is_faint else look.port
            painter.setPen(look.accent if is_hot or is_open else plain)
            painter.setBrush(colour("accent", 0.9) if is_hot else look.canvas)
            radius = OPTIONAL_RADIUS if is_faint else PORT_RADIUS
            radius += 2.4 if is_hot else 1.0 if is_open else 0.0
            if port is not None and port.many:
                tall = QRectF(0, 0, 2 * radius, 4 * radius)
                tall.moveCenter(place)
                painter.drawRoundedRect(tall, radius, radius)
            else:
                painter.drawEllipse(place, radius, radius)

    def _input(self, key: PortKey) -> Port | None:
        return next((p for p in self.card.inputs if (p.name, False) == key), None)


def _static(text: str) -> QStaticText:
    found = QStaticText(text)
    found.setTextFormat(Qt.TextFormat.PlainText)
    found.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    return found
