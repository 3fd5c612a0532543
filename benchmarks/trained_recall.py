"""Who learns to give back the value of a key: lesson 17's last experiment, trained.

    uv run python benchmarks/trained_recall.py > rnn_utils/data/trained_recall.csv

About three minutes on one core. The networks are those of lesson 16: a GRU reads, a GRU writes; without
attention the writer has one state of 51 numbers, with it all states of 48. Both have nearly as many
parameters, see texts of 1 to 8 pairs, and take the better of two rates by the loss of other texts with a
seed of its own. `accuracy` is the share of 300 texts answered rightly.
The checksum in `rnn_utils/data/sources.py` has to follow.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import numpy as np

from rnn_utils.experiments import translation
from rnn_utils.experiments.key_recall import KEYS, VALUES, recall_questions

SIZES = {"no": 51, "yes": 48}
RATES = (0.01, 0.03)
SEEDS, SEARCH_SEED = range(5), 99
UPDATES = 1000
LETTERS = translation.END + KEYS + VALUES
TESTED = (1, 2, 4, 8, 12)


def trained(attention: str, seed: int, rate: float) -> tuple[translation.Translator, float]:
    """Return a network trained on 1 to 8 pairs, and its loss on other texts of that kind."""
    start = translation.initialise(
        len(LETTERS), SIZES[attention], attention == "yes", np.random.default_rng(seed)
    )
    found = translation.learn(
        start,
        lambda rng: recall_questions(rng, range(1, 9), 32),
        LETTERS,
        UPDATES,
        seed,
        learning_rate=rate,
    )
    others = recall_questions(np.random.default_rng(1000), range(1, 9), 300)
    return found, translation.loss_and_gradients(found, others, LETTERS)[0]


def right(network: translation.Translator, pairs: int) -> float:
    """Return the share of texts with so many pairs that are answered rightly."""
    asked = recall_questions(np.random.default_rng(2000 + pairs), [pairs], 300)
    written = translation.translate(network, [text for text, _ in asked], LETTERS, 3)
    return float(
        np.mean([text == wanted for text, (_, wanted) in zip(written, asked, strict=True)])
    )


if __name__ == "__main__":
    print("attention,learning_rate,seed,pairs,accuracy")
    for attention in SIZES:
        rate = min(RATES, key=lambda rate: trained(attention, SEARCH_SEED, rate)[1])
        for seed in SEEDS:
            network, _ = trained(attention, seed, rate)
            for pairs in TESTED:
                print(f"{attention},{rate},{seed},{pairs},{right(network, pairs):.4f}", flush=True)
