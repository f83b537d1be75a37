"""The gestures of mouse and keyboard, one file per gesture; Esc cancels each of them."""
