"""The mean of the values so far: m_t = (x_1 + … + x_t) / t."""

import numpy as np

from rnn_utils.cells.recurrence import running_mean
from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays, scaled
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _means(xs: np.ndarray) -> np.ndarray:
    """Return the right means, for mistakes that spoil them afterwards."""
    return np.cumsum(xs) / np.arange(1, len(xs) + 1)


def _halfway(xs: np.ndarray) -> np.ndarray:
    means = xs.copy()
    for t in range(1, len(xs)):
        means[t] = (means[t - 1] + xs[t]) / 2
    return means


def _current_missing(xs: np.ndarray, first: float) -> np.ndarray:
    return np.concatenate([[first], _means(xs)[:-1]])


_CURRENT_MISSING = "each mean leaves out the current value; it belongs to the values so far"


def _without_brackets(xs: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.cumsum(xs) / np.arange(len(xs)) + 1


EXERCISE = Exercise(
    name="running_mean",
    lesson="00_start_here",
    points=1,
    reference=running_mean,
    outputs={"means": "T"},
    draw=scaled(arrays(xs="T"), xs=10.0),  # so that rounding shows
    contract=Contract(
        sizes="T",
        integers=("xs",),
        zeros=("xs",),
        tiny=("xs",),
    ),
    mistakes=(
        Mistake(
            "sum without division",
            "the running sum is returned; a mean divides it by how many values it holds",
            lambda xs: np.cumsum(xs),
        ),
        Mistake(
            "divided by all",
            "every sum is divided by the number of all values, also of those still to come",
            lambda xs: np.cumsum(xs) / len(xs),
        ),
        Mistake(
            "count one short",
            "the count is one short: Python counts from 0, but after index t there are t + 1 "
            "values",
            lambda xs: np.cumsum(xs) / np.arange(len(xs)),
        ),
        Mistake(
            "count one too large",
            "the count is one too large: after index t there are t + 1 values",
            lambda xs: np.cumsum(xs) / np.arange(2, len(xs) + 2),
        ),
        Mistake(
            "one mean of all",
            "only the mean of all values is returned; expected is one mean after every value",
            lambda xs: np.mean(xs),
        ),
        Mistake(
            "mean of all, repeated",
            "the mean of all values stands at every place; each place may only see the values "
            "up to there",
            lambda xs: np.full(len(xs), np.mean(xs)),
        ),
        Mistake(
            "the current value is missing",
            _CURRENT_MISSING,
            lambda xs: _current_missing(xs, first=0.0),
        ),
        Mistake(
            "the current value is missing, no value at first",
            _CURRENT_MISSING,
            lambda xs: _current_missing(xs, first=np.nan),
        ),
        Mistake(
            "mean of two neighbours",
            "only the current value and the one before it are averaged; all values so far belong",
            lambda xs: (xs + np.concatenate([xs[:1], xs[:-1]])) / 2,
        ),
        Mistake(
            "halfway to the current value",
            "each mean lies halfway between the mean before it and the current value; after index t "
            "the current value is only one of t + 1",
            _halfway,
        ),
        Mistake(
            "divided before summing",
            "each value is divided by its own count before it is summed; divide the whole sum so far",
            lambda xs: np.cumsum(xs / np.arange(1, len(xs) + 1)),
        ),
        Mistake(
            "divided by zero",
            "the count starts at 0; after index t there are t + 1 values, the current one included",
            lambda xs: np.array([sum(xs[:t]) / t for t in range(len(xs))]),
        ),
        Mistake(
            "brackets missing",
            "brackets are missing: `total / t + 1` divides by t and then adds 1; `total / (t + 1)` divides "
            "by t + 1",
            _without_brackets,
        ),
        Mistake(
            "one count too many",
            "there is one count too many: the counts are 1 to T, one for each value",
            lambda xs: np.cumsum(xs) / np.arange(len(xs) + 1),
        ),
        Mistake(
            "only the first value",
            "only the first mean is returned, as a `return` inside the loop would do",
            lambda xs: xs[0],
        ),
        Mistake(
            "the last mean is missing",
            "the last mean is missing; there are as many means as values",
            lambda xs: _means(xs)[:-1],
        ),
        Mistake(
            "a zero in front",
            "a zero stands in front; the first mean is the first value itself",
            lambda xs: np.concatenate([[0.0], _means(xs)]),
        ),
        Mistake(
            "from the end",
            "each mean is over the values still to come; it belongs to the values so far",
            lambda xs: _means(xs[::-1])[::-1],
        ),
        Mistake(
            "rounded down",
            "the means are rounded down: `//` divides without a remainder, `/` keeps the fraction",
            lambda xs: np.floor(_means(xs)),
        ),
        Mistake(
            "kept as integers",
            "the fractions are cut off: an array of integers cannot keep them",
            lambda xs: np.trunc(_means(xs)),
        ),
    ),
)
