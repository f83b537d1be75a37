"""What a gesture sees of the canvas: a small part of what the canvas can do."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QLineEdit

from playground.app.canvas.camera import Camera
from playground.app.canvas.scene import CanvasScene
from playground.app.document import Document
from playground.graph.graph import Edge


class LayerOffers(Protocol):
    """Adds layers, after asking which one if that is open."""

    def put(self, kind: str, centre: QPointF, edge: Edge | None) -> None:
        """Add a layer around a place, or insert it into a wire there."""
        ...

    def offer_after(self, source: Edge, at: QPointF) -> None:
        """Offer the layers that an output can be connected to."""
        ...

    def offer_before(self, target: Edge, at: QPointF) -> None:
        """Offer the layers that an input can be connected to."""
        ...


class Surface(Protocol):
    """The canvas for a gesture."""

    @property
    def document(self) -> Document:
        """The document that is edited when the gesture ends."""
        ...

    @property
    def drawing(self) -> CanvasScene:
        """The items of the document's graph."""
        ...

    @property
    def adding(self) -> LayerOffers:
        """Adds layers."""
        ...

    @property
    def camera(self) -> Camera:
        """The zoom, and the visible part of the scene."""
        ...

    def show_reason(self, reason: str, at: QPointF) -> None:
        """Show why the gesture cannot end here, beside the cursor; "" hides it."""
        ...

    def refuse(self, reason: str | None, at: QPointF) -> None:
        """Show for a moment why something was not done, beside the cursor."""
        ...

    def notify(self, text: str) -> None:
        """Show a short hint in the window."""
        ...

    def open_field(self, place: QRectF) -> QLineEdit:
        """A text field over a place of the scene."""
        ...

    def take_focus(self) -> None:
        """Give the keyboard focus back to the canvas."""
        ...

    def cancel(self) -> bool:
        """Cancel the current gesture; False if there is none."""
        ...

    def forget(self, gesture: object) -> None:
        """This gesture is over."""
        ...
