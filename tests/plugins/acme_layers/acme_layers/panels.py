"""A panel that shows what the probe reads."""

from typing import ClassVar

from PySide6.QtWidgets import QLabel, QWidget

from playground.app.document import Document
from playground.app.panels import Panel
from playground.app.readings import node_names, reading_of
from playground.session.messages import Frame


class WeightSizesPanel(Panel):
    """The size of every layer's weights as text."""

    key: ClassVar[str] = "acme.weight_sizes"
    title: ClassVar[str] = "Weight sizes"
    help: ClassVar[str] = "How large the weights are. They grow without bound if no penalty is set."
    probes: ClassVar[tuple[str, ...]] = ("acme.weight_sizes",)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.label = QLabel()
        self.set_content(self.label)

    def show_frame(self, frame: Frame) -> None:
        """One line per layer."""
        reading = reading_of(frame, "acme.weight_sizes")
        if reading is None:
            return
        names = node_names(self.document.graph, reading["nodes"])
        sizes = zip(names.values(), reading["sizes"], strict=True)
        self.label.setText("\n".join(f"{name}  {size:.3g}" for name, size in sizes))
        self.set_empty(False)
