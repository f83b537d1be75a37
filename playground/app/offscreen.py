"""The app without a display: pictures of the window, and the demo."""

from __future__ import annotations

import sys
from pathlib import Path

from platformdirs import user_data_dir
from PySide6.QtCore import QEventLoop, QTimer, SignalInstance

from playground.app import panels
from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.app.main import STARTER, application, has_display, open_window
from playground.app.shell.window import MainWindow
from playground.app.theme import tokens
from playground.project.project import Project
from playground.session.messages import Frame
from playground.translation import tr, trn

DEMO_EPOCHS = 200
WAIT_MS = 120_000
SETTLE_MS = 250


class Offscreen:
    """The real window without a display: it trains, saves, and is rendered to a picture."""

    def __init__(self, size: tuple[int, int], theme_name: str) -> None:
        self.app = application()
        tokens.theme.use(theme_name)
        self.window = MainWindow()
        self.window.setMinimumSize(0, 0)
        self.window.resize(*size)
        self.window.show()

    def wait_for(self, signal: SignalInstance, *, within_ms: int = WAIT_MS) -> bool:
        """Run the app until a signal is emitted; whether that was in time."""
        loop = QEventLoop()
        arrived: list[bool] = []

        def stop(*_: object) -> None:
            arrived.append(True)
            loop.quit()

        signal.connect(stop)
        QTimer.singleShot(within_ms, loop.quit)
        loop.exec()
        signal.disconnect(stop)
        return bool(arrived)

    def settle(self, ms: int = SETTLE_MS) -> None:
        """Process events for a moment, so that pending frames arrive and are drawn."""
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
                raise TimeoutError(
                    trn(
                        "{count} epoch took longer than {limit} s.",
                        "{count} epochs took longer than {limit} s.",
                        epochs,
                        limit=WAIT_MS // 1000,
                    )
                )
        self.settle()

    def save_picture(self, path: Path) -> None:
        """Write the window as it is drawn."""
        self.settle()
        if not self.window.grab().save(str(path)):
            raise OSError(tr("{path} cannot be written.", path=path))

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
    """Render the real window offscreen, after some epochs of training, and write the picture."""
    stage = Offscreen(size, theme)
    try:
        if panel is not None:
            _check_panel(panel)
        stage.open(file)
        if panel is not None:
            stage.window.panels.choose([panel])
        stage.train(epochs)
        stage.save_picture(out)
    finally:
        stage.close()


def _check_panel(key: str) -> None:
    keys = [panel.key for panel in panels.found()]
    if key not in keys:
        raise ValueError(
            tr("Unknown panel '{key}'. Available: {keys}.", key=key, keys=", ".join(keys))
        )


def canvas_picture(project: Project, out: Path) -> None:
    """Write the canvas of a project as .png or .svg."""
    application()
    canvas = CanvasView(Document(project))
    if out.suffix.lower() == ".svg":
        canvas.to_svg(out)
    else:
        canvas.to_png(out)


def demo() -> int:
    """Open the starter; without a display, train it offscreen and print its results."""
    if has_display():
        return open_window(None)
    folder = Path(user_data_dir("playground")) / "demo"
    folder.mkdir(parents=True, exist_ok=True)
    project_path, picture_path = folder / "two-moons.nplay", folder / "two-moons.png"
    print(
        trn(
            "No display found: training the starter offscreen for {count} epoch.",
            "No display found: training the starter offscreen for {count} epochs.",
            DEMO_EPOCHS,
        )
    )
    stage = Offscreen((1440, 900), "dark")
    try:
        trained, reloaded = _train_and_reload(stage, project_path, picture_path)
    finally:
        stage.close()
    if trained is None or reloaded is None or reloaded.step != trained.step:
        error = tr("The starter could not be trained and reloaded.")
        print(f"playground: {error}", file=sys.stderr)
        return 1
    print(tr("Saved    {path}", path=project_path))
    print(tr("Picture  {path}", path=picture_path))
    print(
        tr(
            "Reloaded at epoch {epoch}, step {step}: validation accuracy {accuracy}, "
            "validation loss {loss}.",
            epoch=f"{reloaded.epoch:.0f}",
            step=f"{reloaded.step:,}",
            accuracy=f"{reloaded.metrics.get('accuracy', float('nan')):.3f}",
            loss=f"{reloaded.val_loss or 0:.4f}",
        )
    )
    return 0


def _train_and_reload(
    stage: Offscreen, project_path: Path, picture_path: Path
) -> tuple[Frame | None, Frame | None]:
    window = stage.window
    window.project_files.start_from(STARTER)
    stage.wait_for(window.run.opened)
    stage.train(DEMO_EPOCHS)
    trained = window.run.last_frame
    loop = QEventLoop()
    window.project_files.save_to(project_path, loop.quit)
    if window.document.is_modified:
        loop.exec()
    stage.save_picture(picture_path)
    stage.open(project_path)
    return trained, window.run.last_frame
