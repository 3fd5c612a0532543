"""Lesson 02: the monthly change of carbon dioxide, forecast with shared weights or a set for each month."""

from __future__ import annotations

import numpy as np

from rnn_utils import data
from rnn_utils.experiments.digit_strips import fit

FIRST, END, TEST_FROM = "1964-05", "2002-01", "1990-01"  # no gaps between the first two


def monthly_changes() -> tuple[np.ndarray, np.ndarray]:
    """Return the months (T,) and the change of each from the month before, in ppm (T,)."""
    dates, ppm = data.co2_weekly()
    month_of = dates.astype("datetime64[M]")
    months = np.arange(FIRST, END, dtype="datetime64[M]")
    means = np.array([np.nanmean(ppm[month_of == month]) for month in months])
    return months[1:], np.diff(means)


def forecast_error(memory: int, own: bool) -> tuple[int, float]:
    """Fit the next month's change to the last ones before 1990; test on the months from then on.

    Args:
        memory: how many past changes the state holds; 0 answers with the mean.
        own: whether each calendar month has weights of its own.

    Returns:
        how many numbers were fitted, and the root of the mean squared error, in ppm.
    """
    months, changes = monthly_changes()
    padded = np.lib.stride_tricks.sliding_window_view(changes[:-1], memory) if memory else None
    h = np.zeros((len(changes), 0)) if padded is None else padded
    wanted, month = changes[memory:], months[memory:]
    past = month < np.datetime64(TEST_FROM)
    group = month.astype(int) % 12 if own else np.zeros(len(h), dtype=int)
    off = np.zeros(len(h))
    for g in np.unique(group):
        here = group == g
        W, b = fit(h[here & past], wanted[here & past, None], penalty=0.01)
        off[here] = (h[here] @ W.T + b)[:, 0] - wanted[here]
    return len(np.unique(group)) * (memory + 1), float(np.sqrt(np.mean(off[~past] ** 2)))
