"""The gradient of the mean cross-entropy with respect to the scores: (p − one_hot) / N."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.losses import cross_entropy_backward


def _scores_and_targets(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    N, O = sizes["N"], sizes["O"]  # noqa: E741
    return {"y": rng.standard_normal((N, O)), "targets": rng.integers(0, O, N)}


def _huge_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw rows around +1000 and around −1000: neither may overflow nor vanish."""
    arguments = _scores_and_targets(rng, sizes)
    offset = np.where(np.arange(sizes["N"]) % 2, -1000.0, 1000.0)[:, None]
    return arguments | {"y": arguments["y"] + offset}


def _far_apart_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _scores_and_targets(rng, sizes)
    y = 1000.0 * rng.choice([-1.0, 1.0], (sizes["N"], sizes["O"]))
    y[0] = 1000.0 * np.where(np.arange(sizes["O"]) == arguments["targets"][0], -1.0, 1.0)
    return arguments | {"y": y}


def _probabilities(made: Made, y: np.ndarray) -> np.ndarray:
    axis = 0 if "softmax over the batch" in made else None if "softmax over all" in made else -1
    if "sigmoid" in made:
        return 0.5 * (1 + np.tanh(0.5 * y))
    if "softmax missing" in made:
        return y
    if "largest of all subtracted" in made:
        y = y - y.max()
    elif "overflow" not in made:
        y = y - y.max(axis=axis, keepdims=True)
    e = np.exp(y)
    if "not normalised" in made:
        return e
    p = e / e.sum(axis=axis, keepdims=True)
    if "logarithm of the probabilities" in made:
        p = np.log(p)
    if "softmax twice" in made:
        return np.exp(p) / np.exp(p).sum(axis=-1, keepdims=True)
    return p


def _cross_entropy_backward(made: Made, y: np.ndarray, targets: np.ndarray) -> np.ndarray:
    N, O = y.shape  # noqa: E741
    p = _probabilities(made, y)
    columns = targets - 1 if "targets counted from 1" in made else targets
    one_hot = np.zeros_like(p)
    one_hot[np.arange(N), columns] = 1.0
    dy = p - one_hot
    if "one-hot missing" in made:
        dy = p
    if "one-hot added" in made:
        dy = p + one_hot
    if "one-hot only" in made:
        dy = -one_hot
    if "class numbers subtracted" in made:
        dy = p - targets[:, None]
    if "all rows with all targets" in made:
        dy = p.copy()
        dy[:, targets] -= 1.0
    if "gradient by p" in made:
        dy = -one_hot / p
    if "times p twice" in made:
        dy = (p - one_hot) * p
    if "times the softmax derivative" in made:
        dy = (p - one_hot) * p * (1 - p)
    if "others zero" in made:
        dy = (p - one_hot) * one_hot
    if "sign at the target" in made:
        dy = p - one_hot * (2 * p - 1)
    if "sign" in made:
        dy = -dy
    if "not divided" in made:
        return dy
    if "divided by all scores" in made:
        return dy / (N * O)
    if "divided by the classes" in made:
        return dy / O
    if "divided twice" in made:
        return dy / N**2
    if "divided before the subtraction" in made:
        return p / N - one_hot
    return p - one_hot / N if "only the one-hot is divided" in made else dy / N


EXERCISE = Exercise(
    name="cross_entropy_backward",
    lesson="06_step_gradients",
    points=2,
    reference=cross_entropy_backward,
    outputs={"dy": "N O"},
    draw=_scores_and_targets,
    derives=True,
    contract=Contract(
        sizes="NO",
        zeros=("y",),
        tiny=("y",),
        edges=(
            Case("scores near ±1000", draw=_huge_scores),
            Case("scores of +1000 and −1000 in one row", draw=_far_apart_scores),
        ),
    ),
    mistakes=mistakes_in(
        _cross_entropy_backward,
        {
            "not divided": "the mean over the batch is forgotten: each row's share in the loss is 1/N",
            "divided by all scores": (
                "it is divided by the number of all scores, N·O; the loss is a mean over the N rows"
            ),
            "divided by the classes": (
                "it is divided by the number of classes; the loss is a mean over the N rows"
            ),
            "divided twice": "it is divided by N twice",
            "divided before the subtraction": (
                "p is divided by N and the 1 of the right class is not; both belong to the row's loss"
            ),
            "only the one-hot is divided": (
                "the 1 of the right class is divided by N and p is not; both belong to the row's loss"
            ),
            "one-hot missing": (
                "the 1 of the right class is not subtracted: raising its score lowers the loss"
            ),
            "one-hot added": "the 1 of the right class is added; raising its score lowers the loss",
            "one-hot only": "only the right class has a gradient; every score takes part in the sum of e^y",
            "others zero": (
                "the gradient of the wrong classes is zero; every score takes part in the sum of e^y"
            ),
            "class numbers subtracted": (
                "the number of the class is subtracted from every probability; what is subtracted is 1, "
                "at the right class only"
            ),
            "targets counted from 1": "the targets are counted from 1; class 0 is the first column",
            "all rows with all targets": (
                "p[:, targets] picks the targets' columns in every row; each row has its own target"
            ),
            "sign at the target": (
                "1 − p stands at the right class, where p − 1 belongs: raising its score lowers the loss"
            ),
            "sign": "the sign is wrong: raising the score of a wrong class raises the loss",
            "softmax missing": (
                "the softmax is missing: the gradient is made of probabilities, not of the scores"
            ),
            "softmax over the batch": (
                "the softmax runs over the batch (axis 0); the probabilities of a row add up to 1"
            ),
            "softmax over all": (
                "the softmax runs over all rows together; the probabilities of each row add up to 1"
            ),
            "not normalised": "the exponentials are not divided by their sum, so they are no probabilities",
            "softmax twice": "the softmax is taken twice",
            "sigmoid": "a sigmoid is taken in place of the softmax",
            "logarithm of the probabilities": (
                "log p stands where p belongs: differentiating the logarithm has removed it"
            ),
            "overflow": (
                "exp overflows for large scores: subtract the largest score of the row first, which "
                "changes nothing on paper"
            ),
            "largest of all subtracted": (
                "the largest score of the whole batch is subtracted, so that all powers of another row "
                "vanish: each row needs its own largest"
            ),
            "gradient by p": (
                "this is the gradient with respect to the probabilities, −1/p; one step of the chain "
                "rule is missing, from the probabilities to the scores"
            ),
            "times p twice": "p − 1 is multiplied by p once more; the softmax is in it already",
            "times the softmax derivative": (
                "p (1 − p) is multiplied in once more; p − 1 has passed the softmax already"
            ),
        },
    ),
)
