"""How long a lag each activation learns from each start: the long form of lesson 11's experiment.

    uv run python benchmarks/longest_lag.py > rnn_utils/data/longest_lag.csv
    uv run python benchmarks/longest_lag.py 0.0003 6    # another learning rate, with the first six seeds

About twenty minutes on one core. Each network tries ever longer lags until it has failed at two in a
row; a lag that is not in the table was not tried. `updates` is inf where it had not learnt.
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from itertools import product

from rnn_utils.experiments.longest_lag import ACTIVATIONS, STARTS, learn_lag

LAGS = (5, 10, 20, 40, 80, 160, 320)
LEARNING_RATES = (0.001, 0.003, 0.01)
SEEDS = range(28)
MOST = 1000

if __name__ == "__main__":
    rates, seeds = LEARNING_RATES, SEEDS
    if sys.argv[1:]:
        rates, seeds = (float(sys.argv[1]),), range(int(sys.argv[2]))
    print("activation,start,learning_rate,seed,lag,updates")
    for activation, start, rate, seed in product(ACTIVATIONS, STARTS, rates, seeds):
        failed = 0
        for lag in LAGS:
            found = learn_lag(activation, STARTS[start], lag, seed, learning_rate=rate, most=MOST)
            print(f"{activation},{start},{rate},{seed},{lag},{found.updates:g}", flush=True)
            failed = failed + 1 if found.updates == float("inf") else 0
            if failed == 2:
                break
