"""Correct solutions of lesson 06 in different styles: every one must pass."""

import math

import numpy as np


def gradient_on_copies(f, a):
    gradient = np.zeros(a.shape)
    eps = 1e-5
    for place in np.ndindex(*a.shape):
        up, down = a.copy(), a.copy()
        up[place] += eps
        down[place] -= eps
        gradient[place] = (f(up) - f(down)) / (2 * eps)
    return gradient


def gradient_in_place_restored(f, a):
    gradient = np.zeros_like(a)
    it = np.nditer(a, flags=["multi_index"], op_flags=["readwrite"])
    h = 1e-6
    while not it.finished:
        ix = it.multi_index
        old = a[ix]
        a[ix] = old + h
        above = f(a)
        a[ix] = old - h
        below = f(a)
        a[ix] = old
        gradient[ix] = (above - below) / (2 * h)
        it.iternext()
    return gradient


def gradient_restored_by_adding(f, a):
    eps = 1e-4
    slopes = []
    for k in np.ndindex(a.shape):
        a[k] += eps
        plus = f(a)
        a[k] -= 2 * eps
        minus = f(a)
        a[k] += eps
        slopes.append((plus - minus) / 2 / eps)
    return np.array(slopes).reshape(a.shape)


def gradient_by_unit_arrays(f, a):
    step = 1e-3
    units = np.eye(a.size).reshape(a.size, *a.shape)
    values = [f(a + step * u) - f(a - step * u) for u in units]
    return np.reshape(values, a.shape) / (2 * step)


def gradient_with_a_tiny_step(f, a):
    out = np.empty_like(a)
    for k in range(a.size):
        change = np.zeros(a.size)
        change[k] = 1e-7
        change = change.reshape(a.shape)
        out.flat[k] = 0.5 * (f(a + change) - f(a - change)) / 1e-7
    return out


def gradient_of_fourth_order(f, a):
    def along(place, step):
        moved = a.copy()
        moved[place] += step
        return f(moved)

    e = 1e-4
    return np.array(
        [
            (-along(p, 2 * e) + 8 * along(p, e) - 8 * along(p, -e) + along(p, -2 * e)) / (12 * e)
            for p in np.ndindex(a.shape)
        ]
    ).reshape(a.shape)


def error_by_hand(a, b):
    largest, gap = 0.0, 0.0
    for u, v in zip(np.ravel(a), np.ravel(b), strict=True):
        largest = max(largest, abs(u), abs(v))
        gap = max(gap, abs(u - v))
    return 0.0 if largest == 0 else gap / largest


def error_by_infinity_norm(a, b):
    scale = max(np.linalg.norm(a.ravel(), np.inf), np.linalg.norm(b.ravel(), np.inf))
    if scale == 0:
        return 0
    return np.linalg.norm((a - b).ravel(), np.inf) / scale


def error_by_stack(a, b):
    scale = np.abs(np.stack([a, b])).max()
    return np.divide(np.abs(a - b).max(), scale) if scale else 0.0


def error_patched_harmlessly(a, b):
    return np.max(np.abs(a - b)) / max(np.max(np.abs(a)), np.max(np.abs(b)), 1e-300)


def entropy_gradient_by_copy(y, targets):
    N = y.shape[0]
    shifted = y - np.max(y, axis=1, keepdims=True)
    p = np.exp(shifted) / np.sum(np.exp(shifted), axis=1, keepdims=True)
    dy = p.copy()
    dy[np.arange(N), targets] -= 1
    return dy / N


def entropy_gradient_by_one_hot(y, targets):
    e = np.exp(y.T - y.max(axis=1))
    p = (e / e.sum(axis=0)).T
    return (p - np.eye(y.shape[1])[targets]) / len(targets)


def entropy_gradient_by_loops(y, targets):
    N, O = y.shape  # noqa: E741
    dy = np.zeros((N, O))
    for n in range(N):
        top = max(y[n])
        powers = [math.exp(score - top) for score in y[n]]
        for k in range(O):
            dy[n][k] = (powers[k] / sum(powers) - (1 if targets[n] == k else 0)) / N
    return dy


def entropy_gradient_through_log_softmax(y, targets):
    highest = y.max(axis=-1)[:, None]
    log_p = y - highest - np.log(np.exp(y - highest).sum(axis=-1))[:, None]
    N = targets.shape[0]
    dlog_p = np.zeros(y.shape)
    dlog_p[range(N), targets] = -1.0 / N
    return dlog_p - np.exp(log_p) * dlog_p.sum(axis=-1, keepdims=True)


