"""The template chooser: how a new project starts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from playground.app.theme.tokens import SMALL_PX, SPACE, TITLE_PX, scaled_px, set_font
from playground.project.templates import templates
from playground.translation import tr

ENTRY_WIDTH = 500
SMALLEST = QSize(560, 520)


class TemplateChooser(QDialog):
    """Lists the starter projects, each with a sentence on what it shows."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("New project"))
        self.setMinimumSize(scaled_px(SMALLEST.width()), SMALLEST.height())
        heading = QLabel(tr("Choose a template"))
        set_font(heading, TITLE_PX, bold=True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Templates"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for template in templates():
            self._add(template.key, tr(template.label), tr(template.help))
        self.list.setCurrentRow(0)
        self.list.itemActivated.connect(lambda _: self.accept())
        buttons = QDialogButtonBox()
        buttons.addButton(tr("Create"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        layout.addWidget(heading)
        layout.addWidget(self.list, 1)
        layout.addWidget(buttons)

    def _add(self, key: str, label: str, help_text: str) -> None:
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, key)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{label}. {help_text}")
        entry, width = _entry(label, help_text), scaled_px(ENTRY_WIDTH)
        entry.setFixedWidth(width)
        item.setSizeHint(QSize(width, entry.heightForWidth(width)))
        self.list.addItem(item)
        self.list.setItemWidget(item, entry)

    @property
    def chosen(self) -> str | None:
        """The key of the selected template."""
        item = self.list.currentItem()
        return None if item is None else str(item.data(Qt.ItemDataRole.UserRole))


def choose_template(parent: QWidget) -> str | None:
    """Ask for a template; its key, or None if the dialog was cancelled."""
    chooser = TemplateChooser(parent)
    is_accepted = chooser.exec() == QDialog.DialogCode.Accepted
    chooser.deleteLater()
    return chooser.chosen if is_accepted else None


def _entry(label: str, help_text: str) -> QWidget:
    entry = QWidget()
    layout = QVBoxLayout(entry)
    layout.setContentsMargins(SPACE, SPACE * 3 // 4, SPACE, SPACE * 3 // 4)
    layout.setSpacing(SPACE // 4)
    title, text = QLabel(label), QLabel(help_text)
    set_font(title, bold=True)
    set_font(text, SMALL_PX)
    text.setProperty("role", "muted")
    text.setWordWrap(True)
    layout.addWidget(title)
    layout.addWidget(text)
    return entry
