"""The palette: search on top, layers by family below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from playground.app.palette.chip import ChipView
from playground.app.palette.search import rank
from playground.app.theme.tokens import RADIUS, SPACE, body_font, colour, theme
from playground.catalog.registry import declared
from playground.graph.layer import Layer, UnknownLayer

COLUMNS = 2
STEPS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -COLUMNS,
    Qt.Key.Key_Down: COLUMNS,
}


class PaletteView(QWidget):
    """Every layer as a chip, to be dragged onto the canvas or chosen by double click or Enter."""

    layer_chosen = Signal(str)
    """A layer is to be added; the kind."""
    reference_asked = Signal(str)
    """A page of the reference is to be opened; its address."""

    def __init__(self, parent: QWidget | None = None, *, settings: QSettings | None = None) -> None:
        super().__init__(parent)
        self.settings = settings
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumWidth(184)
        self.shown: list[str] = []
        """The kinds in sight, in the order they stand."""
        self.current: str | None = None
        """The kind that Enter in the search field chooses."""
        self.field = QLineEdit()
        self.chips: dict[str, ChipView] = {}
        self._headings: dict[str, QLabel] = {}
        self.empty = QLabel()
        self._build()
        self._show_query()
        theme.changed.connect(self._restyle)
        self._restyle()

    def focus_search(self) -> None:
        """Put the cursor into the search field, what stands there selected."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # Making

    def _build(self) -> None:
        self.field.setPlaceholderText("Search layers…  /")
        self.field.setAccessibleName("Search layers")
        self.field.setToolTip(
            "Type a name, what it does, or another name for it; Enter adds the first. Key: /"
        )
        self.field.setClearButtonEnabled(True)
        self.field.setFont(body_font())
        self.field.textChanged.connect(self._show_query)
        self.field.installEventFilter(self)
        for kind, layer in declared(Layer).items():
            if layer is not UnknownLayer:
                self.chips[kind] = self._chip(kind)
        self._list = QWidget()
        self._list.setObjectName("palette_list")
        self._grid = QGridLayout(self._list)
        self._grid.setContentsMargins(SPACE + 2, 0, SPACE, SPACE)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(5)
        for column in range(COLUMNS):
            self._grid.setColumnStretch(column, 1)
        self.empty.setWordWrap(True)
        self.empty.setFont(body_font())
        self.empty.setParent(self._list)
        self._lay_out()

    def _chip(self, kind: str) -> ChipView:
        chip = ChipView(kind)
        chip.chosen.connect(self.layer_chosen)
        chip.stepped.connect(self._step_focus)
        return chip

    def _lay_out(self) -> None:
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._list)
        top = QVBoxLayout()
        top.setContentsMargins(SPACE + 2, SPACE + 2, SPACE, SPACE - 2)
        top.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._scroll)

    def _heading(self, family: str) -> QLabel:
        if family not in self._headings:
            label = QLabel(family.upper(), self._list)
            font = body_font(7.5, bold=True)
            label.setFont(font)
            label.setContentsMargins(1, 7, 0, 1)
            label.setStyleSheet(f"color: {colour('muted').name()}; background: transparent")
            self._headings[family] = label
        return self._headings[family]

    # Showing

    def _show_query(self) -> None:
        query = self.field.text()
        found = rank(query, self.chips)
        self._clear_grid()
        if query.strip():
            self._place_ranked(found)
        else:
            self._place_families(found)
        self._show_empty(query if not found else "")
        self._set_current(self.shown[0] if query.strip() and self.shown else None)
        self._scroll.verticalScrollBar().setValue(0)

    def _clear_grid(self) -> None:
        for widget in (*self.chips.values(), *self._headings.values(), self.empty):
            self._grid.removeWidget(widget)
            widget.hide()
        for row in range(self._grid.rowCount()):
            self._grid.setRowStretch(row, 0)

    def _place_ranked(self, found: list[str]) -> None:
        self.shown = found
        self._grid.setRowStretch(self._place_row(found, 0), 1)

    def _place_families(self, found: list[str]) -> None:
        families: dict[str, list[str]] = {}
        for kind in found:
            families.setdefault(self.chips[kind].layer.family, []).append(kind)
        row = 0
        self.shown = []
        for family, kinds in families.items():
            heading = self._heading(family)
            self._grid.addWidget(heading, row, 0, 1, COLUMNS)
            heading.show()
            row = self._place_row(kinds, row + 1)
            self.shown += kinds
        self._grid.setRowStretch(row, 1)

    def _place_row(self, kinds: list[str], row: int) -> int:
        for rank_, kind in enumerate(kinds):
            line, column = divmod(rank_, COLUMNS)
            self._grid.addWidget(self.chips[kind], row + line, column)
            self.chips[kind].show()
        return row + (len(kinds) + COLUMNS - 1) // COLUMNS

    def _show_empty(self, query: str) -> None:
        self.empty.setText(f"No layer matches “{query.strip()}”. Esc clears.")
        if query:
            self._grid.addWidget(self.empty, 0, 0, 1, COLUMNS, Qt.AlignmentFlag.AlignTop)
        self.empty.setVisible(bool(query))

    def _set_current(self, kind: str | None) -> None:
        self.current = kind
        for name, chip in self.chips.items():
            chip.set_current(name == kind)
        if kind is not None:
            self._scroll.ensureWidgetVisible(self.chips[kind], 0, SPACE)

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter in the search field move through the chips and choose one."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched is self.field and self._field_key(event.key()):
            return True
        return super().eventFilter(watched, event)

    def _field_key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.layer_chosen.emit(self.current)
        elif key in STEPS and self.shown and self._leads_out_of_the_text(key):
            self._set_current(self._stepped(self.current, key))
        else:
            return False
        return True

    def _leads_out_of_the_text(self, key: int) -> bool:
        # Within the text, left and right move the text cursor, as in any field.
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            return True
        at_end = self.field.cursorPosition() == len(self.field.text())
        return (
            self.current is not None
            and at_end
            and (key == Qt.Key.Key_Right or self.current != self.shown[0])
        )

    def _stepped(self, kind: str | None, key: int) -> str:
        if kind is None or kind not in self.shown:
            return self.shown[0]
        place = self.shown.index(kind) + STEPS[Qt.Key(key)]
        return self.shown[min(max(place, 0), len(self.shown) - 1)]

    def _step_focus(self, kind: str, key: int) -> None:
        if kind not in self.shown:
            return
        goal = self._stepped(kind, key)
        if goal == kind and key == Qt.Key.Key_Up:
            self.focus_search()
            return
        self.chips[goal].setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(self.chips[goal], 0, SPACE)

    # Looks

    def _restyle(self) -> None:
        surface, text = colour("surface").name(), colour("text").name()
        self.setStyleSheet(
            f"#palette, #palette_list {{ background: {surface}; }}"
            f"QLineEdit {{ background: {colour('field').name()}; color: {text};"
            f" border: 1px solid {colour('border').name()}; border-radius: {RADIUS}px;"
            f" padding: 6px 8px; selection-background-color: {colour('accent').name()};"
            f" selection-color: {colour('on_accent').name()}; }}"
            f"QLineEdit:focus {{ border-color: {colour('accent').name()}; }}"
            "QScrollArea { background: transparent; border: none; }"
            "QScrollBar:vertical { background: transparent; width: 8px; margin: 0; }"
            f"QScrollBar::handle:vertical {{ background: {colour('border').name()};"
            " border-radius: 3px; margin: 1px; min-height: 24px; }"
            "QScrollBar::add-line, QScrollBar::sub-line { height: 0; }"
        )
        muted = f"color: {colour('muted').name()}; background: transparent"
        for label in (*self._headings.values(), self.empty):
            label.setStyleSheet(muted)
        for chip in self.chips.values():
            chip.update()
