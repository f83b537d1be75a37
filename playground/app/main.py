"""Starting the app: in a window, or offscreen for a picture."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from PySide6.QtCore import (
    QEventLoop,
    QMessageLogContext,
    QSettings,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

from playground import logs
from playground.app.shell.window import MainWindow
from playground.app.theme import tokens
from playground.app.theme.stylesheet import dress
from playground.project.library import Library, library_path
from playground.project.project import Project
from playground.project.recovery import Recovery

STARTER = "moons"
DEMO_EPOCHS = 200
WAIT_MS = 120_000
SETTLE_MS = 250


def has_display() -> bool:
    """Whether a window can be shown to somebody."""
    if os.environ.get("QT_QPA_PLATFORM") in ("offscreen", "minimal"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def application() -> QApplication:
    """The one QApplication, dressed in the theme."""
    if not has_display():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        # It would say on every window that it has no screen to fit it to.
        os.environ.setdefault("QT_LOGGING_RULES", "qt.qpa.*.warning=false;default.warning=false")
    found = QApplication.instance()
    app = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    app.setApplicationName("Playground")
    app.setApplicationDisplayName("Playground")
    dress(app)
    return app


def open_window(path: Path | None) -> int:
    """Open the app on a file or on the starter, and run it until it is closed."""
    logs.start("window")
    qInstallMessageHandler(_log_qt_message)
    app = application()
    settings = QSettings("playground", "playground")
    tokens.theme.use(str(settings.value("theme", "dark")))
    library = Library(library_path())
    window = MainWindow(recovery=Recovery(), settings=settings, library=library)
    geometry = settings.value("geometry")
    if geometry is not None:
        window.restoreGeometry(geometry)
    if path is None or not window.project_files.open_path(path):
        window.project_files.start_from(STARTER)
        if path is not None:
            window.project_files.open_path(path)  # says once more why not, over the starter
    window.show()
    _offer_recovery(window)
    return app.exec()


LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def _log_qt_message(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    category = getattr(context, "category", None) or "default"
    logging.getLogger(f"qt.{category}").log(LEVELS[kind], message)


def _offer_recovery(window: MainWindow) -> None:
    left = window.project_files.left_behind()
    if left is None:
        return
    name = left.original_path.name if left.original_path else "an unsaved project"
    window.notice.tell(
        f"Playground did not close properly. The work on {name} was kept.",
        ("Open it", lambda: window.project_files.recover(left)),
        ("Throw it away", lambda: window.project_files.forget(left)),
    )


# Offscreen


class Offscreen:
    """The real window where nobody sees it: trains, saves and is photographed."""

    def __init__(self, size: tuple[int, int], theme_name: str) -> None:
        self.app = application()
        tokens.theme.use(theme_name)
        self.window = MainWindow()
        self.window.setMinimumSize(0, 0)
        self.window.resize(*size)
        self.window.show()

    def wait_for(self, signal: object, *, within_ms: int = WAIT_MS) -> bool:
        """Run the app until a signal comes; whether it came in time."""
        loop = QEventLoop()
        came: list[bool] = []

        def stop(*_: object) -> None:
            came.append(True)
            loop.quit()

        signal.connect(stop)  # type: ignore[attr-defined]
        QTimer.singleShot(within_ms, loop.quit)
        loop.exec()
        signal.disconnect(stop)  # type: ignore[attr-defined]
        return bool(came)

    def settle(self, ms: int = SETTLE_MS) -> None:
        """Let what is on its way arrive and be drawn."""
        loop = QEventLoop()
        QTimer.singleShot(ms, loop.quit)
        loop.exec()

    def open(self, path: Path) -> None:
        """Open a file and wait until the engine has it."""
        if not self.window.project_files.open_path(path):
            raise ValueError(self.window.notice.label.text())
        if not self.window.document.examined.errors:
            self.wait_for(self.window.run.opened)
        self.settle()

    def train(self, epochs: int) -> None:
        """Train for that many epochs."""
        run = self.window.run
        if self.window.document.examined.errors or epochs < 1:
            return
        run.step("epoch", epochs)
        while run.is_training:
            if not self.wait_for(run.status_changed):
                raise TimeoutError(f"{epochs} epochs took longer than {WAIT_MS // 1000} s.")
        self.settle()

    def photograph(self, path: Path) -> None:
        """Write the window as it is drawn."""
        self.settle()
        if not self.window.grab().save(str(path)):
            raise OSError(f"{path} cannot be written.")

    def close(self) -> None:
        """Close the window and its engine."""
        self.window.close_for_good()
        self.window.deleteLater()
        self.app.processEvents()


def screenshot(
    file: Path,
    out: Path,
    *,
    epochs: int = 0,
    size: tuple[int, int] = (1440, 900),
    theme: str = "dark",
    panel: str | None = None,
) -> None:
    """Draw the real window offscreen, after some epochs, and write it as a picture."""
    stage = Offscreen(size, theme)
    try:
        if panel is not None:
            _check_panel(panel)
        stage.open(file)
        if panel is not None:
            stage.window.panels.choose([panel])
        stage.train(epochs)
        stage.photograph(out)
    finally:
        stage.close()


def _check_panel(key: str) -> None:
    from playground.app.panels import found

    keys = [panel.key for panel in found()]
    if key not in keys:
        raise ValueError(f"there is no panel {key!r}; there is {', '.join(keys)}")


def canvas_picture(project: Project, out: Path) -> None:
    """Write the drawing of a project as .png or .svg."""
    from playground.app.canvas.view import CanvasView
    from playground.app.document import Document

    application()
    canvas = CanvasView(Document(project))
    if out.suffix.lower() == ".svg":
        canvas.to_svg(out)
    else:
        canvas.to_png(out)


def demo() -> int:
    """Open the starter; with no display, train it offscreen and say what it reached."""
    if has_display():
        return open_window(None)
    from platformdirs import user_data_dir

    folder = Path(user_data_dir("playground")) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    project_path, picture_path = folder / "two-moons.nplay", folder / "two-moons.png"
    print(f"There is no display: training the starter offscreen for {DEMO_EPOCHS} epochs.")
    stage = Offscreen((1440, 900), "dark")
    try:
        stage.window.project_files.start_from(STARTER)
        stage.wait_for(stage.window.run.opened)
        stage.train(DEMO_EPOCHS)
        reached = stage.window.run.last_frame
        loop = QEventLoop()
        stage.window.project_files.save_to(project_path, loop.quit)
        if stage.window.document.is_modified:
            loop.exec()
        stage.photograph(picture_path)
        stage.open(project_path)
        back = stage.window.run.last_frame
    finally:
        stage.close()
    if reached is None or back is None or back.step != reached.step:
        print("playground: the starter could not be trained and reloaded.", file=sys.stderr)
        return 1
    accuracy = back.metrics.get("accuracy", float("nan"))
    print(f"Saved    {project_path}\nPicture  {picture_path}")
    print(
        f"Reloaded at epoch {back.epoch:.0f}, step {back.step:,}: validation accuracy "
        f"{accuracy:.3f}, validation loss {back.val_loss or 0:.4f}."
    )
    return 0
