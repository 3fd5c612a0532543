"""Wrong answers to lesson 18 in one respect only."""

import numpy as np


def walked_as_a_search_meets_them(notes, loss, values):
    """A depth-first search is no order in which gradients are complete when they are handed on."""
    made = {result: (operands, back) for result, operands, back in notes}
    order, seen = [], set()

    def visit(place):
        if place not in seen:
            seen.add(place)
            order.append(place)
            for operand in made.get(place, ((), None))[0]:
                visit(operand)

    visit(loss)
    gradients = [np.zeros_like(value) for value in values]
    gradients[loss] = np.ones_like(values[loss])
    for place in order:
        if place in made:
            operands, back = made[place]
            for operand, part in zip(operands, back(gradients[place]), strict=True):
                gradients[operand] = gradients[operand] + part
    return gradients


def gradients_lie_flat(notes, loss, values):
    """All numbers are right, and none has the shape of its value."""
    gradients = [np.zeros_like(value) for value in values]
    gradients[loss] = np.ones_like(values[loss])
    for result, operands, back in reversed(notes):
        for place, part in zip(operands, back(gradients[result]), strict=True):
            gradients[place] = gradients[place] + part
    return [gradient.reshape(1, -1) for gradient in gradients]


def one_axis_of_length_one(gradient, shape):
    """Only the first of several axes of length one is summed."""
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for k, size in enumerate(shape):
        if size == 1:
            return gradient.sum(axis=k, keepdims=True)
    return gradient


WRONG_ANSWERS = {
    "walk_back": [walked_as_a_search_meets_them, gradients_lie_flat],
    "unbroadcast": [one_axis_of_length_one],
}
