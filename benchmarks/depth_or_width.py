"""Depth against width, and blanked letters: the long form of lesson 14's experiments.

    uv run python benchmarks/depth_or_width.py > rnn_utils/data/deep_learning.csv

About ten minutes on one core. Other seeds: `… benchmarks/depth_or_width.py 200 5`, five from seed 200 on.
Each network's learning rate is chosen on the ninth tenth of the book, with seeds of its own; with the rate
that is best there it is trained anew and judged on the last tenth. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

from rnn_utils.experiments.depth_or_width import Network, learn_letters

ASKED = {
    "next": ([Network(layers=layers) for layers in (1, 2, 3)], 1500),
    "blanked": (
        [*(Network(delay=delay) for delay in (0, 1, 3, 5)), Network(bidirectional=True)],
        800,
    ),
}
RATES = (0.001, 0.003, 0.01, 0.03)
SEEDS, SEARCH_SEEDS = range(9), (1000, 1001)  # the latter choose the rate for each network

if __name__ == "__main__":
    seeds = SEEDS
    if sys.argv[1:]:
        first, count = (int(a) for a in sys.argv[1:])
        seeds = range(first, first + count)
    print("task,layers,bidirectional,delay,part,learning_rate,seed,updates,bits")

    def run(part, seed, task, network, updates, rate):  # type: ignore[no-untyped-def]
        """Print a run's scores row by row, and return the last."""
        scores = learn_letters(
            task, network, seed, learning_rate=rate, updates=updates, every=100, part=part
        )
        for update, bits in scores:
            L, both, delay = network
            print(
                f"{task},{L},{both:d},{delay},{part},{rate},{seed},{update},{bits:.4f}", flush=True
            )
        return bits

    for task, (networks, updates) in ASKED.items():
        for network in networks:
            of_rates = {
                rate: sum(
                    run("validation", seed, task, network, updates, rate) for seed in SEARCH_SEEDS
                )
                for rate in RATES
            }
            chosen = min(of_rates, key=lambda rate: of_rates[rate])
            for seed in seeds:
                run("test", seed, task, network, updates, chosen)
