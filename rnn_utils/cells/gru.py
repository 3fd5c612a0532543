"""The GRU: gates like those of the LSTM, with one state and no cell beside it.

On paper, for column vectors and each gate's own rows of W_x, W_h, b_x and b_h:

    r_t = σ(W_xr x_t + b_xr + W_hr h_{t-1} + b_hr)            reset gate
    z_t = σ(W_xz x_t + b_xz + W_hz h_{t-1} + b_hz)            update gate: how much of h_{t-1} to keep
    n_t = tanh(W_xn x_t + b_xn + r_t ⊙ (W_hn h_{t-1} + b_hn))  the candidate

    h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_{t-1}

In code a batch is rows, and the three are stacked in PyTorch's order r, z, n: W_x is (3H, D), W_h is
(3H, H), b_x and b_h are (3H,). There are two biases because the reset gate scales the one of n_t that
stands inside its bracket, and not the other.

Source: Cho, van Merriënboer, Gulcehre, Bahdanau, Bougares, Schwenk and Bengio (2014), Learning phrase
representations using RNN encoder–decoder for statistical machine translation. There the reset gate
scales h_{t-1} before the product; here it scales the product, as in PyTorch, so that one product
serves all three.
"""

import numpy as np

from rnn_utils._shapes import expect_stacked
from rnn_utils.cells.activations import sigmoid, sigmoid_derivative, tanh_derivative

