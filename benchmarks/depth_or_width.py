"""Depth against width, and blanked letters: the long form of lesson 14's experiments.

    uv run python benchmarks/depth_or_width.py > rnn_utils/data/deep_learning.csv

A minute and a quarter for each seed, on one core that does nothing else. Other seeds:
`… benchmarks/depth_or_width.py 200 5`, five from seed 200 on. The checksum in `rnn_utils/data/sources.py`
has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import sys

from rnn_utils.experiments.depth_or_width import Network, learn_letters

DEPTHS = [("next", Network(layers=layers), 1500) for layers in (1, 2, 3)]
DELAYS = [("blanked", Network(delay=delay), 800) for delay in (0, 1, 3, 5)]
BOTH = [("blanked", Network(bidirectional=True), 800)]
RATES = {"next": (0.003, 0.01), "blanked": (0.01,)}
SEEDS, SEARCH_SEEDS = range(9), (1000, 1001)  # the latter choose the rate for each depth

if __name__ == "__main__":
    seeds = SEEDS
    if sys.argv[1:]:
        first, count = (int(a) for a in sys.argv[1:])
        seeds = range(first, first + count)
    print("task,layers,bidirectional,delay,part,learning_rate,seed,updates,bits")

    def run(part, seed, task, network, updates, rate):  # type: ignore[no-untyped-def]
        scores = learn_letters(
            task, network, seed, learning_rate=rate, updates=updates, every=100, part=part
        )
        for update, bits in scores:
            L, both, delay = network
            print(
                f"{task},{L},{both:d},{delay},{part},{rate},{seed},{update},{bits:.4f}", flush=True
            )

    for seed in SEARCH_SEEDS:
        for asked in DEPTHS:
            for rate in RATES["next"]:
                run("validation", seed, *asked, rate)
    for seed in seeds:
        for asked in DEPTHS + DELAYS + BOTH:
            for rate in RATES[asked[0]]:
                run("test", seed, *asked, rate)
