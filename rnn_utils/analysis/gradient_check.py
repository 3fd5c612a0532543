"""A gradient from function values alone, the referee of every backward function."""

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils._shapes import expect_floats


def numerical_gradient(
    f: Callable[[np.ndarray], Any], a: np.ndarray, step: float = 1e-5
) -> np.ndarray:
    """Return the gradient of f at a by central differences, one element at a time.

    The differences are taken in float64 whatever the dtype of a, for in float32 they would drown in
    rounding. The error is about step² from the formula and 1e-16 |f| / step from rounding.

    Args:
        f: takes an array of the shape of a and returns one number.
        a: where to take the gradient, any shape; it is not modified.
        step: how far to go to either side.

    Returns:
        (f(a + step) − f(a − step)) / (2 step) for every element, of the shape and dtype of a.

    Raises:
        TypeError: a does not hold floats.
        ValueError: f returns something other than one number.

    Example:
        >>> gradient = numerical_gradient(lambda a: np.sum(a**2), np.array([1.0, -3.0]))
        >>> gradient.round(6).tolist()
        [2.0, -6.0]
    """
    expect_floats("numerical_gradient", "a", a)
    centre = np.array(a, dtype=np.float64)
    gradient = np.empty_like(centre)
    for index in np.ndindex(centre.shape):
        values = []
        for shift in (step, -step):
            moved = centre.copy()  # f may keep or change what it is given
            moved[index] += shift
            value = np.asarray(f(moved))
            if value.size != 1:
                raise ValueError(
                    f"numerical_gradient: f should return one number, but returned an array of "
                    f"shape {value.shape}. Reduce it to a loss, for example with np.sum."
                )
            values.append(value.item())
        gradient[index] = (values[0] - values[1]) / (2 * step)
    return gradient.astype(np.asarray(a).dtype)


def relative_error(a: Any, b: Any) -> float:
    """Return the largest difference of two arrays, relative to the largest of their values.

    That is max|a − b| / max(max|a|, max|b|): 0 if they are equal, 1 if one of them is zero, 2 if
    they are opposite. There is one scale for the whole array, so that an element that happens to
    be near zero does not raise an alarm by its rounding.

    Args:
        a, b: numbers of the same shape.

    Returns:
        The relative error; 0 for two arrays of zeros, nan if a value is not finite.

    Raises:
        ValueError: the shapes differ.

    Example:
        >>> relative_error(np.array([1.0, 100.0]), np.array([2.0, 100.0]))
        0.01
        >>> relative_error(np.zeros(3), np.zeros(3))
        0.0
    """
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    if a.shape != b.shape:
        raise ValueError(
            f"relative_error: expected two arrays of the same shape, but got {a.shape} and "
            f"{b.shape}. A gradient has the shape of what it is the gradient of."
        )
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        return float("nan")
    scale = max(np.max(np.abs(a), initial=0), np.max(np.abs(b), initial=0))
    return float(np.max(np.abs(a - b), initial=0) / scale) if scale > 0 else 0.0
