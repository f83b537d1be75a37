"""Playground: draw a neural net, train it, and watch it learn."""

__version__ = "0.1.0"
