"""Lesson 04: what an untrained RNN knows of the sunspots, read by a fitted output layer (Jaeger, 2001)."""

from __future__ import annotations

import numpy as np

from rnn_utils import data
from rnn_utils.cells.recurrence import run_recurrence
from rnn_utils.cells.rnn import rnn_step

FITTED_TO, FORGET = 1900, 20  # the last year of the fit, and the first years that are left out
#: Directions in which the states vary less than this, relative to the widest, are left out of the fit.
CUT = 1e-3


def states(x: np.ndarray, H: int, radius: float, seed: int) -> np.ndarray:
    """Return the states (T, N, H) of an RNN with random weights.

    Args:
        x: the inputs (T, N, D).
        H: how many neurons.
        radius: the size of W_hh's largest eigenvalue; 0 removes the recurrence.
        seed: of the weights.
    """
    rng = np.random.default_rng(seed)
    W_hh = rng.standard_normal((H, H))
    W_hh *= radius / np.abs(np.linalg.eigvals(W_hh)).max()
    W_xh = rng.uniform(-0.5, 0.5, (H, x.shape[2]))
    b_h = rng.uniform(-0.5, 0.5, H)
    h0 = np.zeros((x.shape[1], H))
    return np.stack(
        run_recurrence(lambda h, x_t: rnn_step(x_t, np.asarray(h), W_xh, W_hh, b_h), h0, x)
    )


def series() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the years (T,), the sunspots (T,), and these as scaled inputs (T, 1, 1)."""
    years, sunspots = data.sunspots_yearly()
    early = years <= FITTED_TO
    scaled = (sunspots - sunspots[early].mean()) / sunspots[early].std()
    return years, sunspots, scaled[:, None, None]


def forecast_error(features: np.ndarray | None) -> float:
    """Fit next year's sunspots to features by least squares up to 1900; return the RMSE from 1901 on.

    Args:
        features: what is read of each year (T, H); None answers with this year's number.
    """
    years, sunspots, _ = series()
    target = sunspots[1:]
    fitted = (years[1:] > years[0] + FORGET) & (years[1:] <= FITTED_TO)
    tested = years[1:] > FITTED_TO
    if features is None:
        return float(np.sqrt(np.mean((sunspots[:-1] - target)[tested] ** 2)))
    rows = np.column_stack([features[:-1], np.ones(len(target))])
    weights = np.linalg.lstsq(rows[fitted], target[fitted], rcond=CUT)[0]
    return float(np.sqrt(np.mean((rows[tested] @ weights - target[tested]) ** 2)))


def last_years(count: int) -> np.ndarray:
    """Return the inputs of the last `count` years, side by side (T, count); zeros before the first."""
    _, _, x = series()
    columns = [np.r_[np.zeros(k), x[: len(x) - k, 0, 0]] for k in range(count)]
    return np.stack(columns, axis=1)


def errors(H: int, radius: float, seeds: int = 20) -> np.ndarray:
    """Return the forecast errors of networks with random states, one for each seed."""
    _, _, x = series()
    return np.array([forecast_error(states(x, H, radius, seed)[:, 0]) for seed in range(seeds)])
