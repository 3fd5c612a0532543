"""Who reverses a word, and who writes a date: the long form of lesson 16's experiment.

    uv run python benchmarks/translation.py > rnn_utils/data/translation.csv

About five minutes on one core. Both networks have nearly as many parameters (51 numbers in a state
without attention, 48 with it), and each gets the best of four rates, chosen by the loss of
other words with a seed of its own. `accuracy` is the share of 300 texts written without a mistake.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `rnn-course` sets it

import numpy as np

from rnn_utils.experiments import translation

SIZES = {"no": 51, "yes": 48}
RATES = (0.003, 0.01, 0.03, 0.1)
SEEDS = range(5)
UPDATES = 1200
LETTERS = translation.END + "abcdefghij"
TESTED = (2, 4, 6, 8, 9, 10, 12)


def trained(attention: str, seed: int, rate: float) -> tuple[translation.Translator, float]:
    """Return a translator of reversals of 1 to 8 letters, and its loss on other words of that kind."""
    start = translation.initialise(
        len(LETTERS), SIZES[attention], attention == "yes", np.random.default_rng(seed)
    )
    found = translation.learn(
        start,
        lambda rng: translation.reversal(rng, range(1, 9), 32),
        LETTERS,
        UPDATES,
        seed,
        learning_rate=rate,
    )
    others = translation.reversal(np.random.default_rng(1000), range(1, 9), 300)
    return found, translation.loss_and_gradients(found, others, LETTERS)[0]


def right(network: translation.Translator, length: int) -> float:
    """Return the share of words of a length that are written without a mistake."""
    pairs = translation.reversal(np.random.default_rng(2000 + length), [length], 300)
    written = translation.translate(network, [word for word, _ in pairs], LETTERS, length + 4)
    return float(
        np.mean([text == wanted for text, (_, wanted) in zip(written, pairs, strict=True)])
    )


if __name__ == "__main__":
    print("attention,learning_rate,seed,length,accuracy")
    for attention in SIZES:
        rate = min(RATES, key=lambda rate: trained(attention, 99, rate)[1])
        for seed in SEEDS:
            network, _ = trained(attention, seed, rate)
            for length in TESTED:
                print(
                    f"{attention},{rate},{seed},{length},{right(network, length):.4f}", flush=True
                )
