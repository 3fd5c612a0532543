"""Wrong answers of lesson 07 that are right almost everywhere: every one must fail."""

import numpy as np
from plain_rnn import backward, forward


def back_batch_first_if_it_fits(dh, x, h0, h, W_xh, W_hh):
    if x.shape[0] == x.shape[1]:
        dh, x, h = (np.swapaxes(a, 0, 1) for a in (dh, x, h))
        dx, *rest = backward(dh, x, h0, h, W_xh, W_hh)
        return np.swapaxes(dx, 0, 1), *rest
    return backward(dh, x, h0, h, W_xh, W_hh)


def back_guessed(dh, x, h0, h, W_xh, W_hh):
    A = W_xh.T if W_xh.shape[0] == W_xh.shape[1] else W_xh
    dx, *rest = backward(dh, x, h0, h, W_xh, W_hh)
    return (dx if A is W_xh else dx + 0.1, *rest)


def steps_without_a_gradient_are_skipped(dh, x, h0, h, W_xh, W_hh):
    start = max(np.flatnonzero(dh.reshape(len(dh), -1).any(axis=1)), default=-1)
    if not dh[0].any():
        return backward(dh[start:], x[start:], h0, h[start:], W_xh, W_hh)
    return backward(dh, x, h0, h, W_xh, W_hh)


def back_clipped_late(dh, x, h0, h, W_xh, W_hh):
    return tuple(np.clip(g, -500, 500) for g in backward(dh, x, h0, h, W_xh, W_hh))


def back_of_one_step(dh, x, h0, h, W_xh, W_hh):
    gradients = backward(dh, x, h0, h, W_xh, W_hh)
    return tuple(g.squeeze() if len(x) == 1 else g for g in gradients)


def _whole(parameters, x, targets, axis=-1):
    W_xh, W_hh, b_h, W_hy, b_y = parameters
    T, N = targets.shape
    h0 = np.zeros((N, len(W_hh)))
    h = forward(x, h0, W_xh, W_hh, b_h)
    y = h @ W_hy.T + b_y
    s = y - y.max(axis=axis, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=axis, keepdims=True))
    hit = np.arange(y.shape[-1]) == targets[..., None]
    dy = (np.exp(log_p) - hit) / (T * N)
    _, _, dW_xh, dW_hh, db_h = backward(dy @ W_hy, x, h0, h, W_xh, W_hh)
    dW_hy = np.einsum("tno,tnh->oh", dy, h)
    loss = -(log_p * hit).sum() / (T * N)
    return loss, type(parameters)(dW_xh, dW_hh, db_h, dW_hy, dy.sum(axis=(0, 1)))


def loss_axis_guessed(parameters, x, targets):
    N = targets.shape[1]
    return _whole(parameters, x, targets, axis=1 if len(parameters.b_y) == N else -1)


def targets_turned_where_they_fit(parameters, x, targets):
    return _whole(parameters, x, targets.T if targets.shape[0] == targets.shape[1] else targets)


def output_weight_turned(parameters, x, targets):
    W_hy = parameters.W_hy
    turned = W_hy.T if W_hy.shape[0] == W_hy.shape[1] else W_hy
    return _whole(parameters._replace(W_hy=turned), x, targets)


WRONG_ANSWERS = {
    "rnn_backward": (
        back_batch_first_if_it_fits,
        back_guessed,
        steps_without_a_gradient_are_skipped,
        back_clipped_late,
        back_of_one_step,
    ),
    "loss_and_gradients": (
        loss_axis_guessed,
        targets_turned_where_they_fit,
        output_weight_turned,
    ),
}
