"""A tape: gradients of anything that is computed with a handful of operations, without deriving them
by hand.

Every operation notes its result, what went into it, and how a gradient goes back through it. Walking
the notes backwards, from the last to the first, is backpropagation; everything in lessons 06 and 07
was this walk, written out.

Source: Wengert (1964), A simple automatic derivative evaluation program; Baydin, Pearlmutter, Radul
and Siskind (2018), Automatic differentiation in machine learning: a survey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np


class Variable:
    """An array on a tape; `value` is the array, and its gradient has the same shape."""

    def __init__(self, value: np.ndarray) -> None:
        self.value = value


Back = Callable[[np.ndarray], tuple[np.ndarray, ...]]


class Tape:
    """Notes of every operation, in the order in which they were done.

    Example:
        >>> tape = Tape()
        >>> w = tape.variable(np.array([2.0, 3.0]))
        >>> loss = tape.sum(tape.tanh(tape.multiply(w, w)))
        >>> tape.gradients(loss, [w])[0].round(6).tolist()
        [0.005364, 0.0]
    """

    def __init__(self) -> None:
        self._notes: list[tuple[Variable, tuple[Variable, ...], Back]] = []

    def variable(self, value: np.ndarray) -> Variable:
        """Put an array on the tape that was not computed on it."""
        return Variable(np.asarray(value, dtype=float))

    def add(self, a: Variable, b: Variable) -> Variable:
        """Return a + b; shapes may broadcast."""
        shapes = a.value.shape, b.value.shape
        back = lambda g: (unbroadcast(g, shapes[0]), unbroadcast(g, shapes[1]))  # noqa: E731
        return self._note(a.value + b.value, (a, b), back)

    def multiply(self, a: Variable, b: Variable) -> Variable:
        """Return a ⊙ b; shapes may broadcast."""
        back = lambda g: (  # noqa: E731
            unbroadcast(g * b.value, a.value.shape),
            unbroadcast(g * a.value, b.value.shape),
        )
        return self._note(a.value * b.value, (a, b), back)

    def matmul(self, a: Variable, b: Variable) -> Variable:
        """Return a @ b for two matrices."""
        back = lambda g: (g @ b.value.T, a.value.T @ g)  # noqa: E731
        return self._note(a.value @ b.value, (a, b), back)

    def transpose(self, a: Variable) -> Variable:
        """Return aᵀ."""
        return self._note(a.value.T, (a,), lambda g: (g.T,))

    def tanh(self, a: Variable) -> Variable:
        """Return tanh(a)."""
        h = np.tanh(a.value)
        return self._note(h, (a,), lambda g: (g * (1 - h**2),))

    def sum(self, a: Variable) -> Variable:
        """Return the sum of all numbers of a."""
        back = lambda g: (np.broadcast_to(g, a.value.shape),)  # noqa: E731
        return self._note(np.asarray(a.value.sum()), (a,), back)

    def gradients(self, loss: Variable, of: Sequence[Variable]) -> list[np.ndarray]:
        """Walk the notes backwards from a loss.

        Args:
            loss: a single number on this tape.
            of: variables, from before the loss.

        Returns:
            The gradient of the loss with respect to each; zeros where it does not depend on one.

        Raises:
            ValueError: the loss is more than one number.
        """
        if loss.value.size != 1:
            raise ValueError(
                f"gradients: the loss should be one number, but has shape {loss.value.shape}. Sum it first."
            )
        gradient: dict[int, np.ndarray] = {id(loss): np.ones_like(loss.value)}
        for result, sources, back in reversed(self._notes):
            if id(result) not in gradient:
                continue  # the loss does not depend on it
            for source, g in zip(sources, back(gradient[id(result)]), strict=True):
                # A variable that is used twice gets the sum of both ways.
                gradient[id(source)] = gradient.get(id(source), 0) + g
        return [gradient.get(id(v), np.zeros_like(v.value)) for v in of]

    def _note(self, value: np.ndarray, sources: tuple[Variable, ...], back: Back) -> Variable:
        result = Variable(value)
        self._notes.append((result, sources, back))
        return result


def unbroadcast(gradient: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the gradient of what was broadcast: summed over the axes that were repeated.

    Args:
        gradient: of the result of an operation.
        shape: of the operand before it was broadcast.

    Returns:
        An array of that shape.

    Example:
        >>> unbroadcast(np.ones((4, 3)), (3,)).tolist(), unbroadcast(np.ones((4, 3)), (4, 1)).shape
        ([4.0, 4.0, 4.0], (4, 1))
    """
    extra = gradient.ndim - len(shape)
    gradient = gradient.sum(axis=tuple(range(extra)))
    repeated = tuple(k for k, size in enumerate(shape) if size == 1 and gradient.shape[k] != 1)
    return gradient.sum(axis=repeated, keepdims=True)
