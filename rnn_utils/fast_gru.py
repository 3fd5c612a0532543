"""The GRU of `rnn_utils.gru` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are one product each over all steps, and the local derivatives, which need the forward pass only.
"""

import numpy as np

from rnn_utils.kept import Keep


def forward(
    keep: Keep, x: np.ndarray, h0: np.ndarray, parameters: tuple[np.ndarray, ...]
) -> tuple[np.ndarray]:
    """Return h (T + 1, N, H), from the states before the first step to those after the last."""
    W_x, W_h, b_x, b_h, *_ = parameters
    (T, N, D), H = x.shape, W_h.shape[1]
    gates, h_n = keep("gates", (T, N, 3 * H)), keep("h_n", (T, N, H))
    h = keep("h", (T + 1, N, H))
    recurrent, part = keep("recurrent", (N, 3 * H)), keep("part", (N, H))

    np.matmul(x.reshape(T * N, D), W_x.T, out=gates.reshape(T * N, 3 * H))
    gates += b_x

    h[0] = h0
    rz = gates[:, :, : 2 * H]
    r, z, n = np.split(gates, 3, axis=2)
    for t in range(T):
        np.dot(h[t], W_h.T, out=recurrent)
        recurrent += b_h
        # σ(a) = ½ (1 + tanh(a/2)), for r and z at once
        rz_t = rz[t]
        rz_t += recurrent[:, : 2 * H]
        rz_t *= 0.5
        np.tanh(rz_t, out=rz_t)
        rz_t *= 0.5
        rz_t += 0.5

        h_n[t] = recurrent[:, 2 * H :]
        n_t = n[t]
        n_t += np.multiply(r[t], h_n[t], out=part)
        np.tanh(n_t, out=n_t)

        # (1 − z) ⊙ n + z ⊙ h_prev = n + z ⊙ (h_prev − n)
        np.subtract(h[t], n_t, out=part)
        part *= z[t]
        np.add(n_t, part, out=h[t + 1])
    return (h,)


def backward(
    keep: Keep,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    parameters: tuple[np.ndarray, ...],
    gradients: tuple[np.ndarray, ...],
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which is used up."""
    _, W_h, *_ = parameters
    (T, N, D), H = x.shape, W_h.shape[1]
    gates, h_n = keep("gates", (T, N, 3 * H)), keep("h_n", (T, N, H))
    r, z, n = np.split(gates, 3, axis=2)

    # da/dh_t as far as it is known before the loop; da is the gradient at W_h h_prev + b_h
    da, da_n = keep("da", (T, N, 3 * H)), keep("da_n", (T, N, H))
    da_r, da_z, da_rn = np.split(da, 3, axis=2)
    np.subtract(1, gates, out=da)
    da *= gates
    da_z *= np.subtract(h[:-1], n, out=da_n)
    np.multiply(n, n, out=da_n)
    np.subtract(1, da_n, out=da_n)
    da_n *= np.subtract(1, z, out=da_rn)
    np.multiply(da_n, r, out=da_rn)
    da_r *= h_n
    da_r *= da_n

    carried, kept_back = keep("carried", (N, H)), keep("kept_back", (N, H))
    carried[...] = 0
    da_3 = da.reshape(T, N, 3, H)
    for t in reversed(range(T)):
        dh_t = dh[t]
        dh_t += carried
        da_t = da_3[t]
        da_t *= dh_t[:, None]
        np.dot(da[t], W_h, out=carried)
        carried += np.multiply(dh_t, z[t], out=kept_back)

    dW_x, dW_h, db_x, db_h, *_ = gradients
    rows = da.reshape(T * N, 3 * H)
    np.matmul(rows.T, h[:-1].reshape(T * N, H), out=dW_h)
    np.sum(rows, axis=0, out=db_h)
    # the gradient at W_x x + b_x is the same, but for r in the last block
    da_n *= dh
    da_rn[...] = da_n
    np.matmul(rows.T, x.reshape(T * N, D), out=dW_x)
    np.sum(rows, axis=0, out=db_x)
