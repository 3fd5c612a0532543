"""How fast tanh RNN, LSTM and GRU learn at equal parameters: the long form of lesson 13's experiment.

    uv run python benchmarks/three_cells.py > rnn_utils/data/three_cells.csv

About six minutes on one core that does nothing else. The seconds are this machine's; their ratios
vary less from one machine to another. The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from itertools import product

from rnn_utils.three_cells import CELLS, adding_task, learning_curve, text_task

TASKS = {"adding": (adding_task(), 3), "text": (text_task(), 5)}  # and the seconds for each
LEARNING_RATES = (0.003, 0.01, 0.03)
SEEDS = range(5)

if __name__ == "__main__":
    print("task,cell,learning_rate,seed,updates,seconds,score")
    for seed, (name, (task, seconds)), cell, rate in product(
        SEEDS, TASKS.items(), CELLS, LEARNING_RATES
    ):
        curve = learning_curve(cell, task, seed, rate, seconds)
        for updates, spent, score in zip(*curve, strict=True):
            print(f"{name},{cell},{rate},{seed},{updates:g},{spent:.3f},{score:.5f}", flush=True)
