"""Lesson 12: the gates of one LSTM unit, opened and shut by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.cells.lstm import lstm_step
from rnn_utils.widgets.picture import Play, slider

_T = 60
_SHUT, _OPEN = -6.0, 6.0  # what a shut and an open gate's sum are


def lstm_gates_by_hand(step: Callable[..., Any] = lstm_step) -> Play:
    """Sliders for when one LSTM unit writes, shows and wipes, and for the bias of its forget gate.

    The step runs over sixty steps. First: the three gates over time. Then the cell as a
    tank, what was kept and what was written stacked on each other; last, the product of the forget
    gates since the number was written, beside that of other biases. The steps can be dragged.

    Args:
        step: `step(x_t, h_prev, c_prev, W_x, W_h, b)` that returns h_t and c_t, both (N, H);
            the learner's own, or the reference.

    Returns:
        the picture, with `bias`, `write`, `show`, `wipe` (0 for never) and `noise` as its attributes.

    Example:
        >>> play = lstm_gates_by_hand()
        >>> play.bias, play.write
        (1.0, 5.0)
    """
    noise_of_step = np.random.default_rng(3).uniform(-1, 1, _T)

    def compute(
        bias: float, write: float, show: float, wipe: float, noise: float
    ) -> dict[str, Any]:
        t = np.arange(1, _T + 1)
        i = np.where(t == round(write), _OPEN, -2.0 if noise else _SHUT)
        f = np.where(t == round(wipe), _SHUT, bias)
        o = np.where(t == round(show), _OPEN, _SHUT)
        g = np.where(t == round(write), 3.0, noise * noise_of_step)
        # The four sums are the inputs themselves, so W_x is the identity in blocks and no state is read.
        x, zero = np.stack([i, f, g, o], axis=1), np.zeros((1, 1))
        h_t, c_t, states, cells = zero, zero, [], []
        for x_t in x:
            h_t, c_t = step(x_t[None], h_t, c_t, np.eye(4), np.zeros((4, 1)), np.zeros(4))
            h_t, c_t = np.asarray(h_t, dtype=float), np.asarray(c_t, dtype=float)
            if h_t.shape != (1, 1) or c_t.shape != (1, 1):
                raise ValueError(
                    f"expected h_t and c_t of shape (N, H) = (1, 1); got {h_t.shape}, {c_t.shape}"
                )
            states.append(h_t.item())
            cells.append(c_t.item())
        forget = sigmoid(f)
        before = np.concatenate([[0.0], cells[:-1]])
        kept = forget * before
        since = np.where(t > round(write), forget, 1.0)
        return {
            "i": sigmoid(i).tolist(),
            "f": forget.tolist(),
            "o": sigmoid(o).tolist(),
            "h": states,
            "c": cells,
            "kept": kept.tolist(),
            "written": (np.array(cells) - kept).tolist(),
            "product": np.cumprod(since).tolist(),
        }

    return Play(
        "lstm_gates",
        [
            slider("bias", -2.0, 6.0, 0.5, 1.0, "forget bias"),
            slider("write", 1, 30, 1, 5, "write at step"),
            slider("show", 1, _T, 1, 55, "show at step"),
            slider("wipe", 0, _T, 1, 0, "wipe (0: never)"),
            slider("noise", 0.0, 1.0, 0.1, 0.0, "noise"),
        ],
        question="What does a forget bias of one buy?",
        code="h_t, c_t = lstm_step(x_t, h_prev, c_prev, W_x, W_h, b)",
        compute=compute,
        given={"noises": noise_of_step.tolist(), "shut": _SHUT, "open": _OPEN},
    )
