"""The adding problem of lesson 12 with more seeds than the lesson has time for.

    uv run python benchmarks/adding_problem.py           # ten seeds
    uv run python benchmarks/adding_problem.py 30 10     # ten others, from seed 30 on

For each network and length: how many runs end below an error of 0.02 (always answering the mean: 0.167),
and the median and the range of the errors.
"""

import sys

import numpy as np

from rnn_utils import initialise_lstm, initialise_rnn
from rnn_utils.adding import adding_error

SOLVED = 0.02


def start(kind: str, seed: int):  # type: ignore[no-untyped-def]
    rng = np.random.default_rng(seed)
    if kind == "tanh RNN":
        return initialise_rnn(2, 32, 1, rng, np.float32)
    bias = float(kind.rsplit(" ", 1)[1])
    return initialise_lstm(2, 16, 1, rng, np.float32, forget_bias=bias)


if __name__ == "__main__":
    first, count = (int(a) for a in sys.argv[1:]) if sys.argv[1:] else (0, 10)
    runs = [(kind, T) for T in (10, 20, 40) for kind in ("tanh RNN", "LSTM, bias 1")]
    runs += [("LSTM, bias 0", 40), ("LSTM, bias 3", 40)]
    for kind, T in runs:
        errors = [adding_error(start(kind, s), T, s) for s in range(first, first + count)]
        solved = sum(error < SOLVED for error in errors)
        print(
            f"T = {T:2}  {kind:12}  {solved:2} of {count} below {SOLVED}; median "
            f"{np.median(errors):.4f}, {min(errors):.4f} to {max(errors):.4f}",
            flush=True,
        )
