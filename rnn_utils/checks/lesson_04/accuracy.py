"""The part of the rows whose largest score is that of the right class: mean(argmax_k y = k*)."""

import numpy as np

from rnn_utils.checks.framework.contract import EQUAL, Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.checks.lesson_04.shared import (
    probabilities,
)
from rnn_utils.training.losses import accuracy


def _half_right(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw scores of which two thirds are right, over more rows than classes.

    With two classes, what is wrong with one is right with the other, and mistakes look alike. The
    largest score of all stands in the first row, so that its place is some row's class.
    """
    rows = 3 * sizes["N"] if sizes["N"] > 1 else 1
    O = 3 if sizes["O"] == 2 else sizes["O"]  # noqa: E741
    y = rng.standard_normal((rows, O))
    targets = y.argmax(axis=-1)
    y[0, targets[0]] += 10.0
    wrong = rng.permutation(rows)[: rows // 3]
    targets[wrong] = (targets[wrong] + 1 + np.arange(len(wrong)) % max(O - 1, 1)) % O
    return {"y": y, "targets": targets}


def _square(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw as many rows as classes, all of them right, where the best row of each class is another."""
    O = sizes["O"] + 3  # noqa: E741
    targets = (np.arange(O) + 1) % O
    y = rng.standard_normal((O, O))
    y[np.arange(O), targets] += 10.0
    return {"y": y, "targets": targets}


def _negative(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _half_right(rng, sizes)
    return arguments | {"y": arguments["y"] - 50.0}


def _hits(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return y.argmax(axis=-1) == targets


def _no_fraction(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    """Tell apart what gives 0 for every batch, by the kind of the number, and see a rounding."""
    y, targets = arguments.values()
    value = got[0]
    if value.ndim:
        return None
    if value.dtype.kind == "b":
        return Mistake(
            "all or nothing",
            "this says whether all rows are right; expected is the fraction of them",
            accuracy,
        )
    if value == 0 and value.dtype.kind in "iu":
        return Mistake(
            "whole division",
            "the count is divided by `//`, which leaves no fraction",
            accuracy,
        )
    if value == 0:
        return Mistake(
            "value instead of place",
            "no row counts as right: what is to be compared with the target is the place of the "
            "largest score in its row, not its value",
            accuracy,
        )
    if abs(value - accuracy(y, targets)) < 0.05 and value == np.round(value, 2):
        return Mistake("rounded", "the fraction is rounded; return it as it is", accuracy)
    return None


EXERCISE = Exercise(
    name="accuracy",
    lesson="04_output_layer",
    points=1,
    reference=accuracy,
    outputs={"fraction": ""},
    draw=_half_right,
    contract=Contract(
        sizes="NO",
        tiny=("y",),
        edges=(
            Case("as many rows as classes", draw=_square, says=EQUAL),
            Case("scores that are all negative", draw=_negative),
        ),
    ),
    mistakes=(
        Mistake(
            "count",
            "the right answers are counted; a fraction divides by how many there are",
            lambda y, targets: _hits(y, targets).sum(),
        ),
        Mistake(
            "percent",
            "this is in percent; a fraction lies between 0 and 1",
            lambda y, targets: 100 * _hits(y, targets).mean(),
        ),
        Mistake(
            "error rate",
            "this is the fraction of wrong answers",
            lambda y, targets: 1 - _hits(y, targets).mean(),
        ),
        Mistake(
            "smallest score",
            "the class with the smallest score is taken for the answer; it is the largest",
            lambda y, targets: np.mean(y.argmin(axis=-1) == targets),
        ),
        Mistake(
            "over the batch",
            "argmax runs over the batch (axis 0); the answer of a row is its largest score",
            lambda y, targets: np.mean(y.argmax(axis=0) == targets),
        ),
        Mistake(
            "marks instead of a fraction",
            "the marks of the single rows are returned; expected is their mean",
            lambda y, targets: _hits(y, targets),
        ),
        Mistake(
            "divided by the classes",
            "the count is divided by the number of classes; it should be the number of rows",
            lambda y, targets: _hits(y, targets).sum() / y.shape[-1],
        ),
        Mistake(
            "argmax of everything",
            "argmax runs over the whole array and finds one place; each row has its own answer",
            lambda y, targets: np.mean(y.argmax() == targets),
        ),
        Mistake(
            "divided by all elements",
            "the count is divided by the number of all scores; it should be the number of rows",
            lambda y, targets: _hits(y, targets).sum() / y.size,
        ),
        Mistake(
            "classes counted from 1",
            "the classes are counted from 1; argmax and the targets count from 0",
            lambda y, targets: np.mean(y.argmax(axis=-1) + 1 == targets),
        ),
        Mistake(
            "every row with every target",
            "every row is compared with every target: one side has the shape (N, 1), the other (N,)",
            lambda y, targets: np.mean(y.argmax(axis=-1)[:, None] == targets),
        ),
        Mistake(
            "score above a half",
            "a row counts as right if its target's score is above 0.5; what matters is whether it is "
            "the largest of the row",
            lambda y, targets: np.mean(y[np.arange(len(y)), targets] > 0.5),
        ),
        Mistake(
            "probability above a half",
            "a row counts as right if its target has a probability above 0.5; the largest of the row "
            "may be smaller than that",
            lambda y, targets: np.mean(probabilities(y)[np.arange(len(y)), targets] > 0.5),
        ),
        Mistake(
            "mean probability",
            "this is the mean probability of the targets; a row is either right or wrong",
            lambda y, targets: probabilities(y)[np.arange(len(y)), targets].mean(),
        ),
        Mistake(
            "largest score of all",
            "the target's score is compared with the largest of the whole batch; each row has its own",
            lambda y, targets: np.mean(y[np.arange(len(y)), targets] == y.max()),
        ),
    ),
    diagnose=_no_fraction,
)
