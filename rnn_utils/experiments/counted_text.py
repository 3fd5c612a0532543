"""Lesson 04: the book as numbers, and tables of counts that answer with the next character."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rnn_utils import data


class Book(NamedTuple):
    """*Alice's Adventures in Wonderland*: nine tenths to count, and the last tenth to be judged on."""

    characters: list[str]
    read: np.ndarray  # numbers of the characters, integers
    held_out: np.ndarray

    @classmethod
    def load(cls) -> Book:
        """Read the book and number its characters.

        >>> book = Book.load()
        >>> len(book.characters), len(book.read), len(book.held_out)
        (65, 128271, 14253)
        """
        text = data.book()
        characters = sorted(set(text))
        number = {character: k for k, character in enumerate(characters)}
        codes = np.array([number[character] for character in text])
        cut = 9 * len(codes) // 10
        return cls(characters, codes[:cut], codes[cut:])


def pair_counts(codes: np.ndarray, V: int) -> np.ndarray:
    """Count which character follows which: row c, column d is how often d came after c, (V, V).

    >>> pair_counts(np.array([0, 1, 0, 1, 1]), 2)
    array([[0., 2.],
           [1., 1.]])
    """
    counts = np.zeros((V, V))
    np.add.at(counts, (codes[:-1], codes[1:]), 1)
    return counts


def triple_counts(codes: np.ndarray, V: int) -> np.ndarray:
    """Count what follows each pair of characters: row c·V + d counts what came after c, d, (V², V)."""
    counts = np.zeros((V * V, V))
    np.add.at(counts, (codes[:-2] * V + codes[1:-1], codes[2:]), 1)
    return counts