def output_by_products(dy, h_t, W_hy):
    return dy.dot(W_hy), np.dot(dy.T, h_t), np.sum(dy, axis=0)


def output_by_einsum(dy, h_t, W_hy):
    dh = np.einsum("no,oh->nh", dy, W_hy)
    dW = np.einsum("no,nh->oh", dy, h_t)
    return [dh, dW, np.einsum("no->o", dy)]


def output_row_by_row(dy, h_t, W_hy):
    dh_t = np.empty_like(h_t)
    dW_hy = np.zeros_like(W_hy)
    db_y = np.zeros(len(W_hy))
    for n, (d, h) in enumerate(zip(dy, h_t, strict=True)):
        dh_t[n] = W_hy.T @ d
        dW_hy += np.outer(d, h)
        db_y += d
    return dh_t, dW_hy, db_y


def output_by_ones_and_transposes(dy, h_t, W_hy):
    ones = np.ones(len(dy))
    return (W_hy.T @ dy.T).T, (h_t.T @ dy).T, ones @ dy


def step_by_products(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    da = (1 - h_t**2) * dh_t
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, np.sum(da, axis=0)


def step_by_einsum(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    input = dh_t * (1 + h_t) * (1 - h_t)  # a learner's choice of name
    dx = np.einsum("nh,hd->nd", input, W_xh)
    dprev = np.einsum("nh,hk->nk", input, W_hh)
    dWx = np.einsum("nh,nd->hd", input, x_t)
    dWh = np.einsum("nh,nk->hk", input, h_prev)
    return dx, dprev, dWx, dWh, np.einsum("nh->h", input)


def step_joined(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    D = x_t.shape[1]
    joined, weights = np.hstack([x_t, h_prev]), np.hstack([W_xh, W_hh])
    da = dh_t - dh_t * h_t * h_t
    djoined, dweights = da @ weights, da.T @ joined
    return (
        djoined[:, :D],
        djoined[:, D:],
        dweights[:, :D],
        dweights[:, D:],
        np.ones(len(da)) @ da,
    )


def step_from_the_sum_before_tanh(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    a = np.arctanh(h_t)
    da = dh_t / np.cosh(a) ** 2
    return [
        np.matmul(da, W_xh),
        np.matmul(da, W_hh),
        np.matmul(x_t.T, da).T,
        np.matmul(h_prev.T, da).T,
        da.sum(0),
    ]


def step_by_scalar_loops(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    N, D = x_t.shape
    H = h_t.shape[1]
    dx, dprev = np.zeros((N, D)), np.zeros((N, H))
    dW_xh, dW_hh, db = np.zeros((H, D)), np.zeros((H, H)), np.zeros(H)
    for n in range(N):
        for i in range(H):
            d = dh_t[n, i] * (1 - h_t[n, i] ** 2)
            db[i] += d
            for j in range(D):
                dx[n, j] += d * W_xh[i, j]
                dW_xh[i, j] += d * x_t[n, j]
            for j in range(H):
                dprev[n, j] += d * W_hh[i, j]
                dW_hh[i, j] += d * h_prev[n, j]
    return dx, dprev, dW_xh, dW_hh, db


RIGHT_ANSWERS = {
    "numerical_gradient": (
        gradient_on_copies,
        gradient_in_place_restored,
        gradient_restored_by_adding,
        gradient_by_unit_arrays,
        gradient_with_a_tiny_step,
        gradient_of_fourth_order,
    ),
    "relative_error": (
        error_by_hand,
        error_by_infinity_norm,
        error_by_stack,
        error_patched_harmlessly,
    ),
    "cross_entropy_backward": (
        entropy_gradient_by_copy,
        entropy_gradient_by_one_hot,
        entropy_gradient_by_loops,
        entropy_gradient_through_log_softmax,
    ),
    "output_layer_backward": (
        output_by_products,
        output_by_einsum,
        output_row_by_row,
        output_by_ones_and_transposes,
    ),
    "rnn_step_backward": (
        step_by_products,
        step_by_einsum,
        step_joined,
        step_from_the_sum_before_tanh,
        step_by_scalar_loops,
    ),
}
