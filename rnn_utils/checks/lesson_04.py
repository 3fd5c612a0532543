"""Lesson 04, the output layer."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.framework.exercise import Exercise, Mistake, slips
from rnn_utils.checks.slips.step import Slips
from rnn_utils.layers.output import output_layer, softmax
from rnn_utils.training.losses import accuracy, cross_entropy, mean_squared_error

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
    contract=Contract(
        sizes="NHO",
    ),
    mistakes=(
        *slips(
            _output,
            {
                "bias missing": "the bias b_y is missing",
                "bias subtracted": "the bias b_y is subtracted",
                "bias twice": "the bias b_y is added twice",
                "softmax of the scores": "a softmax is applied; y_t are the scores before any softmax",
                "tanh of the scores": (
                    "tanh is applied to the scores; the output layer has no activation"
                ),
                "sigmoid of the scores": "a sigmoid is applied; the output layer has no activation",
                "relu of the scores": "a ReLU is applied; the output layer has no activation",
                "tanh of the state": (
                    "tanh is applied to h_t once more; the state is its output already"
                ),
                "classes instead of scores": (
                    "the class with the largest score is returned; expected are the scores themselves"
                ),
            },
        ),
        Mistake(
            "W_hy not transposed",
            "the rows of h_t meet W_hy the wrong way round: in a product the inner sizes agree, and "
            "those of (N, H) and (O, H) do not",
            lambda h_t, W_hy, b_y: h_t @ W_hy + b_y,
        ),
        Mistake(
            "product as on paper",
            "the product stands as on paper, where h_t is a column; here each row of h_t is a state",
            lambda h_t, W_hy, b_y: W_hy @ h_t + b_y,
        ),
        Mistake(
            "bias as a column",
            "b_y was made a column; as it is, (O,), it is added to every row",
            lambda h_t, W_hy, b_y: h_t @ W_hy.T + b_y[:, None],
        ),
        Mistake(
            "W_hy reshaped",
            "W_hy is reshaped to (H, O), which mixes its rows; a transpose keeps them together",
            lambda h_t, W_hy, b_y: h_t @ W_hy.reshape(W_hy.shape[::-1]) + b_y,
        ),
        Mistake(
            "first row only",
            "only the first state of the batch is read; every row has an output",
            lambda h_t, W_hy, b_y: W_hy @ h_t[0] + b_y,
        ),
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


def _ratio(e: np.ndarray) -> np.ndarray:
    return e / e.sum(axis=-1, keepdims=True)


def _exp_ratio(above: np.ndarray, below: np.ndarray, axis: int | None = -1) -> np.ndarray:
    return np.exp(above) / np.exp(below).sum(axis=axis, keepdims=True)


def _shifted(y: np.ndarray) -> np.ndarray:
    return y - y.max(axis=-1, keepdims=True)


def _huge_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows around +1000 and around −1000: neither may overflow nor vanish."""
    y = rng.standard_normal((sizes["N"], sizes["O"]))
    return {"y": y + np.where(np.arange(sizes["N"]) % 2, -1000.0, 1000.0)[:, None]}


def _far_apart_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"y": 1000.0 * rng.choice([-1.0, 1.0], (sizes["N"], sizes["O"]))}


def _very_negative_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return {"y": rng.standard_normal((sizes["N"], sizes["O"])) - 1000.0}


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


