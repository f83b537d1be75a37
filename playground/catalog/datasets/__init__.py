"""Data sets by sort: toy, tabular, images, files."""
