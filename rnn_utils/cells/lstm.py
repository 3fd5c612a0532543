"""The LSTM: a cell whose memory is added to, with gates that learn when.

On paper, for column vectors and each gate's own rows of W_x, W_h and b:

    i_t = σ(W_xi x_t + W_hi h_{t-1} + b_i)       input gate:  how much of g_t to write
    f_t = σ(W_xf x_t + W_hf h_{t-1} + b_f)       forget gate: how much of c_{t-1} to keep
    g_t = tanh(W_xg x_t + W_hg h_{t-1} + b_g)    what might be written
    o_t = σ(W_xo x_t + W_ho h_{t-1} + b_o)       output gate: how much to show

    c_t = f_t ⊙ c_{t-1} + i_t ⊙ g_t
    h_t = o_t ⊙ tanh(c_t)

In code a batch is rows, and the four are stacked in PyTorch's order i, f, g, o: W_x is (4H, D),
W_h is (4H, H), b is (4H,).

Source: Hochreiter and Schmidhuber (1997), Long short-term memory. The forget gate came with Gers,
Schmidhuber and Cummins (2000), Learning to forget: continual prediction with LSTM.
"""

import numpy as np

from rnn_utils._shapes import expect_stacked
from rnn_utils.cells.activations import sigmoid, sigmoid_derivative, tanh_derivative

Gates = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def lstm_gates(
    x_t: np.ndarray, h_prev: np.ndarray, W_x: np.ndarray, W_h: np.ndarray, b: np.ndarray
) -> Gates:
    """Return the gates of one step of an LSTM, and what might be written: i_t, f_t, g_t, o_t.

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        W_x: the weights at the input (4H, D), stacked i, f, g, o.
        W_h: the weights at the state (4H, H), stacked i, f, g, o.
        b: the biases (4H,), stacked i, f, g, o.

    Returns:
        i_t, f_t, g_t, o_t, each (N, H): g_t between −1 and 1, the others between 0 and 1.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> x_t, h_prev, b = np.ones((1, 1)), np.ones((1, 2)), np.zeros(8)
        >>> [gate.tolist() for gate in lstm_gates(x_t, h_prev, np.zeros((8, 1)), np.zeros((8, 2)), b)]
        [[[0.5, 0.5]], [[0.5, 0.5]], [[0.0, 0.0]], [[0.5, 0.5]]]
    """
    expect_lstm("lstm_gates", W_x, W_h, b, x_t=(x_t, "N D"), h_prev=(h_prev, "N H"))
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 4, axis=1)
    return sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)


