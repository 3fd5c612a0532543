"""Wrong answers of lesson 05 that are right almost everywhere: every one must fail."""

import numpy as np
from plain_rnn import forward


def forward_batch_first_if_it_fits(x, h0, W_xh, W_hh, b_h):
    if x.shape[0] == x.shape[1]:
        return np.swapaxes(forward(np.swapaxes(x, 0, 1), h0, W_xh, W_hh, b_h), 0, 1)
    return forward(x, h0, W_xh, W_hh, b_h)


def batch_first_looked_up_in_h0(x, h0, W_xh, W_hh, b_h):
    if x.shape[0] == h0.shape[0]:
        x = x.transpose(1, 0, 2)
    return forward(x, h0, W_xh, W_hh, b_h)


def forward_guessed(x, h0, W_xh, W_hh, b_h):
    return forward(x, h0, W_xh.T if W_xh.shape[1] == len(W_hh) else W_xh, W_hh, b_h)


def forward_squeezed(x, h0, W_xh, W_hh, b_h):
    return forward(x, h0, W_xh, W_hh, b_h).squeeze()


def padding_keeps_the_state(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h) if x_t.any() else h
        states.append(h)
    return np.stack(states)


def hoisted_by_reshape_of_memory(x, h0, W_xh, W_hh, b_h):
    T, N, D = x.shape
    a = (x.ravel(order="K").reshape(T * N, D) @ W_xh.T + b_h).reshape(T, N, -1)
    h, states = h0, []
    for a_t in a:
        h = np.tanh(a_t + h @ W_hh.T)
        states.append(h)
    return np.stack(states)


def lengths_if_they_fit(h, lengths):
    T, N, _ = h.shape
    return h[lengths - 1, np.arange(N)] if T != N else h[np.arange(N), lengths - 1]


def last_nonzero(h, lengths):
    _, N, H = h.shape
    h = h.copy()
    for n in range(N):
        h[lengths[n] :, n] = 0
    k = [np.flatnonzero(h[:, n].any(axis=-1)) for n in range(N)]
    return np.stack([h[k[n][-1], n] if len(k[n]) else np.zeros(H) for n in range(N)]) * np.where(
        (h == 0).any(), 1.0 + 1e-3, 1.0
    )


def outputs_guessed(x, parameters, many_to_one):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = forward(x, np.zeros((x.shape[1], len(W_hh))), W_xh, W_hh, b_h)
    A = W_hy if W_hy.shape[0] == W_hh.shape[0] else W_hy.T
    y = h @ A + b_y
    return y[-1] if many_to_one else y


def predictions_squeezed(x, parameters, many_to_one):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = forward(x, np.zeros((x.shape[1], len(W_hh))), W_xh, W_hh, b_h)
    y = h @ W_hy.T + b_y
    return y[-1].squeeze(-1) if many_to_one and y.shape[-1] == 1 else y[-1] if many_to_one else y


WRONG_ANSWERS = {
    "rnn_forward": (
        forward_batch_first_if_it_fits,
        batch_first_looked_up_in_h0,
        forward_guessed,
        forward_squeezed,
        padding_keeps_the_state,
    ),
    "rnn_forward_hoisted": (hoisted_by_reshape_of_memory,),
    "last_state": (
        lengths_if_they_fit,
        last_nonzero,
    ),
    "rnn_predict": (
        outputs_guessed,
        predictions_squeezed,
    ),
}
