"""Layers by family: data, dense, activation, convolution, and so on."""
