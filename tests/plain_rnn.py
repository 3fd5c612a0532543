"""An RNN over a sequence in plain loops, forward and backward, for the tests to share."""

import numpy as np


def forward(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return np.stack(states)


def backward(dh, x, h0, h, W_xh, W_hh):
    dx, carried = np.zeros(x.shape), np.zeros(h0.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in reversed(range(len(x))):
        da = (dh[t] + carried) * (1 - h[t] ** 2)
        dx[t], carried = da @ W_xh, da @ W_hh
        dW_xh += da.T @ x[t]
        dW_hh += da.T @ (h[t - 1] if t else h0)
        db_h += da.sum(axis=0)
    return dx, carried, dW_xh, dW_hh, db_h
