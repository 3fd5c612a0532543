"""Lesson 03: random recurrent networks read a text; which of their states stay bounded?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn_utils import data

Step = Callable[..., np.ndarray]

UNITS = 32
#: A state beyond this size counts as unbounded, and reading stops.
LIMIT = 1000.0
SEEDS = range(10)


def one_hot_text(length: int) -> np.ndarray:
    """Return the first letters of the book, one-hot, (length, 1, D): a batch of one sequence.

    >>> one_hot_text(500).shape
    (500, 1, 25)
    """
    text = " ".join(data.words(data.book()))[:length]
    letters = sorted(set(text))
    return np.eye(len(letters))[[letters.index(letter) for letter in text]][:, None, :]


def random_weights(
    D: int, H: int, scale: float, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw W_xh (H, D), W_hh (H, H) and b_h (H,); the largest eigenvalue of W_hh has size `scale`."""
    rng = np.random.default_rng(seed)
    W_hh = rng.standard_normal((H, H))
    W_hh *= scale / np.abs(np.linalg.eigvals(W_hh)).max()
    return rng.standard_normal((H, D)), W_hh, np.zeros(H)


def read(step: Step, x: np.ndarray, scale: float, seed: int) -> np.ndarray:
    """Run a step with random weights over x (T, 1, D).

    Args:
        step: a function of x_t, h_prev, W_xh, W_hh, b_h.
        x: the inputs.
        scale: the size of the largest eigenvalue of W_hh.
        seed: of the weights.

    Returns:
        the states (T, H), or fewer of them where one passed the limit.
    """
    weights = random_weights(x.shape[2], UNITS, scale, seed)
    h, states = np.zeros((1, UNITS)), []
    for x_t in x:
        h = step(x_t, h, *weights)
        states.append(h[0])
        if np.abs(h).max() > LIMIT:
            break
    return np.array(states)


def count_bounded(step: Step, x: np.ndarray, scales: Sequence[float]) -> list[int]:
    """Return for each scale how many of ten draws of the weights stay within the limit."""
    return [
        sum(bool(np.abs(read(step, x, scale, seed)).max() <= LIMIT) for seed in SEEDS)
        for scale in scales
    ]
