"""The few dialogs: start from a template, the shortcut sheet, about."""

from __future__ import annotations

import platform

import PySide6
from PySide6.QtCore import QSize, Qt, qVersion
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QVBoxLayout,
    QWidget,
)

from playground import __version__
from playground.app.run import Run
from playground.app.shell.command_table import COMMANDS, GESTURES, MENUS
from playground.app.theme.tokens import SMALL_PX, SPACE, TITLE_PX, set_font
from playground.project.templates import templates

ENTRY_WIDTH = 500


def choose_template(parent: QWidget) -> str | None:
    """Let the person choose a starter project; its key, or None."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("New project")
    dialog.setMinimumSize(QSize(560, 520))
    layout = QVBoxLayout(dialog)
    layout.setSpacing(SPACE)
    heading = QLabel("Start from")
    set_font(heading, TITLE_PX, bold=True)
    layout.addWidget(heading)
    choices = QListWidget()
    choices.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    for template in templates():
        item = QListWidgetItem()
        item.setData(Qt.ItemDataRole.UserRole, template.key)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{template.label}. {template.help}")
        entry = _entry(template.label, template.help)
        entry.setFixedWidth(ENTRY_WIDTH)
        item.setSizeHint(QSize(ENTRY_WIDTH, entry.heightForWidth(ENTRY_WIDTH)))
        choices.addItem(item)
        choices.setItemWidget(item, entry)
    choices.setCurrentRow(0)
    choices.itemActivated.connect(lambda _: dialog.accept())
    layout.addWidget(choices, 1)
    buttons = QDialogButtonBox(
        QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
    )
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    layout.addWidget(buttons)
    if dialog.exec() != QDialog.DialogCode.Accepted or choices.currentItem() is None:
        return None
    return str(choices.currentItem().data(Qt.ItemDataRole.UserRole))


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


def shortcut_sheet(parent: QWidget) -> QDialog:
    """All keys and gestures on one sheet."""
    dialog = QDialog(parent)
    dialog.setWindowTitle("Keyboard and mouse")
    outer = QVBoxLayout(dialog)
    columns = QGridLayout()
    columns.setHorizontalSpacing(SPACE * 4)
    columns.setVerticalSpacing(SPACE * 2)
    groups = [
        (
            menu,
            [(", ".join(c.shortcuts), c.text) for c in COMMANDS if c.menu == menu and c.shortcuts],
        )
        for menu in MENUS
    ]
    for rank, (name, rows) in enumerate(groups):
        columns.addWidget(_group(name, rows), rank // 3, rank % 3, Qt.AlignmentFlag.AlignTop)
    outer.addLayout(columns)
    outer.addSpacing(SPACE)
    outer.addWidget(_group("Mouse", list(GESTURES)))
    close = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
    close.rejected.connect(dialog.reject)
    outer.addWidget(close)
    return dialog


def _group(name: str, rows: list[tuple[str, str]]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(SPACE * 2)
    grid.setVerticalSpacing(SPACE // 2)
    heading = QLabel(name.upper())
    heading.setProperty("role", "muted")
    set_font(heading, SMALL_PX, bold=True)
    grid.addWidget(heading, 0, 0, 1, 2)
    for row, (keys, text) in enumerate(rows, 1):
        key = QLabel(keys)
        set_font(key, SMALL_PX, is_mono=name != "Mouse")
        key.setProperty("role", "accent")
        what = QLabel(text)
        set_font(what, SMALL_PX)
        grid.addWidget(key, row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(what, row, 1)
    return box


def show_about(parent: QWidget, run: Run) -> None:
    """Versions and devices, to copy into a report."""
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    text = (
        f"Playground {__version__}\n\nPython {platform.python_version()}, "
        f"PySide6 {PySide6.__version__}, Qt {qVersion()}\n"
        f"{versions or 'The engine is still starting.'}\n"
        f"Devices: {', '.join(run.devices) or 'not known yet'}"
    )
    QMessageBox.about(parent, "About Playground", text)
