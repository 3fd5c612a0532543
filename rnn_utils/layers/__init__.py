"""Layers around the cells: output, stacks, both directions, convolution."""
