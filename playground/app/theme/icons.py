"""Icons in the colours of the theme."""

from __future__ import annotations

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QAbstractButton
from shiboken6 import isValid

from playground.app.theme.tokens import theme

AFTER_MS = 30
_waiting: dict[QAbstractButton, tuple[str, str]] = {}


def icon(name: str, colour_name: str = "text") -> QIcon:
    """An icon by its name in qtawesome ("mdi6.play"), coloured by a token.

    Make it again on `theme.changed`: an icon keeps its colours.
    """
    import qtawesome  # the import takes a tenth of a second, and the first window shows no icon

    colours = theme.colours
    found: QIcon = qtawesome.icon(
        name, color=getattr(colours, colour_name), color_disabled=colours.faint
    )
    return found


def set_icon(button: QAbstractButton, name: str, colour_name: str = "text") -> None:
    """Set the icon of a button: immediately, or at start-up after the window has been shown."""
    if "qtawesome" in sys.modules:
        button.setIcon(icon(name, colour_name))
        return
    if not _waiting:
        QTimer.singleShot(AFTER_MS, _draw)
    _waiting[button] = (name, colour_name)


def _draw() -> None:
    asked = list(_waiting.items())
    _waiting.clear()
    for button, (name, colour_name) in asked:
        if isValid(button):  # a window may be deleted before it was shown
            button.setIcon(icon(name, colour_name))
