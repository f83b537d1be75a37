"""The palette: search on top, favourites and families below."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QLineEdit, QMenu, QScrollArea, QVBoxLayout, QWidget

from playground.app.palette.chip import ChipView
from playground.app.palette.heading import Heading
from playground.app.palette.hover import CardHover
from playground.app.palette.preferences import Preferences
from playground.app.palette.shelf import Group, Shelf
from playground.app.search import rank
from playground.app.theme.tokens import RADIUS, SPACE, colour, scaled_px, set_font, theme
from playground.catalog.registry import declared
from playground.graph.layer import Layer, UnknownLayer
from playground.translation import N_, tr

FAVOURITES = N_("Favourites")
NARROWEST = 184
LONGEST_SHOWN = 40
"""How many letters of a query that matches nothing are repeated."""
ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down)


class PaletteView(QWidget):
    """Every layer as a chip that is dragged onto the canvas, or added by double click or Enter."""

    removal_asked = Signal(str)
    """A saved block is to be removed; its name."""
    renaming_asked = Signal(str)
    """A saved block is to be renamed; its name."""
    layer_chosen = Signal(str)
    """A layer is to be added; the kind."""
    reference_asked = Signal(str)
    """A page of the reference is to be opened; its address."""

    def __init__(self, parent: QWidget | None = None, *, settings: QSettings | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.current: str | None = None
        """The kind that Enter in the search field adds."""
        self.field = QLineEdit()
        self.hover = CardHover(self)
        self.hover.reference_asked.connect(self.reference_asked)
        self.chips: dict[str, ChipView] = {}
        self.favourites: dict[str, ChipView] = {}
        """Chips of the favourites; each has a second chip in its family."""
        self.headings: dict[str, Heading] = {}
        self.shelf = Shelf()
        self.empty = QLabel(self.shelf)
        self._make_chips()
        self.preferences = Preferences(settings, self.chips)
        self._build()
        self._show_query()
        theme.changed.connect(self._restyle)
        self._restyle()

    @property
    def shown(self) -> list[str]:
        """The visible kinds, in the order of the list."""
        return [chip.kind for chip in self.shelf.chips]

    def focus_search(self) -> None:
        """Focus the search field and select its text."""
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    # Making

    def _build(self) -> None:
        self.field.setPlaceholderText(tr("Search layers…  /"))
        self.field.setAccessibleName(tr("Search layers"))
        self.field.setToolTip(
            tr("Search by name, alias or description. Enter adds the first result. Shortcut: /")
        )
        self.field.setClearButtonEnabled(True)
        set_font(self.field)
        self.field.textChanged.connect(self._show_query)
        self.field.installEventFilter(self)
        self.empty.setWordWrap(True)
        set_font(self.empty)
        self.empty.hide()
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.shelf)
        self._scroll.verticalScrollBar().valueChanged.connect(self.hover.close_now)
        top = QVBoxLayout()
        top.setContentsMargins(SPACE + 2, SPACE + 2, SPACE, SPACE - 2)
        top.addWidget(self.field)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self._scroll)

    def _chip(self, kind: str) -> ChipView:
        chip = ChipView(kind, self.shelf)
        chip.hide()
        chip.chosen.connect(self.layer_chosen)
        chip.stepped.connect(lambda _, key: self._step_focus(chip, key))
        chip.starred.connect(self.toggle_favourite)
        chip.menu_asked.connect(self._open_menu)
        chip.grasped.connect(self.hover.close_now)
        chip.pointed_at.connect(lambda is_on: self._point(chip, is_on))
        return chip

    def _point(self, chip: ChipView, is_on: bool) -> None:
        if is_on:
            self.hover.point_at(chip)
        else:
            self.hover.leave()

    def _heading(self, family: str, count: int) -> Heading:
        if family not in self.headings:
            self.headings[family] = Heading(family, self.shelf)
            self.headings[family].folded.connect(self._fold)
        self.headings[family].show_state(family in self.preferences.folded, count)
        return self.headings[family]

    # Showing

    def _show_query(self) -> None:
        query = self.field.text().strip()
        found = rank(query, self.chips)
        is_search = bool(query)
        self.empty.setText(
            tr(
                "No layer matches “{query}”. Press Esc to clear the search.",
                query=query if len(query) <= LONGEST_SHOWN else query[:LONGEST_SHOWN] + "…",
            )
        )
        self.hover.close_now()
        if is_search:
            chips = [self.chips[kind] for kind in found]
            self.shelf.show_groups([(None, chips)], None if found else self.empty)
        else:
            self.shelf.show_groups(self._groups(found))
        # Long labels come last, so the best match is not always the first on the shelf.
        self._set_current(found[0] if is_search and found else None)
        self._scroll.verticalScrollBar().setValue(0)

    def _groups(self, kinds: list[str]) -> list[Group]:
        families: dict[str, list[ChipView]] = {}
        for kind in self.preferences.favourites:
            families.setdefault(FAVOURITES, []).append(self._favourite(kind))
        for kind in kinds:
            families.setdefault(self.chips[kind].layer.family, []).append(self.chips[kind])
        folded = self.preferences.folded
        for kind, chip in self.chips.items():
            chip.set_favourite(kind in self.preferences.favourites)
        return [
            (self._heading(family, len(chips)), [] if family in folded else chips)
            for family, chips in families.items()
        ]

    def _favourite(self, kind: str) -> ChipView:
        if kind not in self.favourites:
            self.favourites[kind] = self._chip(kind)
            self.favourites[kind].set_favourite(True)
        return self.favourites[kind]

    def _set_current(self, kind: str | None) -> None:
        self.current = kind
        for name, chip in self.chips.items():
            chip.set_current(name == kind)
        if kind is not None:
            self._scroll.ensureWidgetVisible(self.chips[kind], 0, SPACE)

    def _make_chips(self) -> None:
        layers = {k: layer for k, layer in declared(Layer).items() if layer is not UnknownLayer}
        for kind in [k for k, c in self.chips.items() if layers.get(k) is not c.layer]:
            self.chips.pop(kind).deleteLater()
            if kind in self.favourites:
                self.favourites.pop(kind).deleteLater()
        made = {kind: self.chips.get(kind) or self._chip(kind) for kind in layers}
        self.chips.clear()
        self.chips.update(made)

    def refresh_layers(self) -> None:
        """Show the current layers: a saved block was added, renamed or removed."""
        self.hover.close_now()
        self._make_chips()
        self.preferences.keep_only(self.chips)
        self._show_query()

    # Favourites and families

    def toggle_favourite(self, kind: str) -> None:
        """Add a layer to the favourites, or remove it."""
        self.hover.close_now()
        self.preferences.set_favourite(kind, kind not in self.preferences.favourites)
        self._show_again()

    def _fold(self, family: str, is_folded: bool) -> None:
        self.preferences.set_folded(family, is_folded)
        self._show_again()

    def _show_again(self) -> None:
        place = self._scroll.verticalScrollBar().value()
        for kind, chip in self.chips.items():
            chip.set_favourite(kind in self.preferences.favourites)
        if not self.field.text().strip():
            self._show_query()
            self._scroll.verticalScrollBar().setValue(place)

    def menu_for(self, kind: str) -> QMenu:
        """The context menu of a layer."""
        menu = QMenu(self)
        is_favourite = kind in self.preferences.favourites
        text = tr("Remove from favourites") if is_favourite else tr("Add to favourites")
        menu.addAction(tr("Add to the canvas"), lambda: self.layer_chosen.emit(kind))
        menu.addAction(text, lambda: self.toggle_favourite(kind))
        plain, _, saved = kind.partition(":")
        menu.addAction(tr("Open reference"), lambda: self.reference_asked.emit(f"layers/{plain}"))
        if saved:
            menu.addAction(tr("Rename…"), lambda: self.renaming_asked.emit(saved))
            menu.addAction(tr("Remove from the palette"), lambda: self.removal_asked.emit(saved))
        return menu

    def _open_menu(self, kind: str, place: QPoint) -> None:
        menu = self.menu_for(kind)
        menu.exec(place)
        menu.deleteLater()

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys and Enter in the search field select a chip and choose it."""
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return super().eventFilter(watched, event)
        if watched is self.field and self._field_key(event.key()):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes the help card."""
        if event.key() == Qt.Key.Key_Escape and self.hover.is_open:
            self.hover.close_now()
        else:
            super().keyPressEvent(event)

    def _field_key(self, key: int) -> bool:
        if key == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current is not None:
            self.layer_chosen.emit(self.current)
        elif key in ARROWS and self.shown and self._leads_out_of_the_text(key):
            goal = self.shelf.neighbour(self.chips.get(self.current or ""), key)
            self._set_current(goal.kind if goal is not None else None)
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

    def _step_focus(self, chip: ChipView, key: int) -> None:
        goal = self.shelf.neighbour(chip, key)
        if goal is None or (goal is chip and key == Qt.Key.Key_Up):
            self.focus_search()
            return
        goal.setFocus(Qt.FocusReason.OtherFocusReason)
        self._scroll.ensureWidgetVisible(goal, 0, SPACE)

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
        self.empty.setStyleSheet(f"color: {colour('muted').name()}; background: transparent")
        self.setMinimumWidth(scaled_px(NARROWEST))
        for chip in (*self.chips.values(), *self.favourites.values()):
            chip.restyle()
        self.shelf.lay_out()
