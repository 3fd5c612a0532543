"""The experiment of lesson 13: tanh and ReLU RNNs, LSTM and GRU, at equal parameters and equal time.

Each network gets the largest state that a budget of parameters pays for. The plain RNN comes with three
starts, since lesson 11 showed what they decide. What is kept is a curve: a network's score after so
many updates, and after so many seconds.
"""

from __future__ import annotations  # naming np.random in a signature would already load it

import math
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from rnn_utils import data
from rnn_utils.experiments.longest_lag import STARTS, loss_gradients_outputs
from rnn_utils.tasks.text import encode, one_hot, vocabulary
from rnn_utils.training.budget import largest_state
from rnn_utils.training.fast.workspace import Workspace
from rnn_utils.training.optimizers import adam_start, adam_update, clip_by_global_norm
from rnn_utils.training.parameters import (
    RNNParameters,
    initialise_gru,
    initialise_lstm,
    initialise_rnn,
)


class Network(NamedTuple):
    """A cell, how its parameters start, and its activation if it is a plain RNN."""

    cell: str  # "rnn", "lstm" or "gru"
    start: Callable[..., Any]  # of D, H, O, a generator and a dtype
    activation: str = "tanh"


def _rnn_from(start: str) -> Callable[..., RNNParameters]:
    def parameters(D: int, H: int, O: int, rng: np.random.Generator, dtype: Any) -> RNNParameters:  # noqa: E741
        drawn = initialise_rnn(D, H, O, rng, dtype)
        W_hh = STARTS[start](H, rng).astype(dtype)
        return drawn._replace(W_hh=W_hh, b_h=np.zeros_like(drawn.b_h))

    return parameters


#: The networks that are compared. The LSTM's forget bias starts from 1, the GRU's biases near 0.
NETWORKS = {
    "tanh RNN": Network("rnn", initialise_rnn),
    "tanh RNN, orthogonal": Network("rnn", _rnn_from("orthogonal")),
    "ReLU RNN, identity": Network("rnn", _rnn_from("identity"), "ReLU"),
    "LSTM": Network("lstm", initialise_lstm),
    "GRU": Network("gru", initialise_gru),
}

#: Gradients longer than this are clipped.
MAX_NORM = 1.0

#: What each network may choose from, on validation data and with seeds that are not reported.
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)
SEARCH_SEEDS = (1000, 1001)

Batch = tuple[np.ndarray, np.ndarray]


class Task(NamedTuple):
    """What is to be learnt, and how it is judged."""

    D: int  # the size of an input
    O: int  # of an output  # noqa: E741
    budget: int  # how many parameters a network may have
    draw: Callable[[np.random.Generator], Batch]  # a batch to train on
    judged: Batch  # what it is judged on: the validation or the test part
    unit: float  # the loss is divided by it to give the score
    score: str  # what the score is called, with its unit


class Curve(NamedTuple):
    """How the score fell: one entry for each time that it was looked at."""

    updates: np.ndarray
    seconds: np.ndarray  # on the processor, without the time that judging took
    score: np.ndarray


def adding_task(T: int = 50, N: int = 32, budget: int = 3000, part: str = "test") -> Task:
    """Return the adding problem over T steps, with fresh sequences in every batch.

    The score is the mean squared error on 500 sequences: 1/6 for the mean of the sums.

    Args:
        T: how many steps.
        N: how many sequences in a batch.
        budget: how many parameters a network may have.
        part: `"validation"` or `"test"`: which 500 sequences the score is taken on.

    Example:
        >>> x, targets = adding_task(T=7, N=3).draw(np.random.default_rng(0))
        >>> x.shape, targets.shape
        ((7, 3, 2), (3, 1))
    """

    def draw(rng: np.random.Generator, N: int = N) -> Batch:
        x, targets = data.adding_problem(rng, T, N)
        return x.astype(np.float32), targets.astype(np.float32)

    judged = draw(np.random.default_rng({"test": 2**20, "validation": 2**21}[part]), 500)
    return Task(2, 1, budget, draw, judged, 1.0, "mean squared error")


