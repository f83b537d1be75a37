"""The reference window: one page per declaration, with a search."""

from __future__ import annotations

from functools import cache
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QUrl
from PySide6.QtGui import QKeyEvent, QTextDocument
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QTextBrowser,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from playground.app.help.html import FORMULA, PAGE, html
from playground.app.search import rank_declarations, text_of
from playground.app.theme.tokens import (
    CAPTION_PX,
    SPACE,
    TITLE_PX,
    body_font,
    colour,
    scaled_px,
    set_font,
    theme,
)
from playground.app.widgets.formula import formula_image
from playground.catalog.options import options_of
from playground.graph.declaration import Declaration
from playground.reference.page import Page, page_of, pages, section_title
from playground.translation import tr

KEY = Qt.ItemDataRole.UserRole
FIRST_SIZE = (860, 620)
LIST_WIDTH = 236


@cache
def page_text(declaration: type[Declaration]) -> str:
    """Everything on a page in lower case, for the search."""
    page = page_of(declaration)
    parts = [text_of(declaration), declaration.source]
    if page is not None:
        parts += [text for _, text in page.advice]
        parts += [f"{option.title} {option.name} {option.help}" for option in page.options]
        parts += [f"{o.title} {o.help}" for o in options_of(declaration)]
    return " ".join(parts).casefold()


class PageBrowser(QTextBrowser):
    """Shows a page, with its formula in the colours of the theme."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page: Page | None = None
        self.setOpenLinks(False)
        self.setFrameShape(self.Shape.NoFrame)
        set_font(self)
        self.document().setDocumentMargin(SPACE * 3)
        self.setAccessibleName(tr("Reference page"))
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_page(self, page: Page) -> None:
        """Show this page, scrolled to its top."""
        self.page = page
        self.setHtml(html(page))
        self.verticalScrollBar().setValue(0)

    def loadResource(self, value_type: int, name: QUrl | str) -> Any:
        """Draws formulas when they are requested; loads nothing else."""
        url = QUrl(name) if isinstance(name, str) else name
        found = pages().get(url.path()) if url.scheme() == FORMULA else None
        if found is None or value_type != QTextDocument.ResourceType.ImageResource.value:
            return None
        width = max(200.0, self.viewport().width() - 6 * SPACE)
        return formula_image(
            found.declaration.formula,
            pixels=TITLE_PX,
            ratio=self.devicePixelRatioF(),
            width=width,
        )

    def _restyle(self) -> None:
        self.setStyleSheet(
            f"QTextBrowser {{ background: {colour('surface').name()}; border: none; }}"
        )
        if self.page is not None:
            place = self.verticalScrollBar().value()
            self.document().clear()
            self.setHtml(html(self.page))
            self.verticalScrollBar().setValue(place)


class ReferenceWindow(QDialog):
    """A search field above the list of pages, and the page beside it. Not modal."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Reference"))
        self.setModal(False)
        self.resize(QSize(*map(scaled_px, FIRST_SIZE)).boundedTo(self.screen().availableSize()))
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("Search the reference"))
        self.field.setAccessibleName(tr("Search the reference"))
        self.field.setClearButtonEnabled(True)
        self.field.textChanged.connect(self._show_query)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Pages"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(self._show_item)
        self.browser = PageBrowser()
        self.browser.anchorClicked.connect(self._follow)
        self.back = QToolButton()
        self.back.setText(tr("‹ Back"))
        self.back.setProperty("role", "quiet")
        self.back.setToolTip(tr("Back to the previous page (Alt+Left)"))
        self.back.setShortcut("Alt+Left")
        self.back.clicked.connect(self.go_back)
        self.back.hide()
        self._before: list[str] = []
        self._lay_out()
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show_query()

    def _lay_out(self) -> None:
        side = QVBoxLayout()
        side.setContentsMargins(SPACE, SPACE, 0, SPACE)
        side.addWidget(self.field)
        side.addWidget(self.list, 1)
        left = QWidget()
        left.setLayout(side)
        self._left = left
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE)
        layout.addWidget(left)
        right = QVBoxLayout()
        right.setContentsMargins(0, SPACE // 2, 0, 0)
        right.setSpacing(0)
        right.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        right.addWidget(self.browser, 1)
        layout.addLayout(right, 1)

    def open_page(self, key: str = "") -> None:
        """Show the window with the page at an address, or with the last page."""
        self.field.clear()
        if key in pages():
            self._choose(key)
        self.show()
        self.raise_()
        self.activateWindow()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def current(self) -> str:
        """The address of the page that is shown."""
        return self.browser.page.key if self.browser.page is not None else ""

    @property
    def shown(self) -> list[str]:
        """The addresses in the list, from the top."""
        keys = (self.list.item(row).data(KEY) for row in range(self.list.count()))
        return [key for key in keys if key]

    # Links

    def _follow(self, url: QUrl) -> None:
        if url.scheme() == PAGE and url.path() in pages():
            self._before.append(self.current)
            self.back.show()
            self._go(url.path())

    def go_back(self) -> None:
        """Return to the page whose link was followed last."""
        if self._before:
            self._go(self._before.pop())
            self.back.setVisible(bool(self._before))

    def _go(self, key: str) -> None:
        if key not in self.shown:
            self.field.clear()
        self._choose(key)

    # The list

    def _show_query(self) -> None:
        query = self.field.text()
        known = pages()
        among = {key: page.declaration for key, page in known.items()}
        found = rank_declarations(query, among, page_text)
        before = self.current
        self.list.blockSignals(True)
        self.list.clear()
        section = ""
        for key in found:
            if not query.strip() and known[key].section != section:
                section = known[key].section
                self._add_heading(section_title(section))
            self._add(known[key])
        self.list.blockSignals(False)
        if not found:
            self._add_heading(tr("No results for “{query}”", query=query.strip()))
        elif query.strip() or before not in found:
            self._choose(found[0])
        else:
            self._choose(before)

    def _add(self, page: Page) -> None:
        item = QListWidgetItem(f"   {page.title}", self.list)
        item.setData(KEY, page.key)
        item.setToolTip(page.subtitle)

    def _add_heading(self, text: str) -> None:
        item = QListWidgetItem(text.upper(), self.list)
        item.setFlags(Qt.ItemFlag.NoItemFlags)
        item.setFont(body_font(CAPTION_PX, bold=True))
        item.setForeground(colour("muted"))

    def _choose(self, key: str) -> None:
        for row in range(self.list.count()):
            if self.list.item(row).data(KEY) == key:
                self.list.setCurrentRow(row)
                self._show_item(self.list.item(row))

    def _show_item(self, item: QListWidgetItem | None) -> None:
        key = item.data(KEY) if item is not None else None
        if key and key != self.current:
            self.browser.show_page(pages()[key])

    def _restyle(self) -> None:
        self._left.setFixedWidth(scaled_px(LIST_WIDTH))
        for row in range(self.list.count()):
            if not self.list.item(row).data(KEY):
                self.list.item(row).setFont(body_font(CAPTION_PX, bold=True))
                self.list.item(row).setForeground(colour("muted"))

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys in the search field move through the list."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                self._step(1 if key == Qt.Key.Key_Down else -1)
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                return True  # the page is shown already; do not close the dialog
            if key == Qt.Key.Key_Escape and self.field.text():
                self.field.clear()
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int) -> None:
        shown = self.shown
        if self.current in shown:
            place = min(max(shown.index(self.current) + step, 0), len(shown) - 1)
            self._choose(shown[place])
