"""The mean of (y − target)² over all values."""

import numpy as np

from rnn_utils.checks.framework.contract import Contract
from rnn_utils.checks.framework.draws import arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake
from rnn_utils.training.losses import mean_squared_error

EXERCISE = Exercise(
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
    mistakes=(
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
            "root",
            "the root of the mean is taken (that is the RMSE)",
            lambda y, targets: np.sqrt(((y - targets) ** 2).mean()),
        ),
        Mistake(
            "absolute values",
            "absolute values are averaged (that is the mean absolute error); expected are squares",
            lambda y, targets: np.abs(y - targets).mean(),
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
            "square missing",
            "the square is missing, so errors of opposite sign cancel",
            lambda y, targets: (y - targets).mean(),
        ),
        Mistake(
            "square of the mean",
            "the mean is squared; squares come first, then the mean",
            lambda y, targets: (y - targets).mean() ** 2,
        ),
        Mistake(
            "one loss per row",
            "there is one loss per row; expected is a single number",
            lambda y, targets: ((y - targets) ** 2).mean(axis=-1),
        ),
        Mistake(
            "one loss per column",
            "there is one loss per column; expected is a single number",
            lambda y, targets: ((y - targets) ** 2).mean(axis=0),
        ),
        Mistake(
            "not averaged",
            "the squares are returned as they are; expected is their mean, a single number",
            lambda y, targets: (y - targets) ** 2,
        ),
        Mistake(
            "added",
            "targets are added to y; the error is their difference",
            lambda y, targets: ((y + targets) ** 2).mean(),
        ),
        Mistake(
            "hat for a power",
            "a power is meant, which Python writes `**`; `^` is another operation, on bits",
            lambda y, targets: ((y - targets) ^ 2).mean(),
        ),
        Mistake(
            "times two",
            "the error is multiplied by 2 where it should be squared",
            lambda y, targets: (2 * (y - targets)).mean(),
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
            "variance",
            "this is the variance of the errors: their mean was subtracted, so that an error common "
            "to all goes unseen",
            lambda y, targets: (y - targets).var(),
        ),
        Mistake(
            "matrix product",
            "the errors are multiplied as matrices, which mixes different elements; square each by "
            "itself",
            lambda y, targets: ((y - targets).T @ (y - targets)).mean(),
        ),
        Mistake(
            "divided by the rows again",
            "the mean is divided by the number of rows once more",
            lambda y, targets: ((y - targets) ** 2).mean() / len(y),
        ),
        Mistake(
            "squares subtracted",
            "the squares are subtracted; square the difference",
            lambda y, targets: (y**2 - targets**2).mean(),
        ),
    ),
)
