"""Lesson 06: a small network with random weights that reads one letter and is asked for the next."""

from __future__ import annotations

import numpy as np

from rnn_utils import data

N, H = 64, 40


def network(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    """Return inputs (N, D), states before the step (N, H), targets (N,) and the weights by name.

    >>> x_t, h_prev, targets, weights = network()
    >>> x_t.shape, h_prev.shape, targets.shape
    ((64, 56), (64, 40), (64,))
    """
    text = data.book()[:2000]
    letters = sorted(set(text))
    numbers = np.array([letters.index(letter) for letter in text])
    rng = np.random.default_rng(seed)
    D = len(letters)
    h_prev = np.tanh(rng.standard_normal((N, H)))
    weights = {
        "W_xh": rng.standard_normal((H, D)),
        "W_hh": rng.standard_normal((H, H)) / np.sqrt(H),
        "b_h": np.zeros(H),
        "W_hy": rng.standard_normal((D, H)) / np.sqrt(H),
        "b_y": np.zeros(D),
    }
    return np.eye(D)[numbers[:N]], h_prev, numbers[1 : N + 1], weights
