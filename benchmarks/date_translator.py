"""Train the translator of dates that lesson 16 looks into, and write its weights.

    uv run python benchmarks/date_translator.py rnn_utils/data/date_translator.npz

About half a minute on one core. Prints the share of 500 other dates that it writes without a mistake.
"""

import os
import sys

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import numpy as np

from rnn_utils.experiments import translation
from rnn_utils.experiments.written_dates import dates

H, UPDATES, RATE = 48, 1500, 0.01

if __name__ == "__main__":
    letters = translation.alphabet(dates(np.random.default_rng(5), 3000))
    start = translation.initialise(len(letters), H, True, np.random.default_rng(0))
    network = translation.learn(
        start, lambda rng: dates(rng, 32), letters, UPDATES, 1, learning_rate=RATE
    )
    kept = {name: array.astype(np.float16) for name, array in network._asdict().items()}
    rounded = translation.Translator(**{name: a.astype(np.float32) for name, a in kept.items()})
    pairs = dates(np.random.default_rng(99), 500)
    written = translation.translate(rounded, [source for source, _ in pairs], letters, 12)
    print(np.mean([text == wanted for text, (_, wanted) in zip(written, pairs, strict=True)]))
    np.savez_compressed(sys.argv[1], letters=np.array(letters), **kept)
