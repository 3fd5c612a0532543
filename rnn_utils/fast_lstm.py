"""The LSTM of `rnn_utils.lstm` in arrays that are kept: what does not have to wait is done at once.

Three things leave the loops over time: the input product and the gradients of the weights, which
are one product each over all steps, and the local derivatives, which need the forward pass only.
And one tanh serves all four blocks, for σ(a) = ½ (1 + tanh(a/2)): the rows of i, f and o are halved
before it, and what comes out of it is halved and raised.
"""

import numpy as np

from rnn_utils.kept import Keep


def forward(
    keep: Keep, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, parameters: tuple[np.ndarray, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return h and c (T + 1, N, H), from the states before the first step to those after the last."""
    W_x, W_h, b, *_ = parameters
    (T, N, D), H = x.shape, W_h.shape[1]
    gates = keep("gates", (T, N, 4 * H))
    h, c, tanh_c = keep("h", (T + 1, N, H)), keep("c", (T + 1, N, H)), keep("tanh_c", (T, N, H))
    recurrent, written = keep("recurrent", (N, 4 * H)), keep("written", (N, H))

    scale = keep("scale", (4 * H,))
    scale[...], scale[2 * H : 3 * H] = 0.5, 1
    shift = 1 - scale
    W_h_scaled = np.multiply(W_h, scale[:, None], out=keep("W_h_scaled", W_h.shape)).T
    np.matmul(x.reshape(T * N, D), W_x.T, out=gates.reshape(T * N, 4 * H))
    gates += b
    gates *= scale

    h[0], c[0] = h0, c0
    i, f, g, o = _blocks(gates)
    for t in range(T):
        a_t = gates[t]
        a_t += np.dot(h[t], W_h_scaled, out=recurrent)
        np.tanh(a_t, out=a_t)
        a_t *= scale
        a_t += shift

        np.multiply(f[t], c[t], out=c[t + 1])
        c[t + 1] += np.multiply(i[t], g[t], out=written)
        np.tanh(c[t + 1], out=tanh_c[t])
        np.multiply(o[t], tanh_c[t], out=h[t + 1])
    return h, c


def backward(
    keep: Keep,
    dh: np.ndarray,
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    parameters: tuple[np.ndarray, ...],
    gradients: tuple[np.ndarray, ...],
) -> None:
    """Write the gradients of the cell, given the immediate dh (T, N, H), which is used up."""
    _, W_h, *_ = parameters
    (T, N, D), H = x.shape, W_h.shape[1]
    gates, tanh_c = keep("gates", (T, N, 4 * H)), keep("tanh_c", (T, N, H))
    i, f, g, o = _blocks(gates)

    # da/dc and da_o/dh, as far as they are known before the loop: σ' = σ (1 − σ), tanh' = 1 − tanh²
    da = keep("da", (T, N, 4 * H))
    da_i, da_f, da_g, da_o = _blocks(da)
    np.subtract(1, gates, out=da)
    da *= gates
    np.multiply(g, g, out=da_g)
    np.subtract(1, da_g, out=da_g)
    da_i *= g
    da_f *= c[:-1]
    da_g *= i
    da_o *= tanh_c
    # dh_t reaches c_t through o ⊙ tanh(c)
    through = tanh_c
    through *= tanh_c
    np.subtract(1, through, out=through)
    through *= o

    dh_carried, dc, arriving = (keep(name, (N, H)) for name in ("dh_carried", "dc", "arriving"))
    dh_carried[...] = dc[...] = 0
    da_ifg = da.reshape(T, N, 4, H)[:, :, :3]
    for t in reversed(range(T)):
        dh_t = dh[t]
        dh_t += dh_carried
        dc += np.multiply(dh_t, through[t], out=arriving)
        da_ifg_t = da_ifg[t]
        da_ifg_t *= dc[:, None]
        da_o_t = da_o[t]
        da_o_t *= dh_t
        dc *= f[t]
        np.dot(da[t], W_h, out=dh_carried)

    dW_x, dW_h, db, *_ = gradients
    da = da.reshape(T * N, 4 * H)
    np.matmul(da.T, x.reshape(T * N, D), out=dW_x)
    np.matmul(da.T, h[:-1].reshape(T * N, H), out=dW_h)
    np.sum(da, axis=0, out=db)


def _blocks(a: np.ndarray) -> list[np.ndarray]:
    """Return the four blocks of an array (T, N, 4H) as views of it, each (T, N, H)."""
    return np.split(a, 4, axis=2)
