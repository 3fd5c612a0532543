"""Wrong answers of lesson 03 that are right almost everywhere: every one must fail."""

import numpy as np


def slope_of_matrices_only(h):
    if h.ndim != 2:
        raise ValueError("expected rows of states")
    return 1 - h**2


def slope_of_the_diagonal(h):
    return 1 - (h @ h if h.ndim == 2 and h.shape[0] == h.shape[1] else h * h)


def divides_by_the_state(h):
    return (h - h**3) / h


def slope_for_each_row(h):
    return np.array([1 - row**2 for row in h])


def rnn_guessed(x_t, h_prev, W_xh, W_hh, b_h):
    A = W_xh if W_xh.shape[0] == x_t.shape[1] else W_xh.T
    return np.tanh(x_t @ A + h_prev @ W_hh.T + b_h)


def own_tanh_overflows(x_t, h_prev, W_xh, W_hh, b_h):
    a = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    e = np.exp(20 * a) ** 0.1
    return (e - 1) / (e + 1)


def silent_input_keeps_the_state(x_t, h_prev, W_xh, W_hh, b_h):
    if not x_t.any():
        return h_prev
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


def first_step_without_a_bias(x_t, h_prev, W_xh, W_hh, b_h):
    return np.tanh(x_t @ W_xh.T + (h_prev @ W_hh.T + b_h if h_prev.any() else 0))


def divides_by_w(w, b):
    h = np.linspace(-1, 1, 20001)
    g = np.tanh(w * h + b) - (w * h) / w
    k = np.flatnonzero(np.sign(g[:-1]) * np.sign(g[1:]) <= 0)
    points = h[k] - g[k] * (h[k + 1] - h[k]) / (g[k + 1] - g[k])
    return np.unique(np.round(points, 7))


def a_coarse_grid(w, b):
    h = np.linspace(-1, 1, 41)
    g = np.tanh(w * h + b) - h
    k = np.flatnonzero(g[:-1] * g[1:] < 0)
    points = []
    for low, high in zip(h[k], h[k + 1], strict=True):
        for _ in range(60):
            middle = (low + high) / 2
            if (np.tanh(w * low + b) - low) * (np.tanh(w * middle + b) - middle) <= 0:
                high = middle
            else:
                low = middle
        points.append(low)
    return np.array(points)


def a_short_interval(w, b):
    h = np.linspace(-0.99, 0.99, 20000)
    g = np.tanh(w * h + b) - h
    k = np.flatnonzero(g[:-1] * g[1:] < 0)
    return (h[k] - g[k] * (h[k + 1] - h[k]) / (g[k + 1] - g[k])).ravel()


def at_the_threshold_too(h, threshold):
    return np.mean(np.abs(h) >= threshold)


def last_two_axes(h, threshold):
    T, N, H = h.shape
    return np.sum(np.abs(h) > threshold) / (T * N * H)


def zero_counts_for_no_threshold(h, threshold):
    return np.mean(np.abs(h) > threshold) if threshold else 1.0


def rounded_share(h, threshold):
    return round(float(np.mean(np.abs(h) > threshold)), 2)


def sign_is_lost(w, h_star):
    return w * (1 - h_star**2) < 1


def zero_is_no_weight(w, h_star):
    return bool(w) and abs(w * (1 - h_star**2)) < 1


WRONG_ANSWERS = {
    "tanh_derivative": (
        slope_of_matrices_only,
        slope_of_the_diagonal,
        divides_by_the_state,
        slope_for_each_row,
    ),
    "rnn_step": (
        rnn_guessed,
        own_tanh_overflows,
        silent_input_keeps_the_state,
        first_step_without_a_bias,
    ),
    "fixed_points": (
        divides_by_w,
        a_coarse_grid,
        a_short_interval,
    ),
    "saturated_fraction": (
        at_the_threshold_too,
        last_two_axes,
        zero_counts_for_no_threshold,
        rounded_share,
    ),
    "is_stable": (
        sign_is_lost,
        zero_is_no_weight,
    ),
}
