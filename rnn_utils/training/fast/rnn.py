"""The RNN of `rnn_utils.cells.rnn` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are one product each over all steps, and the local derivatives, which need the forward pass only.
Inside them np.dot stands in for @, because it takes half the time to begin with; for small states
that counts.
"""

from itertools import pairwise

import numpy as np

from rnn_utils.training.fast.buffers import Buffers, blocks_from_the_end
from rnn_utils.training.parameters import RNNParameters


def forward(
    buffers: Buffers, x: np.ndarray, h0: np.ndarray, parameters: RNNParameters
) -> tuple[np.ndarray]:
    """Return h (T + 1, N, H), from the states before the first step to those after the last."""
    W_xh, W_hh, b_h, _, _ = parameters
    (T, N, D), H = x.shape, len(W_hh)
    h = buffers("h", (T + 1, N, H))
    recurrent = buffers("recurrent", (N, H))

    W_hh_T = buffers("dW_hh", (H, H))  # where the gradient comes later there is room for it
    W_hh_T[:] = W_hh.T  # turned once, read T times
    np.matmul(x.reshape(T * N, D), W_xh.T, out=h[1:].reshape(T * N, H))
    h[1:] += b_h
    h[0] = h0
    for h_prev, h_t in pairwise(h):
        np.dot(h_prev, W_hh_T, out=recurrent)
        h_t += recurrent
        np.tanh(h_t, out=h_t)
    return (h,)


def backward(
    buffers: Buffers,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    parameters: RNNParameters,
    gradients: RNNParameters,
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which becomes da."""
    W_hh = parameters.W_hh
    (T, N, D), H = x.shape, len(W_hh)
    carried = buffers("carried", (N, H))
    carried[:] = 0

    for block in blocks_from_the_end(T, N * H):
        h_block, da_block = h[1:][block], dh[block]
        slope = np.multiply(h_block, h_block, out=buffers("slope", h_block.shape))
        np.subtract(1, slope, out=slope)  # tanh' = 1 − tanh²
        for da_t, slope_t in zip(da_block[::-1], slope[::-1], strict=True):
            da_t += carried
            da_t *= slope_t
            np.dot(da_t, W_hh, out=carried)

    da = dh.reshape(T * N, H)
    np.matmul(da.T, x.reshape(T * N, D), out=gradients.W_xh)
    np.matmul(da.T, h[:-1].reshape(T * N, H), out=gradients.W_hh)
    np.sum(da, axis=0, out=gradients.b_h)
