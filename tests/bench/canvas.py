"""How long the canvas takes to repaint 500 nodes: `python -m tests.bench.canvas`."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from playground.app.canvas.view import CanvasView
from playground.app.document import Document
from playground.catalog.registry import make_layer
from playground.graph.graph import Edge, Graph, Node
from playground.project.project import Project

NODES, COLUMNS = 500, 25
WIDTH, HEIGHT = 1280, 800
ROUNDS = 60
BUDGET_MS = 16.0
STEP_X, STEP_Y = 210.0, 240.0


def big_project() -> Project:
    """A chain of 500 layers in rows, closed to 500 wires by one that skips a layer."""
    kinds = ("Linear", "ReLU", "Linear", "Tanh", "Add")
    nodes, edges = {}, []
    for rank in range(NODES):
        kind = "Input" if rank == 0 else "Output" if rank == NODES - 1 else kinds[rank % 5]
        row, column = divmod(rank, COLUMNS)
        options = {"out_features": 16} if kind == "Linear" else {}
        layer = make_layer({"kind": kind, **options})
        nodes[f"n{rank}"] = Node(f"n{rank}", layer, x=column * STEP_X, y=row * STEP_Y)
        if rank:
            edges.append(Edge(f"n{rank - 1}", f"n{rank}"))
    edges.append(Edge("n2", "n4"))
    return Project(Graph(nodes, tuple(edges)))


def measure() -> dict[str, float]:
    """Medians in milliseconds of one repaint, panning and zooming, and of taking an edit."""
    app = QApplication.instance() or QApplication([])
    view = CanvasView(Document(big_project()))
    view.resize(WIDTH, HEIGHT)
    view.show()
    camera, found = view.camera, {}
    for zoom in (0.15, 0.3, 0.5, 1.0):
        camera.set_zoom(zoom)
        view.centerOn(COLUMNS * STEP_X / 2, NODES / COLUMNS * STEP_Y / 2)
        found[f"pan_ms_at_{zoom}"] = _median(view, lambda rank: camera.scroll_by(11 - rank % 2, 7))
        found[f"zoom_ms_at_{zoom}"] = _median(
            view, lambda rank, zoom=zoom: camera.set_zoom(zoom * (1.02 if rank % 2 else 0.99))
        )
    camera.fit()
    found["pan_ms_at_fit"] = _median(view, lambda rank: camera.scroll_by(9, 5))
    found["edit_ms"] = _median_edit(view)
    view.close()
    app.processEvents()
    return found


def _median_edit(view: CanvasView) -> float:
    times = []
    for rank in range(20):
        start = time.perf_counter()
        view.document.edit_graph("Rename", view.document.graph.rename("n250", f"layer {rank}"))
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def _median(view: CanvasView, act: Callable[[int], object]) -> float:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    times = []
    for rank in range(ROUNDS):
        start = time.perf_counter()
        act(rank)
        view.viewport().render(image)  # everything visible, not only what scrolled into it
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:20} {value:6.1f}")
