"""Lesson 06: what a tanh lets through on the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.widgets.picture import Play, slider, whose

_POINTS = 81


def gradient_gate(step_backward: Callable[..., Any]) -> Play:
    """Sliders for the sum inside the tanh, the gradient that arrives and the recurrent weight.

    Left: the tanh and its tangent at the sum a. Right: what the learner's own function passes on of the
    gradient that arrives, for every state between −1 and 1.

    Args:
        step_backward: `step_backward(dh_t, x_t, h_prev, h_t, W_xh, W_hh)` that returns dx_t, dh_prev,
            dW_xh, dW_hh, db_h. It is called for one unit, with W_xh = 1, so that dx_t is da_t.

    Returns:
        the picture, with `a`, `dh` and `w` as its attributes.

    Example:
        >>> from rnn_utils import rnn_step_backward
        >>> gradient_gate(rnn_step_backward).dh
        1.0
    """
    grid = np.tanh(np.linspace(-4.0, 4.0, _POINTS))

    def compute(a: float, dh: float, w: float) -> dict[str, Any]:
        h_t = np.append(grid, np.tanh(a))[:, None]  # one row for every state, the last for this one
        rows = np.ones_like(h_t)
        dx_t, dh_prev, *_ = step_backward(
            dh * rows, rows, 0.5 * rows, h_t, np.ones((1, 1)), np.full((1, 1), w)
        )
        da, back = (np.asarray(d, dtype=float).reshape(-1) for d in (dx_t, dh_prev))
        if da.shape != back.shape or len(da) != _POINTS + 1:
            raise ValueError(
                f"expected dx_t and dh_prev of shape {h_t.shape}; got {np.shape(dx_t)} and "
                f"{np.shape(dh_prev)}"
            )
        return {
            "h": grid.tolist(),
            "da": da[:-1].tolist(),
            "back": back[:-1].tolist(),
            "here": [float(np.tanh(a)), float(da[-1]), float(back[-1])],
        }

    return Play(
        "tanh_gate",
        [
            slider("a", -4.0, 4.0, 0.05, 0.5, "a, the sum inside"),
            slider("dh", -2.0, 2.0, 0.1, 1.0, "dh that arrives"),
            slider("w", -2.0, 2.0, 0.1, 0.7, "w_hh"),
        ],
        question="Where does the signal die on its way back through one step?",
        code="dx_t, dh_prev, ... = rnn_step_backward(dh_t, x_t, h_prev, h_t, W_xh, W_hh)"
        f"   # {whose(step_backward)}",
        compute=compute,
        given={"points": _POINTS},
    )
