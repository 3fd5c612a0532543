"""What each network answers at every pixel, and from how far: the long form of lesson 15's experiment.

    uv run python benchmarks/pixel_answers.py > rnn_utils/data/pixel_answers.csv

About six minutes on one core. Other seeds: `… benchmarks/pixel_answers.py 200 205` runs 200 to 204.
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

from rnn_utils.experiments.pixel_answers import NETWORKS, Result, run

EPOCHS = 60
SEEDS = (*range(20), *range(100, 105))  # the last five to see whether they fall where the others do

if __name__ == "__main__":
    seeds = range(*map(int, sys.argv[1:])) if sys.argv[1:] else SEEDS
    print(",".join(Result._fields))
    for name in NETWORKS:
        for seed in seeds:
            result, _ = run(name, seed, EPOCHS)
            values = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in result)
            print(",".join(values), flush=True)
