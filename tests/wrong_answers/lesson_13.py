"""Wrong answers of lesson 13 that are right almost everywhere: every one must fail."""

import numpy as np


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def _parts(x_t, h_prev, W_x, W_h, b_x, b_h, sigmoid=_sigmoid):
    x_r, x_z, x_n = np.split(x_t @ W_x.T + b_x, 3, axis=1)
    h_r, h_z, h_n = np.split(h_prev @ W_h.T + b_h, 3, axis=1)
    r, z = sigmoid(x_r + h_r), sigmoid(x_z + h_z)
    return r, z, np.tanh(x_n + r * h_n), h_n


def _stepped(x_t, h_prev, *weights, sigmoid=_sigmoid):
    _, z, n, _ = _parts(x_t, h_prev, *weights, sigmoid=sigmoid)
    return (1 - z) * n + z * h_prev


def _back(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h, sigmoid=_sigmoid):
    r, z, n, h_n = _parts(x_t, h_prev, W_x, W_h, b_x, b_h, sigmoid)
    da_n = dh_t * (1 - z) * (1 - n**2)
    da_r = da_n * h_n * r * (1 - r)
    da_z = dh_t * (h_prev - n) * z * (1 - z)
    da_x, da_h = np.hstack([da_r, da_z, da_n]), np.hstack([da_r, da_z, da_n * r])
    dh_prev = dh_t * z + da_h @ W_h
    return da_x @ W_x, dh_prev, da_x.T @ x_t, da_h.T @ h_prev, da_x.sum(axis=0), da_h.sum(axis=0)


def _overflows(a):
    return np.exp(a) / (1 + np.exp(a))


def step_of_a_weight_turned_if_it_fits(x_t, h_prev, W_x, W_h, b_x, b_h):
    """The orientation of W_x is guessed from its shape: wrong where D = 3H."""
    W_x = W_x.T if W_x.shape[0] == x_t.shape[1] else W_x
    return _stepped(x_t, h_prev, W_x, W_h, b_x, b_h)


def step_of_sums_that_overflow(x_t, h_prev, W_x, W_h, b_x, b_h):
    """σ(a) as exp(a) / (1 + exp(a))."""
    return _stepped(x_t, h_prev, W_x, W_h, b_x, b_h, sigmoid=_overflows)


def step_within_bounds(x_t, h_prev, W_x, W_h, b_x, b_h):
    """The state is cut off at ±1, which it only keeps to if it began there."""
    return np.clip(_stepped(x_t, h_prev, W_x, W_h, b_x, b_h), -1, 1)


def step_back_of_a_weight_turned_if_it_fits(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    """The orientation of W_x is guessed from its shape: wrong where D = 3H."""
    W_x = W_x.T if W_x.shape[0] == x_t.shape[1] else W_x
    return _back(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h)


def step_back_of_sums_that_overflow(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    """σ(a) as exp(a) / (1 + exp(a))."""
    return _back(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h, _overflows)


def step_back_clipped(dh_t, x_t, h_prev, W_x, W_h, b_x, b_h):
    """The upstream gradient is cut off at ±100."""
    return _back(np.clip(dh_t, -100, 100), x_t, h_prev, W_x, W_h, b_x, b_h)


def _cost(cell, D, H):
    blocks, biases = {"rnn": (1, 1), "lstm": (4, 1), "gru": (3, 2)}[cell]
    return blocks * H * (D + H + biases)


def count_of_one_size(cell, D, H):
    """2H stands for D + H where they are equal, and a bias is forgotten there."""
    return _cost(cell, D, H) - (H if D == H else 0)


def count_in_short_numbers(cell, D, H):
    """Numbers of 16 bits, which overflow for large cells."""
    with np.errstate(all="ignore"):
        return int(np.array(_cost(cell, D, H)).astype(np.int16))


def state_of_at_most_a_hundred(cell, D, O, budget):  # noqa: E741
    """The search ends at a hundred."""
    H = 0
    while H < 100 and _cost(cell, D, H + 1) + O * (H + 1) + O <= budget:
        H += 1
    return H


def state_by_halves(cell, D, O, budget):  # noqa: E741
    """A search by halves between 0 and the budget's root, which leaves out a GRU of small inputs."""
    low, high = 0, int(np.sqrt(budget / 4))
    while low < high:
        middle = (low + high + 1) // 2
        fits = _cost(cell, D, middle) + O * middle + O <= budget
        low, high = (middle, high) if fits else (low, middle - 1)
    return low


WRONG_ANSWERS = {
    "gru_step": [
        step_of_a_weight_turned_if_it_fits,
        step_of_sums_that_overflow,
        step_within_bounds,
    ],
    "gru_step_backward": [
        step_back_of_a_weight_turned_if_it_fits,
        step_back_of_sums_that_overflow,
        step_back_clipped,
    ],
    "count_cell_parameters": [count_of_one_size, count_in_short_numbers],
    "largest_state": [state_of_at_most_a_hundred, state_by_halves],
}
