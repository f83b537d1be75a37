"""The real app, run for a test: it only answers where things are and what their state is.

Every act comes from the mouse and the keyboard. Questions come as JSON lines on standard input,
answers go as JSON lines to standard output.
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QPoint, QPointF, QSettings, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from playground.app.main import application
from playground.app.shell.window import MainWindow
from playground.graph.shape import Shape


class Answers(QObject):
    """Answers questions about the window."""

    asked = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        self.window = window
        self.asked.connect(self._answer, Qt.ConnectionType.QueuedConnection)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        for line in sys.stdin:
            self.asked.emit(json.loads(line))

    def _answer(self, question: dict[str, Any]) -> None:
        try:
            answer = getattr(self, question.pop("ask"))(**question)
        except (KeyError, TypeError, AttributeError) as error:
            answer = {"error": repr(error)}  # or the test would wait until its time limit
        print(json.dumps(answer), flush=True)

    # Places, as pixels of the screen

    def _middle(self, widget: QWidget) -> list[int]:
        at = widget.mapToGlobal(widget.rect().center())
        return [at.x(), at.y()]

    def chip(self, kind: str) -> list[int]:
        """A layer in the palette."""
        return self._middle(self.window.palette_view.chips[kind])

    def chip_width(self, kind: str) -> int:
        """Its width; its star is at the right."""
        return self.window.palette_view.chips[kind].width()

    def control(self, name: str) -> list[int]:
        """A control of the top bar."""
        return self._middle(getattr(self.window.top_bar, name))

    def named(self, name: str) -> list[int]:
        """The visible control with that accessible name."""
        widgets = self.window.findChildren(QWidget)
        return self._middle(
            next(w for w in widgets if w.isVisible() and w.accessibleName() == name)
        )

    def frame(self, node: str) -> list[list[int]]:
        """The top left and bottom right corner of a card."""
        found = self.window.canvas.drawing.nodes[node].frame
        return [self._on_screen(found.topLeft()), self._on_screen(found.bottomRight())]

    def ports(self, node: str) -> dict[str, list[int]]:
        """The ports of a node, such as "in left" and "out both"."""
        item = self.window.canvas.drawing.nodes[node]
        return {
            f"{'out' if is_output else 'in'} {name}": self._on_screen(
                item.port_pos(name, is_output=is_output)
            )
            for name, is_output in item.ports()
        }

    def _on_screen(self, at: QPointF) -> list[int]:
        canvas = self.window.canvas
        place: QPoint = canvas.viewport().mapToGlobal(canvas.mapFromScene(at))
        return [place.x(), place.y()]

    def canvas(self, across: float, down: float) -> list[int]:
        """A place on the canvas, as fractions of its width and height."""
        port = self.window.canvas.viewport()
        at = port.mapToGlobal(QPoint(int(port.width() * across), int(port.height() * down)))
        return [at.x(), at.y()]

    def port(self, node: str, side: str) -> list[int]:
        """A port of a node: side is "in" or "out"."""
        item = self.window.canvas.drawing.nodes[node]
        return self._on_screen(item.port_pos(side, is_output=side == "out"))

    def photograph(self, path: str) -> bool:
        """Save a picture of the window, to understand a failed test."""
        return self.window.grab().save(path)

    def fix_button(self, node: str) -> list[int]:
        """The button on a node that fixes what is wrong."""
        item = self.window.canvas.drawing.nodes[node]
        return self._on_screen(item.mapToScene(item.button_rect.center()))

    # State

    def state(self) -> dict[str, Any]:
        """The state of the document and the run."""
        document, run = self.window.document, self.window.run
        frame = run.last_frame
        shapes = document.examined.shapes
        palette = self.window.palette_view
        card = palette.hover.card
        return {
            "card": card.title.text() if card is not None and palette.hover.is_open else "",
            "favourites": list(palette.preferences.favourites),
            "nodes": list(document.graph.nodes),
            "edges": [[e.source, e.target] for e in document.graph.edges],
            "wires": [
                f"{e.source}.{e.source_port} {e.target}.{e.target_port}"
                for e in document.graph.edges
            ],
            "selected": sorted(document.selected),
            "errors": [d.code for d in document.examined.errors],
            "shapes": {n: str(s) for (n, _), s in shapes.items() if isinstance(s, Shape)},
            "undo": document.undo_name,
            "is_modified": document.is_modified,
            "path": str(document.path or ""),
            "is_ready": run.is_ready,
            "is_training": run.is_training,
            "step": frame.step if frame else 0,
            "train_loss": frame.train_loss if frame else None,
            "metrics": dict(frame.metrics) if frame else {},
            "notice": self.window.notice.label.text() if self.window.notice.isVisible() else "",
            "engine_pid": run.engine_pid,
            "focus": type(QApplication.focusWidget()).__name__,
            "dialog": type(QApplication.activeModalWidget()).__name__,
            "has_torch": "torch" in sys.modules,
        }


def main(argument: str) -> int:
    """Open a file, or the template of that name, and run until the window is closed."""
    app = application()
    app.setOrganizationName("playground")  # its settings lie in the home of the test
    window = MainWindow(settings=QSettings())
    if Path(argument).suffix:
        window.project_files.open_path(Path(argument))
    else:
        window.project_files.start_from(argument)
    window.show()
    window.move(0, 0)
    answers = Answers(window)
    code = app.exec()
    del answers
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
