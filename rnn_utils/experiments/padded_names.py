"""Lesson 05: names of different lengths in one array."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LETTERS = 26


def encode(names: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return one-hot letters (T, N, 26), padded with zeros to the longest name, and the lengths (N,).

    >>> x, lengths = encode(["Ada", "Bo"])
    >>> x.shape, lengths
    ((3, 2, 26), array([3, 2]))
    """
    lengths = np.array([len(name) for name in names])
    x = np.zeros((lengths.max(), len(names), LETTERS))
    for n, name in enumerate(names):
        for t, letter in enumerate(name.lower()):
            x[t, n, ord(letter) - ord("a")] = 1.0
    return x, lengths


def frequency_bits(targets: np.ndarray) -> float:
    """Return the bits per target of always predicting how frequent each one is."""
    share = np.bincount(targets.ravel()) / targets.size
    return float(-np.mean(np.log2(share[targets])))


def padded_share(lengths: np.ndarray, N: int = 64) -> float:
    """Return the share of padding when batches of N sequences are taken in the given order."""
    batches = [lengths[k : k + N] for k in range(0, len(lengths), N)]
    return float(1 - lengths.sum() / sum(len(batch) * batch.max() for batch in batches))
