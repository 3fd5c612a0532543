"""One step of a recurrent cell, forward and backward.

On paper, for column vectors: h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h). In code a batch is rows,
one row per sequence, and the same equation reads tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h).
"""

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.activations import tanh_derivative


def state_step_column(
    x: np.ndarray, h: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b: np.ndarray
) -> np.ndarray:
    """Return the next state of one sequence, for column vectors and without an activation.

    Args:
        x: the input (D,).
        h: the previous state (H,).
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).
        b: the bias (H,).

    Returns:
        W_hh h + W_xh x + b, shape (H,).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x, h, b = np.array([1.0]), np.array([2.0, 3.0]), np.array([0.5, 0.5])
        >>> W_xh, W_hh = np.array([[10.0], [20.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
        >>> state_step_column(x, h, W_xh, W_hh, b).tolist()
        [13.5, 22.5]
    """
    expect_shapes(
        "state_step_column",
        x=(x, "D"),
        h=(h, "H"),
        W_xh=(W_xh, "H D"),
        W_hh=(W_hh, "H H"),
        b=(b, "H"),
    )
    return W_hh @ h + W_xh @ x + b


def state_step(
    x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    """Return the next state of a batch of rows, without an activation.

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).
        b_h: the bias (H,).

    Returns:
        The states (N, H); row n is `state_step_column` of row n.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x_t, h_prev, b_h = np.array([[1.0]]), np.array([[2.0, 3.0]]), np.array([0.5, 0.5])
        >>> W_xh, W_hh = np.array([[10.0], [20.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
        >>> state_step(x_t, h_prev, W_xh, W_hh, b_h).tolist()
        [[13.5, 22.5]]
    """
    _expect_step("state_step", x_t, h_prev, W_xh, W_hh, b_h)
    return h_prev @ W_hh.T + x_t @ W_xh.T + b_h


def rnn_step(
    x_t: np.ndarray, h_prev: np.ndarray, W_xh: np.ndarray, W_hh: np.ndarray, b_h: np.ndarray
) -> np.ndarray:
    """Return the state after one step of an RNN: h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h).

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).
        b_h: the bias (H,).

    Returns:
        The states h_t (N, H), each between −1 and 1.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Elman (1990), Finding structure in time.

    Example:
        >>> x_t, h_prev, b_h = np.array([[1.0]]), np.array([[0.5]]), np.array([0.0])
        >>> h_t = rnn_step(x_t, h_prev, np.array([[2.0]]), np.array([[-1.0]]), b_h)
        >>> bool(h_t[0, 0] == np.tanh(1.5))
        True
    """
    _expect_step("rnn_step", x_t, h_prev, W_xh, W_hh, b_h)
    return np.tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h)


def rnn_step_backward(
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    h_t: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of one step of an RNN with respect to everything that went into it.

    Args:
        dh_t: the gradient of the loss with respect to h_t (N, H).
        x_t: the inputs of the step (N, D).
        h_prev: the states before the step (N, H).
        h_t: the states after the step (N, H), as `rnn_step` returned them.
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).

    Returns:
        dx_t (N, D), dh_prev (N, H), dW_xh (H, D), dW_hh (H, H), db_h (H,). Those of the weights are
        summed over the batch.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Rumelhart, Hinton and Williams (1986), Learning representations by back-propagating
    errors.

    Example:
        >>> one = np.ones((1, 1))
        >>> gradients = rnn_step_backward(one, 2 * one, 3 * one, 0.5 * one, 4 * one, 5 * one)
        >>> [gradient.item() for gradient in gradients]  # 1 - h_t² is 0.75
        [3.0, 3.75, 1.5, 2.25, 0.75]
    """
    expect_shapes(
        "rnn_step_backward",
        dh_t=(dh_t, "N H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        h_t=(h_t, "N H"),
        W_xh=(W_xh, "H D"),
        W_hh=(W_hh, "H H"),
    )
    da_t = dh_t * tanh_derivative(h_t)  # a_t is what tanh was applied to
    return da_t @ W_xh, da_t @ W_hh, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0)


def _expect_step(
    function: str,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_xh: np.ndarray,
    W_hh: np.ndarray,
    b_h: np.ndarray,
) -> None:
    expect_shapes(
        function,
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        W_xh=(W_xh, "H D"),
        W_hh=(W_hh, "H H"),
        b_h=(b_h, "H"),
    )
