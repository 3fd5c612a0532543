"""Correct solutions of lesson 07 in different styles: every one must pass."""

import numpy as np

from rnn_utils import (
    RNNParameters,
    cross_entropy,
    cross_entropy_backward,
    output_layer,
    output_layer_backward,
    rnn_forward,
)


def by_steps(dh, x, h0, h, W_xh, W_hh):
    def step_backward(dh_t, x_t, h_prev, h_t):
        da = dh_t * (1 - h_t * h_t)
        return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)

    T = x.shape[0]
    dx = np.zeros_like(x)
    dW_xh, dW_hh, db_h = np.zeros_like(W_xh), np.zeros_like(W_hh), np.zeros(W_hh.shape[0])
    dnext = np.zeros_like(h0)
    for t in reversed(range(T)):
        h_prev = h0 if t == 0 else h[t - 1]
        dx[t], dnext, dWx, dWh, db = step_backward(dh[t] + dnext, x[t], h_prev, h[t])
        dW_xh += dWx
        dW_hh += dWh
        db_h += db
    return dx, dnext, dW_xh, dW_hh, db_h


def with_a_longer_buffer(dh, x, h0, h, W_xh, W_hh):
    T, N, D = x.shape
    H = len(W_hh)
    states = np.zeros((T + 1, N, H))
    states[0] = h0
    states[1:] = h
    carried = np.zeros((T + 1, N, H))
    dx = np.empty((T, N, D))
    dWxh, dWhh, db = 0, 0, 0
    t = T
    while t > 0:
        total = carried[t] + dh[t - 1]
        draw = (1.0 - np.square(states[t])) * total
        dx[t - 1] = np.dot(draw, W_xh)
        carried[t - 1] = np.dot(draw, W_hh)
        dWxh = dWxh + np.dot(draw.T, x[t - 1])
        dWhh = dWhh + np.dot(draw.T, states[t - 1])
        db = db + np.sum(draw, 0)
        t -= 1
    return dx, carried[0], dWxh, dWhh, db


def with_lists_reversed(dh, x, h0, h, W_xh, W_hh):
    before = [h0, *h][:-1]
    deltas = []
    later = np.zeros(h0.shape)
    for d, s in zip(dh[::-1], h[::-1], strict=True):
        deltas.append((d + later) * (1 + s) * (1 - s))
        later = deltas[-1] @ W_hh
    deltas = deltas[::-1]
    dx = np.stack([delta @ W_xh for delta in deltas])
    dW_xh = sum(delta.T @ x_t for delta, x_t in zip(deltas, x, strict=True))
    dW_hh = sum(delta.T @ s for delta, s in zip(deltas, before, strict=True))
    return [dx, later, dW_xh, dW_hh, sum(delta.sum(axis=0) for delta in deltas)]


def by_einsum_after_the_loop(dh, x, h0, h, W_xh, W_hh):
    da = np.zeros_like(h)
    slope = 1 / np.cosh(np.arctanh(h)) ** 2
    back = np.zeros_like(h0)
    for t in range(len(h) - 1, -1, -1):
        da[t] = slope[t] * (dh[t] + back)
        back = np.einsum("ni,ij->nj", da[t], W_hh)
    before = np.concatenate((h0[np.newaxis], h[:-1]), axis=0)
    return (
        np.einsum("tnh,hd->tnd", da, W_xh),
        back,
        np.einsum("tnh,tnd->hd", da, x),
        np.einsum("tni,tnj->ij", da, before),
        np.einsum("tnh->h", da),
    )


def joined_input_and_state(dh, x, h0, h, W_xh, W_hh):
    T, N, D = x.shape
    weights = np.concatenate([W_xh, W_hh], axis=1)
    dweights, db = np.zeros_like(weights), np.zeros(len(weights))
    djoined = np.zeros((N, D + len(W_hh)))
    dx = []
    for t in range(T)[::-1]:
        joined = np.concatenate([x[t], h[t - 1] if t else h0], axis=1)
        da = (djoined[:, D:] + dh[t]) * (1 - h[t] ** 2)
        djoined = da @ weights
        dx.insert(0, djoined[:, :D])
        dweights += da.T @ joined
        db += np.ones(N) @ da
    return np.array(dx), djoined[:, D:], dweights[:, :D], dweights[:, D:], db


def by_recursion(dh, x, h0, h, W_xh, W_hh):
    def back(t, carried):
        if t < 0:
            return [], carried
        da = (dh[t] + carried) * (1 - h[t] ** 2)
        earlier, dh0 = back(t - 1, da @ W_hh)
        return [*earlier, da], dh0

    das, dh0 = back(len(x) - 1, 0.0 * h0)
    da = np.array(das)
    before = np.vstack([h0[None], h[:-1]])
    dW_hh = np.tensordot(da, before, axes=([0, 1], [0, 1]))
    dW_xh = np.tensordot(da, x, axes=([0, 1], [0, 1]))
    return da @ W_xh, dh0, dW_xh, dW_hh, da.sum(axis=(0, 1))


