"""What the exercises of lesson 04, the output layer, share."""

import numpy as np

from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.shared_mistakes.step import Made


def softmax_with(made: Made, y: np.ndarray) -> np.ndarray:
    axis = 0 if "over the batch" in made else None if "over everything" in made else -1
    if "largest of all subtracted" in made:
        y = y - y.max()
    elif "overflow" not in made:
        y = y - y.max(axis=axis, keepdims=True)
    if "minus in the exponent" in made:
        y = -y
    e = 2.0**y if "powers of two" in made else np.exp(y)
    if "not normalised" in made:
        return e
    p = e / e.sum(axis=axis, keepdims=True)
    return np.log(p) if "logarithm" in made else p


def shifted(y: np.ndarray) -> np.ndarray:
    return y - y.max(axis=-1, keepdims=True)


def huge_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows around +1000 and around −1000: neither may overflow nor vanish."""
    y = rng.standard_normal((sizes["N"], sizes["O"]))
    return {"y": y + np.where(np.arange(sizes["N"]) % 2, -1000.0, 1000.0)[:, None]}


def far_apart_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"y": 1000.0 * rng.choice([-1.0, 1.0], (sizes["N"], sizes["O"]))}


def probabilities(y: np.ndarray) -> np.ndarray:
    return softmax_with(frozenset(), y)


def equal_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows of large scores that are all equal: 900 in one row, −900 in the next."""
    rows = np.where(np.arange(sizes["N"]) % 2, -900.0, 900.0)[:, None]
    return {"y": np.tile(rows, (1, sizes["O"]))}
