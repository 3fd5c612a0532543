"""What the exercises of lesson 07, backpropagation through time, share."""

from typing import Any

import numpy as np

from rnn_utils.checks.framework.draws import Arguments, Sizes, arrays
from rnn_utils.checks.shared_mistakes import backward as backward_steps
from rnn_utils.checks.shared_mistakes import backward_words as words
from rnn_utils.checks.shared_mistakes import step as steps
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import (
    RNNParameters,
)

BACKWARD_MISTAKES = words.TIME | words.TIME_PARTS | words.SLOPE | words.PARTS


_WEIGHTS = arrays(W_xh="H D", W_hh="H H", b_h="H", W_hy="O H", b_y="O")


GRADIENTS = {
    "loss": "",
    "dW_xh": "H D",
    "dW_hh": "H H",
    "db_h": "H",
    "dW_hy": "O H",
    "db_y": "O",
}


def model(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, O = (sizes[letter] for letter in "TNDO")  # noqa: E741
    return {
        "parameters": RNNParameters(**_WEIGHTS(rng, sizes)),
        "x": rng.standard_normal((T, N, D)),
        "targets": rng.integers(0, O, (T, N)),
    }


def flat(value: Any) -> tuple[Any, ...]:
    """Turn (loss, gradients) into six values; the gradients may be any tuple in the right order."""
    if not isinstance(value, tuple | list) or len(value) != 2:
        came = f"{len(value)} values" if isinstance(value, tuple | list) else type(value).__name__
        raise ValueError(
            f"expected are two things, the loss and RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y); "
            f"what came is {came}."
        )
    loss, gradients = value
    if isinstance(gradients, dict) and set(gradients) == set(RNNParameters._fields):
        gradients = RNNParameters(**gradients)
    if not isinstance(gradients, tuple | list) or len(gradients) != len(RNNParameters._fields):
        raise ValueError(
            "expected beside the loss are five gradients, RNNParameters(dW_xh, dW_hh, db_h, dW_hy, "
            f"db_y); what came is {type(gradients).__name__}."
        )
    return (loss, *gradients)


#: Mistakes of a whole model: of what stands around the way back through time.
MODEL = {
    "sum over the steps": (
        "the loss is summed over the steps and averaged over the batch only; it is the mean over all "
        "T·N targets"
    ),
    "sum over the batch": (
        "the loss is summed over the batch and averaged over time only; it is the mean over all T·N "
        "targets"
    ),
    "sum over everything": "the loss is summed up; it is the mean over all T·N targets",
    "mean only in the loss": (
        "the loss is a mean over the T·N targets and its gradient is not: dy lacks the factor 1/(T·N)"
    ),
    "mean over the batch only in the gradient": (
        "the loss is a mean over all T·N targets, but its gradient is divided by N only"
    ),
    "mean over time only in the gradient": (
        "the loss is a mean over all T·N targets, but its gradient is divided by T only"
    ),
    "divided twice": "the gradients are divided by the number of targets twice",
    "last output only": (
        "only the last state's output is compared with its target; there is a target at every step"
    ),
    "last output only in dh": (
        "only the last output's gradient goes into dh; every state has an output of its own"
    ),
    "output weights of the last step only": (
        "dW_hy and db_y hold the last step only: the same output layer reads every state, so their "
        "gradients are sums over time"
    ),
    "output weights of the first step only": (
        "dW_hy and db_y hold the first step only: the same output layer reads every state, so their "
        "gradients are sums over time"
    ),
    "output weights averaged over time": (
        "dW_hy and db_y are averaged over time; the same output layer reads every state, and its "
        "gradients are sums"
    ),
    "one-hot missing": "in dy the 1 of the right class is not subtracted from the probabilities",
    "softmax missing": "the loss is made from the scores without a softmax",
    "softmax over the batch": "the softmax runs over the batch; it runs over the classes, the last axis",
    "dy with the wrong sign": "the gradient has the wrong sign: it should point to a larger loss",
    "overflow": "exp overflows for large scores: subtract the largest score of each row first",
    "dW_hy from the state before": "dW_hy is made with h_{t−1}; the output of step t reads h_t",
    "output from the state before": "the output is read from h_{t−1}; it belongs to the new state h_t",
    "output bias missing": "the bias b_y is missing in the forward pass",
    "hidden bias missing": "the bias b_h is missing in the forward pass",
    "tanh missing forward": "tanh is missing in the forward pass",
    "starts from ones": "the first state is ones; a fresh sequence starts from zeros",
    "W_hh transposed forward": (
        "W_hh is transposed in the forward pass (it is square, so no shape complains)"
    ),
    "hidden and output bias exchanged": "db_h and db_y stand in each other's place",
    "loss from probabilities": "the loss is −p of the right class; the cross-entropy is −log p",
    "loss in bits": "the loss is in bits, with the logarithm of base 2; here it is in nats",
    "loss with the wrong sign": "the loss has the wrong sign: −log p is not negative",
    "dh with the derivative of tanh": (
        "dh is multiplied by 1 − h² before it goes into the way back, which does so itself"
    ),
}


#: Of the mistakes on the way back, those that a whole model can show.
MODEL_BACK = {
    name: BACKWARD_MISTAKES[name]
    for name in (
        "recurrent gradient dropped",
        "loop not reversed",
        "W_hh transposed in the carry",
        "W_hh missing in the carry",
        "carry without the tanh derivative",
        "carry added after the tanh derivative",
        "carry accumulates",
        "carry starts at ones",
        "last upstream at every step",
        "tanh derivative missing",
        "double derivative",
        "derivative of the state before",
        "square missing",
        "last derivative at every step",
        "dW_hh uses the new state",
        "dW_hh transposed",
        "last state before the first",
        "weights overwritten",
        "weights from the last step only",
        "mean over the batch",
        "mean over time",
        "mean over batch and time",
        "first step missing",
        "last step missing",
        "input of the step before",
        "input of the next step",
        "db_h with a kept axis",
    )
}


def states(made: Made, parameters: RNNParameters, x: np.ndarray, h0: np.ndarray) -> np.ndarray:
    forward = {
        "no tanh" if "tanh missing forward" in made else "",
        "bias missing" if "hidden bias missing" in made else "",
        "W_hh transposed" if "W_hh transposed forward" in made else "",
    }
    W_xh, W_hh, b_h, _, _ = parameters
    return steps.rnn_forward(frozenset(forward), x, h0, W_xh, W_hh, b_h)


def backward_from(
    made: Made,
    parameters: RNNParameters,
    x: np.ndarray,
    targets: np.ndarray,
    h0: np.ndarray,
    h: np.ndarray,
    steps_in_all: int,
) -> tuple[float, RNNParameters]:
    """Return the loss of the last steps that have targets, and all gradients, from given states."""
    W_xh, W_hh, _, W_hy, b_y = parameters
    K = len(targets)
    before = np.concatenate([h0[None], h[:-1]])
    read = (before if "output from the state before" in made else h)[len(h) - K :]
    y = read @ W_hy.T + (0 if "output bias missing" in made else b_y)
    loss, dy = _loss_of_scores(made, y, targets, steps_in_all)

    kept = slice(None)
    if "output weights of the last step only" in made:
        kept = slice(-1, None)
    if "output weights of the first step only" in made:
        kept = slice(1)
    seen = before[len(h) - K :] if "dW_hy from the state before" in made else read
    dW_hy = np.einsum("tno,tnh->oh", dy[kept], seen[kept])
    db_y = dy[kept].sum(axis=(0, 1))
    if "output weights averaged over time" in made:
        dW_hy, db_y = dW_hy / steps_in_all, db_y / steps_in_all

    dh = np.zeros_like(h, dtype=np.result_type(h, dy))
    dh[len(h) - K :] = dy @ W_hy
    if "last output only in dh" in made:
        dh[:-1] = 0.0
    if "dh with the derivative of tanh" in made:
        dh = dh * (1 - h**2)
    _, _, dW_xh, dW_hh, db_h = backward_steps.rnn_backward(made, dh, x, h0, h, W_xh, W_hh)
    if "hidden and output bias exchanged" in made:
        db_h, db_y = db_y, db_h
    return loss, RNNParameters(dW_xh, dW_hh, db_h, dW_hy, db_y)


def _loss_of_scores(
    made: Made, y: np.ndarray, targets: np.ndarray, steps_in_all: int
) -> tuple[float, np.ndarray]:
    """Return the loss and its gradient with respect to the scores, as the mistakes have it."""
    N = targets.shape[1]
    axis = 1 if "softmax over the batch" in made else -1
    shifted = y if "overflow" in made else y - y.max(axis=axis, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))
    p = np.exp(log_p)
    if "softmax missing" in made:
        log_p = p = y
    one_hot = np.arange(y.shape[-1]) == targets[..., None]
    losses = -(log_p * one_hot).sum(axis=-1)
    if "loss from probabilities" in made:
        losses = -(p * one_hot).sum(axis=-1)
    if "loss in bits" in made:
        losses = losses / np.log(2.0)
    if "loss with the wrong sign" in made:
        losses = -losses
    dy = p if "one-hot missing" in made else p - one_hot
    if "dy with the wrong sign" in made:
        dy = -dy
    count = gradient_count = float(steps_in_all * N)
    if "last output only" in made:
        last = (np.arange(len(y)) == len(y) - 1)[:, None]
        losses, dy = losses * last, dy * last[..., None]
        count = gradient_count = float(N)
    if "sum over the steps" in made:
        count = gradient_count = float(N)
    if "sum over the batch" in made:
        count = gradient_count = float(steps_in_all)
    if "sum over everything" in made:
        count = gradient_count = 1.0
    if "mean only in the loss" in made:
        gradient_count = 1.0
    if "mean over the batch only in the gradient" in made:
        gradient_count = float(N)
    if "mean over time only in the gradient" in made:
        gradient_count = float(steps_in_all)
    if "divided twice" in made:
        gradient_count = count**2
    return float(losses.sum() / count), dy / gradient_count
