"""The canvas: the graph as cards and wires, edited by gestures."""
