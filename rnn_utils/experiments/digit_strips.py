"""Lesson 02: readers of strips of five digits, with shared weights or with a set for each place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_utils import data

PLACES, WIDTH, PIXELS = 5, 8, 8
UNITS = WIDTH * PIXELS
TEST_IMAGES = 595

#: W_xh, W_hh and b_h of a state that holds the last eight columns, the newest first.
WINDOW = (np.eye(UNITS, PIXELS), np.eye(UNITS, k=-PIXELS), np.zeros(UNITS))

#: A function of x (T, N, D), h0 (N, H) and T tuples of weights that returns the states (T, N, H).
Forward = Callable[[np.ndarray, np.ndarray, list[Any]], np.ndarray]


class Digits(NamedTuple):
    """The images as columns (K, 8, 8 pixels), ink from 0 to 1, and what they show (K,)."""

    columns: np.ndarray
    labels: np.ndarray

    @classmethod
    def load(cls) -> Digits:
        """Read the handwritten digits (Alpaydin and Kaynak, 1998)."""
        images, labels = data.digits()
        return cls(images.transpose(0, 2, 1) / 16, labels)

    def strips(self, chosen: np.ndarray) -> np.ndarray:
        """Return strips as sequences (40, N, 8); `chosen` (5, N) picks an image for each place."""
        N = chosen.shape[1]
        return self.columns[chosen].transpose(0, 2, 1, 3).reshape(PLACES * WIDTH, N, PIXELS)

    def split(self, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Shuffle the images; return those to learn from and 595 others to test on."""
        order = np.random.default_rng(seed).permutation(len(self.labels))
        return order[:-TEST_IMAGES], order[-TEST_IMAGES:]


def read(forward: Forward, x: np.ndarray) -> np.ndarray:
    """Return the states (T, N, 64) of the window, the same weights at every step."""
    return forward(x, np.zeros((x.shape[1], UNITS)), [WINDOW] * len(x))


def fit(h: np.ndarray, wanted: np.ndarray, penalty: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Return W (O, H) and b (O,) for which h @ W.T + b is nearest to `wanted`: ridge regression.

    It minimises the sum of the squared errors plus `penalty` times the sum of the squared weights
    (Hoerl and Kennard, 1970).
    """
    rows = np.concatenate([h, np.ones((len(h), 1))], axis=1)
    square = rows.T @ rows + penalty * np.eye(rows.shape[1])
    both = np.linalg.solve(square, rows.T @ wanted)
    return both[:-1].T, both[-1]


def _fit_digits(h: np.ndarray, digits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Fit scores that are 1 for the digit shown and 0 for the nine others."""
    return fit(h, np.eye(10)[digits])


def _answers(h: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
    return (h @ W.T + b).argmax(axis=-1)


def _early_sevens(labels: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """Choose strips from a pool of images (5, N): all 7s at the first three places."""
    sevens, others = pool[labels[pool] == 7], pool[labels[pool] != 7]
    N = len(pool) // PLACES
    late, rest = others[: 2 * N], others[2 * N :]
    early = np.random.default_rng(0).permutation(np.concatenate([sevens, rest]))
    return np.concatenate([early[: 3 * N], late]).reshape(PLACES, N)


def sevens_recognised(forward: Forward, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Learn from strips with 7s at places 1 to 3 only, and test new 7s at each place.

    Args:
        forward: runs the layers.
        seed: of the split into images to learn from and to test on.

    Returns:
        the share of new 7s recognised at each place (5,), with shared weights and with own ones.
    """
    digits = Digits.load()
    labels = digits.labels
    pool, unseen = digits.split(seed)
    chosen = _early_sevens(labels, pool)
    h = read(forward, digits.strips(chosen))[WIDTH - 1 :: WIDTH]  # at the end of each place
    shared = _fit_digits(h.reshape(-1, UNITS), labels[chosen].ravel())
    own = [_fit_digits(h[p], labels[chosen[p]]) for p in range(PLACES)]

    sevens, others = unseen[labels[unseen] == 7], unseen[labels[unseen] != 7]
    right = np.zeros((2, PLACES))
    for p in range(PLACES):
        test = np.resize(others, (PLACES, len(sevens)))
        test[p] = sevens  # a new 7 at this place, something else at the others
        h_seven = read(forward, digits.strips(test))[WIDTH * p + WIDTH - 1]
        for k, fitted in enumerate((shared, own[p])):
            right[k, p] = np.mean(_answers(h_seven, *fitted) == 7)
    return right[0], right[1]


def errors_by_strips(
    forward: Forward, sizes: Sequence[int], seed: int
) -> tuple[np.ndarray, np.ndarray]:
    """Learn from N strips with all digits at all places, for each N, and test on new digits.

    Args:
        forward: runs the layers.
        sizes: how many strips there are to learn from.
        seed: of the split.

    Returns:
        the share of errors for each size, with shared weights and with own ones.
    """
    digits = Digits.load()
    labels = digits.labels
    pool, unseen = digits.split(seed)
    test = unseen.reshape(PLACES, -1)
    h_test = read(forward, digits.strips(test))[WIDTH - 1 :: WIDTH]
    wrong = np.zeros((2, len(sizes)))
    for k, N in enumerate(sizes):
        chosen = pool[: PLACES * N].reshape(PLACES, N)
        h = read(forward, digits.strips(chosen))[WIDTH - 1 :: WIDTH]
        shared = _fit_digits(h.reshape(-1, UNITS), labels[chosen].ravel())
        own = [_fit_digits(h[p], labels[chosen[p]]) for p in range(PLACES)]
        own_answers = np.stack([_answers(h_test[p], *own[p]) for p in range(PLACES)])
        wrong[:, k] = (
            np.mean(_answers(h_test, *shared) != labels[test]),
            np.mean(own_answers != labels[test]),
        )
    return wrong[0], wrong[1]
