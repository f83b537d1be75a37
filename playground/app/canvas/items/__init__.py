"""What is drawn on the canvas: cards, ports and wires."""
