"""Reading the state: the output layer and the softmax."""

import numpy as np

from rnn_utils._shapes import expect_shapes


def output_layer(h_t: np.ndarray, W_hy: np.ndarray, b_y: np.ndarray) -> np.ndarray:
    """Return the outputs y_t = W_hy h_t + b_y, for one state, a batch or a whole sequence.

    Args:
        h_t: the states (…, H).
        W_hy: the weight at the output layer (O, H).
        b_y: the bias (O,).

    Returns:
        The outputs (…, O): scores, before any softmax.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> output_layer(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]), np.array([0.5])).tolist()
        [[11.5]]
    """
    expect_shapes("output_layer", h_t=(h_t, "... H"), W_hy=(W_hy, "O H"), b_y=(b_y, "O"))
    return h_t @ W_hy.T + b_y


def output_layer_backward(
    dy: np.ndarray, h_t: np.ndarray, W_hy: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of the output layer with respect to everything that went into it.

    Args:
        dy: the gradient of the loss with respect to the outputs (…, O).
        h_t: the states (…, H).
        W_hy: the weight at the output layer (O, H).

    Returns:
        dh_t (…, H), dW_hy (O, H), db_y (O,). Those of the weights are summed over all leading axes.

    Raises:
        TypeError, ValueError: an argument holds no floats, or the shapes do not fit together.

    Example:
        >>> dy, h_t, W_hy = np.array([[2.0]]), np.array([[1.0, 3.0]]), np.array([[5.0, 7.0]])
        >>> [gradient.tolist() for gradient in output_layer_backward(dy, h_t, W_hy)]
        [[[10.0, 14.0]], [[2.0, 6.0]], [2.0]]
    """
    expect_shapes("output_layer_backward", dy=(dy, "... O"), h_t=(h_t, "... H"), W_hy=(W_hy, "O H"))
    O, H = W_hy.shape  # noqa: E741
    dy_rows = dy.reshape(-1, O)
    return dy @ W_hy, dy_rows.T @ h_t.reshape(-1, H), dy_rows.sum(axis=0)


def softmax(y: np.ndarray) -> np.ndarray:
    """Return the probabilities that belong to scores, over the last axis.

    The largest score is subtracted first, which changes nothing and keeps the exponential finite.

    Args:
        y: scores (…, O).

    Returns:
        Probabilities (…, O), which sum to one over the last axis.

    Raises:
        TypeError, ValueError: y holds no floats, or has no axis.

    Source: Bridle (1990), Probabilistic interpretation of feedforward classification network
    outputs.

    Example:
        >>> softmax(np.array([[0.0, 0.0], [1000.0, -1000.0]])).tolist()
        [[0.5, 0.5], [1.0, 0.0]]
    """
    expect_shapes("softmax", y=(y, "... O"))
    e = np.exp(y - y.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)
