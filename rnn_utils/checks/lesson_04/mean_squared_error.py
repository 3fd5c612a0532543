"""The mean of (y − target)² over all values; versions reduce the squares in other ways."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import Any

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, Version
from rnn_utils.checks.framework.version import in_version
from rnn_utils.training.losses import mean_squared_error


@dataclass(frozen=True)
class Reduction:
    """How many squared errors become one number.

    Attributes:
        key: the version's name; empty for the lesson's own.
        noun: what the number is called.
        asked: what is asked for.
        formula: the same in signs.
        of: makes the number, or those along an axis.
    """

    key: str
    noun: str
    asked: str
    formula: str
    of: Callable[..., Any]


MEAN = Reduction("", "mean", "the mean of the squared errors over all elements", "", np.mean)

#: What books and libraries take in its place; each is another number for N and O above one.
REDUCTIONS = (
    Reduction(
        "sum",
        "sum",
        "the **sum** of the squared errors over all elements",
        r"\sum_{n, o} (y_{n o} - t_{n o})^2",
        np.sum,
    ),
    Reduction(
        "half-sum",
        "half sum",
        "**half the sum** of the squared errors over all elements",
        r"\frac{1}{2} \sum_{n, o} (y_{n o} - t_{n o})^2",
        lambda values, axis=None: np.sum(values, axis) / 2,
    ),
    Reduction(
        "half-mean",
        "half mean",
        "**half the mean** of the squared errors over all elements",
        r"\frac{1}{2 N O} \sum_{n, o} (y_{n o} - t_{n o})^2",
        lambda values, axis=None: np.mean(values, axis) / 2,
    ),
    Reduction(
        "mean-of-sums",
        "mean over the sequences",
        "the squared errors **summed** over the outputs of each sequence, **averaged** over the sequences",
        r"\frac{1}{N} \sum_n \sum_o (y_{n o} - t_{n o})^2",
        lambda values, axis=None: np.sum(values, axis) / (len(values) if axis is None else 1),
    ),
    Reduction(
        "sum-of-means",
        "sum over the sequences",
        "the squared errors **averaged** over the outputs of each sequence, **summed** over the sequences",
        r"\frac{1}{O} \sum_n \sum_o (y_{n o} - t_{n o})^2",
        lambda values, axis=None: np.sum(values, axis) / (values.shape[-1] if axis != 0 else 1),
    ),
)


def _mistakes(reduction: Reduction) -> tuple[Mistake, ...]:
    of, noun = reduction.of, reduction.noun
    return (
        Mistake(
            "root",
            f"the root of the {noun} is taken" + ("" if reduction.key else " (that is the RMSE)"),
            lambda y, targets: np.sqrt(of((y - targets) ** 2)),
        ),
        Mistake(
            "absolute values",
            f"absolute values are taken in the {noun}; expected are squares"
            if reduction.key
            else "absolute values are averaged (that is the mean absolute error); expected are squares",
            lambda y, targets: of(np.abs(y - targets)),
        ),
        Mistake(
            "square missing",
            "the square is missing, so errors of opposite sign cancel",
            lambda y, targets: of(y - targets),
        ),
        Mistake(
            "square of the mean",
            f"the {noun} is squared; squares come first, then the {noun}",
            lambda y, targets: of(y - targets) ** 2,
        ),
        Mistake(
            "one loss per row",
            "there is one loss per row; expected is a single number",
            lambda y, targets: of((y - targets) ** 2, axis=-1),
        ),
        Mistake(
            "one loss per column",
            "there is one loss per column; expected is a single number",
            lambda y, targets: of((y - targets) ** 2, axis=0),
        ),
        Mistake(
            "not averaged",
            f"the squares are returned as they are; expected is their {noun}, a single number",
            lambda y, targets: (y - targets) ** 2,
        ),
        Mistake(
            "added",
            "targets are added to y; the error is their difference",
            lambda y, targets: of((y + targets) ** 2),
        ),
        Mistake(
            "hat for a power",
            "a power is meant, which Python writes `**`; `^` is another operation, on bits",
            lambda y, targets: of((y - targets) ^ 2),
        ),
        Mistake(
            "times two",
            "the error is multiplied by 2 where it should be squared",
            lambda y, targets: of(2 * (y - targets)),
        ),
        Mistake(
            "matrix product",
            "the errors are multiplied as matrices, which mixes different elements; square each by itself",
            lambda y, targets: of((y - targets).T @ (y - targets)),
        ),
        Mistake(
            "squares subtracted",
            "the squares are subtracted; square the difference",
            lambda y, targets: of(y**2 - targets**2),
        ),
    )


#: What is a mistake where the mean is asked for.
_OF_THE_MEAN = (
    Mistake(
        "sum",
        "the squares are added up; a mean divides by their number",
        lambda y, targets: ((y - targets) ** 2).sum(),
    ),
    Mistake(
        "half",
        "there is a factor of one half, which some books add for a tidier derivative; not here",
        lambda y, targets: ((y - targets) ** 2).mean() / 2,
    ),
    Mistake(
        "mean over rows only",
        "the sum is divided by the number of rows only; the mean runs over all elements",
        lambda y, targets: ((y - targets) ** 2).sum() / len(y),
    ),
    Mistake(
        "mean over columns only",
        "the sum is divided by the number of columns only; the mean runs over all elements",
        lambda y, targets: ((y - targets) ** 2).sum() / y.shape[-1],
    ),
    Mistake(
        "root of the sum",
        "this is the length of the error (a norm), the root of the sum; expected is the mean of "
        "the squares",
        lambda y, targets: np.sqrt(((y - targets) ** 2).sum()),
    ),
    Mistake(
        "root of the sum, divided",
        "the root of the sum is divided by the number of elements; no root is wanted",
        lambda y, targets: np.sqrt(((y - targets) ** 2).sum()) / y.size,
    ),
    Mistake(
        "divided by the rows again",
        "the mean is divided by the number of rows once more",
        lambda y, targets: ((y - targets) ** 2).mean() / len(y),
    ),
    Mistake(
        "variance",
        "this is the variance of the errors: their mean was subtracted, so that an error common "
        "to all goes unseen",
        lambda y, targets: (y - targets).var(),
    ),
)


@cache
def _record(reduction: Reduction) -> Exercise:
    def loss(y: np.ndarray, targets: np.ndarray) -> Any:
        return reduction.of((y - targets) ** 2)

    record = Exercise(
        name="mean_squared_error",
        lesson="04_output_layer",
        points=1,
        reference=mean_squared_error,
        outputs={"loss": ""},
        draw=arrays(y="N O", targets="N O"),
        contract=Contract(
            sizes="NO",
            integers=("y", "targets"),
            zeros=("y", "targets"),
            tiny=("y", "targets"),
        ),
        mistakes=_mistakes(reduction),
    )
    if reduction == MEAN:
        of_the_mean = record.mistakes + _OF_THE_MEAN
        return replace(record, mistakes=of_the_mean, versions=tuple(map(_version, REDUCTIONS)))
    return in_version(record, reduction.key, loss)


def _version(reduction: Reduction) -> Version:
    y, targets = np.array([[1.0, 5.0], [2.0, 2.0], [0.0, 3.0]]), np.full((3, 2), 2.0)
    task = rf"""
Return {reduction.asked}:

$$L = {reduction.formula}$$

<details><summary>First hint: where to look</summary>

There are three operations: a difference, a square, and what makes one number of many. Does their order
matter for the errors $(-1, 3)$?

</details>

<details><summary>Second hint: the plan</summary>

The difference of the two arrays has their shape, and so has its square. Which numbers does your formula
add up, and by what does it divide?

</details>
"""
    stub = f'''
def mean_squared_error(y, targets):
    """Return {reduction.asked.replace("**", "")}.

    y: outputs, shape (N, O)
    targets: what they should have been, shape (N, O)
    returns: one number

    >>> y, targets = np.array({y.tolist()}), np.full((3, 2), 2.0)
    >>> round(float(mean_squared_error(y, targets)), 3)
    {round(float(reduction.of((y - targets) ** 2)), 3)}
    """
'''
    return Version(reduction.key, task.strip(), stub.strip(), partial(_record, reduction))


EXERCISE = _record(MEAN)
