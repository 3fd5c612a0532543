"""Lesson 12: one step of an LSTM's cell, with the values that the learner's own step gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.lstm import lstm_step
from rnn_utils.widgets.picture import Play, slider, whose

#: One unit: weights of its input and of its state for the gates i, f, g, o.
_W_X, _W_H = np.array([[2.0], [-1.0], [1.5], [1.0]]), np.array([[0.5], [0.5], [1.0], [-0.5]])


def lstm_cell_live(step: Callable[..., Any] = lstm_step) -> Play:
    """Sliders for what goes into one LSTM unit, and the cell with its gates open as far as they are.

    The line of the cell is as thick as what flows; a round valve is filled as far as its gate is open.

    Args:
        step: `step(x_t, h_prev, c_prev, W_x, W_h, b)` that returns h_t and c_t, both (N, H);
            the learner's own, or the reference.

    Returns:
        the picture, with `x`, `h`, `c` and `bias` (of the forget gate) as its attributes.

    Example:
        >>> lstm_cell_live().bias
        1.0
    """

    def compute(x: float, h: float, c: float, bias: float) -> dict[str, Any]:
        b = np.array([0.0, bias, 0.0, 0.0])
        one = [np.full((1, 1), value) for value in (x, h, c)]
        new = [np.asarray(part, dtype=float) for part in step(*one, _W_X, _W_H, b)]
        if [part.shape for part in new] != [(1, 1), (1, 1)]:
            raise ValueError(
                f"expected h_t and c_t of shape (N, H) = (1, 1); got {[part.shape for part in new]}"
            )
        i, f, g, o = _W_X[:, 0] * x + _W_H[:, 0] * h + b
        return {
            "i": float(sigmoid(i)),
            "f": float(sigmoid(f)),
            "g": float(np.tanh(g)),
            "o": float(sigmoid(o)),
            "before": c,
            "c": new[1].item(),
            "h": new[0].item(),
        }

    return Play(
        "lstm_cell",
        [
            slider("x", -2.0, 2.0, 0.1, 1.0, "x_t"),
            slider("h", -1.0, 1.0, 0.05, 0.2, "h_prev"),
            slider("c", -2.0, 2.0, 0.1, 1.2, "c_prev"),
            slider("bias", -2.0, 4.0, 0.1, 1.0, "forget bias"),
        ],
        question="What does one step do to the cell?",
        code=f"h_t, c_t = lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)   # {whose(step)}",
        compute=compute,
        given={"W_x": _W_X.tolist(), "W_h": _W_H.tolist()},
    )
