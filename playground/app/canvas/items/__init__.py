"""The items on the canvas: cards, ports and wires."""
