"""Lesson 13: one step of a GRU, with the values that the learner's own step gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.gru import gru_step
from rnn_utils.widgets.picture import Play, slider, whose

#: One unit: weights of its input and of its state for r, z, n.
_W_X, _W_H = np.array([[1.0], [-0.5], [1.5]]), np.array([[0.5], [0.5], [1.0]])


def gru_cell_live(step: Callable[..., Any] = gru_step) -> Play:
    """Sliders for what goes into one GRU unit, and the cell with its gates open as far as they are.

    The lines are as thick as what flows; a round valve is filled as far as its gate is open.

    Args:
        step: `step(x_t, h_prev, W_x, W_h, b_x, b_h)` that returns h_t (N, H); the learner's own, or the
            reference.

    Returns:
        the picture, with `x`, `h`, `bias_r` and `bias_z` (of the two gates) as its attributes.

    Example:
        >>> gru_cell_live().bias_z
        1.0
    """

    def compute(x: float, h: float, bias_r: float, bias_z: float) -> dict[str, Any]:
        b_x = np.array([bias_r, bias_z, 0.0])
        one = [np.full((1, 1), value) for value in (x, h)]
        h_t = np.asarray(step(*one, _W_X, _W_H, b_x, np.zeros(3)), dtype=float)
        if h_t.shape != (1, 1):
            raise ValueError(f"expected h_t of shape (N, H) = (1, 1); got {h_t.shape}")
        r, z, _ = sigmoid(_W_X[:, 0] * x + _W_H[:, 0] * h + b_x)
        n = np.tanh(_W_X[2, 0] * x + r * _W_H[2, 0] * h)
        return {"r": float(r), "z": float(z), "n": float(n), "before": h, "h": h_t.item()}

    return Play(
        "gru_cell",
        [
            slider("x", -2.0, 2.0, 0.1, 1.0, "x_t"),
            slider("h", -1.0, 1.0, 0.05, -0.5, "h_prev"),
            slider("bias_r", -4.0, 4.0, 0.1, 0.0, "bias of r"),
            slider("bias_z", -4.0, 4.0, 0.1, 1.0, "bias of z"),
        ],
        question="What does one step do to the state?",
        code=f"h_t = gru_step(x_t, h_prev, W_x, W_h, b_x, b_h)   # {whose(step)}",
        compute=compute,
        given={"W_x": _W_X.tolist(), "W_h": _W_H.tolist()},
    )
