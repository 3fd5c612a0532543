"""A network of letters beside a table of counted letters: lesson 10's comparison with more seeds.

    uv run python benchmarks/letter_model.py > rnn_utils/data/letter_model.csv

About three minutes on one core. The learning rate is chosen on the ninth tenth of the book, with seeds of
its own; the table's smoothing is chosen on the text that it counts. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from rnn_utils.experiments.letter_model import bits_of_letters

PEAKS = (0.002, 0.005, 0.01, 0.02)
SEEDS, SEARCH_SEEDS = range(1, 6), (1000, 1001)

if __name__ == "__main__":
    print("part,learning_rate,seed,network,table,mixture")

    def run(part, peak, seed):  # type: ignore[no-untyped-def]
        """Print the row of one run, and return the network's bits."""
        found = bits_of_letters(seed, peak, part)
        print(f"{part},{peak},{seed}," + ",".join(f"{bits:.4f}" for bits in found), flush=True)
        return found.network

    searched = {peak: sum(run("validation", peak, s) for s in SEARCH_SEEDS) for peak in PEAKS}
    for seed in SEEDS:
        run("test", min(searched, key=lambda peak: searched[peak]), seed)
