"""Lesson 04: RNNs with weights set by hand, run on random sequences."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rnn_utils import data
from rnn_utils.cells.recurrence import run_recurrence
from rnn_utils.cells.rnn import rnn_step

T, N = 1000, 50


def run(
    x: np.ndarray, W_xh: ArrayLike, W_hh: ArrayLike, b_h: ArrayLike, W_hy: ArrayLike, b_y: ArrayLike
) -> np.ndarray:
    """Return the outputs (T, N, O) of an RNN on x (T, N, D), from a state of zeros."""
    w_xh, w_hh, b, w_hy = (np.array(a, dtype=float) for a in (W_xh, W_hh, b_h, W_hy))
    h0 = np.zeros((x.shape[1], len(w_hh)))
    h = np.stack(run_recurrence(lambda h, x_t: rnn_step(x_t, np.asarray(h), w_xh, w_hh, b), h0, x))
    return h @ w_hy.T + np.array(b_y, dtype=float)


def delay_error(gain: float, seed: int = 4) -> float:
    """Return the largest error of the delay line of two steps with a gain, on numbers from −1 to 1."""
    numbers = np.random.default_rng(seed).uniform(-1, 1, (T, N, 1))
    shift = [[0, 0, 0], [1, 0, 0], [0, 1, 0]]
    y = run(numbers, [[gain], [0.0], [0.0]], shift, [0, 0, 0], [[0.0, 0.0, 1 / gain]], [0])
    return float(np.abs(y[2:] - numbers[:-2]).max())


def latch_held(w: float, pulse: float, seed: int = 4) -> float:
    """Return the share of steps at which a latch is within 0.2 of the last pulse, +1 or −1."""
    rng = np.random.default_rng(seed)
    pulses = rng.choice([-1.0, 1.0], (T, N, 1)) * (rng.random((T, N, 1)) < 0.1)
    pulses[0] = 1.0
    last = np.stack(run_recurrence(lambda held, x_t: np.where(x_t, x_t, held), pulses[0], pulses))
    y = run(pulses, [[pulse]], [[w]], [0], [[1]], [0])
    return float(np.mean(np.abs(y - last) < 0.2))


def parity_error(seed: int = 4) -> float:
    """Return the largest error of the parity machine."""
    ones, odd = data.parity(np.random.default_rng(seed), T, N)
    y = run(ones, [[6], [6]], [[3, -3], [3, -3]], [-3, -9], [[0.5, -0.5]], [0])
    return float(np.abs(y[:, :, 0] - odd).max())
