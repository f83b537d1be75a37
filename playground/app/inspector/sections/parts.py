"""The layers of a saved block with their options, which are set without opening the block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import ValidationError
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from playground.app.document import Document
from playground.app.inspector.form import OptionEdit, OptionsForm
from playground.app.inspector.section import Section, has_form
from playground.app.theme.draw import RIGHT, draw_text, text_width
from playground.app.theme.tokens import SMALL_PX, body_font, colour, scaled_px, set_font, theme
from playground.app.widgets.cards import heading
from playground.catalog.layers.base.user_block import SavedBlock
from playground.catalog.registry import explain
from playground.graph.layer import Layer
from playground.graph.shape import Shape, ShapeError
from playground.translation import tr

HEIGHT = 24
TEXT_AT = 14
"""Left edge of the name, behind the chevron."""
WITHIN = " › "


@dataclass(frozen=True)
class Part:
    """A layer inside a block."""

    path: tuple[str, ...]
    """Its id, after those of the blocks it lies within."""
    title: str
    layer: Layer
    summary: str
    """Its sizes: "2 → 16"; empty if they are unknown."""


def parts_of(block: SavedBlock, inputs: tuple[Shape, ...] | None) -> Iterator[Part]:
    """The layers that have options, in the order they run; a block within is replaced by its own.

    `inputs` are the shapes of the block's inputs, if they are known.
    """
    parts = block.parts()
    known = {}
    if inputs is not None:
        try:
            known = dict(block.examined(parts, inputs).inputs)
        except ShapeError:  # shown at the block itself
            known = {}
    titles = [node.title for node in parts.graph.nodes.values()]
    for node_id in parts.graph.order:
        node = parts.graph.nodes[node_id]
        is_unique = titles.count(node.title) == 1
        title = node.title if is_unique else f"{node.title} {node_id}"
        fed = known.get(node_id)
        if isinstance(node.layer, SavedBlock):
            for inner in parts_of(node.layer, fed):
                path, name = (node_id, *inner.path), title + WITHIN + inner.title
                yield Part(path, name, inner.layer, inner.summary)
        elif has_form(node.layer):
            summary = node.layer.summary(*fed) if fed is not None else ""
            yield Part((node_id,), title, node.layer, summary)


class PartHeading(QAbstractButton):
    """The name of a layer with a chevron, and its sizes at the right."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.setCheckable(True)
        set_font(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.show_part(part)
        theme.changed.connect(self._restyle)
        self._restyle()

    def _restyle(self) -> None:
        self.setFixedHeight(scaled_px(HEIGHT))
        self.update()

    def show_part(self, part: Part) -> None:
        """Show the name and the sizes as they are now."""
        self.part = part
        self.setText(part.title)
        self.setAccessibleName(part.title)
        self.setAccessibleDescription(part.summary)
        self.setToolTip(f"{part.title}: {tr(part.layer.help())}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, scaled_px(HEIGHT))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens it as Space does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_lit = self.underMouse() or self.hasFocus() or self.isChecked()
        tone, small = "text" if is_lit else "muted", body_font(SMALL_PX)
        aside = min(text_width(self.part.summary, small), self.width() * 0.45)
        room = QRectF(TEXT_AT, 0, self.width() - TEXT_AT - aside - 8, self.height())
        painter.setPen(QPen(colour(tone), 1.2))
        x, y = 3.0, self.height() / 2
        if self.isChecked():
            points = [QPointF(x - 1, y - 1.5), QPointF(x + 2, y + 1.5), QPointF(x + 5, y - 1.5)]
        else:
            points = [QPointF(x, y - 3), QPointF(x + 3, y), QPointF(x, y + 3)]
        painter.drawPolyline(QPolygonF(points))
        draw_text(painter, room, self.text(), self.font(), tone)
        end = QRectF(self.width() - aside, 0, aside, self.height())
        draw_text(painter, end, self.part.summary, small, "faint", RIGHT)
        if self.hasFocus():
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(-2, 1.5, -0.5, -1.5), 4, 4)


class PartsSection(Section):
    """A heading per layer of a block; its form is made when the heading is first opened."""

    def __init__(self, document: Document, node_id: str, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.node_id = node_id
        self.body.setSpacing(0)
        self.headings: dict[tuple[str, ...], PartHeading] = {}
        self.forms: dict[tuple[str, ...], OptionsForm] = {}
        self._title = heading(tr("Layers of the block"))
        self.body.addWidget(self._title)

    def refresh(self) -> None:
        """Show the layers as they are now."""
        parts = {part.path: part for part in self._parts()}
        shown = {path: type(head.part.layer) for path, head in self.headings.items()}
        if list(shown.items()) != [(path, type(part.layer)) for path, part in parts.items()]:
            self._build(parts)
        self._title.setVisible(bool(parts))
        for path, part in parts.items():
            self.headings[path].show_part(part)
            if path in self.forms:
                self.forms[path].show_values(part.layer)

    def _parts(self) -> list[Part]:
        node = self.document.graph.nodes.get(self.node_id)
        if node is None or not isinstance(node.layer, SavedBlock):
            return []
        return list(parts_of(node.layer, self.document.examined.inputs.get(self.node_id)))

    def _build(self, parts: dict[tuple[str, ...], Part]) -> None:
        for widget in (*self.headings.values(), *self.forms.values()):
            self.body.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self.forms.clear()
        self.headings = {path: PartHeading(part) for path, part in parts.items()}
        for path, head in self.headings.items():
            head.toggled.connect(lambda is_open, path=path: self._unfold(path, is_open))
            self.body.addWidget(head)

    def _unfold(self, path: tuple[str, ...], is_open: bool) -> None:
        if path not in self.forms:
            part = self.headings[path].part
            form = OptionsForm(type(part.layer), is_nested=True)
            form.edited.connect(lambda edit: self._on_edited(path, edit))
            form.edit_ended.connect(self.document.end_merge)
            form.show_values(part.layer)
            self.forms[path] = form
            self.body.insertWidget(self.body.indexOf(self.headings[path]) + 1, form)
        self.forms[path].setVisible(is_open)

    def _on_edited(self, path: tuple[str, ...], edit: OptionEdit) -> None:
        node = self.document.graph.nodes[self.node_id]
        assert isinstance(node.layer, SavedBlock)
        try:
            block = node.layer.with_part_options(path, **{edit.path[0]: edit.value})
        except ValidationError as error:
            self.forms[path].refuse(edit.path, explain(error))
            return
        part = self.headings[path].part.title
        name = edit.name_for(tr("{layer} in {block}", layer=part, block=node.title))
        key = ".".join((node.id, *path, *edit.path))
        graph = self.document.graph.set_layer(node.id, block)
        self.document.edit_graph(name, graph, merge_key=key)
