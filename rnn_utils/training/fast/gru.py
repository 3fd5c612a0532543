"""The GRU of `rnn_utils.cells.gru` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are products over all steps, and the local derivatives, which need the forward pass only. The three
blocks are three arrays behind one another, (3, T, N, H), so that each is read in one go. And one
tanh serves both gates, for σ(a) = ½ (1 + tanh(a/2)): the weights of r and z are halved before it,
and what comes out of it is halved and raised.
"""

import numpy as np

from rnn_utils.training.fast.buffers import Buffers, blocks_from_the_end
from rnn_utils.training.parameters import GRUParameters


def forward(
    buffers: Buffers, x: np.ndarray, h0: np.ndarray, parameters: GRUParameters
) -> tuple[np.ndarray]:
    """Return h (T + 1, N, H), from the states before the first step to those after the last."""
    (T, N, D), H = x.shape, len(parameters.W_h) // 3
    W_x, W_h, b_x, b_h = (a.reshape(3, H, -1) for a in parameters[:4])
    gates, h_n = buffers("gates", (3, T, N, H)), buffers("h_n", (T, N, H))
    h = buffers("h", (T + 1, N, H))
    recurrent, part = buffers("recurrent", (3, N, H)), buffers("part", (N, H))

    scale = buffers("scale", (3, 1, 1))
    scale[:], scale[2] = 0.5, 1
    # turned once, read T times; where the gradients come later there is room for them
    W_h_T = np.multiply(W_h.transpose(0, 2, 1), scale, out=buffers("dW_h", (3, H, H)))
    W_x_T = np.multiply(W_x.transpose(0, 2, 1), scale, out=buffers("dW_x", (3, D, H)))
    np.matmul(x.reshape(T * N, D), W_x_T, out=gates.reshape(3, T * N, H))
    b = b_x * scale
    b[:2] += b_h[:2] / 2  # only in n does the bias beside W_h have a place of its own
    gates += b.reshape(3, 1, 1, H)
    b_hn = b_h[2, :, 0]

    recurrent_rz, recurrent_n = recurrent[:2], recurrent[2]
    h[0] = h0
    for t in range(T):
        h_prev = h[t]
        np.matmul(h_prev, W_h_T, out=recurrent)
        rz_t = gates[:2, t]
        rz_t += recurrent_rz
        np.tanh(rz_t, out=rz_t)
        rz_t *= 0.5
        rz_t += 0.5

        (r_t, z_t), n_t = rz_t, gates[2, t]
        h_n_t = np.add(recurrent_n, b_hn, out=h_n[t])
        n_t += np.multiply(r_t, h_n_t, out=part)
        np.tanh(n_t, out=n_t)

        # (1 − z) ⊙ n + z ⊙ h_prev = n + z ⊙ (h_prev − n)
        np.subtract(h_prev, n_t, out=part)
        part *= z_t
        np.add(n_t, part, out=h[t + 1])
    return (h,)


def backward(
    buffers: Buffers,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    parameters: GRUParameters,
    gradients: GRUParameters,
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which is used up."""
    (T, N, D), H = x.shape, len(parameters.W_h) // 3
    W_h = parameters.W_h.reshape(3, H, H)
    gates, h_n = buffers("gates", (3, T, N, H)), buffers("h_n", (T, N, H))
    carried, parts = buffers("carried", (N, H)), buffers("parts", (4, N, H))
    carried[:] = 0

    for block in blocks_from_the_end(T, N * H):
        local = _local_derivatives(buffers, gates[:, block], h_n[block], h[block])
        for t in reversed(range(block.start, block.stop)):
            dh_t, da_t = dh[t], gates[:, t]  # da_t takes the place of the gates, from here on
            dh_t += carried
            np.multiply(dh_t, da_t[1], out=parts[3])  # by z_t, while it is still there
            np.multiply(dh_t, local[:, t - block.start], out=da_t)
            np.matmul(da_t, W_h, out=parts[:3])
            np.add.reduce(parts, axis=0, out=carried)

    da = gates.reshape(3, T * N, H)
    da_T = da.transpose(0, 2, 1)
    np.matmul(da_T, h[:-1].reshape(T * N, H), out=gradients.W_h.reshape(3, H, H))
    np.sum(da, axis=1, out=gradients.b_h.reshape(3, H))
    # at W_x x + b_x the gradient is the same but in n, where the reset gate does not scale it
    np.multiply(h_n, dh, out=gates[2])
    np.matmul(da_T, x.reshape(T * N, D), out=gradients.W_x.reshape(3, H, D))
    np.sum(da, axis=1, out=gradients.b_x.reshape(3, H))


class Pass:
    """One way through a GRU and back, for a network that puts more around it than an output layer.

    Example:
        >>> from rnn_utils import gru_forward, initialise_gru
        >>> weights = initialise_gru(D=3, H=4, O=2, rng=np.random.default_rng(0))[:4]
        >>> x, h0 = np.ones((5, 6, 3)), np.ones((6, 4))
        >>> bool(np.allclose(Pass(*weights).forward(x, h0), gru_forward(x, h0, *weights)))
        True
    """

    def __init__(self, W_x: np.ndarray, W_h: np.ndarray, b_x: np.ndarray, b_h: np.ndarray) -> None:
        no_output = np.empty((0, W_h.shape[1]), W_h.dtype), np.empty(0, W_h.dtype)
        self._parameters = GRUParameters(W_x, W_h, b_x, b_h, *no_output)
        self._buffers = Buffers(W_h.dtype)

    def forward(self, x: np.ndarray, h0: np.ndarray) -> np.ndarray:
        """Return the states after every step (T, N, H), as `gru_forward` does."""
        self._x = x
        (self._h,) = forward(self._buffers, x, h0, self._parameters)
        return self._h[1:]

    def backward(self, dh: np.ndarray) -> tuple[np.ndarray, ...]:
        """Return dh0, dW_x, dW_h, db_x and db_h, as `gru_backward` does; dh (T, N, H) is used up."""
        gradients = GRUParameters(*map(np.empty_like, self._parameters))
        backward(self._buffers, dh, self._x, self._h, self._parameters, gradients)
        return self._buffers("carried", dh.shape[1:]), *gradients[:4]


def _local_derivatives(
    buffers: Buffers, gates: np.ndarray, h_n: np.ndarray, h_prev: np.ndarray
) -> np.ndarray:
    """Return ∂h_t/∂a for r, z and W_hn h_prev + b_hn, and put ∂h_t/∂a_n in place of the last."""
    r, _, n = gates
    local = buffers("local", gates.shape)
    local_r, local_z, local_hn = local
    np.subtract(1, gates[:2], out=local[:2])

    local_n = np.multiply(n, n, out=local_hn)
    np.subtract(1, local_n, out=local_n)  # tanh' = 1 − tanh²
    local_n *= local_z  # 1 − z

    local[:2] *= gates[:2]  # σ' = σ (1 − σ)
    local_r *= h_n
    local_r *= local_n
    local_z *= np.subtract(h_prev, n, out=h_n)

    h_n[:] = local_n
    local_hn *= r
    return local
