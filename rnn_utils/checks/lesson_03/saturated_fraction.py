"""The part of the states with |h| > threshold."""

import numpy as np

from rnn_utils.analysis.dynamics import saturated_fraction
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake


def _states_and_threshold(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shape = tuple(sizes[letter] for letter in "TNH")
    return {
        "h": np.tanh(1.5 * rng.standard_normal(shape)),
        "threshold": round(rng.uniform(0.4, 0.9), 2),
    }


def _at_the_threshold(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw states of which some are as large as the threshold, and so not above it."""
    shape = tuple(sizes[letter] for letter in "TNH")
    return {"h": rng.choice([-0.75, -0.5, -0.25, 0.25, 0.5, 0.75], shape), "threshold": 0.5}


def _no_threshold(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    shape = tuple(sizes[letter] for letter in "TNH")
    return {"h": rng.choice([-0.5, 0.0, 0.5], shape), "threshold": 0.0}


EXERCISE = Exercise(
    name="saturated_fraction",
    lesson="03_tanh",
    points=1,
    reference=saturated_fraction,
    outputs={"fraction": ""},
    draw=_states_and_threshold,
    contract=Contract(
        sizes="TNH",
        zeros=("h",),
        any_shape=("h",),
        edges=(
            Case("a state exactly at the threshold", draw=_at_the_threshold),
            Case("a threshold of 0", draw=_no_threshold),
        ),
    ),
    mistakes=(
        Mistake(
            "at the threshold too",
            "a state exactly at the threshold counts (`>=`); it is saturated above it (`>`)",
            lambda h, threshold: np.mean(np.abs(h) >= threshold),
        ),
        Mistake(
            "one side only",
            "only states near +1 are counted; tanh saturates at −1 as well",
            lambda h, threshold: np.mean(h > threshold),
        ),
        Mistake(
            "negative side only",
            "only states near −1 are counted; tanh saturates at +1 as well",
            lambda h, threshold: np.mean(h < -threshold),
        ),
        Mistake(
            "square compared",
            "h² is compared with the threshold; it is the size |h| that is above it or not",
            lambda h, threshold: np.mean(h**2 > threshold),
        ),
        *(
            Mistake(
                "slope compared",
                "the slope 1 − h² is compared with the threshold; the threshold is for the size |h|",
                lambda h, threshold, sign=sign: np.mean(sign * (1 - h**2) > sign * threshold),
            )
            for sign in (1, -1)
        ),
        *(
            Mistake(
                "threshold of its own",
                "the threshold is a fixed number of your own; it comes as an argument",
                lambda h, threshold, own=own: np.mean(np.abs(h) > own),
            )
            for own in (0.95, 0.9, 0.99)
        ),
        Mistake(
            "always 0",
            "one question is asked of the whole array, or one that no state passes: the answer is always 0",
            lambda h, threshold: 0.0,
        ),
        Mistake(
            "always 1",
            "one question is asked of the whole array, or one that every state passes: the answer is always "
            "1",
            lambda h, threshold: 1.0,
        ),
        *(
            Mistake(
                "one step only",
                "only one step is looked at; h may have any shape, and all of it counts",
                lambda h, threshold, t=t: np.mean(np.abs(h[t]) > threshold),
            )
            for t in (0, -1)
        ),
        *(
            Mistake(
                "divided by one axis",
                "the count is divided by the length of one axis; h.size counts all states",
                lambda h, threshold, axis=axis: np.sum(np.abs(h) > threshold) / h.shape[axis],
            )
            for axis in (1, 2)
        ),
        Mistake(
            "mean size",
            "the sizes of the states are averaged; expected is how many of them are above the threshold",
            lambda h, threshold: np.mean(np.abs(h)),
        ),
        Mistake(
            "mean of the saturated",
            "the saturated states are averaged; expected is how many there are of them",
            lambda h, threshold: np.mean(h[np.abs(h) > threshold]),
        ),
        Mistake(
            "one number per sequence and step",
            "there are many fractions, one for each place of two axes; expected is one over all states",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=-1),
        ),
        Mistake(
            "one number per sequence and unit",
            "there are many fractions, one for each place of two axes; expected is one over all states",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=0),
        ),
        Mistake(
            "count",
            "the saturated states are counted; a fraction divides by the number of all states",
            lambda h, threshold: np.sum(np.abs(h) > threshold),
        ),
        Mistake(
            "upside down",
            "the states that are not saturated are counted",
            lambda h, threshold: np.mean(np.abs(h) <= threshold),
        ),
        Mistake(
            "one number per step",
            "there is one fraction per step; expected is one over all states together",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=(1, 2)),
        ),
        Mistake(
            "one number per unit",
            "there is one fraction per unit; expected is one over all states together",
            lambda h, threshold: np.mean(np.abs(h) > threshold, axis=(0, 1)),
        ),
        Mistake(
            "percent",
            "this is in percent; a fraction lies between 0 and 1",
            lambda h, threshold: 100 * np.mean(np.abs(h) > threshold),
        ),
        Mistake(
            "divided by the length",
            "the count is divided by len(h), which is the first axis only; h.size counts all",
            lambda h, threshold: np.sum(np.abs(h) > threshold) / len(h),
        ),
        Mistake(
            "tanh once more",
            "tanh is applied to h once more, but h holds states, which are outputs of tanh already",
            lambda h, threshold: np.mean(np.abs(np.tanh(h)) > threshold),
        ),
        Mistake(
            "marks instead of a fraction",
            "the marks of the single states are returned; expected is their mean",
            lambda h, threshold: np.abs(h) > threshold,
        ),
        Mistake(
            "mean of the states",
            "the saturated states themselves are averaged; expected is how many there are of them",
            lambda h, threshold: np.mean(np.where(np.abs(h) > threshold, np.abs(h), 0.0)),
        ),
    ),
)
