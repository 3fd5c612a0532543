"""The minimal GRU: gates that see the input only, so that the recurrence is linear in the state.

On paper, for column vectors, with each part's own rows of W_x and b:

    z_t = σ(W_z x_t + b_z)                  how much of h_{t-1} to keep
    n_t = W_n x_t + b_n                     the candidate
    h_t = z_t ⊙ h_{t-1} + (1 − z_t) ⊙ n_t

In code the two are stacked z, n: W_x is (2H, D), b is (2H,). Nothing of z_t and n_t waits for the
state, so all of them are one product, and the recurrence is a linear scan with a_t = z_t and b_t = (1
− z_t) ⊙ n_t.

Source: Feng et al. (2024), Were RNNs all we needed? There z_t is the
share of the candidate; here it is what is kept, as in the GRU of `rnn_utils.cells.gru`.
"""

import numpy as np

from rnn_utils._shapes import expect_shapes
from rnn_utils.cells.activations import sigmoid, sigmoid_derivative
from rnn_utils.cells.linear_recurrence import linear_scan, linear_scan_backward


def min_gru_forward(x: np.ndarray, h0: np.ndarray, W_x: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return the states of a minimal GRU over a sequence, by a parallel scan.

    Args:
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        W_x: the weights at the input (2H, D), stacked z, n.
        b: the biases (2H,), stacked z, n.

    Returns:
        The states (T, N, H).

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Source: Feng et al. (2024), Were RNNs all we needed?

    Example:
        >>> x, h0, W_x = np.ones((2, 1, 1)), np.full((1, 1), 4.0), np.zeros((2, 1))
        >>> min_gru_forward(x, h0, W_x, np.zeros(2)).ravel().tolist()  # half is kept, nothing comes
        [2.0, 1.0]
    """
    z, n = _gates("min_gru_forward", x, h0, W_x, b)
    return linear_scan(z, (1 - z) * n, h0)


def min_gru_backward(
    dh: np.ndarray, x: np.ndarray, h0: np.ndarray, h: np.ndarray, W_x: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of a minimal GRU with respect to everything that went into it.

    Args:
        dh: the immediate gradient of the loss with respect to every state (T, N, H).
        x: the inputs (T, N, D).
        h0: the states before the first step (N, H).
        h: the states that `min_gru_forward` returned (T, N, H).
        W_x: the weights at the input (2H, D), stacked z, n.
        b: the biases (2H,), stacked z, n.

    Returns:
        dx (T, N, D), dh0 (N, H), dW_x (2H, D), db (2H,). Those of the weights are summed over time and
        batch.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> one, W_x, b = np.ones((1, 1, 1)), np.zeros((2, 1)), np.zeros(2)
        >>> h = min_gru_forward(one, one[0], W_x, b)
        >>> min_gru_backward(one, one, one[0], h, W_x, b)[1].item()
        0.5
    """
    z, n = _gates("min_gru_backward", x, h0, W_x, b)
    expect_shapes("min_gru_backward", dh=(dh, "T N H"), h=(h, "T N H"), h0=(h0, "N H"))
    d_keep, d_new, dh0 = linear_scan_backward(dh, z, h0, h)
    dz = (d_keep - d_new * n) * sigmoid_derivative(z)
    d_sums = np.concatenate([dz, d_new * (1 - z)], axis=2)
    rows = d_sums.reshape(-1, len(b))
    return d_sums @ W_x, dh0, rows.T @ x.reshape(-1, x.shape[2]), rows.sum(axis=0)


def _gates(
    function: str, x: np.ndarray, h0: np.ndarray, W_x: np.ndarray, b: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    expect_shapes(function, x=(x, "T N D"), W_x=(W_x, "G D"), b=(b, "G"), h0=(h0, "N H"))
    if len(b) != 2 * h0.shape[1]:
        raise ValueError(
            f"{function}: W_x should have 2H rows, stacked z, n, but has {len(b)}. "
            f"For H = {h0.shape[1]} there should be {2 * h0.shape[1]}."
        )
    z, n = np.split(x @ W_x.T + b, 2, axis=2)
    return sigmoid(z), n
