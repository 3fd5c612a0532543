"""The LSTM of `rnn_utils.cells.lstm` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are products over all steps, and the local derivatives, which need the forward pass only. The four
blocks are four arrays behind one another, (4, T, N, H), so that each is read in one go. And one
tanh serves all four, for σ(a) = ½ (1 + tanh(a/2)): the weights of i, f and o are halved before it,
and what comes out of it is halved and raised.
"""

import numpy as np

from rnn_utils.training.fast.buffers import Buffers, blocks_from_the_end
from rnn_utils.training.parameters import LSTMParameters


def forward(
    buffers: Buffers, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, parameters: LSTMParameters
) -> tuple[np.ndarray, np.ndarray]:
    """Return h and c (T + 1, N, H), from the states before the first step to those after the last."""
    (T, N, D), H = x.shape, len(parameters.W_h) // 4
    W_x, W_h, b = (a.reshape(4, H, -1) for a in parameters[:3])
    gates, tanh_c = buffers("gates", (4, T, N, H)), buffers("tanh_c", (T, N, H))
    h, c = buffers("h", (T + 1, N, H)), buffers("c", (T + 1, N, H))
    recurrent, written = buffers("recurrent", (4, N, H)), buffers("written", (N, H))

    scale = buffers("scale", (4, 1, 1))
    scale[:], scale[2] = 0.5, 1
    shift = 1 - scale
    # turned once, read T times; where the gradients come later there is room for them
    W_h_T = np.multiply(W_h.transpose(0, 2, 1), scale, out=buffers("dW_h", (4, H, H)))
    W_x_T = np.multiply(W_x.transpose(0, 2, 1), scale, out=buffers("dW_x", (4, D, H)))
    np.matmul(x.reshape(T * N, D), W_x_T, out=gates.reshape(4, T * N, H))
    gates += (b * scale).reshape(4, 1, 1, H)

    h[0], c[0] = h0, c0
    for t in range(T):
        a_t = gates[:, t]
        a_t += np.matmul(h[t], W_h_T, out=recurrent)
        np.tanh(a_t, out=a_t)
        a_t *= scale
        a_t += shift

        i_t, f_t, g_t, o_t = a_t
        c_t = np.multiply(f_t, c[t], out=c[t + 1])
        c_t += np.multiply(i_t, g_t, out=written)
        np.tanh(c_t, out=tanh_c[t])
        np.multiply(o_t, tanh_c[t], out=h[t + 1])
    return h, c


def backward(
    buffers: Buffers,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    parameters: LSTMParameters,
    gradients: LSTMParameters,
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which is used up."""
    (T, N, D), H = x.shape, len(parameters.W_h) // 4
    W_h = parameters.W_h.reshape(4, H, H)
    gates, tanh_c = buffers("gates", (4, T, N, H)), buffers("tanh_c", (T, N, H))
    dh_carried, parts = buffers("dh_carried", (N, H)), buffers("parts", (4, N, H))
    dc, through_h = buffers("dc", (N, H)), buffers("through_h", (N, H))
    dh_carried[:] = dc[:] = 0

    for block in blocks_from_the_end(T, N * H):
        local, through_tanh = _local_derivatives(buffers, gates[:, block], c[block], tanh_c[block])
        for t in reversed(range(block.start, block.stop)):
            k = t - block.start
            dh_t, da_t = dh[t], gates[:, t]  # da_t takes the place of the gates, from here on
            dh_t += dh_carried
            dc += np.multiply(dh_t, through_tanh[k], out=through_h)
            dc_prev = np.multiply(dc, da_t[1], out=through_h)  # by f_t, while it is still there
            np.multiply(dc, local[:3, k], out=da_t[:3])
            np.multiply(dh_t, local[3, k], out=da_t[3])
            np.matmul(da_t, W_h, out=parts)
            np.add.reduce(parts, axis=0, out=dh_carried)
            dc, through_h = dc_prev, dc  # the two arrays take turns

    da = gates.reshape(4, T * N, H)
    da_T = da.transpose(0, 2, 1)
    np.matmul(da_T, x.reshape(T * N, D), out=gradients.W_x.reshape(4, H, D))
    np.matmul(da_T, h[:-1].reshape(T * N, H), out=gradients.W_h.reshape(4, H, H))
    np.sum(da, axis=1, out=gradients.b.reshape(4, H))


def _local_derivatives(
    buffers: Buffers, gates: np.ndarray, c_prev: np.ndarray, tanh_c: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return ∂c_t/∂a for i, f and g and ∂h_t/∂a for o, and ∂h_t/∂c_t in place of tanh(c)."""
    i, _, g, o = gates
    local = buffers("local", gates.shape)
    local_i, local_f, local_g, local_o = local
    np.subtract(1, gates, out=local)
    local *= gates  # σ' = σ (1 − σ)
    local_i *= g
    local_f *= c_prev
    local_o *= tanh_c
    np.multiply(g, g, out=local_g)
    np.subtract(1, local_g, out=local_g)  # tanh' = 1 − tanh²
    local_g *= i

    tanh_c *= tanh_c
    np.subtract(1, tanh_c, out=tanh_c)
    tanh_c *= o
    return local, tanh_c
