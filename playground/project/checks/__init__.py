"""Checks of a whole project: labels, linear chains, padding, blocks."""
