"""The experiment of lesson 12: who learns the adding problem, over how many steps."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Iterator

import numpy as np

from rnn_utils import data
from rnn_utils.models import rnn_predict
from rnn_utils.optimizers import ADAM
from rnn_utils.parameters import LSTMParameters, RNNParameters
from rnn_utils.training import train
from rnn_utils.workspace import Workspace

#: What always answering the mean sum, 1, costs.
BASELINE = 1 / 6


def adding_error(
    start: RNNParameters | LSTMParameters, T: int, seed: int, updates: int = 500
) -> float:
    """Train a network on the adding problem, and return its error on sequences of its own.

    Adam with a learning rate of 0.01, gradients clipped to length 1, 32 new sequences at every update.

    Args:
        start: the parameters to begin with, for D = 2 and O = 1.
        T: the length of the sequences.
        seed: for the sequences.
        updates: how many.

    Returns:
        The mean squared error on 500 sequences; 1/6 for always answering the mean.

    Example:
        >>> from rnn_utils import initialise_lstm
        >>> start = initialise_lstm(2, 4, 1, np.random.default_rng(0), np.float32)
        >>> adding_error(start, T=5, seed=0, updates=1) < 2
        True
    """

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng([seed, 1])
        for _ in range(updates):
            x, targets = data.adding_problem(rng, T, 32)
            yield x.astype(np.float32), targets.astype(np.float32)

    trained = train(
        Workspace().loss_and_gradients,
        start,
        batches,
        0.01,
        max_norm=1.0,
        optimizer=ADAM,
        progress=False,
    )
    x, targets = data.adding_problem(np.random.default_rng([seed, 2]), T, 500)
    y = rnn_predict(x.astype(np.float32), trained.parameters, many_to_one=True)
    return float(np.mean((y - targets) ** 2))