_SOFTMAX = Exercise(
    name="softmax",
    lesson=_LESSON,
    points=2,
    reference=softmax,
    outputs={"p": "N O"},
    draw=arrays(y="N O"),
    diagnose=_unsafe_softmax,
    contract=Contract(
        sizes="NO",
        edges=(
            Case("scores near ±1000", draw=_huge_scores),
            Case("scores near −1000", draw=_very_negative_scores),
            Case("scores of +1000 and −1000 in one row", draw=_far_apart_scores),
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
            lambda y: _softmax(frozenset(), y / y.max(axis=-1, keepdims=True)),
        ),
        Mistake(
            "shifted above only",
            "the largest score is subtracted above the fraction and not below it",
            lambda y: _exp_ratio(_shifted(y), y),
        ),
        Mistake(
            "shifted below only",
            "the largest score is subtracted below the fraction and not above it",
            lambda y: _exp_ratio(y, _shifted(y)),
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
            lambda y: _exp_ratio(_shifted(y), _shifted(y), axis=0),
        ),
        Mistake(
            "summed over everything",
            "the largest score is taken from each row, but the sum runs over all rows together",
            lambda y: _exp_ratio(_shifted(y), _shifted(y), axis=None),
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
    if "softmax twice" in made:
        p = np.exp(log_p)
        log_p = p - np.log(np.exp(p).sum(axis=-1, keepdims=True))
    if "softmax over everything" in made:
        log_p = y - y.max() - np.log(np.exp(y - y.max()).sum())
    if "softmax missing" in made:
        log_p = y
    if "logarithm missing" in made:
        log_p = np.exp(log_p)
    if "base two" in made:
        log_p = log_p / np.log(2.0)
    if "largest score lost" in made:
        log_p = log_p + y.max(axis=-1, keepdims=True)
    if "largest score twice" in made:
        log_p = log_p - y.max(axis=-1, keepdims=True)
    picked = log_p[rows, targets - 1 if "targets counted from 1" in made else targets]
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


def _probabilities(y: np.ndarray) -> np.ndarray:
    return _softmax(frozenset(), y)


def _binary(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    p = _probabilities(y)
    hit = np.arange(y.shape[1]) == targets[:, None]
    return -np.log(np.where(hit, p, 1 - p)).sum(axis=-1).mean()


def _unsafe_cross_entropy(arguments: Arguments, got: tuple[np.ndarray, ...]) -> Mistake | None:
    y, targets = arguments.values()
    if got[0].ndim or np.abs(y).max() < 500:
        return None
    if not np.isfinite(got[0]):
        return Mistake(
            "overflow",
            "exp still overflows, or all powers of a row vanish: subtract from each row its own "
            "largest score first",
            cross_entropy,
        )
    if got[0] < cross_entropy(y, targets):
        return Mistake(
            "patched",
            "a small number stands in for probabilities that rounded to 0, so that the loss stops at "
            "its logarithm; taken from the scores, log p needs no patch",
            cross_entropy,
        )
    return None


_CROSS_ENTROPY = Exercise(
    name="cross_entropy",
    lesson=_LESSON,
    points=2,
    reference=cross_entropy,
    outputs={"loss": ""},
    draw=_scores_and_targets,
    diagnose=_unsafe_cross_entropy,
    contract=Contract(
        sizes="N",  # with a single class every loss is 0, whatever its formula
        edges=(
            Case("scores near ±1000", draw=_offset_scores_and_targets),
            Case("scores of +1000 and −1000 in one row", draw=_huge_scores_and_targets),
        ),
    ),
    mistakes=(
        *slips(
            _cross_entropy,
            {
                "sum over the batch": "the losses of the rows are added up; expected is their mean",
                "mean over classes too": (
                    "the sum is divided by N · O; each row has one loss, so the mean divides by N"
                ),
                "one loss per row": (
                    "there is one loss per row; expected is their mean, a single number"
                ),
                "minus missing": "the minus is missing: −log p is positive",
                "softmax missing": "the scores are taken for log probabilities; a softmax belongs first",
                "softmax twice": (
                    "the softmax is taken twice; y are scores, and log-sum-exp contains the softmax"
                ),
                "logarithm missing": "the logarithm is missing: this is minus the probability",
                "base two": "the logarithm has base 2; the loss is in nats, base e",
                "softmax over the batch": "the softmax runs over the batch, not over the classes",
                "softmax over everything": (
                    "log Σ exp runs over all rows together; each row has its own"
                ),
                "largest score lost": (
                    "the largest score was taken out of log Σ exp and never put back; it cancels only "
                    "if it is taken out of the target's score too"
                ),
                "largest score twice": (
                    "the largest score is put back into log Σ exp, but was taken out of the target's "
                    "score: either both or neither"
                ),
                "targets counted from 1": (
                    "the targets are taken to count from 1; class 0 is the first column"
                ),
                "all rows with all targets": (
                    "y[:, targets] pairs every row with every target; row n belongs to targets[n] only"
                ),
                "all classes": (
                    "the loss adds up all classes; only the target's log probability counts"
                ),
                "overflow": "exp overflows: subtract each row's largest score first",
                "logarithm of a rounded zero": (
                    "the softmax rounds to 0 before the logarithm is taken: log softmax is the score "
                    "minus log Σ exp, without the detour"
                ),
            },
        ),
        Mistake(
            "scores taken for probabilities",
            "the logarithm is taken of the scores themselves, which may be negative; they are no "
            "probabilities yet",
            lambda y, targets: -np.log(y[np.arange(len(y)), targets]).mean(),
        ),
        Mistake(
            "target's score missing",
            "this is log Σ exp alone; the target's score is to be subtracted from it",
            lambda y, targets: np.log(np.exp(_shifted(y)).sum(axis=-1)).mean(),
        ),
        Mistake(
            "logarithm of the mean",
            "the mean is taken of the probabilities, and then its logarithm; each row's logarithm "
            "comes first",
            lambda y, targets: -np.log(_probabilities(y)[np.arange(len(y)), targets].mean()),
        ),
        Mistake(
            "entropy of the model",
            "this is the entropy of the model's own probabilities; the target does not occur in it",
            lambda y, targets: -(_probabilities(y) * np.log(_probabilities(y))).sum(axis=-1).mean(),
        ),
        Mistake(
            "every class by itself",
            "each class is asked yes or no and adds a loss (binary cross-entropy); here the classes "
            "exclude each other, and only the target's probability counts",
            _binary,
        ),
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
    contract=Contract(
        sizes="NO",
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


# accuracy ----------------------------------------------------------------------------------------


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


_ACCURACY = Exercise(
    name="accuracy",
    lesson=_LESSON,
    points=1,
    reference=accuracy,
    outputs={"fraction": ""},
    draw=_half_right,
    diagnose=_no_fraction,
    contract=Contract(
        sizes="NO",
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
            lambda y, targets: np.mean(_probabilities(y)[np.arange(len(y)), targets] > 0.5),
        ),
        Mistake(
            "mean probability",
            "this is the mean probability of the targets; a row is either right or wrong",
            lambda y, targets: _probabilities(y)[np.arange(len(y)), targets].mean(),
        ),
        Mistake(
            "largest score of all",
            "the target's score is compared with the largest of the whole batch; each row has its own",
            lambda y, targets: np.mean(y[np.arange(len(y)), targets] == y.max()),
        ),
    ),
)

EXERCISES = (_OUTPUT_LAYER, _SOFTMAX, _CROSS_ENTROPY, _MEAN_SQUARED_ERROR, _ACCURACY)
