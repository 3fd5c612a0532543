"""What each network answers at every pixel, and from how far: the long form of lesson 15's experiment.

    uv run python benchmarks/pixel_answers.py > rnn_utils/data/pixel_answers.csv

About five minutes on one core. Other seeds: `… benchmarks/pixel_answers.py 20 25` runs 20 to 24.
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

from rnn_utils.pixel_answers import NETWORKS, Result, run

EPOCHS = 60

if __name__ == "__main__":
    first, end = map(int, sys.argv[1:]) if sys.argv[1:] else (0, 20)
    print(",".join(Result._fields))
    for name in NETWORKS:
        for seed in range(first, end):
            result, _ = run(name, seed, EPOCHS)
            values = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in result)
            print(",".join(values), flush=True)
