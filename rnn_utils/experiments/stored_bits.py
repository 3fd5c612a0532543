"""Lesson 01: how many past bits one number holds when it is read digit by digit."""

import numpy as np


def exact(noise: float, rows: int = 2000, steps: int = 60, seed: int = 0) -> int:
    """Return how many of the newest bits come back in every row from h_t = ¼ h_{t-1} + x_t.

    Args:
        noise: the standard deviation of what is added to the state at each step.
        rows: how many random sequences of bits are stored.
        steps: how long they are.
        seed: of the bits and the noise.

    Example:
        >>> exact(0.0, rows=200)
        27
    """
    rng = np.random.default_rng(seed)
    bits = rng.integers(0, 2, (steps, rows))
    h = np.zeros(rows)
    for x_t in bits:
        h = h / 4 + x_t + noise * rng.standard_normal(rows)
    for k, x_t in enumerate(bits[::-1]):
        read = h > 2 / 3  # the older bits together are worth at most 1/3
        if (read != x_t).any():
            return k
        h = 4 * (h - read)
    return steps