def lstm_step(
    x_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the state and the cell after one step of an LSTM.

    Args:
        x_t: the inputs (N, D), one row per sequence.
        h_prev: the previous states (N, H).
        c_prev: the previous cells (N, H).
        W_x: the weights at the input (4H, D), stacked i, f, g, o.
        W_h: the weights at the state (4H, H), stacked i, f, g, o.
        b: the biases (4H,), stacked i, f, g, o.

    Returns:
        h_t and c_t, both (N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Gers, Schmidhuber and Cummins (2000), Learning to forget: continual prediction with
    LSTM.

    Example:
        >>> x_t, h_prev, c_prev = np.ones((1, 1)), np.zeros((1, 1)), np.full((1, 1), 4.0)
        >>> h_t, c_t = lstm_step(x_t, h_prev, c_prev, np.zeros((4, 1)), np.zeros((4, 1)), np.zeros(4))
        >>> c_t.item(), bool(h_t.item() == 0.5 * np.tanh(2.0))  # half of the cell is kept
        (2.0, True)
    """
    expect_lstm(
        "lstm_step",
        W_x,
        W_h,
        b,
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        c_prev=(c_prev, "N H"),
    )
    i_t, f_t, g_t, o_t = lstm_gates(x_t, h_prev, W_x, W_h, b)
    c_t = f_t * c_prev + i_t * g_t
    h_t = o_t * np.tanh(c_t)
    return h_t, c_t


def lstm_step_backward(
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of one step of an LSTM with respect to everything that went into it.

    The gates are computed again from the inputs of the step, so nothing has to be handed over.

    Args:
        dh_t: the gradient of the loss with respect to h_t (N, H).
        dc_t: the gradient that reaches c_t from later steps (N, H); what reaches it through h_t is
            not in it.
        x_t: the inputs of the step (N, D).
        h_prev: the states before the step (N, H).
        c_prev: the cells before the step (N, H).
        W_x: the weights at the input (4H, D), stacked i, f, g, o.
        W_h: the weights at the state (4H, H), stacked i, f, g, o.
        b: the biases (4H,), stacked i, f, g, o.

    Returns:
        dx_t (N, D), dh_prev (N, H), dc_prev (N, H), dW_x (4H, D), dW_h (4H, H), db (4H,). Those of
        the weights are summed over the batch.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Graves and Schmidhuber (2005), Framewise phoneme classification with bidirectional LSTM
    and other neural network architectures: the full gradient, of which the LSTM of 1997 took a part.

    Example:
        >>> one, four = np.ones((1, 1)), np.zeros((4, 1))
        >>> gradients = lstm_step_backward(0 * one, one, one, one, 4 * one, four, four, np.zeros(4))
        >>> gradients[2].item()  # the cell's gradient passes the forget gate, which is half open
        0.5
    """
    expect_lstm(
        "lstm_step_backward",
        W_x,
        W_h,
        b,
        dh_t=(dh_t, "N H"),
        dc_t=(dc_t, "N H"),
        x_t=(x_t, "N D"),
        h_prev=(h_prev, "N H"),
        c_prev=(c_prev, "N H"),
    )
    i_t, f_t, g_t, o_t = lstm_gates(x_t, h_prev, W_x, W_h, b)
    tanh_c = np.tanh(f_t * c_prev + i_t * g_t)

    # h_t = o_t ⊙ tanh(c_t)
    do_t = dh_t * tanh_c
    dc_t = dc_t + dh_t * o_t * tanh_derivative(tanh_c)

    # c_t = f_t ⊙ c_prev + i_t ⊙ g_t
    df_t = dc_t * c_prev
    di_t = dc_t * g_t
    dg_t = dc_t * i_t
    dc_prev = dc_t * f_t

    # the gates, as functions of a = W_x x_t + W_h h_prev + b
    da_t = np.concatenate(
        [
            di_t * sigmoid_derivative(i_t),
            df_t * sigmoid_derivative(f_t),
            dg_t * tanh_derivative(g_t),
            do_t * sigmoid_derivative(o_t),
        ],
        axis=1,
    )
    return da_t @ W_x, da_t @ W_h, dc_prev, da_t.T @ x_t, da_t.T @ h_prev, da_t.sum(axis=0)


def lstm_forward(
    x: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the state and the cell of an LSTM after every step of a sequence.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        c0: the cells before the first step (N, H).
        W_x: the weights at the input (4H, D), stacked i, f, g, o.
        W_h: the weights at the state (4H, H), stacked i, f, g, o.
        b: the biases (4H,), stacked i, f, g, o.

    Returns:
        h and c, both (T, N, H); h[t] and c[t] come after x[t].

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Gers, Schmidhuber and Cummins (2000), Learning to forget: continual prediction with
    LSTM.

    Example:
        >>> x, zero = np.ones((3, 1, 1)), np.zeros((1, 1))
        >>> h, c = lstm_forward(x, zero, zero + 8, np.zeros((4, 1)), np.zeros((4, 1)), np.zeros(4))
        >>> c.ravel().tolist()  # every step keeps half
        [4.0, 2.0, 1.0]
    """
    expect_lstm("lstm_forward", W_x, W_h, b, x=(x, "T N D"), h0=(h0, "N H"), c0=(c0, "N H"))
    dtype = np.result_type(x, h0, c0, W_x, W_h, b)
    h = np.empty((len(x), *h0.shape), dtype)
    c = np.empty_like(h)
    h_prev, c_prev = h0, c0
    for t, x_t in enumerate(x):
        h[t], c[t] = h_prev, c_prev = lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)
    return h, c


def lstm_backward(
    dh: np.ndarray,
    x: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a whole sequence: backpropagation through time for an LSTM.

    Args:
        dh: the immediate gradient of the loss with respect to every state (T, N, H).
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        c0: the cells before the first step (N, H).
        W_x: the weights at the input (4H, D), stacked i, f, g, o.
        W_h: the weights at the state (4H, H), stacked i, f, g, o.
        b: the biases (4H,), stacked i, f, g, o.

    Returns:
        dx (T, N, D), dh0 (N, H), dc0 (N, H), dW_x (4H, D), dW_h (4H, H), db (4H,).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Graves and Schmidhuber (2005), Framewise phoneme classification with bidirectional LSTM
    and other neural network architectures.

    Example:
        >>> dh, x, zero = np.ones((3, 1, 1)), np.ones((3, 1, 1)), np.zeros((1, 1))
        >>> four = np.zeros((4, 1))
        >>> dx, dh0, dc0, *_ = lstm_backward(dh, x, zero, zero, four, four, np.zeros(4))
        >>> dc0.item()  # ½ (½ + ½ (½ + ½ · ½)), for a cell of 0, whose tanh has slope 1
        0.4375
    """
    expect_lstm(
        "lstm_backward",
        W_x,
        W_h,
        b,
        dh=(dh, "T N H"),
        x=(x, "T N D"),
        h0=(h0, "N H"),
        c0=(c0, "N H"),
    )
    h, c = lstm_forward(x, h0, c0, W_x, W_h, b)
    dtype = np.result_type(dh, h)
    dx = np.empty_like(x, dtype=dtype)
    dW_x, dW_h, db = (np.zeros_like(weight, dtype=dtype) for weight in (W_x, W_h, b))
    dh_carried, dc_carried = np.zeros_like(h0, dtype=dtype), np.zeros_like(c0, dtype=dtype)
    for t in reversed(range(len(x))):
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t > 0 else (h0, c0)
        dx[t], dh_carried, dc_carried, dW_x_t, dW_h_t, db_t = lstm_step_backward(
            dh[t] + dh_carried, dc_carried, x[t], h_prev, c_prev, W_x, W_h, b
        )
        dW_x += dW_x_t
        dW_h += dW_h_t
        db += db_t
    return dx, dh_carried, dc_carried, dW_x, dW_h, db


def expect_lstm(
    function: str,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
    **others: tuple[np.ndarray, str],
) -> None:
    """Raise an error unless the weights are those of an LSTM and the other arguments fit to them."""
    expect_stacked(function, "i, f, g, o", {"W_x": W_x, "b": b}, W_h, others)