def text_task(T: int = 50, N: int = 16, budget: int = 20_000, part: str = "test") -> Task:
    """Return the next characters of *Alice's Adventures in Wonderland*, in excerpts of T characters.

    It is trained on excerpts from anywhere in the first eight tenths. The score is the bits per
    character on the ninth tenth (validation) or on the last (test), cut into pieces of T; the first
    ten characters of a piece are not counted, for nothing has been read before them.

    Args:
        T: how many steps.
        N: how many excerpts in a batch.
        budget: how many parameters a network may have.
        part: `"validation"` or `"test"`.

    Example:
        >>> task = text_task(T=20, N=3)
        >>> x, targets = task.draw(np.random.default_rng(0))
        >>> x.shape == (20, 3, task.D), targets.shape
        (True, (20, 3))
    """
    text = data.book()
    characters = vocabulary(text)
    codes, V = encode(text, characters), len(characters)
    training, validation, test = np.split(codes, [8 * len(codes) // 10, 9 * len(codes) // 10])
    kept_back = {"validation": validation, "test": test}[part]

    def excerpts(codes: np.ndarray, begins: np.ndarray) -> Batch:
        places = begins + np.arange(T + 1)[:, None]
        return one_hot(codes[places[:-1]], V, np.float32), codes[places[1:]]

    def draw(rng: np.random.Generator) -> Batch:
        return excerpts(training, rng.integers(len(training) - T, size=N))

    x, targets = excerpts(kept_back, np.arange(0, len(kept_back) - T, T))
    return Task(V, V, budget, draw, (x, targets[10:]), math.log(2), "bits per character")


TASKS = {"adding": adding_task, "text": text_task}


def size_of(network: str, task: Task) -> int:
    """Return the largest state with which a network stays within the task's budget."""
    return largest_state(NETWORKS[network].cell, task.D, task.O, task.budget)


def learning_curve(
    network: str,
    task: Task,
    seed: int,
    learning_rate: float,
    *,
    updates: float = math.inf,
    seconds: float = math.inf,
) -> Curve:
    """Train a network for so many updates or seconds on the processor; return how its score fell.

    Adam, gradients clipped to length 1, float32. The score is looked at after 25, 35, 50, 71, 100, …
    updates, each time √2 as many, and at the end; the clock stands still meanwhile.

    Args:
        network: one of `NETWORKS`.
        task: what is to be learnt, within which budget.
        seed: for the start and the batches.
        learning_rate: η.
        updates, seconds: how long it is trained; what comes first ends it.

    Returns:
        The updates, the seconds and the score each time. The seconds of the ReLU network are those of
        plainer code than the others have; do not compare them.

    Example:
        >>> curve = learning_curve("GRU", adding_task(T=5, N=4), 0, 0.01, updates=30)
        >>> curve.updates.tolist(), len(curve.score)
        ([25.0, 30.0], 2)
    """
    chosen, H = NETWORKS[network], size_of(network, task)
    rng = np.random.default_rng(seed)
    parameters: Any = chosen.start(task.D, H, task.O, rng, np.float32)
    learn, judge = _loss_and_gradients(chosen), _loss_and_gradients(chosen)
    state = adam_start(parameters)
    looks: list[tuple[float, float, float]] = []
    done, spent, due = 0, 0.0, 25.0
    while spent < seconds and done < updates:
        begun = time.process_time()
        _, gradients = learn(parameters, *task.draw(rng))
        gradients, _ = clip_by_global_norm(gradients, MAX_NORM)
        parameters, state = adam_update(parameters, gradients, state, learning_rate)
        done, spent = done + 1, spent + time.process_time() - begun
        if done >= due or spent >= seconds or done >= updates:
            loss, _ = judge(parameters, *task.judged)
            looks.append((done, spent, loss / task.unit))
            due *= math.sqrt(2) if done >= due else 1.0
    return Curve(*np.array(looks).T)


def _loss_and_gradients(network: Network) -> Callable[..., tuple[float, Any]]:
    if network.activation == "tanh":
        return Workspace().loss_and_gradients

    def with_relu(parameters: Any, x: np.ndarray, targets: np.ndarray) -> tuple[float, Any]:
        return loss_gradients_outputs(parameters, x, targets, network.activation)[:2]

    return with_relu


#: Where the shipped curves are read: after so many updates, or in the time that the LSTM takes for them.
READ_AT = {"adding": 700, "text": 800}


def seconds_per_update(rows: np.ndarray, task: str, network: str) -> float:
    """Return how long an update of a network takes, the median over its runs.

    The ReLU network counts with the time of the tanh RNN: it has the same products, and its own code is
    plainer and slower only because the course uses it less.

    Args:
        rows: `data.three_cells()`.
        task: `"adding"` or `"text"`.
        network: one of `NETWORKS`.

    Returns:
        Seconds of processor time.
    """
    timed = "tanh RNN" if NETWORKS[network].activation == "ReLU" else network
    mine = rows[(rows["task"] == task) & (rows["network"] == timed)]
    return float(np.median(mine["seconds"] / mine["updates"]))


def scores_after(
    rows: np.ndarray, task: str, network: str, updates: float, part: str = "test"
) -> np.ndarray:
    """Return the score of each seed after so many updates, at the rate that validation chose.

    Args:
        rows: `data.three_cells()`.
        task: `"adding"` or `"text"`.
        network: one of `NETWORKS`.
        updates: how many; between two looks the curve is a straight line.
        part: `"test"` for the seeds that are reported, `"validation"` for those of the search.

    Returns:
        The scores, in the order of the seeds.
    """
    rate = chosen_rate(rows, task, network, updates)
    return _scores_at(rows, task, network, updates, part, rate)


def chosen_rate(rows: np.ndarray, task: str, network: str, updates: float) -> float:
    """Return the learning rate with which a network does best on validation data after so many updates.

    The arguments are those of `scores_after`.
    """
    mine = rows[(rows["task"] == task) & (rows["network"] == network)]
    reported = np.unique(mine[mine["part"] == "test"]["learning_rate"])
    return min(
        map(float, reported),
        key=lambda rate: _scores_at(rows, task, network, updates, "validation", rate).mean(),
    )


def _scores_at(
    rows: np.ndarray, task: str, network: str, updates: float, part: str, rate: float
) -> np.ndarray:
    mine = rows[(rows["task"] == task) & (rows["network"] == network)]
    here = mine[(mine["learning_rate"] == rate) & (mine["part"] == part)]
    runs = (here[here["seed"] == seed] for seed in np.unique(here["seed"]))
    return np.array([np.interp(updates, run["updates"], run["score"]) for run in runs])


def scores_of_all(rows: np.ndarray, task: str, fair: str) -> dict[str, np.ndarray]:
    """Return the scores of every network's seeds, at equal updates or at equal time.

    Args:
        rows: `data.three_cells()`.
        task: `"adding"` or `"text"`.
        fair: `"updates"`, or `"time"` for the time in which the LSTM makes the same number.

    Returns:
        The scores by network.
    """
    of_lstm = READ_AT[task] * seconds_per_update(rows, task, "LSTM")
    return {
        network: scores_after(
            rows,
            task,
            network,
            READ_AT[task]
            if fair == "updates"
            else of_lstm / seconds_per_update(rows, task, network),
        )
        for network in NETWORKS
    }
