"""The experiments of lesson 12 with more seeds than the lesson has time for.

    uv run python benchmarks/adding_problem.py           # twenty-five seeds
    uv run python benchmarks/adding_problem.py 30 10     # ten others, from seed 30 on

For each task, length and network: how many runs end below a tenth of what always answering the mean
costs, and the median and the range of the errors.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import numpy as np

from rnn_utils import initialise_lstm, initialise_rnn
from rnn_utils.experiments.adding_problem import (
    ADDING_BASELINE,
    KEEPING_BASELINE,
    adding_error,
    keeping_error,
)


def rnn_start(seed: int):  # type: ignore[no-untyped-def]
    return initialise_rnn(2, 32, 1, np.random.default_rng(seed), np.float32)


def lstm_start(seed: int, bias: float = 1.0):  # type: ignore[no-untyped-def]
    return initialise_lstm(2, 16, 1, np.random.default_rng(seed), np.float32, forget_bias=bias)


def report(what: str, errors: list[float], solved: float) -> None:
    print(
        f"{what:38} {sum(e < solved for e in errors):2} of {len(errors)} below {solved:.4f}; "
        f"median {np.median(errors):.4f}, {min(errors):.4f} to {max(errors):.4f}",
        flush=True,
    )


if __name__ == "__main__":
    first, count = (int(a) for a in sys.argv[1:]) if sys.argv[1:] else (0, 25)
    seeds = range(first, first + count)
    solved = KEEPING_BASELINE / 10
    for bias in (0.0, 1.0, 3.0):
        errors = [keeping_error(lstm_start(s, bias), 16, s) for s in seeds]
        report(f"keeping, T = 16, LSTM with bias {bias:.0f}", errors, solved)
    report("keeping, T = 16, tanh RNN", [keeping_error(rnn_start(s), 16, s) for s in seeds], solved)
    solved = ADDING_BASELINE / 10
    for T in (10, 20, 30):
        # for each network the better of the rates 0.01 and 0.02
        errors = [adding_error(rnn_start(s), T, s, learning_rate=0.01) for s in seeds]
        report(f"adding, T = {T}, tanh RNN", errors, solved)
        errors = [adding_error(lstm_start(s), T, s, learning_rate=0.02) for s in seeds]
        report(f"adding, T = {T}, LSTM with bias 1", errors, solved)
