"""Lessons 05 and on: which states depend on which inputs, by nudging."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np


def influence(
    states_of: Callable[[np.ndarray], np.ndarray], x: np.ndarray, nudge: float = 1e-5
) -> np.ndarray:
    """Return how strongly each state of the first sequence depends on each of its inputs.

    Every number of input s is nudged up and down; the changes of the numbers of state t, per unit of
    nudge, are put together as the root of the sum of their squares.

    Args:
        states_of: a function of inputs (T, N, D) that returns states (T, N, H).
        x: where it is measured.
        nudge: how far.

    Returns:
        the matrix (T, T): row t, column s.
    """
    T, _, D = x.shape
    squares = np.zeros((T, T))
    for s in range(T):
        for d in range(D):
            step = np.zeros_like(x)
            step[s, 0, d] = nudge
            slope = (states_of(x + step) - states_of(x - step)) / (2 * nudge)
            squares[:, s] += np.sum(slope[:, 0] ** 2, axis=-1)
    return np.sqrt(squares)
