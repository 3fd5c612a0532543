"""Lesson 07: which delay each truncation window can teach."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np

from rnn_utils.data.synthetic import delayed_copy
from rnn_utils.training.browser import progress_bar
from rnn_utils.training.losses import accuracy
from rnn_utils.training.models import initialise_rnn, rnn_predict
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm

SYMBOLS, UNITS, LENGTH, BATCH = 4, 16, 16, 16
UPDATES, RATE, MAX_NORM = 200, 0.02, 1.0
WINDOWS, DELAYS, SEEDS = (1, 2, 4, 8, 16), (1, 3), range(3)


def recalled(truncated: Callable[..., Any], delay: int, window: int, seed: int) -> float:
    """Train with truncated gradients; return how often fresh symbols are recalled rightly.

    In training, the first `delay` of the 16 targets of a sequence ask for symbols that the network has
    not read; in the test they do not count.

    Args:
        truncated: a function of parameters, x, targets and window that returns loss and gradients.
        delay: how many steps ago the wanted symbol was read.
        window: steps of a window.
        seed: of the start, the training data and the test data.
    """
    rng = np.random.default_rng(seed)
    model = initialise_rnn(SYMBOLS, UNITS, SYMBOLS, rng)
    state = adam_start(model)
    for _ in range(UPDATES):
        x, targets = delayed_copy(rng, LENGTH + delay, BATCH, delay, SYMBOLS)
        _, gradients = truncated(model, x[delay:], targets, window)
        gradients, _ = clip_by_global_norm(gradients, MAX_NORM)
        model, state = adam_update(model, gradients, state, RATE)
    x, targets = delayed_copy(rng, LENGTH + delay, 300, delay, SYMBOLS)
    y = rnn_predict(x[delay:], model, many_to_one=False)
    return float(accuracy(y[delay:], targets[delay:]))


def table(truncated: Callable[..., Any]) -> dict[int, np.ndarray]:
    """Return the shares recalled (windows, seeds) for each delay; a bar shows how far it is."""
    runs = list(product(DELAYS, WINDOWS, SEEDS))
    shares = [recalled(truncated, *run) for run in progress_bar(runs, unit=" runs")]
    found = np.reshape(shares, (len(DELAYS), len(WINDOWS), len(SEEDS)))
    return dict(zip(DELAYS, found, strict=True))
