"""Lesson 06: wrong gradients of one step, and gradient checks that find them or do not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from rnn_utils.analysis.gradient_check import numerical_gradient, relative_error
from rnn_utils.cells.rnn import rnn_step

#: A function of dh_t, x_t, h_prev, h_t, W_xh, W_hh that returns dx_t, dh_prev, dW_xh, dW_hh, db_h.
Backward = Callable[..., Sequence[np.ndarray]]

SET_UPS: dict[str, dict[str, float]] = {
    "N = D = H = 1": {"N": 1, "D": 1, "H": 1},
    "N = 1": {"N": 1, "D": 3, "H": 4},
    "tiny values": {"N": 2, "D": 3, "H": 4, "scale": 1e-4},
    "all different": {"N": 2, "D": 3, "H": 4},
}


def wrong_versions(right: Backward) -> dict[str, Backward]:
    """Return five wrong versions of a right backward step, by what is wrong in each."""

    def change(which: int, new: Callable[..., np.ndarray]) -> Backward:
        def gradients(*arguments: np.ndarray) -> Sequence[np.ndarray]:
            found = list(right(*arguments))
            found[which] = new(*arguments)
            return found

        return gradients

    return {
        "W_hh transposed in dh_prev": change(
            1, lambda dh, x, h_prev, h, W_xh, W_hh: (dh * (1 - h**2)) @ W_hh.T
        ),
        "dW_hh made with h_t": change(
            3, lambda dh, x, h_prev, h, W_xh, W_hh: (dh * (1 - h**2)).T @ h
        ),
        "dW_hh transposed": change(
            3, lambda dh, x, h_prev, h, W_xh, W_hh: h_prev.T @ (dh * (1 - h**2))
        ),
        "mean over the batch in db_h": change(
            4, lambda dh, x, h_prev, h, W_xh, W_hh: (dh * (1 - h**2)).mean(axis=0)
        ),
        "tanh'(h) in place of 1 - h²": change(
            1, lambda dh, x, h_prev, h, W_xh, W_hh: (dh * (1 - np.tanh(h) ** 2)) @ W_hh
        ),
    }


def check_step(backward: Backward, N: int, D: int, H: int, scale: float = 1.0) -> float:
    """Return the largest relative error of the five gradients in a random step of these sizes.

    Args:
        backward: what is checked.
        N, D, H: the sizes.
        scale: the typical size of inputs, states and weights.
    """
    rng = np.random.default_rng(3)
    shapes = [(N, D), (N, H), (H, D), (H, H), (H,)]
    arguments = [scale * rng.standard_normal(shape) for shape in shapes]
    dh_t = rng.standard_normal((N, H))
    x_t, h_prev, W_xh, W_hh, _ = arguments
    errors = []
    for k, gradient in enumerate(backward(dh_t, x_t, h_prev, rnn_step(*arguments), W_xh, W_hh)):

        def loss(value: np.ndarray, k: int = k) -> float:
            others = [*arguments[:k], value, *arguments[k + 1 :]]
            return float(np.sum(dh_t * rnn_step(*others)))

        errors.append(relative_error(gradient, numerical_gradient(loss, arguments[k])))
    return max(errors)
