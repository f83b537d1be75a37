"""What a layer dragged from the palette to the canvas carries: its kind."""

from __future__ import annotations

from PySide6.QtCore import QMimeData

MIME = "application/x-playground-layer"


def mime_of(kind: str) -> QMimeData:
    """The data of a drag of a layer of this kind."""
    data = QMimeData()
    data.setData(MIME, kind.encode())
    return data


def kind_of(data: QMimeData) -> str | None:
    """The kind of the dragged layer, or None if something else is dragged."""
    if not data.hasFormat(MIME):
        return None
    return bytes(data.data(MIME).data()).decode(errors="replace")