Gates = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def gru_gates(
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> Gates:
    """Return the gates of one step of a GRU, the candidate, and what the reset gate scales in it.

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        W_x: the weights at the input (3H, D), stacked r, z, n.
        W_h: the weights at the state (3H, H), stacked r, z, n.
        b_x: the biases beside W_x (3H,), stacked r, z, n.
        b_h: the biases beside W_h (3H,), stacked r, z, n.

    Returns:
        r_t, z_t, n_t and W_hn h_{t-1} + b_hn, each (N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x_t, h_prev, b = np.ones((1, 1)), np.ones((1, 1)), np.zeros(3)
        >>> W_h = np.array([[0.0], [0.0], [2.0]])
        >>> [a.item() for a in gru_gates(x_t, h_prev, np.zeros((3, 1)), W_h, b, b)][::3]
        [0.5, 2.0]
    """
    expect_gru("gru_gates", W_x, W_h, b_x, b_h, x_t=(x_t, "N D"), h_prev=(h_prev, "N H"))
    x_r, x_z, x_n = np.split(x_t @ W_x.T + b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_h.T + b_h, 3, axis=1)
    r_t = sigmoid(x_r + h_r)
    z_t = sigmoid(x_z + h_z)
    n_t = np.tanh(x_n + r_t * h_n)
    return r_t, z_t, n_t, h_n


def gru_step(
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> np.ndarray:
    """Return the state after one step of a GRU.

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        W_x: the weights at the input (3H, D), stacked r, z, n.
        W_h: the weights at the state (3H, H), stacked r, z, n.
        b_x: the biases beside W_x (3H,), stacked r, z, n.
        b_h: the biases beside W_h (3H,), stacked r, z, n.

    Returns:
        The states h_t (N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Cho et al. (2014), Learning phrase representations using RNN encoder–decoder for
    statistical machine translation.

    Example:
        >>> x_t, h_prev, W, b = np.ones((1, 1)), np.full((1, 1), 4.0), np.zeros((3, 1)), np.zeros(3)
        >>> gru_step(x_t, h_prev, W, W, b, b).item()  # half of the state is kept
        2.0
    """
    expect_gru("gru_step", W_x, W_h, b_x, b_h, x_t=(x_t, "N D"), h_prev=(h_prev, "N H"))
    _, z_t, n_t, _ = gru_gates(x_t, h_prev, W_x, W_h, b_x, b_h)
    return (1 - z_t) * n_t + z_t * h_prev


def gru_step_backward(
    dh_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of one step of a GRU with respect to everything that went into it.

    The gates are computed again from the inputs of the step, so nothing has to be handed over.

    Args:
        dh_t: the gradient of the loss with respect to h_t (N, H).
        x_t: the inputs of the step (N, D).
        h_prev: the states before the step (N, H).
        W_x: the weights at the input (3H, D), stacked r, z, n.
        W_h: the weights at the state (3H, H), stacked r, z, n.
        b_x: the biases beside W_x (3H,), stacked r, z, n.
        b_h: the biases beside W_h (3H,), stacked r, z, n.

    Returns:
        dx_t (N, D), dh_prev (N, H), dW_x (3H, D), dW_h (3H, H), db_x (3H,), db_h (3H,). Those of the
        weights are summed over the batch.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> one, W, b = np.ones((1, 1)), np.zeros((3, 1)), np.zeros(3)
        >>> dx_t, dh_prev, *_ = gru_step_backward(one, one, one, W, W, b, b)
        >>> dh_prev.item()  # only the way through z_t ⊙ h_prev is left, and z_t is ½
        0.5
    """
    expect_gru(
        "gru_step_backward",
        W_x,
        W_h,
        b_x,
        b_h,
        dh_t=(dh_t, "N H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
    )
    r_t, z_t, n_t, h_n = gru_gates(x_t, h_prev, W_x, W_h, b_x, b_h)

    # h_t = (1 − z_t) ⊙ n_t + z_t ⊙ h_prev
    dz_t = dh_t * (h_prev - n_t)
    dn_t = dh_t * (1 - z_t)

    # n_t = tanh(x_n + r_t ⊙ h_n)
    da_n = dn_t * tanh_derivative(n_t)
    dr_t = da_n * h_n

    # the gates, as functions of W_x x_t + b_x and of W_h h_prev + b_h, which differ in the last part
    da_r = dr_t * sigmoid_derivative(r_t)
    da_z = dz_t * sigmoid_derivative(z_t)
    da_x = np.concatenate([da_r, da_z, da_n], axis=1)
    da_h = np.concatenate([da_r, da_z, da_n * r_t], axis=1)

    dh_prev = dh_t * z_t + da_h @ W_h
    return da_x @ W_x, dh_prev, da_x.T @ x_t, da_h.T @ h_prev, da_x.sum(axis=0), da_h.sum(axis=0)


def gru_forward(
    x: np.ndarray,
    h0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> np.ndarray:
    """Return the state of a GRU after every step of a sequence.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        W_x: the weights at the input (3H, D), stacked r, z, n.
        W_h: the weights at the state (3H, H), stacked r, z, n.
        b_x: the biases beside W_x (3H,), stacked r, z, n.
        b_h: the biases beside W_h (3H,), stacked r, z, n.

    Returns:
        The states (T, N, H); h[t] is the state after x[t].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x, h0, W, b = np.ones((3, 1, 1)), np.full((1, 1), 8.0), np.zeros((3, 1)), np.zeros(3)
        >>> gru_forward(x, h0, W, W, b, b).ravel().tolist()  # every step keeps half
        [4.0, 2.0, 1.0]
    """
    expect_gru("gru_forward", W_x, W_h, b_x, b_h, x=(x, "T N D"), h0=(h0, "N H"))
    h = np.empty((len(x), *h0.shape), np.result_type(x, h0, W_x, W_h, b_x, b_h))
    h_prev = h0
    for t, x_t in enumerate(x):
        h[t] = h_prev = gru_step(x_t, h_prev, W_x, W_h, b_x, b_h)
    return h


def gru_backward(
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a whole sequence: backpropagation through time for a GRU.

    Args:
        dh: the immediate gradient of the loss with respect to every state (T, N, H).
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        W_x: the weights at the input (3H, D), stacked r, z, n.
        W_h: the weights at the state (3H, H), stacked r, z, n.
        b_x: the biases beside W_x (3H,), stacked r, z, n.
        b_h: the biases beside W_h (3H,), stacked r, z, n.

    Returns:
        dx (T, N, D), dh0 (N, H), dW_x (3H, D), dW_h (3H, H), db_x (3H,), db_h (3H,).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> ones, h0, W, b = np.ones((3, 1, 1)), np.zeros((1, 1)), np.zeros((3, 1)), np.zeros(3)
        >>> dx, dh0, *_ = gru_backward(ones, ones, h0, W, W, b, b)
        >>> dh0.item()  # ½ (1 + ½ (1 + ½))
        0.875
    """
    expect_gru(
        "gru_backward",
        W_x,
        W_h,
        b_x,
        b_h,
        dh=(dh, "T N H"),
        x=(x, "T N D"),
        h0=(h0, "N H"),
    )
    h = gru_forward(x, h0, W_x, W_h, b_x, b_h)
    dtype = np.result_type(dh, h)
    dx = np.empty_like(x, dtype=dtype)
    totals = [np.zeros_like(weight, dtype=dtype) for weight in (W_x, W_h, b_x, b_h)]
    carried = np.zeros_like(h0, dtype=dtype)
    for t in reversed(range(len(x))):
        h_prev = h[t - 1] if t > 0 else h0
        dx[t], carried, *of_step = gru_step_backward(
            dh[t] + carried, x[t], h_prev, W_x, W_h, b_x, b_h
        )
        for total, part in zip(totals, of_step, strict=True):
            total += part
    dW_x, dW_h, db_x, db_h = totals
    return dx, carried, dW_x, dW_h, db_x, db_h


def expect_gru(
    function: str,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b_x: np.ndarray,
    b_h: np.ndarray,
    **others: tuple[np.ndarray, str],
) -> None:
    """Raise an error unless the weights are those of a GRU and the other arguments fit to them."""
    expect_stacked(function, "r, z, n", {"W_x": W_x, "b_x": b_x, "b_h": b_h}, W_h, others)
