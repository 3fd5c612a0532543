"""The experiments of lesson 12 with more seeds than the lesson has time for.

    uv run python benchmarks/adding_problem.py > rnn_utils/data/adding_results.csv
    uv run python benchmarks/adding_problem.py 30 10     # ten others, from seed 30 on

About five minutes on one core. For each task, length and network the rate is chosen on seeds of its
own (`SEARCH_SEEDS`); only the errors at that rate, on other seeds, are written down. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from rnn_utils.experiments.adding_problem import NETWORKS, best_rate, error_after_training

LENGTHS = {"keeping": (16,), "adding": (20, 30, 50)}

if __name__ == "__main__":
    first, count = (int(a) for a in sys.argv[1:]) if sys.argv[1:] else (0, 20)
    print("task;T;network;learning_rate;seed;error")
    for task, lengths in LENGTHS.items():
        for T in lengths:
            for name, network in NETWORKS.items():
                rate = best_rate(task, network, T)
                for seed in range(first, first + count):
                    error = error_after_training(task, network, T, seed, rate)
                    print(f"{task};{T};{name};{rate};{seed};{error:.5f}", flush=True)
