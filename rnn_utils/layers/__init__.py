"""Layers around the cells: activations, output, stacks and both directions, convolution."""
