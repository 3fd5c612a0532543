"""Which memory gives back the value of a key, over the numbers that it keeps: for lesson 17.

    uv run python benchmarks/key_recall.py > rnn_utils/data/key_recall.csv

About six minutes on one core. Each memory of each size gets the best of five rates, chosen on sequences and
with a seed of its own, and the same updates and sequences as all others. `accuracy` is the share of
the values given back, of 500 sequences of so many pairs (16 are the most in training).
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

from rnn_utils.experiments.key_recall import LONGEST, Memory, learn, numbers_kept, recalled

SIZES: dict[Memory, tuple[int, ...]] = {
    "attention": (2, 4, 8),
    "matrix state": (4, 8, 16, 32),
    "minimal GRU": (16, 32, 64, 128, 256),
    "GRU": (16, 32, 64, 128),
}
RATES = (0.003, 0.01, 0.03, 0.1, 0.3)
SEEDS, SEARCH_SEED, VALIDATION = range(5), 99, 2000
TESTED = (4, 8, 16, 32)


def validated(memory: Memory, size: int, rate: float) -> float:
    """Return what a memory gives back of other sequences, as long as the longest in training."""
    found = learn(memory, size, SEARCH_SEED, rate)
    return recalled(memory, found, LONGEST, seed=VALIDATION)


if __name__ == "__main__":
    print("memory,size,kept,learning_rate,seed,pairs,accuracy")
    for memory, sizes in SIZES.items():
        for size in sizes:
            rate = max(RATES, key=lambda rate: validated(memory, size, rate))
            for seed in SEEDS:
                found = learn(memory, size, seed, rate)
                for pairs in TESTED:
                    kept, share = (
                        numbers_kept(memory, size, pairs),
                        recalled(memory, found, pairs),
                    )
                    print(
                        f"{memory},{size},{kept},{rate},{seed},{pairs},{share:.4f}",
                        flush=True,
                    )
