"""The mean over rows of −log p of the right class."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, Mistake, mistakes_in
from rnn_utils.checks.lesson_04.shared import (
    equal_scores,
    far_apart_scores,
    huge_scores,
    probabilities,
    shifted,
    softmax_with,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.losses import cross_entropy


def _scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, O = sizes["N"], sizes["O"]  # noqa: E741
    return {"y": rng.standard_normal((N, O)), "targets": rng.integers(0, O, N)}


def _huge_scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw scores so far apart that the probability of most targets rounds to zero."""
    return far_apart_scores(rng, sizes) | {
        "targets": rng.integers(0, sizes["O"], sizes["N"]),
    }


def _offset_scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return huge_scores(rng, sizes) | {"targets": rng.integers(0, sizes["O"], sizes["N"])}


def _equal_scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    return equal_scores(rng, sizes) | {"targets": rng.integers(0, sizes["O"], sizes["N"])}


def _cross_entropy(made: Made, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    N, O = y.shape  # noqa: E741
    rows = np.arange(N)
    if "overflow" in made or "logarithm of a rounded zero" in made:
        p = softmax_with(frozenset({"overflow"} & made), y)
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


def _log_sum(y: np.ndarray) -> np.ndarray:
    return np.log(np.exp(shifted(y)).sum(axis=-1))


def _binary(y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    p = probabilities(y)
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


EXERCISE = Exercise(
    name="cross_entropy",
    lesson="04_output_layer",
    points=2,
    reference=cross_entropy,
    outputs={"loss": ""},
    draw=_scores_and_targets,
    contract=Contract(
        sizes="N",  # with a single class every loss is 0, whatever its formula
        equal="NO",
        integers=("y",),
        zeros=("y",),
        tiny=("y",),
        edges=(
            Case("scores near ±1000", draw=_offset_scores_and_targets),
            Case("scores of +1000 and −1000 in one row", draw=_huge_scores_and_targets),
            Case("large scores that are all equal", draw=_equal_scores_and_targets),
        ),
    ),
    mistakes=(
        *mistakes_in(
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
            lambda y, targets: _log_sum(y).mean(),
        ),
        Mistake(
            "target's score added",
            "the target's score is added to log Σ exp; it is to be subtracted, so that a higher one "
            "means a smaller loss",
            lambda y, targets: np.mean(_log_sum(y) + shifted(y)[np.arange(len(y)), targets]),
        ),
        Mistake(
            "base two of the sum alone",
            "the logarithm of the sum has base 2; the loss is in nats, base e",
            lambda y, targets: np.mean(
                _log_sum(y) / np.log(2.0) - shifted(y)[np.arange(len(y)), targets]
            ),
        ),
        Mistake(
            "logarithm of the mean",
            "the mean is taken of the probabilities, and then its logarithm; each row's logarithm "
            "comes first",
            lambda y, targets: -np.log(probabilities(y)[np.arange(len(y)), targets].mean()),
        ),
        Mistake(
            "entropy of the model",
            "this is the entropy of the model's own probabilities; the target does not occur in it",
            lambda y, targets: -(probabilities(y) * np.log(probabilities(y))).sum(axis=-1).mean(),
        ),
        Mistake(
            "every class by itself",
            "each class is asked yes or no and adds a loss (binary cross-entropy); here the classes "
            "exclude each other, and only the target's probability counts",
            _binary,
        ),
    ),
    diagnose=_unsafe_cross_entropy,
)
