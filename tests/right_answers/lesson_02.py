"""Correct solutions of lesson 02 in different styles: every one must pass."""

from functools import reduce
from itertools import accumulate

import numpy as np


def count_by_shapes(D, H, O, T, shared):  # noqa: E741
    cell = [(H, D), (H, H), (H,)]
    shapes = (cell if shared else cell * T) + [(O, H), (O,)]
    return sum(int(np.prod(shape)) for shape in shapes)


def count_by_neurons(D, H, O, T, shared):  # noqa: E741
    # every neuron has its incoming weights and a bias
    steps = 1
    if not shared:
        steps = T
    return steps * H * (D + H + 1) + O * (H + 1)


def count_by_arrays(D, H, O, T, shared):  # noqa: E741
    total = 0
    for step in range(T):
        if step == 0 or not shared:
            for array in (np.zeros((H, D)), np.zeros((H, H)), np.zeros(H)):
                total += array.size
    total += np.zeros((O, H)).size
    total += O
    return total


def column_by_dot(x, h, W_xh, W_hh, b):
    return np.dot(W_xh, x) + np.dot(W_hh, h) + b


def column_by_loops(x, h, W_xh, W_hh, b):
    new = []
    for i in range(len(b)):
        total = b[i]
        for j in range(len(h)):
            total = total + W_hh[i, j] * h[j]
        for d in range(len(x)):
            total = total + W_xh[i, d] * x[d]
        new.append(total)
    return np.array(new)


def column_by_concatenation(x, h, W_xh, W_hh, b):
    W = np.concatenate([W_hh, W_xh], axis=1)
    return W @ np.concatenate([h, x]) + b


def column_by_true_column(x, h, W_xh, W_hh, b):
    column = W_hh @ h.reshape(-1, 1) + W_xh @ x.reshape(-1, 1) + b.reshape(-1, 1)
    return column[:, 0]


def column_from_the_left(x, h, W_xh, W_hh, b):
    return h @ W_hh.T + x @ W_xh.T + b


def rows_by_columns(x_t, h_prev, W_xh, W_hh, b_h):
    return (W_hh @ h_prev.T + W_xh @ x_t.T + b_h[:, None]).T


def rows_one_by_one(x_t, h_prev, W_xh, W_hh, b_h):
    h_t = np.empty_like(h_prev)
    for n in range(len(x_t)):
        h_t[n] = W_hh @ h_prev[n] + W_xh @ x_t[n] + b_h
    return h_t


def rows_by_einsum(x_t, h_prev, W_xh, W_hh, b_h):
    return np.einsum("nj,ij->ni", h_prev, W_hh) + np.einsum("nd,id->ni", x_t, W_xh) + b_h


def rows_by_concatenation(x_t, h_prev, W_xh, W_hh, b_h):
    both = np.hstack((x_t, h_prev))
    print("both", both.shape)
    return both @ np.vstack((W_xh.T, W_hh.T)) + b_h


def rows_with_ones(x_t, h_prev, W_xh, W_hh, b_h):
    out = h_prev.dot(W_hh.T)
    out += x_t.dot(W_xh.T)
    out += np.ones((len(x_t), 1)) @ b_h[None, :]
    return out


def layers_by_buffer(x, h0, layers):
    T, N, _ = x.shape
    h = np.zeros((T + 1, N, h0.shape[1]))
    h[0] = h0
    for t, (W_xh, W_hh, b_h) in enumerate(layers):
        h[t + 1] = h[t] @ W_hh.T + x[t] @ W_xh.T + b_h
    return h[1:]


def layers_by_accumulate(x, h0, layers):
    def step(h, pair):
        x_t, (W_xh, W_hh, b_h) = pair
        return (W_hh @ h.T).T + (W_xh @ x_t.T).T + b_h

    states = list(accumulate(zip(x, layers, strict=True), step, initial=h0))
    return np.array(states[1:])


def layers_one_sequence_at_a_time(x, h0, layers):
    sequences = []
    for n in range(x.shape[1]):
        states, h = [], h0[n]
        for t in range(len(x)):
            W_xh, W_hh, b_h = layers[t]
            h = W_hh @ h + W_xh @ x[t, n] + b_h
            states.append(h)
        sequences.append(np.stack(states))
    return np.stack(sequences, axis=1)


def layers_by_reduce(x, h0, layers):
    def step(states, t):
        h_prev = states[-1] if states else h0
        W_xh, W_hh, b_h = layers[t]
        return [*states, np.einsum("nj,ij->ni", h_prev, W_hh) + x[t] @ W_xh.T + b_h]

    return np.stack(reduce(step, range(len(x)), []))


RIGHT_ANSWERS = {
    "count_parameters": (count_by_shapes, count_by_neurons, count_by_arrays),
    "state_step_column": (
        column_by_dot,
        column_by_loops,
        column_by_concatenation,
        column_by_true_column,
        column_from_the_left,
    ),
    "state_step": (
        rows_by_columns,
        rows_one_by_one,
        rows_by_einsum,
        rows_by_concatenation,
        rows_with_ones,
    ),
    "forward_layers": (
        layers_by_buffer,
        layers_by_accumulate,
        layers_one_sequence_at_a_time,
        layers_by_reduce,
    ),
}
