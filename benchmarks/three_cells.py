"""How fast tanh RNN, LSTM and GRU learn at equal parameters: the long form of lesson 13's experiment.

    uv run python benchmarks/three_cells.py > rnn_utils/data/three_cells.csv
    uv run python benchmarks/three_cells.py 15 5    # five others, from seed 15 on

About twenty minutes on one core that does nothing else. The seconds are this machine's; their ratios
vary less from one machine to another, and the lesson reads nothing but ratios. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from itertools import product

from rnn_utils.experiments.three_cells import CELLS, adding_task, learning_curve, text_task

TASKS = {"adding": (adding_task(), 3), "text": (text_task(), 5)}  # and the seconds for each
LEARNING_RATES = (0.003, 0.01, 0.03)

if __name__ == "__main__":
    first, count = (int(a) for a in sys.argv[1:]) if sys.argv[1:] else (0, 15)
    print("task,cell,learning_rate,seed,updates,seconds,score")
    for seed, (name, (task, seconds)), cell, rate in product(
        range(first, first + count), TASKS.items(), CELLS, LEARNING_RATES
    ):
        curve = learning_curve(cell, task, seed, rate, seconds)
        for updates, spent, score in zip(*curve, strict=True):
            print(f"{name},{cell},{rate},{seed},{updates:g},{spent:.3f},{score:.5f}", flush=True)
