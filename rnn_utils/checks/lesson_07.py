"""Lesson 07, backpropagation through time."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from rnn_utils.cells.rnn import rnn_backward, rnn_backward_plain
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes, arrays, scaled
from rnn_utils.checks.framework.exercise import TOGETHER, Exercise, Mistake, slips
from rnn_utils.checks.slips import backward as backward_steps
from rnn_utils.checks.slips import step as steps
from rnn_utils.checks.slips.step import Slips
from rnn_utils.training.models import (
    RNNParameters,
    checkpointed_loss_and_gradients,
    loss_and_gradients,
    stateful_loss_and_gradients,
    truncated_bptt,
)

_LESSON = "07_backpropagation_through_time"


# rnn_backward ------------------------------------------------------------------------------------

_FORWARD = arrays(x="T N D", h0="N H", W_xh="H D", W_hh="H H", b_h="H", dh="T N H")


def _sequence(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    """Draw a sequence, run it forward, and draw an immediate gradient for every state."""
    x, h0, W_xh, W_hh, b_h, dh = _FORWARD(rng, sizes).values()
    h = steps.rnn_forward(frozenset(), x, h0, W_xh, W_hh, b_h)
    return {"dh": dh, "x": x, "h0": h0, "h": h, "W_xh": W_xh, "W_hh": W_hh}


def _many_to_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _sequence(rng, sizes)
    arguments["dh"][:-1] = 0.0
    return arguments


_BACKWARD_SLIPS = (
    backward_steps.TIME | backward_steps.TIME_PARTS | backward_steps.SLOPE | backward_steps.PARTS
)


def _made(says: Mapping[str, str], together: int) -> tuple[Mistake, ...]:
    """Return a mistake for every choice of exactly so many slips."""
    mistakes = slips(backward_steps.rnn_backward, says, together)
    return tuple(m for m in mistakes if m.name.count(TOGETHER) == together - 1)


_RNN_BACKWARD = Exercise(
    name="rnn_backward",
    lesson=_LESSON,
    points=4,
    reference=rnn_backward,
    outputs={
        "dx": "T N D",
        "dh0": "N H",
        "dW_xh": "H D",
        "dW_hh": "H H",
        "db_h": "H",
    },
    draw=_sequence,
    forbids=(rnn_backward_plain,),
    diagnose=backward_steps.clipped(rnn_backward),
    contract=Contract(
        sizes="TNDH",
        edges=(
            Case("a long sequence", {"T": 9}, general=True),
            Case("a loss that reads the last state only", draw=_many_to_one),
            Case("a large upstream gradient", draw=scaled(_sequence, dh=1000.0)),
        ),
    ),
    mistakes=(
        *_made(_BACKWARD_SLIPS | backward_steps.CUT | backward_steps.CLIPPED, together=1),
        *_made({name: _BACKWARD_SLIPS[name] for name in backward_steps.PAIRED}, together=2),
        *_made({name: _BACKWARD_SLIPS[name] for name in backward_steps.THREE}, together=3),
    ),
)


# loss_and_gradients ------------------------------------------------------------------------------

_WEIGHTS = arrays(W_xh="H D", W_hh="H H", b_h="H", W_hy="O H", b_y="O")

_GRADIENTS = {
    "loss": "",
    "dW_xh": "H D",
    "dW_hh": "H H",
    "db_h": "H",
    "dW_hy": "O H",
    "db_y": "O",
}


def _model(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    T, N, D, O = (sizes[letter] for letter in "TNDO")  # noqa: E741
    return {
        "parameters": RNNParameters(**_WEIGHTS(rng, sizes)),
        "x": rng.standard_normal((T, N, D)),
        "targets": rng.integers(0, O, (T, N)),
    }


def _large_scores(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _model(rng, sizes)
    parameters = arguments["parameters"]
    return arguments | {"parameters": parameters._replace(W_hy=2000.0 * parameters.W_hy)}


def _flat(value: Any) -> tuple[Any, ...]:
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


#: Slips of a whole model: of what stands around the way back through time.
_MODEL = {
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

#: Of the slips on the way back, those that a whole model can show.
_MODEL_BACK = {
    name: _BACKWARD_SLIPS[name]
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


def _loss(
    made: Slips, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray
) -> tuple[float, RNNParameters]:
    """Return the loss and the gradients, with the slips made."""
    h0 = np.zeros((x.shape[1], len(parameters.W_hh)), dtype=x.dtype)
    if "starts from ones" in made:
        h0 = np.ones_like(h0)
    h = _states(made, parameters, x, h0)
    return _backward_from(made, parameters, x, targets, h0, h, len(targets))


def _states(made: Slips, parameters: RNNParameters, x: np.ndarray, h0: np.ndarray) -> np.ndarray:
    forward = {
        "no tanh" if "tanh missing forward" in made else "",
        "bias missing" if "hidden bias missing" in made else "",
        "W_hh transposed" if "W_hh transposed forward" in made else "",
    }
    W_xh, W_hh, b_h, _, _ = parameters
    return steps.rnn_forward(frozenset(forward), x, h0, W_xh, W_hh, b_h)


def _backward_from(
    made: Slips,
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
    made: Slips, y: np.ndarray, targets: np.ndarray, steps_in_all: int
) -> tuple[float, np.ndarray]:
    """Return the loss and its gradient with respect to the scores, as the slips have it."""
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


_LOSS_AND_GRADIENTS = Exercise(
    name="loss_and_gradients",
    lesson=_LESSON,
    points=3,
    reference=loss_and_gradients,
    outputs=_GRADIENTS,
    draw=_model,
    convert=_flat,
    forbids=(truncated_bptt, stateful_loss_and_gradients, checkpointed_loss_and_gradients),
    contract=Contract(
        sizes="TNDHO",
        edges=(Case("large scores", draw=_large_scores),),
    ),
    mistakes=slips(_loss, _MODEL | _MODEL_BACK),
)


# truncated_bptt ----------------------------------------------------------------------------------


def _windowed(T: int | None, window: int | None) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        steps_in_all = rng.integers(5, 10) if T is None else T
        arguments = _model(rng, sizes | {"T": int(steps_in_all)})
        return arguments | {"window": window or int(rng.integers(2, 4))}

    return draw


_WINDOWS = {
    "whole sequence": (
        "the gradient is not cut at all: in each window, the state that it starts from counts as given"
    ),
    "state not carried": (
        "every window starts from zeros; the last state of one window is the first of the next, only "
        "the gradient stops there"
    ),
    "state carried one step late": (
        "a window starts from the state before the last one of the window before: its last state is "
        "h[-1]"
    ),
    "first state carried": (
        "a window starts from the first state of the window before; it should go on from the last one"
    ),
    "window one step longer": "the windows are one step longer than asked",
    "window one step shorter": "the windows are one step shorter than asked",
    "windows counted": (
        "the sequence is cut into as many windows as `window` says; `window` is the number of steps in "
        "each"
    ),
    "only the last window": (
        "only the last window's gradient is returned; the gradients of all windows are added"
    ),
    "only the first window": (
        "only the first window is gone through; is the return inside the loop?"
    ),
    "last short window missing": (
        "the steps left over at the end are dropped: the last window may be shorter"
    ),
    "windows averaged": "the windows are averaged; each contributes its part of the whole mean",
    "windows added": (
        "each window's loss is a mean over its own steps, and these are added: each contributes its "
        "part of the mean over all T steps"
    ),
    "loss of the last window": "the loss is the last window's; it is that of the whole sequence",
    "loss averaged over windows": (
        "the losses of the windows are averaged as if all windows were equally long"
    ),
    "windows overlap": "the windows overlap by one step: the next one begins where this one ends",
    "gradient cut at every step": (
        "the gradient is cut at every step, not only at the borders of the windows"
    ),
    "sliding window": (
        "the gradient of every step's loss goes back over the last `window` steps, a window that slides; "
        "here the windows stand side by side, and the gradient stops at their borders"
    ),
}


def _borders(made: Slips, T: int, window: int) -> list[tuple[int, int]]:
    if "windows counted" in made:
        window = -(-T // window)
    if "window one step longer" in made:
        window += 1
    if "window one step shorter" in made:
        window = max(window - 1, 1)
    if "gradient cut at every step" in made:
        window = 1
    if "whole sequence" in made:
        window = T
    stride = max(window - 1, 1) if "windows overlap" in made else window
    borders = [(start, min(start + window, T)) for start in range(0, T, stride)]
    if "last short window missing" in made:
        borders = [(start, end) for start, end in borders if end - start == window]
    if "only the first window" in made:
        borders = borders[:1]
    return borders


def _truncated(
    made: Slips, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, window: int
) -> tuple[float, RNNParameters]:
    """Return the loss and the gradients of windows, with the slips made."""
    T = len(x)
    h_prev = np.zeros((x.shape[1], len(parameters.W_hh)), dtype=x.dtype)
    if "sliding window" in made:
        return _sliding(parameters, x, targets, h_prev, window)
    losses, gradients, lengths = [], [], []
    for start, end in _borders(made, T, window):
        if "state not carried" in made:
            h_prev = np.zeros_like(h_prev)
        part = x[start:end]
        h = _states(made, parameters, part, h_prev)
        loss, gradient = _backward_from(
            made, parameters, part, targets[start:end], h_prev, h, end - start
        )
        losses.append(loss)
        gradients.append(gradient)
        lengths.append(end - start)
        h_next = h[0] if "first state carried" in made else h[-1]
        if "state carried one step late" in made:
            h_next = h[-2] if len(h) > 1 else h_prev
        h_prev = h_next
    shares = np.array(lengths) / T
    if "windows averaged" in made:
        shares = np.full(len(lengths), 1 / len(lengths))
    if "windows added" in made:
        shares = np.ones(len(lengths))
    loss = float(np.dot(shares, losses))
    if "loss of the last window" in made:
        loss = losses[-1]
    if "loss averaged over windows" in made:
        loss = float(np.mean(losses))
    weights = np.where(np.arange(len(shares)) < len(shares) - 1, 0, 1) * shares
    if "only the last window" not in made:
        weights = shares
    summed = (
        sum(w * g for w, g in zip(weights, parts, strict=True))
        for parts in zip(*gradients, strict=True)
    )
    return loss, RNNParameters(*summed)


def _sliding(
    parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, h0: np.ndarray, window: int
) -> tuple[float, RNNParameters]:
    """Follow the loss of each step back over the last `window` steps, by one window for each."""
    T, right = len(x), frozenset[str]()
    h = np.concatenate([h0[None], _states(right, parameters, x, h0)])
    loss, total = 0.0, [np.zeros_like(p) for p in parameters]
    for t in range(T):
        start = max(t + 1 - window, 0)
        step_loss, gradients = _backward_from(
            right,
            parameters,
            x[start : t + 1],
            targets[t : t + 1],
            h[start],
            h[start + 1 : t + 2],
            T,
        )
        loss += step_loss
        total = [a + b for a, b in zip(total, gradients, strict=True)]
    return loss, RNNParameters(*total)


_TRUNCATED_BPTT = Exercise(
    name="truncated_bptt",
    lesson=_LESSON,
    points=3,
    reference=truncated_bptt,
    outputs=_GRADIENTS,
    draw=_windowed(None, None),
    convert=_flat,
    forbids=(stateful_loss_and_gradients,),
    contract=Contract(
        sizes="NDHO",
        edges=(
            Case("windows of one step", draw=_windowed(5, 1)),
            Case("one window for all steps", draw=_windowed(5, 5)),
            Case("a window longer than the sequence", draw=_windowed(4, 6)),
            Case("a last window of one step", general=True, draw=_windowed(7, 3)),
            Case("windows that fit exactly", general=True, draw=_windowed(8, 4)),
            Case("one step", draw=_windowed(1, 2)),
        ),
    ),
    mistakes=slips(
        _truncated,
        _WINDOWS
        | {
            name: (_MODEL | _MODEL_BACK)[name]
            for name in (
                "sum over the steps",
                "sum over everything",
                "mean only in the loss",
                "last output only",
                "output weights of the last step only",
                "W_hh transposed in the carry",
                "tanh derivative missing",
                "dW_hh uses the new state",
                "weights overwritten",
                "output bias missing",
            )
        },
    ),
)

EXERCISES = (_RNN_BACKWARD, _LOSS_AND_GRADIENTS, _TRUNCATED_BPTT)
