"""Plots in the inspector."""
