"""What clipping cures: lesson 11's runs at three spectral radii, with and without clipping.

    uv run python benchmarks/clipping.py > rnn_utils/data/clipping.csv

About two minutes on one core. Every optimiser and bound is tried at each of its rates; `updates` is inf
where a network had not learnt a lag of 20. The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import math
from itertools import product

from rnn_utils.experiments.longest_lag import gaussian_start, learn_lag
from rnn_utils.training.optimizers import ADAM, SGD

RADII, BOUNDS, SEEDS, LAG, MOST = (0.5, 1.0, 2.0), (math.inf, 0.1), range(10), 20, 400
RATES = {"SGD": (0.01, 0.03, 0.1, 0.3), "Adam": (0.001, 0.003, 0.01)}

if __name__ == "__main__":
    print("optimizer,max_norm,radius,learning_rate,seed,updates")
    for name, optimizer in {"SGD": SGD, "Adam": ADAM}.items():
        for bound, radius, rate, seed in product(BOUNDS, RADII, RATES[name], SEEDS):
            found = learn_lag(
                "tanh",
                gaussian_start(radius),
                LAG,
                seed,
                learning_rate=rate,
                most=MOST,
                max_norm=bound,
                optimizer=optimizer,
            )
            print(f"{name},{bound},{radius},{rate},{seed},{found.updates:g}", flush=True)
