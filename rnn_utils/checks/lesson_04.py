"""Lesson 04, the output layer."""

import numpy as np

from rnn_utils.checks.exercise import Arguments, Case, Exercise, Mistake, Sizes, arrays, slips
from rnn_utils.checks.steps import Slips
from rnn_utils.losses import accuracy, cross_entropy, mean_squared_error
from rnn_utils.output import output_layer, softmax

_LESSON = "04_output_layer"


# output_layer ------------------------------------------------------------------------------------


def _output(made: Slips, h_t: np.ndarray, W_hy: np.ndarray, b_y: np.ndarray) -> np.ndarray:
    y = h_t @ W_hy.T
    if "bias missing" not in made:
        y = y - b_y if "bias subtracted" in made else y + b_y
    if "bias twice" in made:
        y = y + b_y
    if "tanh of the scores" in made:
        return np.tanh(y)
    if "sigmoid of the scores" in made:
        return 0.5 * (1 + np.tanh(0.5 * y))
    if "relu of the scores" in made:
        return np.maximum(y, 0.0)
    if "softmax of the scores" in made:
        return _softmax(frozenset(), y)
    if "classes instead of scores" in made:
        return y.argmax(axis=-1)
    if "tanh of the state" in made:
        return _output(made - {"tanh of the state"}, np.tanh(h_t), W_hy, b_y)
    return y


_OUTPUT_LAYER = Exercise(
    name="output_layer",
    lesson=_LESSON,
    points=1,
    reference=output_layer,
    outputs={"y_t": "N O"},
    draw=arrays(h_t="N H", W_hy="O H", b_y="O"),
    letters="NHO",
    mistakes=slips(
        _output,
        {
            "bias missing": "the bias b_y is missing",
            "bias subtracted": "the bias b_y is subtracted",
            "bias twice": "the bias b_y is added twice",
            "softmax of the scores": "a softmax is applied; y_t are the scores before any softmax",
            "tanh of the scores": "tanh is applied to the scores; the output layer has no activation",
            "sigmoid of the scores": "a sigmoid is applied; the output layer has no activation",
            "relu of the scores": "a ReLU is applied; the output layer has no activation",
            "tanh of the state": "tanh is applied to h_t once more; the state is its output already",
            "classes instead of scores": (
                "the class with the largest score is returned; expected are the scores themselves"
            ),
        },
    ),
)


# softmax -----------------------------------------------------------------------------------------


def _softmax(made: Slips, y: np.ndarray) -> np.ndarray:
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


def _plain_ratio(y: np.ndarray) -> np.ndarray:
    return y / y.sum(axis=-1, keepdims=True)


def _huge_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows around +1000 and around −1000: neither may overflow nor vanish."""
    y = rng.standard_normal((sizes["N"], sizes["O"]))
    return {"y": y + np.where(np.arange(sizes["N"]) % 2, -1000.0, 1000.0)[:, None]}


def _far_apart_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"y": 1000.0 * rng.choice([-1.0, 1.0], (sizes["N"], sizes["O"]))}


_SOFTMAX = Exercise(
    name="softmax",
    lesson=_LESSON,
    points=2,
    reference=softmax,
    outputs={"p": "N O"},
    draw=arrays(y="N O"),
    letters="NO",
    edges=(
        Case("scores near ±1000", draw=_huge_scores),
        Case("scores of +1000 and −1000 in one row", draw=_far_apart_scores),
    ),
    mistakes=(
        Mistake(
            "scores divided by their sum",
            "the scores are divided by their sum, without the exponential that makes them positive",
            _plain_ratio,
        ),
        *slips(
            _softmax,
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
)


# cross_entropy -----------------------------------------------------------------------------------


def _scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, O = sizes["N"], sizes["O"]  # noqa: E741
    return {"y": rng.standard_normal((N, O)), "targets": rng.integers(0, O, N)}


def _huge_scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw scores so far apart that the probability of most targets rounds to zero."""
    return _far_apart_scores(rng, sizes) | {
        "targets": rng.integers(0, sizes["O"], sizes["N"]),
    }


