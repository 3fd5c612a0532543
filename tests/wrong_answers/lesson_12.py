"""Wrong answers of lesson 12 that are right almost everywhere: every one must fail."""

import numpy as np


def _sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def _gates(x_t, h_prev, W_x, W_h, b, sigmoid=_sigmoid):
    a_i, a_f, a_g, a_o = np.split(x_t @ W_x.T + h_prev @ W_h.T + b, 4, axis=1)
    return sigmoid(a_i), sigmoid(a_f), np.tanh(a_g), sigmoid(a_o)


def _stepped(x_t, h_prev, c_prev, W_x, W_h, b):
    i, f, g, o = _gates(x_t, h_prev, W_x, W_h, b)
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t


def _back(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b, sigmoid=_sigmoid):
    i, f, g, o = _gates(x_t, h_prev, W_x, W_h, b, sigmoid)
    s = np.tanh(f * c_prev + i * g)
    dc = dc_t + dh_t * o * (1 - s**2)
    da = np.hstack(
        [
            dc * g * i * (1 - i),
            dc * c_prev * f * (1 - f),
            dc * i * (1 - g**2),
            dh_t * s * o * (1 - o),
        ]
    )
    return da @ W_x, da @ W_h, dc * f, da.T @ x_t, da.T @ h_prev, da.sum(axis=0)


def _turned_if_it_fits(W_x, x_t):
    return W_x.T if W_x.shape[0] == x_t.shape[-1] else W_x


def step_of_a_weight_turned_if_it_fits(x_t, h_prev, c_prev, W_x, W_h, b):
    """The orientation of W_x is guessed from its shape: wrong where D = 4H."""
    return _stepped(x_t, h_prev, c_prev, _turned_if_it_fits(W_x, x_t), W_h, b)


def step_of_sums_that_overflow(x_t, h_prev, c_prev, W_x, W_h, b):
    """σ(a) as exp(a) / (1 + exp(a))."""
    i, f, g, o = _gates(x_t, h_prev, W_x, W_h, b, lambda a: np.exp(a) / (1 + np.exp(a)))
    c_t = f * c_prev + i * g
    return o * np.tanh(c_t), c_t


def step_of_a_cell_within_bounds(x_t, h_prev, c_prev, W_x, W_h, b):
    """The cell is cut off at ±10; it has no bounds."""
    h_t, c_t = _stepped(x_t, h_prev, c_prev, W_x, W_h, b)
    return h_t, np.clip(c_t, -10, 10)


def step_back_of_a_weight_turned_if_it_fits(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    """The orientation of W_x is guessed from its shape: wrong where D = 4H."""
    return _back(dh_t, dc_t, x_t, h_prev, c_prev, _turned_if_it_fits(W_x, x_t), W_h, b)


def step_back_of_sums_that_overflow(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    """σ(a) as exp(a) / (1 + exp(a))."""
    return _back(
        dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b, lambda a: np.exp(a) / (1 + np.exp(a))
    )


def step_back_clipped_from_later_steps(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    """What comes from later steps is cut off at ±100."""
    return _back(dh_t, np.clip(dc_t, -100, 100), x_t, h_prev, c_prev, W_x, W_h, b)


def step_back_through_the_output(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b):
    """1 − tanh(c)² from h_t / o_t, which is 0 / 0 where the output gate is shut."""
    i, f, g, o = _gates(x_t, h_prev, W_x, W_h, b)
    h_t = o * np.tanh(f * c_prev + i * g)
    dx, dh, _, *weights = _back(dh_t, dc_t, x_t, h_prev, c_prev, W_x, W_h, b)
    return dx, dh, (dc_t + dh_t * o * (1 - (h_t / o) ** 2)) * f, *weights


def _run(x, h0, c0, *weights):
    h, c = [], []
    h_prev, c_prev = h0, c0
    for x_t in x:
        h_prev, c_prev = _stepped(x_t, h_prev, c_prev, *weights)
        h.append(h_prev)
        c.append(c_prev)
    return np.array(h), np.array(c)


def _run_back(dh, x, h0, c0, *weights):
    h, c = _run(x, h0, c0, *weights)
    dx = []
    dh_next, dc_next = 0 * h0, 0 * c0
    sums = [np.zeros(w.shape) for w in weights]
    for t in reversed(range(len(x))):
        h_prev, c_prev = (h[t - 1], c[t - 1]) if t else (h0, c0)
        dx_t, dh_next, dc_next, *parts = _back(
            dh[t] + dh_next, dc_next, x[t], h_prev, c_prev, *weights
        )
        dx.insert(0, dx_t)
        sums = [a + b for a, b in zip(sums, parts, strict=True)]
    return np.array(dx), dh_next, dc_next, *sums


def sequence_of_the_batch_if_it_fits(x, h0, c0, W_x, W_h, b):
    """Batch and time are told by their sizes: wrong for as many steps as sequences."""
    turned = x.shape[0] == h0.shape[0]
    h, c = _run(x.swapaxes(0, 1) if turned else x, h0, c0, W_x, W_h, b)
    return h, c


def sequence_of_at_most_eight_steps(x, h0, c0, W_x, W_h, b):
    """What comes after the eighth step is zeros."""
    h, c = _run(x, h0, c0, W_x, W_h, b)
    kept = (np.arange(len(x)) < 8)[:, None, None]
    return h * kept, c * kept


def sequence_back_of_the_batch_if_it_fits(dh, x, h0, c0, W_x, W_h, b):
    """Batch and time are told by their sizes: wrong for as many steps as sequences."""
    if x.shape[0] == h0.shape[0]:
        dh, x = dh.swapaxes(0, 1), x.swapaxes(0, 1)
    return _run_back(dh, x, h0, c0, W_x, W_h, b)


def sequence_back_of_eight_steps(dh, x, h0, c0, W_x, W_h, b):
    """Eight steps are gone back, and no further."""
    if len(x) <= 8:
        return _run_back(dh, x, h0, c0, W_x, W_h, b)
    h, c = _run(x, h0, c0, W_x, W_h, b)
    dx, _, _, *weights = _run_back(dh[-8:], x[-8:], h[-9], c[-9], W_x, W_h, b)
    return np.concatenate([0 * x[:-8], dx]), 0 * h0, 0 * c0, *weights


def sequence_back_without_small_gradients(dh, x, h0, c0, W_x, W_h, b):
    """Steps whose dh is zero are passed over, and with them what is carried through."""
    read = [t for t in range(len(x)) if dh[t].any()]
    dx, *rest = _run_back(dh, x, h0, c0, W_x, W_h, b)
    mask = np.zeros(len(x))
    mask[read] = 1
    return dx * mask[:, None, None], *rest


WRONG_ANSWERS = {
    "lstm_step": [
        step_of_a_weight_turned_if_it_fits,
        step_of_sums_that_overflow,
        step_of_a_cell_within_bounds,
    ],
    "lstm_step_backward": [
        step_back_of_a_weight_turned_if_it_fits,
        step_back_of_sums_that_overflow,
        step_back_clipped_from_later_steps,
        step_back_through_the_output,
    ],
    "lstm_forward": [sequence_of_the_batch_if_it_fits, sequence_of_at_most_eight_steps],
    "lstm_backward": [
        sequence_back_of_the_batch_if_it_fits,
        sequence_back_of_eight_steps,
        sequence_back_without_small_gradients,
    ],
}
