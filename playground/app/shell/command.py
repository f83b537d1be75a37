"""What a command is: its texts, keys and menu, when it is enabled, what it does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from typing import Literal

from PySide6.QtGui import QAction, QKeySequence

from playground.app.shell.commands import Commands

Act = Callable[[Commands], object]
Claim = Callable[[Commands], bool]
Words = Callable[[Commands], str]
Context = Literal["node", "wire", "canvas"]
Scope = Literal["window", "canvas"]


def always(commands: Commands) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command:
    """One thing that a person can do. Texts are English, and translated when they are shown."""

    id: str
    title: str
    """In menus: a verb. An ellipsis if it asks for more."""
    menu: str
    act: Act
    help: str
    _: KW_ONLY
    keys: tuple[str, ...] = ()
    """Portable key sequences, active on every platform ("Ctrl+S"; Ctrl is Cmd on macOS)."""
    standard: QKeySequence.StandardKey | None = None
    """Adds the keys that the platform uses for it, such as Cmd+Shift+Z for Redo."""
    watched_keys: tuple[str, ...] = ()
    """Keys that lead here without a shortcut of Qt's: Space also pans and presses buttons."""
    scope: Scope = "window"
    """Whether the keys act in the whole window, or only while the canvas has the focus."""
    contexts: tuple[Context, ...] = ()
    """The context menus of the canvas that offer it."""
    is_offered: Claim = always
    """Whether such a menu offers it for what is selected."""
    is_enabled: Claim = always
    is_checked: Claim | None = None
    title_now: Words | None = None
    """The title if it changes: "Train" or "Pause". It is translated already."""
    button: str = ""
    """A shorter title, for a button."""
    icon: str = ""
    icon_now: Words | None = None
    submenu: str = ""
    starts_group: bool = False
    role: QAction.MenuRole = QAction.MenuRole.NoRole
    """Where macOS puts it."""

    def shortcuts(self) -> list[QKeySequence]:
        """The key sequences on this platform, the one to show first. Needs a QGuiApplication."""
        standard = [] if self.standard is None else QKeySequence.keyBindings(self.standard)
        found = [*standard, *(QKeySequence(key) for key in self.keys)]
        return [one for rank, one in enumerate(found) if one not in found[:rank]]

    def keys_text(self) -> str:
        """The keys as this platform writes them: "Ctrl+Shift+Z, Ctrl+Y"."""
        standard = self.shortcuts()[:1] if self.standard is not None else []
        others = [QKeySequence(key) for key in (*self.keys, *self.watched_keys)]
        found = [*standard, *(key for key in others if key not in standard)]
        native = QKeySequence.SequenceFormat.NativeText
        return ", ".join(key.toString(native) for key in found)
