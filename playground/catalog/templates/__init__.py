"""Starter projects as plain values; playground.project.templates builds them."""
