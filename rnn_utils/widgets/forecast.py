"""Lesson 09: forecasts from any origin, beside what happened."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils.widgets.picture import Play, slider

_MOST = 4  # as many as there are colours and marks


def forecast_origin(
    times: ArrayLike, values: ArrayLike, forecasts: Mapping[str, ArrayLike], name: str = "value"
) -> Play:
    """Sliders for the last known time and the horizon against forecasts and what really came.

    Args:
        times: when the values were measured, whole numbers one apart such as years (L,).
        values: the measured values (L,).
        forecasts: up to four by name, each (K, horizon). Row k is made when all but the last
            K − k − 1 + horizon values are known, so that the last row ends with the last value.
        name: what the values are, the label of their axis.

    Returns:
        the picture, with `origin` (the last known time) and `horizon` as its attributes.

    Raises:
        ValueError: the arrays do not fit together, or there are no or too many forecasts.

    Example:
        >>> years, numbers = np.arange(1990, 2000), np.arange(10.0)
        >>> play = forecast_origin(years, numbers, {"persistence": [[6.0, 6.0], [7.0, 7.0]]})
        >>> play.origin, play.horizon
        (1996.0, 2.0)
    """
    t, series = np.asarray(times, dtype=float), np.asarray(values, dtype=float)
    rows = {key: np.asarray(array, dtype=float) for key, array in forecasts.items()}
    shapes = {array.shape for array in rows.values()}
    if t.ndim != 1 or t.shape != series.shape or np.any(np.diff(t) != 1):
        raise ValueError(
            f"times and values should be rows of the same length, the times one apart; got shapes "
            f"{t.shape} and {series.shape}. Give one value for each time."
        )
    if not 0 < len(rows) <= _MOST or len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ValueError(
            f"forecasts should be one to {_MOST} arrays of one shape (K, horizon); got the shapes "
            f"{[array.shape for array in rows.values()]}. Forecast as many steps from each origin."
        )
    K, horizon = next(iter(shapes))
    first = len(series) - horizon - K  # the place of the last value known to the first row
    if first < 0:
        raise ValueError(
            f"{len(series)} values are too few for {K} origins and a horizon of {horizon}. "
            f"Give the whole series, the part that is known first."
        )
    begin = int(t[first])
    return Play(
        "forecast",
        [
            slider("origin", begin, begin + K - 1, 1, begin, "last known time"),
            slider("horizon", 1, horizon, 1, horizon, "horizon (steps)"),
        ],
        question="How far ahead is a forecast worth anything?",
        code="roll_out(step, series[:known], horizon)",
        data={
            "name": name,
            "times": t.tolist(),
            "values": series.tolist(),
            "first": first,
            "steps": horizon,
            "names": list(rows),
            "forecasts": [array.tolist() for array in rows.values()],
        },
    )
