"""Wrong answers of lesson 06 that are right almost everywhere: every one must fail."""

import numpy as np


def exponentials(y, axis=-1):
    return np.exp(y - y.max(axis=axis, keepdims=True))


def moves_a_flat_copy(f, a):
    flat, g = a.reshape(-1), np.zeros(a.size)
    for k in range(a.size):
        old = flat[k]
        flat[k] = old + 1e-5
        up = f(a)
        flat[k] = old - 1e-5
        down = f(a)
        flat[k] = old
        g[k] = (up - down) / 2e-5
    return g.reshape(a.shape)


def step_is_a_share(f, a):
    g = np.zeros(a.shape)
    for k in np.ndindex(a.shape):
        e = 1e-2 * abs(a[k])
        up, down = a.copy(), a.copy()
        up[k], down[k] = a[k] + e, a[k] - e
        g[k] = (f(up) - f(down)) / (2 * e)
    return g


def gradient_in_the_order_of_memory(f, a):
    g = np.zeros_like(a)
    for k, place in enumerate(np.ndindex(a.shape)):
        up, down = a.copy(), a.copy()
        up[place] += 1e-4
        down[place] -= 1e-4
        g.ravel(order="K")[k] = (f(up) - f(down)) / 2e-4
    return g


def matrices_only(f, a):
    g = np.zeros_like(a)
    rows = a.reshape(-1, a.shape[-1]).shape[0]
    for i in range(rows if a.ndim < 3 else len(a)):
        for j in range(a.shape[-1] if a.ndim < 4 else 1):
            place = (i, j) if a.ndim == 2 else (j,) if a.ndim == 1 else (i, 0, j)
            up, down = a.copy(), a.copy()
            up[place] += 1e-4
            down[place] -= 1e-4
            g[place] = (f(up) - f(down)) / 2e-4
    return g


def error_with_a_floor(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / max(scale, 1e-8)


def error_added_below(a, b):
    scale = max(np.abs(a).max(), np.abs(b).max()) + 1e-12
    return np.abs(a - b).max() / scale


def error_of_rows(a, b):
    a, b = np.array([*a]), np.array([*b])
    scale = max(np.abs(a).max(), np.abs(b).max())
    return np.abs(a - b).max() / scale if scale else 0.0


def error_in_the_first_ones_type(a, b):
    d = np.array(a)
    d[...] = np.abs(a - b) / max(np.abs(a).max(), np.abs(b).max(), 1e-300)
    return d.max()


def zeros_only_in_both(a, b):
    if not a.any():
        return 0.0
    return np.abs(a - b).max() / max(np.abs(a).max(), np.abs(b).max())


def backward_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    e = exponentials(y, axis)
    dy = e / e.sum(axis=axis, keepdims=True)
    dy[np.arange(len(y)), targets] -= 1
    return dy / len(y)


def backward_overflows(y, targets):
    e = np.exp(y)
    dy = e / e.sum(axis=1, keepdims=True)
    dy[np.arange(len(y)), targets] -= 1
    return dy / len(y)


def output_backward_guessed(dy, h_t, W_hy):
    A = W_hy.T if W_hy.shape[0] == W_hy.shape[1] else W_hy
    return dy @ A, dy.T @ h_t, dy.sum(axis=0)


def products_of_squares(dy, h_t, W_hy):
    dW = dy @ h_t if dy.shape[0] == dy.shape[1] == h_t.shape[0] else dy.T @ h_t
    return dy @ W_hy, dW, dy.sum(axis=0)


def small_gradients_dropped(dy, h_t, W_hy):
    dy = np.where(np.abs(dy) < 1e-7, 0.0, dy)
    return dy @ W_hy, dy.T @ h_t, dy.sum(axis=0)


def _step_back(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    da = dh_t * (1 - h_t**2)
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def step_back_guessed(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    A = W_xh.T if W_xh.shape[0] == W_xh.shape[1] else W_xh
    da = dh_t * (1 - h_t**2)
    return da @ A, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def matrix_square_where_it_fits(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    square = h_t @ h_t if h_t.shape[0] == h_t.shape[1] else h_t * h_t
    da = dh_t * (1 - square)
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def step_back_clipped(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    return _step_back(np.clip(dh_t, -100, 100), x_t, h_prev, h_t, W_xh, W_hh)


def step_back_divides(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    da = dh_t * (h_t - h_t**3) / h_t
    return da @ W_xh, da @ W_hh, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def step_back_bias_kept(dh_t, x_t, h_prev, h_t, W_xh, W_hh):
    dx, dh, dW_xh, dW_hh, db = _step_back(dh_t, x_t, h_prev, h_t, W_xh, W_hh)
    return dx, dh, dW_xh, dW_hh, db if len(dh_t) > 1 else db[None]


WRONG_ANSWERS = {
    "numerical_gradient": (
        moves_a_flat_copy,
        step_is_a_share,
        gradient_in_the_order_of_memory,
        matrices_only,
    ),
    "relative_error": (
        error_with_a_floor,
        error_added_below,
        error_of_rows,
        error_in_the_first_ones_type,
        zeros_only_in_both,
    ),
    "cross_entropy_backward": (
        backward_axis_guessed,
        backward_overflows,
    ),
    "output_layer_backward": (
        output_backward_guessed,
        products_of_squares,
        small_gradients_dropped,
    ),
    "rnn_step_backward": (
        step_back_guessed,
        matrix_square_where_it_fits,
        step_back_clipped,
        step_back_divides,
        step_back_bias_kept,
    ),
}
