"""Looking a split over before anything is trained, and scores of tags for each kind by itself."""

from __future__ import annotations

import re

import numpy as np


def audit(
    train_starts: np.ndarray, test_starts: np.ndarray, window: int, horizon: int
) -> np.ndarray:
    """Return which training windows hold a value that a test window is judged by.

    A window that starts at s reads the values s … s + window − 1 and is judged by the next `horizon` values.

    Args:
        train_starts: where each training window starts, integers (K,), in any order.
        test_starts: where each test window starts, integers (M,), in any order.
        window: how many values are read, at least 1.
        horizon: how many values are forecast, at least 1.

    Returns:
        The places in `train_starts`, ascending, of windows whose values, read or forecast, are among those
        that a test window is judged by.

    Example:
        >>> audit(np.array([0, 1, 5, 9]), np.array([4]), window=3, horizon=1).tolist()  # judged by value 7
        [2]
    """
    reach = np.arange(window + horizon)
    judged = np.asarray(test_starts, dtype=int)[:, None] + window + np.arange(horizon)
    held = np.asarray(train_starts, dtype=int)[:, None] + reach
    return np.flatnonzero(np.isin(held, judged).any(axis=1))


def f1_scores(tags: np.ndarray, predicted: np.ndarray, kinds: int) -> np.ndarray:
    """Return the F1 score of each kind of tag.

    Args:
        tags: the true ones, integers from 0 to kinds − 1, of any shape.
        predicted: those of a model, of the same shape.
        kinds: how many kinds there are.

    Returns:
        2 · right / (true + predicted) for each kind (kinds,); 0 where a kind occurs in neither.

    Source: van Rijsbergen (1979), Information retrieval.

    Example:
        >>> f1_scores(np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1]), kinds=3).round(2).tolist()
        [0.67, 0.8, 0.0]
    """
    tags, predicted = np.ravel(tags), np.ravel(predicted)
    right = np.bincount(tags[tags == predicted], minlength=kinds)
    both = np.bincount(tags, minlength=kinds) + np.bincount(predicted, minlength=kinds)
    return np.divide(2.0 * right, both, out=np.zeros(kinds), where=both > 0)


#: What may follow a word, in the order of its tags.
MARKS = ("nothing", "a comma", "the end of a sentence")


def punctuation(text: str) -> tuple[list[str], np.ndarray]:
    """Return the words of a text in small letters, and what followed each of them.

    Args:
        text: with its punctuation.

    Returns:
        The words (T,), and tags (T,), the places of what followed in `MARKS`.

    Example:
        >>> words, tags = punctuation("Well, well! What is it now?")
        >>> words, tags.tolist()
        (['well', 'well', 'what', 'is', 'it', 'now'], [1, 2, 0, 0, 0, 2])
    """
    words, tags = [], []
    for word, after in re.findall(r"([A-Za-z]+(?:['’][a-z]+)?)([^A-Za-z]*)", text):
        words.append(word.lower())
        tags.append(2 if re.search(r"[.!?]", after) else 1 if re.search(r"[,;:]", after) else 0)
    return words, np.array(tags, dtype=int)
