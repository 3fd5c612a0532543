"""A recurrence of any kind: a function that is folded over a sequence, and the linear ones in closed form."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.rnn import state_step

State = TypeVar("State")
Input = TypeVar("Input")


def run_recurrence(
    f: Callable[[State, Input], State], h0: State, xs: Iterable[Input]
) -> list[State]:
    """Return every state of the recurrence h_t = f(h_{t-1}, x_t).

    Args:
        f: makes the next state from the previous state and the input; states may be anything.
        h0: the state before the first input.
        xs: the inputs x_1 … x_T.

    Returns:
        The list of h_1 … h_T, as long as xs; h0 is not in it.

    Example:
        >>> run_recurrence(lambda h, x: h + x, 0, [1, 2, 3])
        [1, 3, 6]
        >>> run_recurrence(lambda h, word: (h[-1], word), ("", ""), ["in", "the", "sky"])
        [('', 'in'), ('in', 'the'), ('the', 'sky')]
    """
    states = []
    h = h0
    for x_t in xs:
        h = f(h, x_t)
        states.append(h)
    return states


def running_mean(xs: np.ndarray) -> np.ndarray:
    """Return for each step the mean of the values so far.

    Args:
        xs: values (T,).

    Returns:
        Means (T,); the first is xs[0], the last the mean of all.

    Raises:
        TypeError, ValueError: xs holds no floats, or has not one axis.

    Example:
        >>> running_mean(np.array([2.0, 4.0, 9.0])).tolist()
        [2.0, 3.0, 5.0]
    """
    expect_shapes("running_mean", xs=(xs, "T"))
    return np.cumsum(xs) / np.arange(1, len(xs) + 1, dtype=xs.dtype)


def linear_rnn(x: np.ndarray, w_hh: float, w_xh: float, h0: float) -> np.ndarray:
    """Return every state of the scalar recurrence h_t = w_hh h_{t-1} + w_xh x_t.

    Args:
        x: the inputs (T,).
        w_hh: what is kept of the previous state.
        w_xh: what is taken of the input.
        h0: the state before the first input.

    Returns:
        The states (T,).

    Raises:
        TypeError, ValueError: an argument holds no floats, or has the wrong number of axes.

    Example:
        >>> linear_rnn(np.array([1.0, 0.0, 0.0]), w_hh=0.5, w_xh=2.0, h0=0.0).tolist()
        [2.0, 1.0, 0.5]
    """
    expect_shapes("linear_rnn", x=(x, "T"), w_hh=(w_hh, ""), w_xh=(w_xh, ""), h0=(h0, ""))
    states = run_recurrence(lambda h, x_t: w_hh * h + w_xh * x_t, h0, x)
    return np.array(states, dtype=np.result_type(x, w_hh, w_xh, h0))


def impulse_response(w_hh: float, w_xh: float, T: int) -> np.ndarray:
    """Return what `linear_rnn` answers to a single 1 at the first step, in closed form.

    Args:
        w_hh: what is kept of the previous state.
        w_xh: what is taken of the input.
        T: number of steps.

    Returns:
        w_xh w_hhᵏ for k = 0 … T − 1, shape (T,), float64.

    Raises:
        TypeError, ValueError: a weight is not a number.

    Example:
        >>> impulse_response(w_hh=-0.5, w_xh=2.0, T=4).tolist()
        [2.0, -1.0, 0.5, -0.25]
    """
    expect_shapes("impulse_response", w_hh=(w_hh, ""), w_xh=(w_xh, ""))
    return float(w_xh) * float(w_hh) ** np.arange(T)


def forward_layers(
    x: np.ndarray, h0: np.ndarray, layers: Sequence[tuple[np.ndarray, np.ndarray, np.ndarray]]
) -> np.ndarray:
    """Return the states of a network that has a layer of its own for every step, no activation.

    With the same weights in every layer this is one recurrent layer, run T times.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        layers: T tuples W_xh (H, D), W_hh (H, H), b_h (H,).

    Returns:
        The states (T, N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, the shapes do not fit together, or there
            are not T layers.

    Example:
        >>> one, b_h = np.ones((1, 1)), np.zeros(1)
        >>> forward_layers(np.ones((2, 1, 1)), one, [(one, one, b_h), (one, 2 * one, b_h)]).tolist()
        [[[2.0]], [[5.0]]]
    """
    expect_shapes("forward_layers", x=(x, "T N D"), h0=(h0, "N H"))
    if len(layers) != len(x):
        raise ValueError(
            f"forward_layers: expected one layer per step, {len(x)} in all, but got {len(layers)}. "
            f"Give layers as long as x."
        )
    h = []
    h_prev = h0
    for x_t, (W_xh, W_hh, b_h) in zip(x, layers, strict=True):
        h_prev = state_step(x_t, h_prev, W_xh, W_hh, b_h)
        h.append(h_prev)
    return np.stack(h)
