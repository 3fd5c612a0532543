"""Correct solutions of lesson 05 in different styles: every one must pass."""

import math
from functools import reduce
from itertools import accumulate

import numpy as np


def forward_by_list(x, h0, W_xh, W_hh, b_h):
    states = []
    h = h0.copy()
    for x_t in x:
        h = np.tanh(W_xh.dot(x_t.T).T + W_hh.dot(h.T).T + b_h)
        states.append(h)
    return np.stack(states)


def forward_with_longer_buffer(x, h0, W_xh, W_hh, b_h):
    T, N, _ = x.shape
    H = h0.shape[1]
    h = np.empty((T + 1, N, H))
    h[-1] = h0  # the last row stands before the first
    for t in range(T):
        h[t] = np.tanh(np.einsum("nd,hd->nh", x[t], W_xh) + h[t - 1] @ W_hh.T + b_h[None])
    return h[:T]


def forward_by_concatenation(x, h0, W_xh, W_hh, b_h):
    W = np.hstack([W_xh, W_hh, b_h.reshape(-1, 1)])
    one = np.ones((x.shape[1], 1))
    h, out = h0, np.zeros((x.shape[0], *h0.shape))
    for t in range(x.shape[0]):
        h = np.tanh(np.hstack([x[t], h, one]) @ W.T)
        out[t] = h
    return out


def forward_by_scalars(x, h0, W_xh, W_hh, b_h):
    T, N, D = x.shape
    H = len(b_h)
    h = np.zeros((T, N, H))
    for t in range(T):
        for n in range(N):
            for i in range(H):
                total = b_h[i]
                for d in range(D):
                    total += W_xh[i, d] * x[t, n, d]
                for j in range(H):
                    total += W_hh[i, j] * (h[t - 1, n, j] if t > 0 else h0[n, j])
                h[t, n, i] = math.tanh(total)
    return h


def forward_by_accumulate(x, h0, W_xh, W_hh, b_h):
    def step(h, x_t):
        return np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)

    return np.array(list(accumulate(x, step, initial=h0))[1:])


def forward_one_sequence_at_a_time(x, h0, W_xh, W_hh, b_h):
    def step(h, x_t):
        return np.tanh(W_hh @ h + W_xh @ x_t + b_h)

    readers = []
    for n in range(x.shape[1]):
        readers.append(list(accumulate(x[:, n], step, initial=h0[n]))[1:])
    return np.swapaxes(np.array(readers), 0, 1)


def hoisted_by_reshape(x, h0, W_xh, W_hh, b_h):
    T, N, D = x.shape
    xs = np.dot(x.reshape(-1, D), W_xh.T).reshape(T, N, -1)
    h = [h0]
    for t in range(T):
        h.append(np.tanh(xs[t] + h[t] @ W_hh.T + b_h))
    return np.array(h[1:])


def hoisted_by_einsum(x, h0, W_xh, W_hh, b_h):
    h = np.einsum("tnd,hd->tnh", x, W_xh) + b_h
    for t in range(len(h)):
        h[t] += (h[t - 1] if t else h0) @ W_hh.T
        h[t] = np.tanh(h[t])
    return h


def hoisted_by_tensordot(x, h0, W_xh, W_hh, b_h):
    a = np.tensordot(x, W_xh, axes=(2, 1))
    steps = accumulate(a, lambda h, a_t: np.tanh(a_t + b_h + h.dot(W_hh.T)), initial=h0)
    next(steps)
    return np.stack(list(steps))


def hoisted_with_dot_method(x, h0, W_xh, W_hh, b_h):
    from_input = x.dot(W_xh.T)
    h = np.zeros(from_input.shape)
    h_prev = h0
    for t, a in enumerate(from_input):
        e = np.exp(-2 * np.abs(a + h_prev.dot(W_hh.T) + b_h))
        h_prev = np.sign(a + h_prev.dot(W_hh.T) + b_h) * (1 - e) / (1 + e)
        h[t] = h_prev
    return h


