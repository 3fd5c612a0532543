"""Weights that sum to one over a sequence's own steps: w_t = exp(s_t) / Σ_u exp(s_u), u < length."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_16.shared import all_full, lengths
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.layers.attention import masked_softmax


def _scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N = sizes["T"], sizes["N"]
    return {"scores": 1.5 * rng.standard_normal((T, N)), "lengths": lengths(rng, T, N)}


def _large(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores(rng, sizes)
    return arguments | {"scores": 1000.0 * arguments["scores"]}


def _all_negative(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores(rng, sizes)
    return arguments | {"scores": arguments["scores"] - 1000.0}


def _large_behind(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores(rng, sizes)
    behind = np.arange(sizes["T"])[:, None] >= arguments["lengths"]
    return arguments | {"scores": arguments["scores"] + 2000.0 * behind}


def _far_apart(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Padding lies more than 10,000 above the rest, and all scores are in the thousands."""
    arguments = _scores(rng, sizes)
    behind = np.arange(sizes["T"])[:, None] >= arguments["lengths"]
    return arguments | {"scores": arguments["scores"] + np.where(behind, 6000.0, -5000.0)}


def _all_alike(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores(rng, sizes | {"T": 5, "N": 5})
    return arguments | {"scores": np.zeros((5, 5)), "lengths": np.array([1, 2, 3, 4, 5])}


def _weights(made: Made, scores: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    T, N = scores.shape
    steps = np.arange(T)[:, None]
    inside = steps <= lengths if "one step too many" in made else steps < lengths
    if "one step too few" in made:
        inside = steps < np.maximum(lengths - 1, 1)
    if "no mask" in made:
        inside = np.ones((T, N), dtype=bool)
    if "longest for all" in made:
        inside = np.broadcast_to(steps < lengths.max(), (T, N))
    if "first length for all" in made:
        inside = np.broadcast_to(steps < lengths[0], (T, N))
    if "filled up in front" in made:
        inside = steps >= T - lengths
    axis = 1 if {"over the batch", "over the batch, none at −∞"} & set(made) else 0
    if "mask after the softmax" in made:
        e = np.exp(scores - scores.max(axis=axis))
        return e / e.sum(axis=axis) * inside
    below = -1e9 if "over the batch, none at −∞" in made else -np.inf
    kept = scores * inside if "scores zeroed" in made else np.where(inside, scores, below)
    if "mask turned round" in made:
        kept = np.where(inside & (lengths < T), -np.inf, scores)
    if "mask turned round, nothing left" in made:
        kept = np.where(inside, -np.inf, scores)
    if "minus infinity times the mask" in made:
        with np.errstate(all="ignore"):
            kept = scores + ~inside * -np.inf
    if "lowered by 10,000" in made or "lowered by 100" in made:
        kept = scores - (10_000.0 if "lowered by 10,000" in made else 100.0) * ~inside
    if "padding at −1000" in made or "padding at −100" in made:
        kept = np.where(inside, scores, -1000.0 if "padding at −1000" in made else -100.0)
    if "overflows, then masked" in made:
        e = np.exp(scores) * inside
    elif "one largest for all" in made:
        e = np.exp(kept - np.max(kept))
    elif "largest of all" in made:
        e = np.exp(kept - scores.max(axis=0))
    elif "overflows" in made:
        e = np.exp(kept)
    else:
        e = np.exp(kept - kept.max(axis=axis, keepdims=True))
    if "no sum" in made:
        return e
    if "over everything" in made:
        e = np.exp(kept - np.max(kept))
        return e / e.sum()
    if "mean" in made:
        return inside / inside.sum(axis=0)
    return e / e.sum(axis=axis, keepdims=True)


EXERCISE = Exercise(
    name="masked_softmax",
    lesson="16_attention",
    points=2,
    reference=masked_softmax,
    outputs={"weights": "T N"},
    draw=_scores,
    contract=Contract(
        sizes="TN",
        edges=(
            Case("no padding at all", draw=all_full(_scores)),
            Case("scores in the thousands", draw=_large),
            Case("all scores near −1000", draw=_all_negative),
            Case("the largest scores in the padding", draw=_large_behind),
            Case("padding that lies 10,000 above the rest", draw=_far_apart),
            Case("all scores alike, T = N", draw=_all_alike),
        ),
    ),
    mistakes=mistakes_in(
        _weights,
        {
            "no mask": (
                "the lengths are not used: padding gets weight too, as if it were part of the sequence"
            ),
            "mask after the softmax": (
                "the mask comes after the softmax: what padding got is thrown away, and the rest no "
                "longer sums "
                "to one"
            ),
            "scores zeroed": (
                "scores of padding are set to 0, and exp(0) is 1: they still get weight. What score has "
                "the "
                "exponential 0?"
            ),
            "mask turned round": "the mask is turned round: padding is kept, and the sequence left out",
            "mask turned round, nothing left": (
                "the mask is turned round: padding is kept, and where there is none nothing is left to weigh"
            ),
            "padding at −1000": (
                "padding is given the score −1000, and a sequence's own scores may be as low; what score is "
                "below all others?"
            ),
            "padding at −100": (
                "padding is given the score −100, and a sequence's own scores may be lower; what score is "
                "below all others?"
            ),
            "over everything": (
                "the softmax runs over all steps of all sequences; each sequence's weights sum to one by "
                "themselves"
            ),
            "one step too many": (
                "one step too many counts: a sequence of length 3 has the steps 0, 1 and 2"
            ),
            "one step too few": "the last step of each sequence is left out",
            "over the batch": (
                "the softmax runs over the sequences of the batch (axis 1); weights sum to one over the "
                "steps of "
                "each sequence"
            ),
            "lowered by 10,000": (
                "a fixed number is taken off the scores of padding: if they are high enough they still win; "
                "replace them"
            ),
            "lowered by 100": (
                "100 is taken off the scores of padding: if they are high enough they still win; replace them"
            ),
            "minus infinity times the mask": (
                "the mask is multiplied by minus infinity: 0 times infinity is nan (not a number), so no own "
                "step keeps its score; choose with `np.where`"
            ),
            "longest for all": (
                "the longest length is used for all sequences; each has a length of its own"
            ),
            "first length for all": (
                "the first length is used for all sequences; each has a length of its own"
            ),
            "filled up in front": (
                "the mask expects the padding before the sequence; it stands behind its end"
            ),
            "over the batch, none at −∞": (
                "the softmax runs over the sequences of the batch (axis 1, or −1); weights sum to one over "
                "the steps of each sequence"
            ),
            "overflows": (
                "the exponential of large scores overflows: subtract the largest first, which changes "
                "nothing else"
            ),
            "overflows, then masked": (
                "the exponential of large scores overflows before the mask is put on: subtract the largest "
                "first, which changes nothing else"
            ),
            "one largest for all": (
                "the largest score of the whole batch is subtracted: a sequence whose own are far lower is "
                "left with exponentials of 0"
            ),
            "largest of all": (
                "what is subtracted is the largest score of all steps, padding included: where that is "
                "far larger "
                "than the sequence's own, all exponentials are 0"
            ),
            "no sum": "the exponentials are not divided by their sum",
            "mean": "every step of a sequence gets the same weight; the scores are not used",
        },
        together=1,
    ),
)
