"""The experiments of lesson 12: who learns to add two numbers, and who learns to keep one.

Every network has about 1,200 parameters and is trained in the same way. Each is given the start that
the literature recommends for it, beside the plain one, and the rate that suits it best on seeds that
are not reported.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.cells.lstm import lstm_forward
from rnn_utils.experiments.longest_lag import STARTS, loss_gradients_outputs
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.loop import train
from rnn_utils.training.models import loss_and_gradients
from rnn_utils.training.optimizers import ADAM
from rnn_utils.training.parameters import (
    LSTMParameters,
    RNNParameters,
    initialise_lstm,
    initialise_rnn,
)

Model = RNNParameters | LSTMParameters

#: What always answering the mean costs: 1, the mean of a sum, or ½, that of a number.
BASELINES = {"adding": 1 / 6, "keeping": 1 / 12}

#: How many updates each task has.
UPDATES = {"adding": 500, "keeping": 250}

#: The learning rates that each network chooses from, on SEARCH_SEEDS; those seeds are not reported.
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
SEARCH_SEEDS = (1000, 1001, 1002, 1003)


class Network(NamedTuple):
    """How a network starts, and its activation if it is an RNN."""

    start: Callable[[int], Model]  # of a seed
    activation: str = "tanh"


def _rnn(start: str, activation: str) -> Network:
    def parameters(seed: int) -> Model:
        rng = np.random.default_rng(seed)
        drawn = initialise_rnn(2, 32, 1, rng, np.float32)
        if start == "uniform":
            return drawn
        W_hh = STARTS[start](32, rng).astype(np.float32)
        return drawn._replace(W_hh=W_hh, b_h=np.zeros_like(drawn.b_h))

    return Network(parameters, activation)


def _lstm(forget_bias: float) -> Network:
    def parameters(seed: int) -> Model:
        rng = np.random.default_rng(seed)
        return initialise_lstm(2, 16, 1, rng, np.float32, forget_bias=forget_bias)

    return Network(parameters)


#: Tanh RNNs and a ReLU RNN of 32 units (1,153 parameters), LSTMs of 16 (1,233).
NETWORKS = {
    "tanh RNN, uniform start": _rnn("uniform", "tanh"),
    "tanh RNN, orthogonal start": _rnn("orthogonal", "tanh"),
    "ReLU RNN, identity start": _rnn("identity", "ReLU"),
    "LSTM, forget bias 0": _lstm(0.0),
    "LSTM, forget bias 1": _lstm(1.0),
    "LSTM, forget bias 3": _lstm(3.0),
}


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


TASKS = {"adding": data.adding_problem, "keeping": keep_one_number}


def train_on(
    task: str, network: Network, T: int, seed: int, learning_rate: float, updates: int | None = None
) -> Model:
    """Train a network on a task: Adam, gradients clipped to length 1, 32 new sequences an update.

    Args:
        task: `"adding"`, or `"keeping"`, where the lag is T − 1 in every sequence.
        network: one of `NETWORKS`.
        T: the length of the sequences.
        seed: for the start and the sequences.
        learning_rate: η.
        updates: how many; by default those of `UPDATES`.

    Returns:
        The trained parameters.

    Example:
        >>> network = NETWORKS["LSTM, forget bias 1"]
        >>> train_on("adding", network, T=5, seed=0, learning_rate=0.01, updates=1).W_hy.shape
        (1, 16)
    """
    draw, rng = TASKS[task], np.random.default_rng([seed, 1])

    def batches() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for _ in range(updates or UPDATES[task]):
            x, targets = draw(rng, T, 32)
            yield x.astype(np.float32), targets.astype(np.float32)

    is_tanh = network.activation == "tanh"
    learn = Workspace().loss_and_gradients if is_tanh else _relu_loss_and_gradients
    start = network.start(seed)
    trained = train(
        learn, start, batches, learning_rate, max_norm=1.0, optimizer=ADAM, progress=False
    )
    return trained.parameters


def error_after_training(
    task: str, network: Network, T: int, seed: int, learning_rate: float, updates: int | None = None
) -> float:
    """Train a network with `train_on`, and return its error on 500 sequences of its own.

    Returns:
        The mean squared error; that of `BASELINES` for always answering the mean.

    Example:
        >>> network = NETWORKS["LSTM, forget bias 1"]
        >>> error_after_training("adding", network, 5, seed=0, learning_rate=0.01, updates=1) < 2
        True
    """
    parameters = train_on(task, network, T, seed, learning_rate, updates)
    x, targets = TASKS[task](np.random.default_rng([seed, 2]), T, 500)
    x, targets = x.astype(np.float32), targets.astype(np.float32)
    judge = loss_and_gradients if network.activation == "tanh" else _relu_loss_and_gradients
    return float(judge(parameters, x, targets)[0])


def _relu_loss_and_gradients(parameters: Any, x: np.ndarray, targets: np.ndarray) -> Any:
    return loss_gradients_outputs(parameters, x, targets, "ReLU")[:2]


def recall_of_inputs(lstm: LSTMParameters, task: str, T: int, seed: int = 0) -> np.ndarray:
    """Return how well a weighted sum of the last state and cell tells the number of each step.

    Args:
        lstm: a trained LSTM.
        task: `"adding"` or `"keeping"`.
        T: the length of the sequences.
        seed: for 2,000 sequences; the sum is fitted on half of them and judged on the other half.

    Returns:
        r² for the number of every step (T,): the share of its variance that the sum explains.

    Example:
        >>> lstm = initialise_lstm(2, 16, 1, np.random.default_rng(0))
        >>> recall_of_inputs(lstm, "keeping", T=6).shape
        (6,)
    """
    x, _ = TASKS[task](np.random.default_rng([seed, 3]), T, 2000)
    zero = np.zeros((2000, lstm.W_hy.shape[1]))
    h, c = lstm_forward(x, zero, zero, lstm.W_x, lstm.W_h, lstm.b)
    readable = np.column_stack([np.ones(2000), h[-1], c[-1]])
    numbers = x[:, :, 0].T
    weights = np.linalg.lstsq(readable[:1000], numbers[:1000], rcond=None)[0]
    error = np.mean((readable[1000:] @ weights - numbers[1000:]) ** 2, axis=0)
    return 1 - error / numbers[1000:].var(axis=0)


def best_rate(task: str, network: Network, T: int, rates: Sequence[float] = RATES) -> float:
    """Return the rate with the lowest mean error on the seeds that are for the search alone.

    The mean, since one seed that fails counts in it: a rate has to be reliable.

    Args:
        task: `"adding"` or `"keeping"`.
        network: one of `NETWORKS`.
        T: the length of the sequences.
        rates: what to choose from.

    Returns:
        The learning rate.
    """

    def mean_error(rate: float) -> float:
        errors = [error_after_training(task, network, T, seed, rate) for seed in SEARCH_SEEDS]
        return float(np.mean(np.nan_to_num(errors, nan=np.inf)))

    return min(rates, key=mean_error)
