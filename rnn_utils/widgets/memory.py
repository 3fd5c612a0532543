"""Lesson 01: how long one number remembers."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils.widgets.picture import Play, slider


def memory_slider(signal: ArrayLike | None = None, name: str = "Signal", steps: int = 30) -> Play:
    """Sliders for w_hh and w_xh against the response of h_t = w_hh h_{t-1} + w_xh x_t.

    Args:
        signal: a real signal (T,), standardised, to be fed beside an impulse and a step.
        name: what the signal is, the title of its panel.
        steps: how many steps of the impulse and the step response are shown.

    Returns:
        the picture, with `w_hh` and `w_xh` as its attributes.

    Raises:
        ValueError: the signal is not one-dimensional, or not finite.

    Example:
        >>> play = memory_slider([0.0, 1.0, -0.5], "Sunspots")
        >>> play.w_hh, play.w_xh
        (0.8, 1.0)
    """
    data: dict[str, object] = {"name": name, "signal": None}
    if signal is not None:
        values = np.asarray(signal, dtype=float)
        if values.ndim != 1 or values.size < 2 or not np.isfinite(values).all():
            raise ValueError(
                f"signal should be one row of at least two finite numbers, shape (T,); got shape "
                f"{values.shape}. Pass one column of your data."
            )
        data["signal"] = values.tolist()
    return Play(
        "memory",
        [slider("w_hh", -1.2, 1.2, 0.01, 0.8), slider("w_xh", -2, 2, 0.05, 1.0)],
        question="How long does one number remember?",
        code="h[t] = w_hh * h[t - 1] + w_xh * x[t]",
        data=data | {"steps": int(steps)},
    )
