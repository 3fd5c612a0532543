"""The experiments of lesson 12: who learns to add two numbers, and who learns to keep one."""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Iterator

import numpy as np

from rnn_utils import data
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.loop import train
from rnn_utils.training.models import rnn_predict
from rnn_utils.training.optimizers import ADAM
from rnn_utils.training.parameters import LSTMParameters, RNNParameters

Parameters = RNNParameters | LSTMParameters
Task = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray]]

#: What always answering the mean costs: 1, the mean of a sum, or ½, that of a number.
ADDING_BASELINE = 1 / 6
KEEPING_BASELINE = 1 / 12


def keep_one_number(rng: np.random.Generator, T: int, N: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw sequences of random numbers, the first of which is marked and wanted at the end.

    Args:
        rng: a generator.
        T: how many steps.
        N: how many sequences.

    Returns:
        x (T, N, 2), a number between 0 and 1 and its mark at every step; targets (N, 1).

    Example:
        >>> x, targets = keep_one_number(np.random.default_rng(0), T=4, N=1)
        >>> x[:, 0, 1].tolist(), bool(targets[0, 0] == x[0, 0, 0])
        ([1.0, 0.0, 0.0, 0.0], True)
    """
    x = np.zeros((T, N, 2))
    x[:, :, 0] = rng.random((T, N))
    x[0, :, 1] = 1.0
    return x, x[0, :, :1].copy()


def adding_error(
    start: Parameters, T: int, seed: int, updates: int = 500, learning_rate: float = 0.01
) -> float:
    """Train a network on the adding problem, and return its error on sequences of its own.

    Adam, gradients clipped to length 1, 32 new sequences at every update.

    Args:
        start: the parameters to begin with, for D = 2 and O = 1.
        T: the length of the sequences.
        seed: for the sequences.
        updates: how many.
        learning_rate: η.

    Returns:
        The mean squared error on 500 sequences; 1/6 for always answering the mean.

    Example:
        >>> from rnn_utils import initialise_lstm
        >>> start = initialise_lstm(2, 4, 1, np.random.default_rng(0), np.float32)
        >>> adding_error(start, T=5, seed=0, updates=1) < 2
        True
    """
    return _error(data.adding_problem, start, T, seed, updates, learning_rate)


def keeping_error(
    start: Parameters, T: int, seed: int, updates: int = 250, learning_rate: float = 0.01
) -> float:
    """Train a network to keep the first of T numbers, and return its error on sequences of its own.

    It is trained as in `adding_error`. Here the lag is T − 1 in every sequence; in the adding problem
    there are short lags among the long ones.

    Args:
        start: the parameters to begin with, for D = 2 and O = 1.
        T: the length of the sequences.
        seed: for the sequences.
        updates: how many.
        learning_rate: η.

    Returns:
        The mean squared error on 500 sequences; 1/12 for always answering the mean.

    Example:
        >>> from rnn_utils import initialise_lstm
        >>> start = initialise_lstm(2, 4, 1, np.random.default_rng(0), np.float32)
        >>> keeping_error(start, T=5, seed=0, updates=1) < 2
        True
    """
    return _error(keep_one_number, start, T, seed, updates, learning_rate)


def _error(
    task: Task, start: Parameters, T: int, seed: int, updates: int, learning_rate: float
) -> float:
    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        rng = np.random.default_rng([seed, 1])
        for _ in range(updates):
            x, targets = task(rng, T, 32)
            yield x.astype(np.float32), targets.astype(np.float32)

    trained = train(
        Workspace().loss_and_gradients,
        start,
        batches,
        learning_rate,
        max_norm=1.0,
        optimizer=ADAM,
        progress=False,
    )
    x, targets = task(np.random.default_rng([seed, 2]), T, 500)
    y = rnn_predict(x.astype(np.float32), trained.parameters, many_to_one=True)
    return float(np.mean((y - targets) ** 2))