def hoisted_transposed(x, h0, W_xh, W_hh, b_h):
    T, N, D = x.shape
    columns = W_xh @ x.reshape(T * N, D).T + b_h[:, None]
    columns = columns.reshape(len(b_h), T, N)
    h = np.zeros((T, N, len(b_h)))
    state = h0.T
    for t in range(T):
        state = np.tanh(W_hh @ state + columns[:, t])
        h[t] = state.T
    return h


def last_by_loop(h, lengths):
    out = np.zeros(h.shape[1:])
    for n in range(len(lengths)):
        out[n] = h[lengths[n] - 1, n]
    return out


def last_by_list(h, lengths):
    return np.array([h[:length, n][-1] for n, length in enumerate(lengths)])


def last_by_mask(h, lengths):
    ends = np.arange(len(h))[:, None] == lengths - 1
    return np.sum(h * ends[:, :, None], axis=0)


def last_by_take_along_axis(h, lengths):
    return np.take_along_axis(h, (lengths - 1)[None, :, None], axis=0)[0]


def last_by_diagonal(h, lengths):
    return np.diagonal(h[lengths - 1]).T


def last_by_carrying(h, lengths):
    kept = h[0]
    for t in range(1, len(h)):
        kept = np.where((t < lengths)[:, None], h[t], kept)
    return kept


def predict_step_by_step(x, parameters, many_to_one):
    h = np.zeros((x.shape[1], parameters.W_hh.shape[0]))
    ys = []
    for x_t in x:
        h = np.tanh(h @ parameters.W_hh.T + x_t @ parameters.W_xh.T + parameters.b_h)
        ys.append(h @ parameters.W_hy.T + parameters.b_y)
    return ys[-1] if many_to_one else np.stack(ys)


def predict_by_reduce(x, parameters, many_to_one):
    W_xh, W_hh, b_h, W_hy, b_y = parameters

    def step(h, x_t):
        return np.tanh(np.dot(x_t, W_xh.T) + np.dot(h, W_hh.T) + b_h)

    h0 = np.zeros((x.shape[1], len(W_hh)))
    if many_to_one:
        return reduce(step, x, h0).dot(W_hy.T) + b_y
    return np.array([h.dot(W_hy.T) + b_y for h in list(accumulate(x, step, initial=h0))[1:]])


def predict_by_einsum(x, parameters, many_to_one):
    h = forward_with_longer_buffer(x, np.zeros((x.shape[1], len(parameters.b_h))), *parameters[:3])
    y = np.einsum("tnh,oh->tno", h, parameters.W_hy) + parameters.b_y
    if many_to_one == True:  # noqa: E712
        y = y[-1]
    return y


def predict_with_columns(x, parameters, many_to_one):
    p = parameters
    T, N, _ = x.shape
    h = np.zeros((len(p.b_h), N))
    y = np.zeros((T, N, len(p.b_y)))
    for t in range(T):
        h = np.tanh(p.W_hh @ h + p.W_xh @ x[t].T + p.b_h[:, np.newaxis])
        y[t] = (p.W_hy @ h).T + p.b_y
    return y[T - 1] if many_to_one else y


RIGHT_ANSWERS = {
    "rnn_forward": (
        forward_by_list,
        forward_with_longer_buffer,
        forward_by_concatenation,
        forward_by_scalars,
        forward_by_accumulate,
        forward_one_sequence_at_a_time,
    ),
    "rnn_forward_hoisted": (
        hoisted_by_reshape,
        hoisted_by_einsum,
        hoisted_by_tensordot,
        hoisted_with_dot_method,
        hoisted_transposed,
    ),
    "last_state": (
        last_by_loop,
        last_by_list,
        last_by_mask,
        last_by_take_along_axis,
        last_by_diagonal,
        last_by_carrying,
    ),
    "rnn_predict": (
        predict_step_by_step,
        predict_by_reduce,
        predict_by_einsum,
        predict_with_columns,
    ),
}
