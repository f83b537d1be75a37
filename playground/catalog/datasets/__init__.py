"""Data sets by family: toy, tabular, images, sequences, files."""
