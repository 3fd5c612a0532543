"""Correct solutions of lesson 18 in different styles: every one must pass."""

import numpy as np


def sum_by_steps(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            gradient = gradient.sum(axis=k, keepdims=True)
    return gradient


def sum_by_reshaping(gradient, shape):
    full = (1,) * (gradient.ndim - len(shape)) + tuple(shape)
    axes = tuple(k for k, size in enumerate(full) if size == 1)
    return np.sum(gradient, axis=axes).reshape(shape)


def sum_by_adding_up(gradient, shape):
    result = np.zeros(shape)
    for place in np.ndindex(*gradient.shape):
        own = place[len(place) - len(shape) :]
        own = tuple(0 if size == 1 else k for k, size in zip(own, shape, strict=True))
        result[own] += gradient[place]
    return result


def product_plainly(g, a, b):
    return sum_by_steps(g * b, a.shape), sum_by_steps(g * a, b.shape)


def product_by_reshaping(g, a, b):
    return [sum_by_reshaping(g * b, np.shape(a)), sum_by_reshaping(a * g, np.shape(b))]


def product_of_broadcast_arrays(g, a, b):
    wide_a, wide_b = np.broadcast_arrays(a, b)
    return sum_by_adding_up(g * wide_b, a.shape), sum_by_adding_up(g * wide_a, b.shape)


def matrices_plainly(g, a, b):
    return g.dot(b.T), a.T.dot(g)


def matrices_by_einsum(g, a, b):
    return np.einsum("ik,jk->ij", g, b), np.einsum("ij,ik->jk", a, g)


def matrices_by_rows(g, a, b):
    da, db = np.zeros(a.shape), np.zeros(b.shape)
    for i in range(len(g)):
        da[i] = b @ g[i]
        db += np.outer(a[i], g[i])
    return da, db


def walk_with_a_dictionary(notes, loss, values):
    found = {loss: np.ones_like(values[loss])}
    for result, operands, back in notes[::-1]:
        if result in found:
            for place, g in zip(operands, back(found[result]), strict=True):
                found[place] = found[place] + g if place in found else g
    return [found.get(k, np.zeros_like(value)) for k, value in enumerate(values)]


def walk_by_index(notes, loss, values):
    gradients = [np.zeros_like(value) for value in values]
    gradients[loss] = gradients[loss] + 1.0
    for k in range(len(notes) - 1, -1, -1):
        result, operands, back = notes[k]
        incoming = back(gradients[result])
        for j in range(len(operands)):
            gradients[operands[j]] = gradients[operands[j]] + incoming[j]
    return gradients


def walk_by_recursion(notes, loss, values):
    gradients = [0.0 * np.asarray(value) for value in values]

    def hear(place, g):
        gradients[place] = gradients[place] + g
        for result, operands, back in notes:
            if result == place:
                for operand, part in zip(operands, back(g), strict=True):
                    hear(operand, part)

    hear(loss, np.ones_like(values[loss]))
    return tuple(gradients)


RIGHT_ANSWERS = {
    "unbroadcast": [sum_by_steps, sum_by_reshaping, sum_by_adding_up],
    "multiply_back": [product_plainly, product_by_reshaping, product_of_broadcast_arrays],
    "matmul_back": [matrices_plainly, matrices_by_einsum, matrices_by_rows],
    "walk_back": [walk_with_a_dictionary, walk_by_index, walk_by_recursion],
}