def every_loss_followed_back(dh, x, h0, h, W_xh, W_hh):
    T = len(x)
    dx, dh0 = np.zeros(x.shape), np.zeros(h0.shape)
    dW_xh, dW_hh, db = np.zeros(W_xh.shape), np.zeros(W_hh.shape), np.zeros(len(W_hh))
    for t in range(T):
        delta = dh[t] * (1 - h[t] ** 2)
        for s in range(t, -1, -1):
            dx[s] += delta @ W_xh
            dW_xh += delta.T @ x[s]
            dW_hh += delta.T @ (h[s - 1] if s > 0 else h0)
            db += delta.sum(axis=0)
            delta = delta @ W_hh
            if s > 0:
                delta = delta * (1 - h[s - 1] ** 2)
        dh0 += delta
    return dx, dh0, dW_xh, dW_hh, db


def by_scalar_loops(dh, x, h0, h, W_xh, W_hh):
    T, N, D = x.shape
    H = h0.shape[1]
    dx, dh0 = np.zeros((T, N, D)), np.zeros((N, H))
    dW_xh, dW_hh, db_h = np.zeros((H, D)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        carried = [0.0] * H
        for t in range(T - 1, -1, -1):
            da = [(dh[t, n, i] + carried[i]) * (1 - h[t, n, i] ** 2) for i in range(H)]
            before = h0[n] if t == 0 else h[t - 1, n]
            for i in range(H):
                db_h[i] += da[i]
                for j in range(D):
                    dW_xh[i, j] += da[i] * x[t, n, j]
                    dx[t, n, j] += da[i] * W_xh[i, j]
                for j in range(H):
                    dW_hh[i, j] += da[i] * before[j]
            carried = [sum(da[i] * W_hh[i, j] for i in range(H)) for j in range(H)]
        dh0[n] = carried
    return dx, dh0, dW_xh, dW_hh, db_h


def _own_forward(parameters, x, h0):
    W_xh, W_hh, b_h, _, _ = parameters
    h = [h0]
    for x_t in x:
        h.append(np.tanh(x_t @ W_xh.T + h[-1] @ W_hh.T + b_h))
    return np.array(h)


def loss_from_parts(parameters, x, targets):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h0 = np.zeros((x.shape[1], len(W_hh)))
    h = rnn_forward(x, h0, W_xh, W_hh, b_h)
    y = output_layer(h, W_hy, b_y)
    dy = cross_entropy_backward(y, targets)
    dh, dW_hy, db_y = output_layer_backward(dy, h, W_hy)
    _, _, dW_xh, dW_hh, db_h = by_steps(dh, x, h0, h, W_xh, W_hh)
    return cross_entropy(y, targets), RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y)


