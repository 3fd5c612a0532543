"""A recurrence over a whole sequence, forward and backward.

Sequences are time-major: x is (T, N, D) and h is (T, N, H), where h[t] is the state after x[t].
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes
from rnn_utils.activations import tanh_derivative
from rnn_utils.cells import rnn_step_backward, state_step

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


def rnn_forward(
    x: np.ndarray, h0: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    """Return the state of an RNN after every step of a sequence.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).
        b_h: the bias (H,).

    Returns:
        The states (T, N, H); h[t] is the state after x[t].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Elman (1990), Finding structure in time.

    Example:
        >>> x, h0 = np.ones((3, 2, 1)), np.zeros((2, 1))
        >>> h = rnn_forward(x, h0, np.ones((1, 1)), np.zeros((1, 1)), np.zeros(1))
        >>> h.shape, bool(np.all(h == np.tanh(1)))
        ((3, 2, 1), True)
    """
    h = _empty_states("rnn_forward", x, h0, W_xh, W_hh, b_h)
    h_prev = h0
    for t in range(len(x)):
        h[t] = np.tanh(h_prev @ W_hh.T + x[t] @ W_xh.T + b_h)
        h_prev = h[t]
    return h


def rnn_forward_hoisted(
    x: np.ndarray, h0: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    """Return the same as `rnn_forward`, with one input product for all steps before the loop.

    Only the recurrent product has to wait for the step before. The input product does not, and one
    large product is faster than T small ones.

    Arguments, returns and errors are those of `rnn_forward`.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> arguments = [rng.normal(size=s) for s in [(5, 2, 3), (2, 4), (4, 3), (4, 4), (4,)]]
        >>> bool(np.allclose(rnn_forward_hoisted(*arguments), rnn_forward(*arguments)))
        True
    """
    h = _empty_states("rnn_forward_hoisted", x, h0, W_xh, W_hh, b_h)
    T, N, D = x.shape
    from_input = (x.reshape(T * N, D) @ W_xh.T + b_h).reshape(h.shape)
    h_prev = h0
    for t in range(T):
        h[t] = np.tanh(h_prev @ W_hh.T + from_input[t])
        h_prev = h[t]
    return h


def rnn_backward(
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a whole sequence: backpropagation through time.

    The gradient that arrives at h[t] has two parts: the immediate one, dh[t], through what the loss
    reads at this step, and the one carried back from step t + 1. Only the carried part needs a
    loop; the gradients of the weights are sums over time, taken as one product after it.

    Args:
        dh: the immediate gradient of the loss with respect to every state (T, N, H).
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        h: the states (T, N, H), as `rnn_forward` returned them.
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).

    Returns:
        dx (T, N, D), dh0 (N, H), dW_xh (H, D), dW_hh (H, H), db_h (H,).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Werbos (1990), Backpropagation through time: what it does and how to do it.

    Example:
        >>> x, h0, h = np.ones((2, 1, 1)), np.zeros((1, 1)), np.full((2, 1, 1), 0.5)
        >>> dh = np.array([[[0.0]], [[1.0]]])  # the loss reads the last state only
        >>> dx, dh0, *_ = rnn_backward(dh, x, h0, h, np.ones((1, 1)), 2 * np.ones((1, 1)))
        >>> dx.ravel().tolist(), dh0.item()
        ([1.125, 0.75], 2.25)
    """
    _expect_backward("rnn_backward", dh, x, h0, h, W_xh, W_hh)
    (T, N, D), H = x.shape, h0.shape[1]
    slope = tanh_derivative(h)
    da = np.empty((T, N, H), dtype=np.result_type(dh, h, W_hh))  # a is what tanh was applied to
    carried = np.zeros_like(h0, dtype=da.dtype)
    for t in reversed(range(T)):
        da[t] = (dh[t] + carried) * slope[t]
        carried = da[t] @ W_hh

    h_prev = np.concatenate([h0[None], h])[:-1]
    da = da.reshape(T * N, H)
    dx = (da @ W_xh).reshape(T, N, D)
    dW_xh = da.T @ x.reshape(T * N, D)
    dW_hh = da.T @ h_prev.reshape(T * N, H)
    return dx, carried, dW_xh, dW_hh, da.sum(axis=0)


def rnn_backward_plain(
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the same as `rnn_backward`, one `rnn_step_backward` after the other.

    It is the form that says what happens at each step, and the one that tests compare against.

    Arguments, returns and errors are those of `rnn_backward`.

    Example:
        >>> x, h0, h = np.ones((2, 1, 1)), np.zeros((1, 1)), np.full((2, 1, 1), 0.5)
        >>> dh = np.array([[[0.0]], [[1.0]]])
        >>> dx, dh0, *_ = rnn_backward_plain(dh, x, h0, h, np.ones((1, 1)), 2 * np.ones((1, 1)))
        >>> dx.ravel().tolist(), dh0.item()
        ([1.125, 0.75], 2.25)
    """
    _expect_backward("rnn_backward_plain", dh, x, h0, h, W_xh, W_hh)
    dtype = np.result_type(dh, x, h0, h, W_xh, W_hh)
    dx = np.zeros_like(x, dtype=dtype)
    dW_xh = np.zeros_like(W_xh, dtype=dtype)
    dW_hh = np.zeros_like(W_hh, dtype=dtype)
    db_h = np.zeros(len(W_hh), dtype=dtype)
    carried = np.zeros_like(h0, dtype=dtype)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        total = dh[t] + carried
        dx[t], carried, dW_xh_t, dW_hh_t, db_h_t = rnn_step_backward(
            total, x[t], h_prev, h[t], W_xh, W_hh
        )
        dW_xh += dW_xh_t
        dW_hh += dW_hh_t
        db_h += db_h_t
    return dx, carried, dW_xh, dW_hh, db_h


def last_state(h: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the state of each sequence at its own last step.

    Args:
        h: the states of a padded batch (T, N, H).
        lengths: the number of real steps of each sequence (N,), integers from 1 to T.

    Returns:
        The states h[lengths[n] − 1, n], shape (N, H).

    Raises:
        TypeError, ValueError: h holds no floats, lengths no integers from 1 to T, or the shapes do
            not fit together.

    Example:
        >>> h = np.array([[[1.0], [10.0]], [[2.0], [20.0]], [[3.0], [30.0]]])
        >>> last_state(h, np.array([3, 1])).tolist()
        [[3.0], [10.0]]
    """
    expect_shapes("last_state", h=(h, "T N H"))
    T, N, _ = h.shape
    source = f"h has shape {h.shape}"
    lengths = expect_integers("last_state", "lengths", lengths, (N,), source, low=1, high=T)
    return h[lengths - 1, np.arange(N)]


def _empty_states(
    function: str,
    x: np.ndarray,
    h0: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
    b_h: np.ndarray,
) -> np.ndarray:
    """Check the arguments once for all steps and return room for the states."""
    expect_shapes(
        function,
        x=(x, "T N D"),
        h0=(h0, "N H"),
        W_xh=(W_xh, "H D"),
        W_hh=(W_hh, "H H"),
        b_h=(b_h, "H"),
    )
    return np.empty((len(x), *h0.shape), dtype=np.result_type(x, h0, W_xh, W_hh, b_h))


def _expect_backward(
    function: str,
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> None:
    expect_shapes(
        function,
        dh=(dh, "T N H"),
        x=(x, "T N D"),
        h0=(h0, "N H"),
        h=(h, "T N H"),
        W_xh=(W_xh, "H D"),
        W_hh=(W_hh, "H H"),
    )
