"""Correct solutions of lesson 14 in different styles: every one must pass."""

import numpy as np

from rnn_utils import rnn_backward, rnn_forward, rnn_step, rnn_step_backward


def _run(x, h0, W_xh, W_hh, b_h):
    h, states = h0, []
    for x_t in x:
        h = np.tanh(x_t @ W_xh.T + h @ W_hh.T + b_h)
        states.append(h)
    return np.array(states)


def _back(dh, x, h0, h, W_xh, W_hh):
    dx, carried = np.zeros(x.shape), np.zeros(h0.shape)
    dW_xh, dW_hh, db_h = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in range(len(x) - 1, -1, -1):
        da = (dh[t] + carried) * (1 - h[t] * h[t])
        dx[t], carried = da @ W_xh, da @ W_hh
        dW_xh += da.T @ x[t]
        dW_hh += da.T @ (h[t - 1] if t > 0 else h0)
        db_h += da.sum(0)
    return dx, carried, dW_xh, dW_hh, db_h


def layer_by_layer(x, h0, layers):
    h = []
    for start, (W_xh, W_hh, b_h) in zip(h0, layers, strict=True):
        h.append(rnn_forward(x if not h else h[-1], start, W_xh, W_hh, b_h))
    return np.stack(h)


def step_by_step(x, h0, layers):
    T, N, _ = x.shape
    h = np.zeros((len(layers), T, N, h0.shape[2]))
    now = list(h0)
    for t in range(T):
        for k, layer in enumerate(layers):
            now[k] = rnn_step(x[t] if k == 0 else now[k - 1], now[k], *layer)
            h[k, t] = now[k]
    return h


def by_recursion(x, h0, layers):
    if len(layers) == 0:
        return np.zeros((0, len(x), *h0.shape[1:]))
    first = _run(x, h0[0], *layers[0])
    return np.concatenate([first[None], by_recursion(first, h0[1:], layers[1:])])


def as_one_large_network(x, h0, layers):
    """All layers side by side in one state, each a step behind the one below it."""
    L, (N, H) = len(layers), h0.shape[1:]
    h = np.empty((L, len(x), N, H))
    for late in range(len(x) + L - 1):
        for k in range(L):
            t = late - k
            if 0 <= t < len(x):
                W_xh, W_hh, b_h = layers[k]
                below = x[t] if k == 0 else h[k - 1, t]
                before = h0[k] if t == 0 else h[k, t - 1]
                h[k, t] = np.tanh(np.hstack([below, before]) @ np.hstack([W_xh, W_hh]).T + b_h)
    return h


def down_the_stack(dh, x, h0, h, layers):
    L = len(layers)
    dh0, gradients = np.zeros_like(h0), [None] * L
    for k in range(L - 1, -1, -1):
        W_xh, W_hh, _ = layers[k]
        below = x if k == 0 else h[k - 1]
        dh, dh0[k], dW_xh, dW_hh, db_h = rnn_backward(dh, below, h0[k], h[k], W_xh, W_hh)
        gradients[k] = (dW_xh, dW_hh, db_h)
    return dh, dh0, gradients


def step_by_step_back(dh, x, h0, h, layers):
    L, T = h.shape[:2]
    dx = np.zeros(x.shape)
    sums = [[np.zeros(p.shape) for p in layer] for layer in layers]
    carried = [np.zeros(h0[k].shape) for k in range(L)]
    for t in reversed(range(T)):
        arriving = dh[t]
        for k in reversed(range(L)):
            below = h[k - 1, t] if k else x[t]
            before = h[k, t - 1] if t else h0[k]
            arriving, carried[k], *parts = rnn_step_backward(
                arriving + carried[k], below, before, h[k, t], layers[k][0], layers[k][1]
            )
            for total, part in zip(sums[k], parts, strict=True):
                total += part
        dx[t] = arriving
    return dx, np.array(carried), [tuple(s) for s in sums]


def recursion_back(dh, x, h0, h, layers):
    if len(layers) == 0:
        return dh, [], []
    from_above, dh0, gradients = recursion_back(dh, h[0], h0[1:], h[1:], layers[1:])
    dx, start, *own = _back(from_above, x, h0[0], h[0], layers[0][0], layers[0][1])
    return dx, np.array([start, *dh0]), [own, *gradients]


def both_ways(x, h0, layers):
    right = rnn_forward(x, h0[0], *layers[0])
    left = rnn_forward(np.flip(x, axis=0), h0[1], *layers[1])
    return np.concatenate([right, np.flip(left, axis=0)], axis=-1)


def by_filling_a_buffer(x, h0, layers):
    T, N, _ = x.shape
    H = h0.shape[2]
    h = np.zeros((T, N, 2 * H))
    state = h0[0]
    for t in range(T):
        state = rnn_step(x[t], state, *layers[0])
        h[t, :, :H] = state
    state = h0[1]
    for t in reversed(range(T)):
        state = rnn_step(x[t], state, *layers[1])
        h[t, :, H:] = state
    return h


def with_lists(x, h0, layers):
    first = list(_run(x, h0[0], *layers[0]))
    second = list(_run(list(x)[::-1], h0[1], *layers[1]))
    second.reverse()
    return np.array([np.hstack(pair) for pair in zip(first, second, strict=True)])


def both_ways_back(dh, x, h0, h, layers):
    dh_right, dh_left = np.split(dh, 2, axis=2)
    h_right, h_left = np.split(h, 2, axis=2)
    right = rnn_backward(dh_right, x, h0[0], h_right, *layers[0][:2])
    left = rnn_backward(dh_left[::-1], x[::-1], h0[1], h_left[::-1], *layers[1][:2])
    dx = right[0] + left[0][::-1]
    return dx, np.stack([right[1], left[1]]), [right[2:], left[2:]]


def both_ways_in_a_loop(dh, x, h0, h, layers):
    H = h0.shape[-1]
    dx, starts, gradients = np.zeros(x.shape), [], []
    for k, turn in enumerate((slice(None), slice(None, None, -1))):
        part = slice(k * H, (k + 1) * H)
        d, start, *own = _back(
            dh[turn][..., part], x[turn], h0[k], h[turn][..., part], layers[k][0], layers[k][1]
        )
        dx += d[turn]
        starts.append(start)
        gradients.append(own)
    return dx, np.array(starts), gradients


def both_ways_step_by_step(dh, x, h0, h, layers):
    (T, N, _), H = x.shape, h0.shape[2]
    dx = np.zeros_like(x)
    sums = [[np.zeros_like(p) for p in layer] for layer in layers]
    carried = np.zeros_like(h0)
    for t in range(T):
        for k, now, before in ((0, T - 1 - t, T - 2 - t), (1, t, t + 1)):
            half = slice(0, H) if k == 0 else slice(H, 2 * H)
            h_before = h[before, :, half] if 0 <= before < T else h0[k]
            da = (dh[now, :, half] + carried[k]) * (1 - h[now, :, half] ** 2)
            W_xh, W_hh, _ = layers[k]
            dx[now] += da @ W_xh
            carried[k] = da @ W_hh
            for total, part in zip(
                sums[k], (da.T @ x[now], da.T @ h_before, np.ones(N) @ da), strict=True
            ):
                total += part
    return [dx, carried, sums]


RIGHT_ANSWERS = {
    "stacked_forward": (layer_by_layer, step_by_step, by_recursion, as_one_large_network),
    "stacked_backward": (down_the_stack, step_by_step_back, recursion_back),
    "bidirectional_forward": (both_ways, by_filling_a_buffer, with_lists),
    "bidirectional_backward": (both_ways_back, both_ways_in_a_loop, both_ways_step_by_step),
}
