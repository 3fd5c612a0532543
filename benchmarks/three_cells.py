"""How fast plain RNNs, LSTM and GRU learn at equal parameters: the long form of lesson 13's experiment.

    uv run python benchmarks/three_cells.py > rnn_utils/data/three_cells.csv
    uv run python benchmarks/three_cells.py 15 5    # five others, from seed 15 on

About ten minutes on one core that does nothing else. For each network and task the rates are chosen
on validation data with seeds of their own: the one that is best after as many updates as all networks
make, and the one that is best at the end, where a network that needs less time has made more of them.
Only those rates are run with the seeds that are reported, and those runs are judged on the test part.

The seconds are this machine's; the lesson reads nothing but their ratios. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import numpy as np

from rnn_utils.experiments.three_cells import (
    NETWORKS,
    RATES,
    READ_AT,
    SEARCH_SEEDS,
    TASKS,
    learning_curve,
)

#: How many times as many updates as the LSTM each cell makes, so that the times overlap.
MORE = {"rnn": 2.5, "gru": 1.5, "lstm": 1.0}


def curve(name, network, part, rate, seed, last):  # type: ignore[no-untyped-def]
    """Print a learning curve row by row, and return it."""
    found = learning_curve(network, TASKS[name](part=part), seed, rate, updates=last)
    for updates, spent, score in zip(*found, strict=True):
        row = f"{updates:g};{spent:.3f};{score:.5f}"
        print(f"{name};{network};{part};{rate};{seed};{row}", flush=True)
    return found


def best_rate(searched, at):  # type: ignore[no-untyped-def]
    """Return the rate with the lowest mean score after so many updates."""
    means = {
        rate: np.mean([np.interp(at, curve.updates, curve.score) for curve in curves])
        for rate, curves in searched.items()
    }
    return min(means, key=lambda rate: means[rate])


if __name__ == "__main__":
    first, count = (int(a) for a in sys.argv[1:]) if sys.argv[1:] else (0, 10)
    print("task;network;part;learning_rate;seed;updates;seconds;score")
    for name in TASKS:
        for network, (cell, *_) in NETWORKS.items():
            last = READ_AT[name] * MORE[cell]
            searched = {
                rate: [curve(name, network, "validation", rate, s, last) for s in SEARCH_SEEDS]
                for rate in RATES
            }
            for rate in sorted({best_rate(searched, at) for at in (READ_AT[name], last)}):
                for seed in range(first, first + count):
                    curve(name, network, "test", rate, seed, last)
