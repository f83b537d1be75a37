"""The commands of the window on a canvas of its own, for tests of what its keys and menus do."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.app.canvas.view import CanvasView
from playground.app.palette.view import PaletteView
from playground.app.run import Run
from playground.app.shell.actions import Actions
from playground.app.shell.commands import Commands
from playground.app.shell.notifications import Notifications
from playground.app.shell.project_files import ProjectFiles
from playground.app.widgets.notice import Notice
from playground.app.widgets.toast import Toast
from playground.project.library import Library


def install_commands(canvas: CanvasView, qtbot: QtBot) -> Actions:
    """Give a canvas the actions of the command table; no engine is started."""
    document = canvas.document
    run = Run(document, canvas)
    palette, notice = PaletteView(), Notice()
    commands = Commands(
        window=canvas,
        document=document,
        run=run,
        files=ProjectFiles(document, run, canvas, None),
        canvas=canvas,
        palette=palette,
        notifications=Notifications(document, notice, Toast(canvas), canvas.camera),
        library=Library(),
    )

    def close(_: QWidget) -> None:
        run.close()

    for part in (palette, notice):
        qtbot.addWidget(part)
    qtbot.addWidget(canvas, before_close_func=close)
    return Actions(commands, canvas, canvas)
