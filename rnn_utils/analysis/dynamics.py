"""Recurrences looked at as dynamical systems: memory, fixed points, stability, saturation."""

import math
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np

from rnn_utils._shapes import expect_shapes


def half_life(w_hh: float) -> float:
    """Return after how many steps the linear state has lost half of what it held.

    Args:
        w_hh: what one step keeps of the state.

    Returns:
        ln(1/2) / ln|w_hh|, a real number of steps; 0 for w_hh = 0, infinity for |w_hh| ≥ 1, where
        nothing is ever lost.

    Raises:
        TypeError, ValueError: w_hh is not a number.

    Example:
        >>> half_life(0.5), half_life(-1.0), half_life(0.0)
        (1.0, inf, 0.0)
        >>> round(half_life(0.9), 2)
        6.58
    """
    expect_shapes("half_life", w_hh=(w_hh, ""))
    kept = abs(w_hh)
    if kept >= 1:
        return math.inf
    return math.log(0.5) / math.log(kept) if kept > 0 else 0.0


def parity_state(h_prev: Any, x_t: Any) -> Any:
    """Return whether the number of ones so far is odd: the exclusive or of state and input.

    Args:
        h_prev: the parity before this bit, 0 or 1, or an array of them.
        x_t: the bit, 0 or 1, or an array of them.

    Returns:
        1 if exactly one of the two is 1, otherwise 0.

    Raises:
        ValueError: a value is neither 0 nor 1.

    Example:
        >>> parity_state(1, 0), parity_state(1, 1)
        (1, 0)
    """
    for name, bit in (("h_prev", h_prev), ("x_t", x_t)):
        if np.asarray(bit).dtype.kind not in "iub" or not np.isin(bit, (0, 1)).all():
            raise ValueError(
                f"parity_state: {name} should be an integer 0 or 1, but is {bit!r}. "
                f"Give bits, as integers."
            )
    return h_prev ^ x_t


def fixed_points(w: float, b: float) -> np.ndarray:
    """Return every state that one neuron maps onto itself: all solutions of h = tanh(w h + b).

    g(h) = tanh(w h + b) − h falls everywhere if w ≤ 1, and then has one zero. If w > 1 it turns at
    the two places where cosh²(w h + b) = w, and has at most one zero before, between and after
    them. Each is found by bisection.

    Where the curve only touches the diagonal two solutions coincide. They are returned once, and so
    are any two closer than 1e-7, which rounding cannot tell apart.

    Args:
        w: the recurrent weight.
        b: the bias (plus whatever constant input there is).

    Returns:
        The 1, 2 or 3 solutions in ascending order, float64.

    Raises:
        TypeError, ValueError: an argument is not a finite number.

    Source: Pasemann (1993), Dynamics of a single model neuron.

    Example:
        >>> fixed_points(0.5, 0.0).tolist()
        [0.0]
        >>> fixed_points(2.0, 0.0).round(4).tolist()
        [-0.9575, 0.0, 0.9575]
    """
    expect_shapes("fixed_points", w=(w, ""), b=(b, ""))
    w, b = float(w), float(b)
    if not (math.isfinite(w) and math.isfinite(b)):
        raise ValueError(f"fixed_points: w and b should be finite, but are {w} and {b}.")

    def g(h: float) -> float:
        return math.tanh(w * h + b) - h

    turns = []
    if w > 1:
        u = math.asinh(math.sqrt(w - 1))  # cosh²u = w
        turns = [min(max((sign * u - b) / w, -1.0), 1.0) for sign in (-1, 1)]
    edges = [-1.0, *turns, 1.0]
    roots = [
        _bisect(g, low, high)
        for low, high in pairwise(edges)
        if g(low) >= 0 >= g(high) or g(low) <= 0 <= g(high)
    ]
    if len(roots) == 1:  # at a touch, rounding may leave g just short of zero
        roots += [h for h in turns if abs(g(h)) <= 4 * np.finfo(float).eps]
    roots.sort()
    groups = np.split(roots, np.flatnonzero(np.diff(roots) > 1e-7) + 1)
    return np.array([group.mean() for group in groups])


def _bisect(g: Callable[[float], float], low: float, high: float) -> float:
    """Halve the interval until it cannot be halved: g has opposite signs at its ends."""
    rising = g(low) < g(high)
    while low < (middle := (low + high) / 2) < high:
        if g(middle) == 0:
            return middle
        if (g(middle) < 0) == rising:
            low = middle
        else:
            high = middle
    return min(low, high, key=lambda h: abs(g(h)))


def is_stable(w: float, h_star: float) -> bool:
    """Return whether the neuron h ↦ tanh(w h + b) comes back to its fixed point h_star.

    The slope of the map there is w (1 − h_star²), whatever b is; a small distance is multiplied by
    it at every step.

    Args:
        w: the recurrent weight.
        h_star: a fixed point.

    Returns:
        True if |w (1 − h_star²)| < 1. At exactly 1 the slope does not decide, and this says False.

    Raises:
        TypeError, ValueError: an argument is not a number.

    Source: Strogatz (1994), Nonlinear Dynamics and Chaos, chapter 10.

    Example:
        >>> is_stable(2.0, 0.0), is_stable(2.0, 0.9575)
        (False, True)
    """
    expect_shapes("is_stable", w=(w, ""), h_star=(h_star, ""))
    return bool(abs(w * (1 - h_star**2)) < 1)


def saturated_fraction(h: np.ndarray, threshold: float) -> float:
    """Return the fraction of states whose size is above a threshold.

    Args:
        h: states, any shape, at least one.
        threshold: from which size on a state counts as saturated, between 0 and 1.

    Returns:
        A fraction between 0 and 1.

    Raises:
        TypeError: an argument holds no floats.

    Example:
        >>> saturated_fraction(np.array([0.1, -0.99, 0.5, 0.98]), threshold=0.9)
        0.5
    """
    expect_shapes("saturated_fraction", h=(h, "..."), threshold=(threshold, ""))
    return float(np.mean(np.abs(h) > threshold))
