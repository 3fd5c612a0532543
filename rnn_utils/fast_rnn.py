"""The RNN of `rnn_utils.sequences` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are one product each over all steps, and the local derivatives, which need the forward pass only.
"""

from itertools import pairwise

import numpy as np

from rnn_utils.kept import Keep


def forward(
    keep: Keep, x: np.ndarray, h0: np.ndarray, parameters: tuple[np.ndarray, ...]
) -> tuple[np.ndarray]:
    """Return h (T + 1, N, H), from the states before the first step to those after the last."""
    W_xh, W_hh, b_h, *_ = parameters
    (T, N, D), H = x.shape, len(W_hh)
    h = keep("h", (T + 1, N, H))
    recurrent = keep("recurrent", (N, H))

    np.matmul(x.reshape(T * N, D), W_xh.T, out=h[1:].reshape(T * N, H))
    h[1:] += b_h
    h[0] = h0
    for h_prev, h_t in pairwise(h):
        np.dot(h_prev, W_hh.T, out=recurrent)
        h_t += recurrent
        np.tanh(h_t, out=h_t)
    return (h,)


def backward(
    keep: Keep,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    parameters: tuple[np.ndarray, ...],
    gradients: tuple[np.ndarray, ...],
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which becomes da."""
    _, W_hh, *_ = parameters
    (T, N, D), H = x.shape, len(W_hh)
    slope, carried = keep("slope", (T, N, H)), keep("carried", (N, H))

    np.multiply(h[1:], h[1:], out=slope)
    np.subtract(1, slope, out=slope)
    carried[...] = 0
    for da_t, slope_t in zip(dh[::-1], slope[::-1], strict=True):
        da_t += carried
        da_t *= slope_t
        np.dot(da_t, W_hh, out=carried)

    dW_xh, dW_hh, db_h, *_ = gradients
    da = dh.reshape(T * N, H)
    np.matmul(da.T, x.reshape(T * N, D), out=dW_xh)
    np.matmul(da.T, h[:-1].reshape(T * N, H), out=dW_hh)
    np.sum(da, axis=0, out=db_h)
