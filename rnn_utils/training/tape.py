"""A tape: gradients of anything that is computed with a few operations, none derived by hand.

Every operation notes its result, what went into it, and how a gradient goes back through it. Walking
the notes backwards, from the last to the first, is backpropagation; lessons 06 and 07 were this walk,
written out.

Source: Wengert (1964), A simple automatic derivative evaluation program; Baydin, Pearlmutter, Radul and
Siskind (2018), Automatic differentiation in machine learning: a survey.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Back = Callable[[np.ndarray], Sequence[np.ndarray]]
#: The place of a result on the tape, the places of what went into it, and the way back through it.
Note = tuple[int, tuple[int, ...], Back]


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


def multiply_back(g: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of a ⊙ b, where one of the two may have been broadcast.

    Args:
        g: the gradient of the loss with respect to a ⊙ b.
        a: one operand.
        b: the other.

    Returns:
        Those with respect to a and to b, in their shapes.

    Example:
        >>> [d.tolist() for d in multiply_back(np.ones((2, 2)), np.ones((2, 2)), np.array([3.0, 4.0]))]
        [[[3.0, 4.0], [3.0, 4.0]], [2.0, 2.0]]
    """
    return unbroadcast(g * b, np.shape(a)), unbroadcast(g * a, np.shape(b))


def matmul_back(g: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradients of a @ b for two matrices.

    Args:
        g: the gradient of the loss with respect to a @ b (I, K).
        a: the left matrix (I, J).
        b: the right matrix (J, K).

    Returns:
        Those with respect to a (I, J) and to b (J, K).

    Example:
        >>> [d.tolist() for d in matmul_back(np.ones((1, 1)), np.array([[2.0, 3.0]]), np.ones((2, 1)))]
        [[[1.0, 1.0]], [[2.0], [3.0]]]
    """
    return g @ b.T, a.T @ g


def walk_back(notes: Sequence[Note], loss: int, values: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Walk a tape backwards and return the gradient of the loss with respect to everything on it.

    Args:
        notes: of every operation, in the order in which they were done: the place of its result, the
            places of its operands, and a function from the result's gradient to theirs.
        loss: the place of the loss, a single number.
        values: the array at each place.

    Returns:
        For each place a gradient in its shape; zeros where the loss does not depend on it.

    Example:
        >>> square = (1, (0, 0), lambda g: (3.0 * g, 3.0 * g))  # 3 ⊙ 3: a value that is used twice
        >>> [float(g) for g in walk_back([square], 1, [np.array(3.0), np.array(9.0)])]
        [6.0, 1.0]
    """
    gradients = [np.zeros(np.shape(value)) for value in values]
    gradients[loss] = np.ones(np.shape(values[loss]))
    for result, operands, back in reversed(notes):
        for place, gradient in zip(operands, back(gradients[result]), strict=True):
            # What is used in several places hears from all of them.
            gradients[place] = gradients[place] + gradient
    return gradients


class Tape:
    """Arrays by their places, and a note of every operation on them.

    Example:
        >>> tape = Tape()
        >>> w = tape.value(np.array([2.0, 3.0]))
        >>> loss = tape.sum(tape.tanh(tape.multiply(w, w)))
        >>> tape.gradients(loss)[w].round(6).tolist()
        [0.005364, 0.0]
    """

    def __init__(self) -> None:
        self.values: list[np.ndarray] = []
        self.notes: list[Note] = []

    def value(self, array: np.ndarray | float) -> int:
        """Put an array on the tape that was not computed on it; return its place."""
        self.values.append(np.asarray(array, dtype=float))
        return len(self.values) - 1

    def add(self, i: int, j: int) -> int:
        """Note a + b; shapes may broadcast."""
        a, b = self.values[i], self.values[j]
        return self._note(
            a + b, (i, j), lambda g: (unbroadcast(g, a.shape), unbroadcast(g, b.shape))
        )

    def multiply(self, i: int, j: int) -> int:
        """Note a ⊙ b; shapes may broadcast."""
        a, b = self.values[i], self.values[j]
        return self._note(a * b, (i, j), lambda g: multiply_back(g, a, b))

    def matmul(self, i: int, j: int) -> int:
        """Note a @ b for two matrices."""
        a, b = self.values[i], self.values[j]
        return self._note(a @ b, (i, j), lambda g: matmul_back(g, a, b))

    def transpose(self, i: int) -> int:
        """Note aᵀ."""
        return self._note(self.values[i].T, (i,), lambda g: (g.T,))

    def tanh(self, i: int) -> int:
        """Note tanh(a)."""
        h = np.tanh(self.values[i])
        return self._note(h, (i,), lambda g: (g * (1 - h**2),))

    def sum(self, i: int) -> int:
        """Note the sum of all numbers of a."""
        a = self.values[i]
        return self._note(np.asarray(a.sum()), (i,), lambda g: (np.broadcast_to(g, a.shape),))

    def gradients(self, loss: int) -> list[np.ndarray]:
        """Return the gradient of a loss with respect to the array at every place.

        Raises:
            ValueError: the loss is more than one number.
        """
        if self.values[loss].size != 1:
            raise ValueError(
                f"gradients: the loss should be one number, but has shape {self.values[loss].shape}. "
                "Sum it first."
            )
        return walk_back(self.notes, loss, self.values)

    def _note(self, result: np.ndarray, operands: tuple[int, ...], back: Back) -> int:
        place = self.value(result)
        self.notes.append((place, operands, back))
        return place
