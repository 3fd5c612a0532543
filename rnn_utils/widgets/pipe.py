"""Lesson 07: the unrolled graph as a pipe for gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.widgets.picture import Play, choice, slider, whose

_LONGEST = 20
_EVERY = "every state"


def gradient_pipe(backward: Callable[..., Any]) -> Play:
    """Sliders for the weight, the inputs, the length, the window and what the loss reads.

    Above: the unrolled graph of one unit, its edges as wide as the gradient that is carried through
    them. Below: the immediate and the total gradient of every state, on a logarithmic scale. Clicking a
    node, or the slider, shows that step's own factor w_hh (1 − h²).

    Args:
        backward: `backward(dh, x, h0, h, W_xh, W_hh)` that returns dx, dh0, dW_xh, dW_hh, db_h. What is
            carried into a state is asked of it as the dh0 of the steps after, up to the window's end.

    Returns:
        the picture, with `w`, `input`, `T`, `window`, `loss` (`"the last state"` or
        `"every state"`) and `node` as its attributes.

    Example:
        >>> from rnn_utils import rnn_backward
        >>> gradient_pipe(rnn_backward).window
        12.0
    """
    noise = np.random.default_rng(3).standard_normal(_LONGEST)

    def compute(w: float, input: float, T: float, window: float, loss: str) -> dict[str, Any]:
        steps, cut = int(T), int(window)
        x = (input * noise[:steps])[:, None, None]
        W_xh, W_hh = np.ones((1, 1)), np.full((1, 1), w)
        h = np.zeros((steps + 1, 1, 1))
        for t in range(steps):
            h[t + 1] = np.tanh(w * h[t] + x[t])
        dh = np.full((steps, 1, 1), 1.0 if loss == _EVERY else 0.0)
        dh[-1] = 1.0
        carried = np.zeros(steps)  # into the state after step t, from the steps after it
        for t in range(steps - 1):
            end = min((t // cut + 1) * cut, steps)
            if t + 1 < end:
                later = slice(t + 1, end)
                _, dh0, *_ = backward(dh[later], x[later], h[t + 1], h[1:][later], W_xh, W_hh)
                if np.shape(dh0) != (1, 1):
                    raise ValueError(f"expected dh0 of shape (1, 1); got {np.shape(dh0)}")
                carried[t] = float(np.asarray(dh0)[0, 0])
        return {
            "h": h[1:, 0, 0].tolist(),
            "immediate": dh[:, 0, 0].tolist(),
            "carried": carried.tolist(),
            "total": (dh[:, 0, 0] + carried).tolist(),
            "factor": (w * (1 - h[1:, 0, 0] ** 2)).tolist(),
            "cut": [bool((t + 1) % cut == 0) for t in range(steps)],
        }

    return Play(
        "pipe",
        [
            slider("w", -2.0, 2.0, 0.05, 0.9, "w_hh"),
            slider("input", 0.0, 2.0, 0.05, 0.3, "scale of inputs"),
            slider("T", 2, _LONGEST, 1, 12, "T, steps"),
            slider("window", 1, _LONGEST, 1, 12, "window, steps"),
            choice("loss", ["the last state", _EVERY], "the loss reads"),
            slider("node", 1, _LONGEST, 1, 6, "step looked at"),
        ],
        question="Where does the error stop on its way back through time?",
        code=f"dx, dh0, ... = rnn_backward(dh, x, h0, h, W_xh, W_hh)   # {whose(backward)}",
        compute=compute,
        given={"noise": noise.tolist()},
    )
