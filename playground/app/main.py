"""Starting the app in a window."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import (
    QLibraryInfo,
    QLocale,
    QMessageLogContext,
    QSettings,
    QSize,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from playground import logs
from playground.app.shell.window import MainWindow
from playground.app.theme import tokens
from playground.app.theme.stylesheet import dress
from playground.project.library import Library, library_path
from playground.project.recovery import Recovered, Recovery
from playground.translation import language, tr

STARTER = "moons"
TITLE_BAR = 40
"""Room for the title bar that the window manager adds, in pixels."""


def has_display() -> bool:
    """Whether there is a display to show a window on."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def application() -> QApplication:
    """The QApplication, with the theme applied."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        # Without this Qt warns on every window that there is no screen to fit it to.
        os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*.warning=false;default.warning=false")
    found = QApplication.instance()
    if isinstance(found, QApplication):
        app = found
    else:
        app = QApplication(sys.argv[:1])
        translate_qt(app, language())
    app.setApplicationName("Playground")
    app.setApplicationDisplayName("Playground")
    dress(app)
    return app


def translate_qt(app: QApplication, language: str) -> QTranslator:
    """Let Qt's own texts, as the buttons of dialogs, speak a language if Qt comes with it."""
    found = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if found.load(QLocale(language), "qtbase", "_", folder):
        app.installTranslator(found)
    return found


def open_window(path: Path | None) -> int:
    """Open the app on a file or on the starter, and run it until the window is closed."""
    logs.start("window")
    qInstallMessageHandler(_log_qt_message)
    app = application()
    settings = QSettings("playground", "playground")
    tokens.theme.use(str(settings.value("theme", "dark")))
    tokens.theme.set_text_scale(_text_scale(settings))
    library = Library(library_path())
    window = MainWindow(recovery=Recovery(), settings=settings, library=library)
    geometry = settings.value("geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)
    else:
        window.resize(window.size().boundedTo(_usable(window)))
    if path is None or not window.project_files.open_path(path):
        window.project_files.start_from(STARTER)
        if path is not None:
            window.project_files.open_path(path)  # shows again why not, over the starter
    window.show()
    _offer_recovery(window)
    return app.exec()


def _usable(window: MainWindow) -> QSize:
    """The room of a window on its screen, less a title bar."""
    return window.screen().availableSize() - QSize(0, TITLE_BAR)


LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = getattr(context, "category", None) or "default"
    level = LEVELS[kind]
    logging.getLogger(f"qt.{category}").log(level, message)
    if level >= logging.WARNING and sys.stderr is not None:  # None without a console on Windows
        print(message, file=sys.stderr)
    if kind == QtMsgType.QtFatalMsg and sys.stderr is not None:
        # Qt ends the process now, for example because a system library is missing.
        hint = tr("`playground doctor` lists what is missing and how to install it.")
        print(hint, file=sys.stderr, flush=True)


def _text_scale(settings: QSettings) -> int:
    try:
        return int(str(settings.value("text_size", tokens.SMALLEST_SCALE)))
    except ValueError:
        logging.getLogger(__name__).warning("The setting text_size is not a number.")
        return tokens.SMALLEST_SCALE


def _offer_recovery(window: MainWindow) -> None:
    left, damaged = window.project_files.left_behind()
    sentences, offers = [], []
    if left is not None:
        recover, discard = window.project_files.recover, window.project_files.forget
        sentences.append(_what_is_left(left))
        offers = [
            (tr("Restore"), lambda: recover(left)),
            (tr("Discard"), lambda: discard(left)),
        ]
    if damaged:
        text = tr(
            "A recovery file is damaged, in full or in its weights; it was set aside as {path}.",
            path=damaged[-1],
        )
        sentences.append(text)
    if sentences:
        window.notice.show_message(" ".join(sentences), *offers)


def _what_is_left(left: Recovered) -> str:
    if left.original_path is None:
        return tr("Playground closed unexpectedly. Work that was never saved can be restored.")
    return tr(
        "Playground closed unexpectedly. Unsaved work on {file} can be restored.",
        file=left.original_path.name,
    )
