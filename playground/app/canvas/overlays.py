"""Texts and the minimap over the canvas: a reason at the cursor, the legend, a first hint."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtWidgets import QLabel, QWidget

from playground.app.canvas.camera import Camera
from playground.app.canvas.minimap import Minimap
from playground.app.canvas.scene import CanvasScene
from playground.app.theme.tokens import NAME_PX, SMALL_PX, colour, set_font, theme
from playground.translation import N_, tr

LEGEND = N_(
    "wire = activation scale · pulse = gradient flowing back, log scale"
    " · red dashes = vanishing gradient"
)
EMPTY = N_("Drag a layer here from the left, or press / and type")
REASON_WIDTH = 300
INSET = 14


class OverlayLabel(QLabel):
    """A text over the canvas; clicks pass through it."""

    def __init__(self, parent: QWidget, text: str = "", pixels: float = SMALL_PX) -> None:
        super().__init__(text, parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_font(self, pixels)
        self.setWordWrap(True)
        self.restyle()
        theme.changed.connect(self.restyle)
        self.hide()

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        self.setStyleSheet(f"color: {colour('muted').name()}; background: transparent")

    def fit_within(self, width: int) -> None:
        """Take the size of the text; a text wider than this is wrapped."""
        wanted = self.fontMetrics().horizontalAdvance(self.text()) + 8
        self.setFixedWidth(max(1, min(wanted, width)))
        self.adjustSize()


class ReasonLabel(OverlayLabel):
    """Why a wire cannot end here, beside the cursor."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setMargin(1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    def restyle(self) -> None:
        """A small box in the colours of an error."""
        self.setStyleSheet(
            f"color: {colour('text').name()}; background: {colour('danger_surface').name()};"
            f" border: 1px solid {colour('danger').name()}; border-radius: 6px; padding: 5px 8px"
        )

    def show_text(self, text: str, at: QPoint, *, lasts_ms: int = 0) -> None:
        """Show a text beside a place; "" hides it. With `lasts_ms` it is hidden after a while."""
        self._timer.stop()
        if not text:
            self.hide()
            return
        if text != self.text():
            self.setText(text)
        wanted = self.fontMetrics().horizontalAdvance(text) + 24
        self.setFixedWidth(min(REASON_WIDTH, wanted))
        self.adjustSize()
        room = self._over.rect()
        x = min(at.x() + 18, room.right() - self.width() - 6)
        y = min(at.y() + 18, room.bottom() - self.height() - 6)
        self.move(max(6, x), max(6, y))
        self.show()
        self.raise_()
        if lasts_ms:
            self._timer.start(lasts_ms)


class Overlays:
    """The legend, the hint on an empty canvas, and the minimap, each at its place."""

    def __init__(self, view: QWidget, drawing: CanvasScene, camera: Camera) -> None:
        self._view, self._drawing, self._camera = view, drawing, camera
        self.legend = OverlayLabel(view, tr(LEGEND))
        self.hint = OverlayLabel(view, tr(EMPTY), NAME_PX)
        self.minimap = Minimap(view, lambda: [i.footprint for i in drawing.nodes.values()])
        self.minimap.place_clicked.connect(camera.centre_on)
        camera.moved.connect(self._show_visible_rect)

    def show_document(self) -> None:
        """The graph was changed: there may be something to see, or somewhere else."""
        nodes = self._drawing.document.graph.nodes.values()
        self.hint.setVisible(all(node.layer.role != "inner" for node in nodes))
        self.place()
        self.minimap.refresh()

    def show_legend(self, is_shown: bool) -> None:
        """Show what wires mean while a run is shown."""
        self.legend.setVisible(is_shown)
        self.place()

    def _show_visible_rect(self) -> None:
        self.minimap.show_visible_rect(self._camera.visible_rect)

    def place(self) -> None:
        """Move everything to its place, for the current size of the view."""
        width, height = self._view.width(), self._view.height()
        minimap, legend, hint = self.minimap, self.legend, self.hint
        minimap.move(width - minimap.width() - INSET, height - minimap.height() - INSET)
        legend.fit_within(minimap.x() - 2 * INSET)
        legend.move(INSET, height - legend.height() - INSET + 4)
        hint.fit_within(width - 2 * INSET)
        hint.move((width - hint.width()) // 2, height * 2 // 3)

    def restyle(self) -> None:
        """Use the colours of the current theme."""
        self.minimap.restyle()
        self.place()
