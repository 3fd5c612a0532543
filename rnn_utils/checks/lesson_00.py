"""Lesson 00, start here."""

import numpy as np

from rnn_utils.checks.exercise import Exercise, Mistake, arrays
from rnn_utils.sequences import running_mean

_LESSON = "00_start_here"

EXERCISES = (
    Exercise(
        name="running_mean",
        lesson=_LESSON,
        points=1,
        reference=running_mean,
        outputs={"means": "T"},
        draw=arrays(xs="T"),
        letters="T",
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
                "each mean leaves out the current value; it belongs to the values so far",
                lambda xs: np.concatenate(
                    [[0.0], (np.cumsum(xs) / np.arange(1, len(xs) + 1))[:-1]]
                ),
            ),
            Mistake(
                "mean of two neighbours",
                "only the current value and the one before it are averaged; all values so far belong",
                lambda xs: (xs + np.concatenate([xs[:1], xs[:-1]])) / 2,
            ),
        ),
    ),
)
