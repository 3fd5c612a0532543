"""The tanh RNN: one step and a whole sequence, forward and backward.

On paper, for column vectors: h_t = tanh(W_hh h_{t-1} + W_xh x_t + b_h). In code a batch is rows,
one row per sequence, and the same equation reads tanh(h_prev @ W_hh.T + x_t @ W_xh.T + b_h). Sequences are
time-major: x is (T, N, D) and h is (T, N, H), where h[t] is the state after x[t].

One file, since a learner reads the step, the sequence and both ways back side by side.
"""

import numpy as np

from rnn_utils._shapes import expect_integers, expect_shapes
from rnn_utils.cells.activations import tanh_derivative


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

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        W_xh: the weight at the input neuron (H, D).
        W_hh: the weight at the recurrent neuron (H, H).
        b_h: the bias (H,).

    Returns:
        The states after each step (T, N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

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