def loss_in_one_loop(parameters, x, targets):
    _, W_hh, _, W_hy, b_y = parameters
    T, N, _ = x.shape
    h = _own_forward(parameters, x, np.zeros((N, len(W_hh))))
    loss, grads, carried = 0.0, [np.zeros_like(p) for p in parameters], 0.0
    for t in reversed(range(T)):
        y = h[t + 1] @ W_hy.T + b_y
        p = np.exp(y - y.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        top = y.max(axis=1)
        log_sum = top + np.log(np.exp(y - top[:, None]).sum(axis=1))
        loss += np.sum(log_sum - y[np.arange(N), targets[t]])
        p[np.arange(N), targets[t]] -= 1
        dy = p / (T * N)
        da = (dy @ W_hy + carried) * (1 - h[t + 1] ** 2)
        carried = da @ W_hh
        for g, part in zip(
            grads, (da.T @ x[t], da.T @ h[t], da.sum(0), dy.T @ h[t + 1], dy.sum(0)), strict=True
        ):
            g += part
    return loss / (T * N), tuple(grads)


def loss_by_flattening(parameters, x, targets):
    W_xh, W_hh, _, W_hy, b_y = parameters
    T, N, _ = x.shape
    states = _own_forward(parameters, x, np.zeros((N, W_hh.shape[0])))
    rows = states[1:].reshape(T * N, -1)
    y = rows @ W_hy.T + b_y
    classes = targets.reshape(-1)
    loss = cross_entropy(y, classes)
    dy = cross_entropy_backward(y, classes)
    dh = (dy @ W_hy).reshape(T, N, -1)
    _, _, dW_xh, dW_hh, db_h = by_recursion(dh, x, states[0], states[1:], W_xh, W_hh)
    return loss, [dW_xh, dW_hh, db_h, dy.T @ rows, dy.sum(axis=0)]


def loss_step_by_step_as_dict(parameters, x, targets):
    T, N = targets.shape
    p = parameters
    h0 = np.zeros((N, len(p.b_h)))
    h = rnn_forward(x, h0, p.W_xh, p.W_hh, p.b_h)
    loss, dh, dW_hy, db_y = 0.0, np.zeros_like(h), 0.0, 0.0
    for t in range(T):
        y = output_layer(h[t], p.W_hy, p.b_y)
        loss += cross_entropy(y, targets[t]) / T
        dh[t], dW, db = output_layer_backward(
            cross_entropy_backward(y, targets[t]) / T, h[t], p.W_hy
        )
        dW_hy, db_y = dW_hy + dW, db_y + db
    _, _, dW_xh, dW_hh, db_h = with_lists_reversed(dh, x, h0, h, p.W_xh, p.W_hh)
    return loss, {"W_xh": dW_xh, "W_hh": dW_hh, "b_h": db_h, "W_hy": dW_hy, "b_y": db_y}


def _window(parameters, x, targets, h0, count):
    """Return the loss summed over a window and divided by a count, its gradients, and its end."""
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    h = rnn_forward(x, h0, W_xh, W_hh, b_h)
    y = output_layer(h, W_hy, b_y)
    share = targets.size / count
    dy = cross_entropy_backward(y, targets) * share
    dh, dW_hy, db_y = output_layer_backward(dy, h, W_hy)
    _, _, dW_xh, dW_hh, db_h = by_steps(dh, x, h0, h, W_xh, W_hh)
    gradients = (dW_xh, dW_hh, db_h, dW_hy, db_y)
    return cross_entropy(y, targets) * share, gradients, h[-1]


def truncated_by_range(parameters, x, targets, window):
    h = np.zeros((x.shape[1], len(parameters.W_hh)))
    loss, total = 0.0, [np.zeros_like(p) for p in parameters]
    for start in range(0, len(x), window):
        part = slice(start, start + window)
        part_loss, gradients, h = _window(parameters, x[part], targets[part], h, targets.size)
        loss += part_loss
        for sum_so_far, g in zip(total, gradients, strict=True):
            sum_so_far += g
    return loss, RNNParameters(*total)


def truncated_by_recursion(parameters, x, targets, window):
    def rest(x, targets, h, count):
        if len(x) == 0:
            return 0.0, (0.0,) * 5
        loss, first, h = _window(parameters, x[:window], targets[:window], h, count)
        later_loss, later = rest(x[window:], targets[window:], h, count)
        return loss + later_loss, tuple(a + b for a, b in zip(first, later, strict=True))

    return rest(x, targets, np.zeros((x.shape[1], len(parameters.b_h))), targets.size)


def truncated_by_cutting_the_carry(parameters, x, targets, window):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    T, N, _ = x.shape
    h0 = np.zeros((N, len(W_hh)))
    h = rnn_forward(x, h0, W_xh, W_hh, b_h)
    y = output_layer(h, W_hy, b_y)
    dy = cross_entropy_backward(y, targets)
    dh, dW_hy, db_y = output_layer_backward(dy, h, W_hy)
    dW_xh, dW_hh, db_h, carried = 0.0, 0.0, 0.0, 0.0 * h0
    for t in reversed(range(T)):
        da = (dh[t] + carried) * (1 - h[t] ** 2)
        dW_xh = dW_xh + da.T @ x[t]
        dW_hh = dW_hh + da.T @ (h[t - 1] if t else h0)
        db_h = db_h + da.sum(axis=0)
        carried = 0.0 * h0 if t % window == 0 else da @ W_hh
    return cross_entropy(y, targets), RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y)


def truncated_by_splitting(parameters, x, targets, window):
    cuts = list(range(window, len(x), window))
    h, results = np.zeros((x.shape[1], len(parameters.W_hh))), []
    for x_part, targets_part in zip(np.split(x, cuts), np.split(targets, cuts), strict=True):
        loss, gradients, h = _window(parameters, x_part, targets_part, h, targets_part.size)
        results.append((loss, gradients, len(x_part) / len(x)))
    loss = sum(part * share for part, _, share in results)
    gradients = [sum(g[k] * share for _, g, share in results) for k in range(5)]
    return loss, gradients


RIGHT_ANSWERS = {
    "rnn_backward": (
        by_steps,
        with_a_longer_buffer,
        with_lists_reversed,
        by_einsum_after_the_loop,
        joined_input_and_state,
        by_recursion,
        every_loss_followed_back,
        by_scalar_loops,
    ),
    "loss_and_gradients": (
        loss_from_parts,
        loss_in_one_loop,
        loss_by_flattening,
        loss_step_by_step_as_dict,
    ),
    "truncated_bptt": (
        truncated_by_range,
        truncated_by_recursion,
        truncated_by_cutting_the_carry,
        truncated_by_splitting,
    ),
}
