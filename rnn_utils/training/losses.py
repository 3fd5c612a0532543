"""Losses from outputs and targets, their gradients, and the accuracy."""

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes
from rnn_utils.layers.output import softmax


def cross_entropy(y: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean of −log p(target), computed from the scores.

    log p is taken as y − log Σ exp(y) with the largest score subtracted first, so that neither a
    score of 1000 nor one of −1000 gives an infinity.

    Args:
        y: scores (…, O), before any softmax.
        targets: the number of the right class for each, integers (…) from 0 to O − 1.

    Returns:
        The loss in nats.

    Raises:
        TypeError, ValueError: y holds no floats, targets no integers from 0 to O − 1, or the shapes
            do not fit together.

    Example:
        >>> round(cross_entropy(np.array([[0.0, 0.0]]), np.array([1])), 4)  # log 2
        0.6931
        >>> cross_entropy(np.array([[1000.0, -1000.0]]), np.array([1]))
        2000.0
    """
    targets = _expect_classes("cross_entropy", y, targets)
    shifted = y - y.max(axis=-1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    of_targets = log_p.reshape(-1, y.shape[-1])[np.arange(targets.size), targets.ravel()]
    return float(-of_targets.mean())


def cross_entropy_backward(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the gradient of `cross_entropy` with respect to the scores: (p − one-hot) / count.

    Args:
        y: scores (…, O), before any softmax.
        targets: the number of the right class for each, integers (…) from 0 to O − 1.

    Returns:
        dy (…, O).

    Raises:
        TypeError, ValueError: as for `cross_entropy`.

    Example:
        >>> cross_entropy_backward(np.array([[0.0, 0.0], [0.0, 0.0]]), np.array([1, 0])).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
    """
    targets = _expect_classes("cross_entropy_backward", y, targets)
    one_hot = np.arange(y.shape[-1]) == targets[..., None]
    return (softmax(y) - one_hot) / targets.size


def mean_squared_error(y: np.ndarray, targets: np.ndarray) -> float:
    """Return the mean over all elements of (y − target)².

    Args:
        y: outputs, any shape.
        targets: what they should have been, the same shape.

    Returns:
        The loss, in the square of the unit of y.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes differ.

    Example:
        >>> mean_squared_error(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]]))
        5.0
    """
    expect_shapes("mean_squared_error", y=(y, "..."), targets=(targets, "..."))
    return float(np.mean((y - targets) ** 2))


def mean_squared_error_backward(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return the gradient of `mean_squared_error` with respect to y: 2 (y − target) / count.

    Args:
        y: outputs, any shape.
        targets: what they should have been, the same shape.

    Returns:
        dy, the same shape.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes differ.

    Example:
        >>> mean_squared_error_backward(np.array([[1.0], [5.0]]), np.array([[2.0], [2.0]])).tolist()
        [[-1.0], [3.0]]
    """
    expect_shapes("mean_squared_error_backward", y=(y, "..."), targets=(targets, "..."))
    return 2 * (y - targets) / np.size(y)


def accuracy(y: np.ndarray, targets: np.ndarray) -> float:
    """Return the fraction of targets that have the highest score.

    Of equal scores the first counts as the highest.

    Args:
        y: scores (…, O).
        targets: the number of the right class for each, integers (…) from 0 to O − 1.

    Returns:
        A fraction between 0 and 1.

    Raises:
        TypeError, ValueError: as for `cross_entropy`.

    Example:
        >>> accuracy(np.array([[0.2, 0.9], [0.8, 0.1]]), np.array([1, 1]))
        0.5
    """
    targets = _expect_classes("accuracy", y, targets)
    return float(np.mean(y.argmax(axis=-1) == targets))


def _expect_classes(function: str, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    expect_shapes(function, y=(y, "... O"))
    *leading, O = y.shape  # noqa: E741
    source = f"y has shape {y.shape}"
    return expect_integers(function, "targets", targets, tuple(leading), source, low=0, high=O - 1)
