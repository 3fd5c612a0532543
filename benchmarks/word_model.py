"""A network of words beside a table of counted words: lesson 10's optional comparison with five seeds.

    uv run python benchmarks/word_model.py > rnn_utils/data/word_model.csv

About a minute on one core. The learning rate is chosen on the ninth tenth of the book, with seeds of its
own; the table's smoothing is chosen on the text that it counts. The checksum in
`rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from rnn_utils import data, embedding_backward
from rnn_utils.experiments import word_model

PEAKS = (0.004, 0.008, 0.016, 0.032, 0.064)
SEEDS, SEARCH_SEEDS = range(1, 6), (1000, 1001)

if __name__ == "__main__":
    text = data.book()
    print("part,learning_rate,seed,network,table,mixture")

    def run(part, peak, seed):  # type: ignore[no-untyped-def]
        """Print the row of one run, and return the network's bits."""
        bits = word_model.trained(text, embedding_backward, seed=seed, peak=peak, part=part).bits
        told = (bits[name] for name in ("trained RNN", "trigram", "RNN and trigram"))
        print(f"{part},{peak},{seed}," + ",".join(f"{b:.4f}" for b in told), flush=True)
        return bits["trained RNN"]

    searched = {peak: sum(run("validation", peak, s) for s in SEARCH_SEEDS) for peak in PEAKS}
    for seed in SEEDS:
        run("test", min(searched, key=lambda peak: searched[peak]), seed)
