"""Probabilities from scores: p_k = exp(y_k) / Σ_j exp(y_j), for each row."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_04.shared import (
    equal_scores,
    far_apart_scores,
    huge_scores,
    shifted,
    softmax_with,
)
from rnn_utils.layers.output import softmax


def _very_negative_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"y": rng.standard_normal((sizes["N"], sizes["O"])) - 1000.0}


def _ratio(e: np.ndarray) -> np.ndarray:
    return e / e.sum(axis=-1, keepdims=True)


def _exp_ratio(above: np.ndarray, below: np.ndarray, axis: int | None = -1) -> np.ndarray:
    return np.exp(above) / np.exp(below).sum(axis=axis, keepdims=True)


def _unsafe_softmax(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    """Name what went wrong with numbers that the formula on paper has no trouble with."""
    y, p = arguments["y"], got[0]
    if p.shape != y.shape:
        return None
    large = np.abs(y).max() > 500
    if not np.isfinite(p).all():
        says = (
            "what is subtracted is not the largest score of the row: some power still overflows, or "
            "all powers of a row vanish"
            if large
            else "the same number is subtracted from all scores, whatever they are, so that all powers "
            "vanish; take it from the scores of the row"
        )
        return Mistake("overflow" if large else "fixed number", says, softmax)
    if large:
        return Mistake(
            "patched",
            "large scores or nan are cut off or replaced, which makes unequal scores equal; with the "
            "right number subtracted first nothing needs a patch",
            softmax,
        )
    return None


EXERCISE = Exercise(
    name="softmax",
    lesson="04_output_layer",
    points=2,
    reference=softmax,
    outputs={"p": "N O"},
    draw=arrays(y="N O"),
    contract=Contract(
        sizes="NO",
        integers=("y",),
        zeros=("y",),
        tiny=("y",),
        edges=(
            Case("scores near ±1000", draw=huge_scores),
            Case("scores near −1000", draw=_very_negative_scores),
            Case("scores of +1000 and −1000 in one row", draw=far_apart_scores),
            Case("large scores that are all equal", draw=equal_scores),
        ),
    ),
    mistakes=(
        Mistake(
            "keepdims missing",
            "the largest values or the sums of the rows have the shape (N,), which NumPy lines up with "
            "the classes; `keepdims=True` keeps them (N, 1), one for each row",
            lambda y: np.exp(y) / np.exp(y).sum(axis=1),
        ),
        Mistake(
            "scores divided by their sum",
            "the scores are divided by their sum, without the exponential that makes them positive",
            lambda y: y / y.sum(axis=-1, keepdims=True),
        ),
        Mistake(
            "scores divided by the largest",
            "the scores are divided by the largest one; subtracting keeps their differences, dividing "
            "does not",
            lambda y: softmax_with(frozenset(), y / y.max(axis=-1, keepdims=True)),
        ),
        Mistake(
            "shifted above only",
            "the largest score is subtracted above the fraction and not below it",
            lambda y: _exp_ratio(shifted(y), y),
        ),
        Mistake(
            "shifted below only",
            "the largest score is subtracted below the fraction and not above it",
            lambda y: _exp_ratio(y, shifted(y)),
        ),
        Mistake(
            "powers subtracted",
            "the largest power is subtracted from the powers; the largest score belongs into the "
            "exponent",
            lambda y: _ratio(np.exp(y) - np.exp(y).max(axis=-1, keepdims=True)),
        ),
        Mistake(
            "summed over the batch",
            "the largest score is taken from each row, but the sum runs over the batch (axis 0)",
            lambda y: _exp_ratio(shifted(y), shifted(y), axis=0),
        ),
        Mistake(
            "summed over everything",
            "the largest score is taken from each row, but the sum runs over all rows together",
            lambda y: _exp_ratio(shifted(y), shifted(y), axis=None),
        ),
        Mistake(
            "largest absolute value subtracted",
            "the largest absolute value is subtracted, so that the powers of a row of large negative "
            "scores all vanish: it is the largest score that belongs there, sign included",
            lambda y: _exp_ratio(*[y - np.abs(y).max(axis=-1, keepdims=True)] * 2),
        ),
        Mistake(
            "patched below",
            "a small number is added below the fraction against 0/0; it makes the probabilities vanish "
            "there, and does not help against inf/inf",
            lambda y: np.exp(y) / (np.exp(y).sum(axis=-1, keepdims=True) + 1e-12),
        ),
        Mistake(
            "sigmoid",
            "a sigmoid is taken of each score by itself; the probabilities of a row should add up to 1",
            lambda y: 0.5 * (1 + np.tanh(0.5 * y)),
        ),
        Mistake(
            "winner takes all",
            "the largest score gets the probability 1 and the others 0; softmax shares it out",
            lambda y: (y == y.max(axis=-1, keepdims=True)).astype(float),
        ),
        *mistakes_in(
            softmax_with,
            {
                "over the batch": (
                    "the sum runs over the batch (axis 0); the probabilities of one row, over its "
                    "classes, should add up to 1"
                ),
                "over everything": (
                    "the sum runs over all rows together; each row should add up to 1 by itself"
                ),
                "not normalised": "the exponentials are not divided by their sum",
                "overflow": (
                    "exp overflows: subtracting the largest score of the row first changes nothing on "
                    "paper and everything in floating point"
                ),
                "largest of all subtracted": (
                    "the largest score of the whole batch is subtracted, so that exp of another row "
                    "is all zeros: each row needs its own largest"
                ),
                "minus in the exponent": "the exponent has the wrong sign",
                "powers of two": "powers of 2 are taken; softmax is made of powers of e",
                "logarithm": "the logarithm of the softmax is returned",
            },
        ),
    ),
    diagnose=_unsafe_softmax,
)
