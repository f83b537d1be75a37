"""The palette: every layer that can be dragged onto the canvas."""
