"""The experiment of lesson 13: tanh RNN, LSTM and GRU, at equal parameters and at equal time.

Each network gets the largest state that a budget of parameters pays for, and is trained for a time
on the processor. What is kept is a curve: its score after so many updates, and after so many seconds.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.tasks.text import encode, one_hot, vocabulary
from rnn_utils.training.budget import largest_state
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm
from rnn_utils.training.parameters import initialise_gru, initialise_lstm, initialise_rnn

#: How the parameters of each cell start.
CELLS: dict[str, Callable[..., Any]] = {
    "rnn": initialise_rnn,
    "lstm": initialise_lstm,
    "gru": initialise_gru,
}

#: Gradients longer than this are clipped.
MAX_NORM = 1.0

Batch = tuple[np.ndarray, np.ndarray]


class Task(NamedTuple):
    """What is to be learnt, and how it is judged."""

    D: int  # the size of an input
    O: int  # of an output  # noqa: E741
    budget: int  # how many parameters a network may have
    draw: Callable[[np.random.Generator], Batch]  # a batch to train on
    test: Batch  # what it is judged on
    unit: float  # the loss is divided by it to give the score
    score: str  # what the score is called, with its unit


class Curve(NamedTuple):
    """How the score on the test fell: one entry for each time that it was looked at."""

    updates: np.ndarray
    seconds: np.ndarray  # on the processor, without the time that judging took
    score: np.ndarray


def adding_task(T: int = 50, N: int = 32, budget: int = 3000) -> Task:
    """Return the adding problem over T steps, with fresh sequences in every batch.

    The score is the mean squared error on 500 sequences: 1/6 for the mean of the sums.

    Example:
        >>> x, targets = adding_task(T=7, N=3).draw(np.random.default_rng(0))
        >>> x.shape, targets.shape
        ((7, 3, 2), (3, 1))
    """

    def draw(rng: np.random.Generator, N: int = N) -> Batch:
        x, targets = data.adding_problem(rng, T, N)
        return x.astype(np.float32), targets.astype(np.float32)

    test = draw(np.random.default_rng(2**20), 500)
    return Task(2, 1, budget, draw, test, 1.0, "mean squared error")


def text_task(T: int = 50, N: int = 16, budget: int = 20_000) -> Task:
    """Return the next characters of *Alice's Adventures in Wonderland*, in excerpts of T characters.

    It is trained on excerpts from anywhere in the first nine tenths. The score is the bits per
    character on the last tenth, cut into pieces of T; the first ten characters of a piece are not
    counted, for nothing has been read before them.

    Example:
        >>> task = text_task(T=20, N=3)
        >>> x, targets = task.draw(np.random.default_rng(0))
        >>> x.shape == (20, 3, task.D), targets.shape
        (True, (20, 3))
    """
    text = data.book()
    characters = vocabulary(text)
    codes, V = encode(text, characters), len(characters)
    training, kept_back = np.split(codes, [9 * len(codes) // 10])

    def excerpts(codes: np.ndarray, begins: np.ndarray) -> Batch:
        places = begins + np.arange(T + 1)[:, None]
        return one_hot(codes[places[:-1]], V, np.float32), codes[places[1:]]

    def draw(rng: np.random.Generator) -> Batch:
        return excerpts(training, rng.integers(len(training) - T, size=N))

    x, targets = excerpts(kept_back, np.arange(0, len(kept_back) - T, T))
    return Task(V, V, budget, draw, (x, targets[10:]), math.log(2), "bits per character")


def learning_curve(cell: str, task: Task, seed: int, learning_rate: float, seconds: float) -> Curve:
    """Train a network for so many seconds on the processor, and return how its score fell.

    Adam, gradients clipped to length 1, float32. The score is looked at after 25, 35, 50, 71, 100, …
    updates, each time √2 as many, and at the end; the clock stands still meanwhile.

    Args:
        cell: `"rnn"`, `"lstm"` or `"gru"`.
        task: what is to be learnt, within which budget.
        seed: for the start and the batches.
        learning_rate: η.
        seconds: how long it is trained.

    Returns:
        The updates, the seconds and the score each time.

    Example:
        >>> curve = learning_curve("gru", adding_task(T=5, N=4), 0, 0.01, seconds=0.05)
        >>> len(curve.updates) == len(curve.seconds) == len(curve.score)
        True
    """
    rng = np.random.default_rng(seed)
    H = largest_state(cell, task.D, task.O, task.budget)
    parameters = CELLS[cell](task.D, H, task.O, rng, dtype=np.float32)
    state, training, judging = adam_start(parameters), Workspace(), Workspace()
    looks: list[tuple[float, float, float]] = []
    updates, spent, due = 0, 0.0, 25.0
    while spent < seconds:
        begun = time.process_time()
        _, gradients = training.loss_and_gradients(parameters, *task.draw(rng))
        gradients, _ = clip_by_global_norm(gradients, MAX_NORM)
        parameters, state = adam_update(parameters, gradients, state, learning_rate)
        updates, spent = updates + 1, spent + time.process_time() - begun
        if updates >= due or spent >= seconds:
            loss, _ = judging.loss_and_gradients(parameters, *task.test)
            looks.append((updates, spent, loss / task.unit))
            due *= math.sqrt(2) if updates >= due else 1.0
    return Curve(*np.array(looks).T)
