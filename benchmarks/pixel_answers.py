"""What each network answers at every pixel, and from how far: the long form of lesson 15's experiment.

    uv run python benchmarks/pixel_answers.py > rnn_utils/data/pixel_answers.csv

About six minutes on one core. Other seeds: `… benchmarks/pixel_answers.py 200 205` runs 200 to 204.
`… benchmarks/pixel_answers.py search` prints what each learning rate gives on validation images; the best
for each network stands in `NETWORKS`. The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

from rnn_utils.experiments.pixel_answers import (
    NETWORKS,
    RATES,
    Result,
    right_answers,
    run,
    train_network,
)

EPOCHS = 60
SEEDS = (*range(20), *range(100, 105))  # the last five to see whether they fall where the others do
SEARCH_SEEDS = (1000, 1001, 1002)


def search() -> None:
    """Print the share of right answers at a pixel of the validation images, for every rate."""
    for name, network in NETWORKS.items():
        for rate in RATES:
            tried = network._replace(learning_rate=rate)
            found = [
                right_answers(tried, train_network(tried, seed, EPOCHS, "validation"), "validation")
                for seed in SEARCH_SEEDS
            ]
            at_a_pixel = sum(by_pixel.mean() for by_pixel, _ in found) / len(found)
            print(f"{name:15} η = {rate:<6} {at_a_pixel:.3f}", flush=True)


def main() -> None:
    """Train and measure every network, and print a row for each seed."""
    seeds = range(*map(int, sys.argv[1:])) if sys.argv[1:] else SEEDS
    print(",".join(Result._fields))
    for name in NETWORKS:
        for seed in seeds:
            result, _ = run(name, seed, EPOCHS)
            values = (f"{v:.4f}" if isinstance(v, float) else str(v) for v in result)
            print(",".join(values), flush=True)


if __name__ == "__main__":
    search() if sys.argv[1:] == ["search"] else main()
