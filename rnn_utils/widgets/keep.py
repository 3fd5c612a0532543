"""Lesson 13: when to keep, when to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.widgets.picture import Play, slider, whose

_T, _N = 50, 200
_MARKED_BEFORE = 40


def keep_by_hand(step: Callable[..., np.ndarray]) -> Play:
    """Sliders for the update gate of one GRU unit, which is to keep the one marked number of fifty.

    The learner's own step reads 200 sequences of noise. Left: one of them, its numbers and the state.
    Right: for all, the marked number against the last state.

    Args:
        step: `step(x_t, h_prev, W_x, W_h, b_x, b_h)` that returns the next states (N, H).

    Returns:
        the picture, with `bias` and `mark` as its attributes: the update gate's bias, and its weight
        at the mark.

    Example:
        >>> from rnn_utils import gru_step
        >>> keep_by_hand(gru_step).bias
        0.0
    """
    rng = np.random.default_rng(1)
    numbers = rng.uniform(-1, 1, (_T, _N))
    marked_at = rng.integers(5, _MARKED_BEFORE, _N)
    marked = np.arange(_T)[:, None] == marked_at
    x = np.stack([numbers, marked], axis=2)
    wanted = numbers[marked_at, np.arange(_N)]

    def compute(bias: float, mark: float) -> dict[str, Any]:
        W_x = np.array([[0.0, 0.0], [0.0, mark], [1.0, 0.0]])
        b_x = np.array([0.0, bias, 0.0])
        h_t, states = np.zeros((_N, 1)), []
        for x_t in x:
            h_t = np.asarray(step(x_t, h_t, W_x, np.zeros((3, 1)), b_x, np.zeros(3)), dtype=float)
            if h_t.shape != (_N, 1):
                raise ValueError(f"expected states of shape (N, H) = {(_N, 1)}; got {h_t.shape}")
            states.append(h_t[:, 0])
        h = np.stack(states)
        spread = h[-1].std() * wanted.std()
        together = np.mean((h[-1] - h[-1].mean()) * (wanted - wanted.mean()))
        return {
            "numbers": numbers[:, 0].tolist(),
            "marked_at": int(marked_at[0]),
            "states": h[:, 0].tolist(),
            "wanted": wanted.tolist(),
            "last": h[-1].tolist(),
            "recall": float((together / spread) ** 2) if spread > 1e-12 else 0.0,
            "at_rest": float(sigmoid(np.array(bias))),
            "at_mark": float(sigmoid(np.array(bias + mark))),
        }

    return Play(
        "keep",
        [
            slider("bias", -2.0, 8.0, 0.5, 0.0, "bias of z"),
            slider("mark", -16.0, 4.0, 0.5, 0.0, "weight at mark"),
        ],
        question="When must the gate keep, and when must it write?",
        code=f"h_t = gru_step(x_t, h_prev, W_x, W_h, b_x, b_h)   # {whose(step)}",
        compute=compute,
        given={"numbers": numbers.tolist(), "marked_at": marked_at.tolist()},
    )
