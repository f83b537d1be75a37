"""The picture of the data set in the Input node."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, Qt

from playground.app.canvas.scene import CanvasScene
from playground.app.examples import examples_of
from playground.app.preview import preview
from playground.app.theme.tokens import theme
from playground.catalog.datasets.dataset import Dataset
from playground.session.messages import Reading

SHOWN = 300
"""How many examples the picture is made of."""


class DataPreview(QObject):
    """Draws examples of the data set, as read by the engine.

    While the network has errors, the engine is not sent the project; then the examples are
    loaded here.
    """

    def __init__(self, drawing: CanvasScene, parent: QObject) -> None:
        super().__init__(parent)
        self._drawing, self._document = drawing, drawing.document
        self._data: Dataset | None = None
        self._examples: tuple[np.ndarray, np.ndarray] | None = None
        # After the edit was drawn: loading a data set may take a moment.
        self._document.changed.connect(self._load, Qt.ConnectionType.QueuedConnection)
        theme.changed.connect(self._draw)

    @property
    def is_due(self) -> bool:
        """Whether another data set is shown than that of the document."""
        return self._data is not self._document.project.data

    def take(self, reading: Reading) -> None:
        """Show the examples that the engine has read."""
        self._data = self._document.project.data
        self._examples = reading["x"], reading["y"]
        self._draw()

    def _load(self) -> None:
        if not self._document.examined.errors or not self.is_due:
            return
        self._data = self._document.project.data
        examples = examples_of(self._data)
        if examples is not None:
            self._examples = examples.x_train[:SHOWN], examples.y_train[:SHOWN]
            self._draw()

    def _draw(self) -> None:
        if self._examples is not None:
            tokens = self._document.project.data.vocabulary()
            self._drawing.set_preview(preview(*self._examples, tokens))
