"""Lesson 03: one neuron holds one bit through noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rnn_utils.cells.recurrence import run_recurrence

SEQUENCES, STEPS, PULSE = 200, 1000, 2.0


def bits_and_noise(seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Draw one bit for each sequence, −1 or 1, and noise from −1 to 1 for every step: (N,), (T, N)."""
    rng = np.random.default_rng(seed)
    return rng.choice([-1.0, 1.0], SEQUENCES), rng.uniform(-1, 1, (STEPS, SEQUENCES))


def states_after_pulse(step: Callable[[Any, Any], np.ndarray], size: float) -> np.ndarray:
    """Return the states (T, N) that follow a pulse of +2 or −2, with noise up to `size`.

    Args:
        step: a function of the previous states (N, 1) and the inputs (N, 1).
        size: the largest value of the noise.
    """
    bits, noise = bits_and_noise()
    x = np.concatenate([PULSE * bits[None], size * noise])[:, :, None]
    return np.stack(run_recurrence(step, np.zeros((SEQUENCES, 1)), x))[:, :, 0]


def kept(step: Callable[[Any, Any], np.ndarray], size: float) -> int:
    """Count the sequences in which the state's last sign is that of the pulse."""
    bits, _ = bits_and_noise()
    return int((states_after_pulse(step, size)[-1] * bits > 0).sum())
