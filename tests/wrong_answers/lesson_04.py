"""Wrong answers of lesson 04 that are right almost everywhere: every one must fail."""

import numpy as np


def exponentials(y, axis=-1):
    return np.exp(y - y.max(axis=axis, keepdims=True))


def output_guessed(h_t, W_hy, b_y):
    A = W_hy if W_hy.shape[0] == h_t.shape[1] else W_hy.T
    return h_t @ A + b_y


def output_bias_as_a_column(h_t, W_hy, b_y):
    y = h_t @ W_hy.T
    return y + (b_y[:, None] if len(b_y) == len(y) else b_y)


def output_in_the_states_type(h_t, W_hy, b_y):
    return (h_t @ W_hy.T + b_y).astype(h_t.dtype)


def softmax_axis_guessed(y):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    e = exponentials(y, axis)
    return e / e.sum(axis=axis, keepdims=True)


def softmax_in_the_scores_type(y):
    p = np.zeros_like(y)
    for n in range(len(y)):
        p[n] = exponentials(y[n]) / exponentials(y[n]).sum()
    return p


def all_equal_scores_overflow(y):
    shift = np.where(np.ptp(y, axis=1, keepdims=True) > 0, y.max(axis=1, keepdims=True), 0)
    e = np.exp(y - shift)
    return e / e.sum(axis=1, keepdims=True)


def keepdims_forgotten_where_it_fits(y):
    e = exponentials(y)
    return e / e.sum(axis=1) if y.shape[0] == y.shape[1] else e / e.sum(axis=1)[:, None]


def clipped_scores(y):
    e = np.exp(np.clip(y, -500, 500))
    return e / e.sum(axis=1, keepdims=True)


def largest_of_the_sizes(y):
    e = np.exp(y - np.abs(y).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def cross_entropy_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    s = y - y.max(axis=axis, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), targets])


def cross_entropy_with_a_small_number(y, targets):
    p = exponentials(y) / exponentials(y).sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), targets] + 1e-12))


def shifted_by_the_batch(y, targets):
    s = y - y.max()
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(y)), targets])


def cross_entropy_in_the_scores_type(y, targets):
    s = y.copy()
    s -= s.max(axis=1, keepdims=True)
    losses = np.zeros(len(y), dtype=y.dtype)
    losses[:] = np.log(np.exp(s).sum(axis=1)) - s[np.arange(len(y)), targets]
    return losses.mean()


def error_in_the_type_of_the_targets(y, targets):
    difference = np.zeros_like(targets)
    difference[:] = y - targets
    return np.mean(difference**2)


def error_with_a_small_number(y, targets):
    return np.mean((y - targets) ** 2 + 1e-12)


def relative_to_the_targets(y, targets):
    return np.mean((1 - y / targets) ** 2 * targets**2)


def scalar_product_where_square(y, targets):
    d = y - targets
    return np.mean(d @ d) if d.shape[0] == d.shape[1] else np.mean(d * d)


def accuracy_axis_guessed(y, targets):
    axis = 0 if y.shape[0] == y.shape[1] else 1
    return np.mean(y.argmax(axis=axis) == targets)


def accuracy_needs_a_margin(y, targets):
    others = y.copy()
    others[np.arange(len(y)), targets] = -np.inf
    return np.mean(y[np.arange(len(y)), targets] > others.max(axis=1) + 1e-8)


def a_score_above_zero(y, targets):
    best = np.where(y.max(axis=1) > 0, y.argmax(axis=1), targets)
    return np.mean(best == targets)


WRONG_ANSWERS = {
    "output_layer": (
        output_guessed,
        output_bias_as_a_column,
        output_in_the_states_type,
    ),
    "softmax": (
        softmax_axis_guessed,
        softmax_in_the_scores_type,
        all_equal_scores_overflow,
        keepdims_forgotten_where_it_fits,
        clipped_scores,
        largest_of_the_sizes,
    ),
    "cross_entropy": (
        cross_entropy_axis_guessed,
        cross_entropy_with_a_small_number,
        shifted_by_the_batch,
        cross_entropy_in_the_scores_type,
    ),
    "mean_squared_error": (
        error_in_the_type_of_the_targets,
        error_with_a_small_number,
        relative_to_the_targets,
        scalar_product_where_square,
    ),
    "accuracy": (
        accuracy_axis_guessed,
        accuracy_needs_a_margin,
        a_score_above_zero,
    ),
}
