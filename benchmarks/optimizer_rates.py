"""SGD and Adam on the book at five learning rates each: lesson 08's comparison.

    uv run python benchmarks/optimizer_rates.py > rnn_utils/data/optimizer_rates.csv

About two minutes on one core. The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from rnn_utils.experiments.book_training import OPTIMIZERS, Book, bits_after_training

SEEDS = range(5)

if __name__ == "__main__":
    print("optimizer,learning_rate,seed,validation,test")
    book = Book.read()
    for seed in SEEDS:
        for name, (_, rates) in OPTIMIZERS.items():
            for rate in rates:
                validation, test = bits_after_training(book, name, rate, seed)
                print(f"{name},{rate},{seed},{validation:.4f},{test:.4f}", flush=True)