def _offset_scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return _huge_scores(rng, sizes) | {"targets": rng.integers(0, sizes["O"], sizes["N"])}


def _cross_entropy(made: Slips, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    N, O = y.shape  # noqa: E741
    rows = np.arange(N)
    if "overflow" in made or "logarithm of a rounded zero" in made:
        p = _softmax(frozenset({"overflow"} & made), y)
        log_p = np.log(p)
    else:
        axis = 0 if "softmax over the batch" in made else -1
        shifted = y - y.max(axis=axis, keepdims=True)
        log_p = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    if "softmax missing" in made:
        log_p = y
    if "logarithm missing" in made:
        log_p = np.exp(log_p)
    if "base two" in made:
        log_p = log_p / np.log(2.0)
    picked = log_p[rows, targets]
    if "all rows with all targets" in made:
        picked = log_p[:, targets].ravel()
    if "all classes" in made:
        picked = log_p.sum(axis=-1)
    if "minus missing" not in made:
        picked = -picked
    if "sum over the batch" in made:
        return picked.sum()
    if "mean over classes too" in made:
        return picked.sum() / (N * O)
    if "one loss per row" in made:
        return picked
    return picked.mean()


_CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=_LESSON,
    points=2,
    reference=cross_entropy,
    outputs={"loss": ""},
    draw=_scores_and_targets,
    letters="NO",
    forbids=(),
    edges=(
        Case("scores near ±1000", draw=_offset_scores_and_targets),
        Case("scores of +1000 and −1000 in one row", draw=_huge_scores_and_targets),
    ),
    mistakes=slips(
        _cross_entropy,
        {
            "sum over the batch": "the losses of the rows are added up; expected is their mean",
            "mean over classes too": (
                "the sum is divided by N · O; each row has one loss, so the mean divides by N"
            ),
            "one loss per row": "there is one loss per row; expected is their mean, a single number",
            "minus missing": "the minus is missing: −log p is positive",
            "softmax missing": "the scores are taken for log probabilities; a softmax belongs first",
            "logarithm missing": "the logarithm is missing: this is minus the probability",
            "base two": "the logarithm has base 2; the loss is in nats, base e",
            "softmax over the batch": "the softmax runs over the batch, not over the classes",
            "all rows with all targets": (
                "y[:, targets] pairs every row with every target; row n belongs to targets[n] only"
            ),
            "all classes": "the loss adds up all classes; only the target's log probability counts",
            "overflow": "exp overflows: subtract each row's largest score first",
            "logarithm of a rounded zero": (
                "the softmax rounds to 0 before the logarithm is taken: log softmax is the score minus "
                "log Σ exp, without the detour"
            ),
        },
    ),
)


# mean_squared_error ------------------------------------------------------------------------------

_MEAN_SQUARED_ERROR = Exercise(
    name="mean_squared_error",
    lesson=_LESSON,
    points=1,
    reference=mean_squared_error,
    outputs={"loss": ""},
    draw=arrays(y="N O", targets="N O"),
    letters="NO",
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
            "squares subtracted",
            "the squares are subtracted; square the difference",
            lambda y, targets: (y**2 - targets**2).mean(),
        ),
    ),
)


# accuracy ----------------------------------------------------------------------------------------


def _half_right(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw scores of which some are right and some are wrong, over more rows than classes."""
    rows = 3 * sizes["N"] if sizes["N"] > 1 else 1
    O = sizes["O"]  # noqa: E741
    y = rng.standard_normal((rows, O))
    targets = y.argmax(axis=-1)
    wrong = rng.permutation(rows)[: rows // 3]
    targets[wrong] = (targets[wrong] + 1) % O
    return {"y": y, "targets": targets}


def _hits(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return y.argmax(axis=-1) == targets


_ACCURACY = Exercise(
    name="accuracy",
    lesson=_LESSON,
    points=1,
    reference=accuracy,
    outputs={"fraction": ""},
    draw=_half_right,
    letters="NO",
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
    ),
)

EXERCISES = (_OUTPUT_LAYER, _SOFTMAX, _CROSS_ENTROPY, _MEAN_SQUARED_ERROR, _ACCURACY)
