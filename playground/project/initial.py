"""What the initial weights of a project depend on, as one short text."""

from __future__ import annotations

import hashlib
import json

from playground.project.project import Project


def initial_key(project: Project) -> str:
    """The same for two projects whose nets begin with the same weights, data and loss.

    The window asks for a reading of the net before training only if this has changed, and
    knows by it which project a reading is of.
    """
    graph, training = project.graph, project.training
    parts = {
        "nodes": {
            node_id: [node.layer.to_dict(), node.is_frozen, node.is_bypassed]
            for node_id, node in graph.nodes.items()
        },
        "edges": [str(edge) for edge in graph.edges],
        "data": [project.data.kind, project.data.to_dict()],
        "loss": training.loss.to_dict(),
        "objective": training.objective.to_dict(),
        "seed": training.seed,
        "batch_size": training.batch_size,
    }
    text = json.dumps(parts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
