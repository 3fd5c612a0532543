"""The same in windows: the state is carried over their borders, the gradient is not."""

import numpy as np

from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Draw, Sizes
from rnn_utils.checks.framework.exercise import Exercise, mistakes_in
from rnn_utils.checks.lesson_07.shared import (
    GRADIENTS,
    MODEL,
    MODEL_BACK,
    backward_from,
    flat,
    model,
    states,
)
from rnn_utils.checks.shared_mistakes.step import Made
from rnn_utils.training.models import (
    RNNParameters,
    stateful_loss_and_gradients,
    truncated_bptt,
)


def _windowed(T: int | None, window: int | None) -> Draw:
    def draw(rng: np.random.Generator, sizes: Sizes) -> Arguments:
        steps_in_all = rng.integers(5, 10) if T is None else T
        arguments = model(rng, sizes | {"T": int(steps_in_all)})
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


def _borders(made: Made, T: int, window: int) -> list[tuple[int, int]]:
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
    made: Made, parameters: RNNParameters, x: np.ndarray, targets: np.ndarray, window: int
) -> tuple[float, RNNParameters]:
    """Return the loss and the gradients of windows, with the mistakes made."""
    T = len(x)
    h_prev = np.zeros((x.shape[1], len(parameters.W_hh)), dtype=x.dtype)
    if "sliding window" in made:
        return _sliding(parameters, x, targets, h_prev, window)
    losses, gradients, lengths = [], [], []
    for start, end in _borders(made, T, window):
        if "state not carried" in made:
            h_prev = np.zeros_like(h_prev)
        part = x[start:end]
        h = states(made, parameters, part, h_prev)
        loss, gradient = backward_from(
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
    h = np.concatenate([h0[None], states(right, parameters, x, h0)])
    loss, total = 0.0, [np.zeros_like(p) for p in parameters]
    for t in range(T):
        start = max(t + 1 - window, 0)
        step_loss, gradients = backward_from(
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


EXERCISE = Exercise(
    name="truncated_bptt",
    lesson="07_backpropagation_through_time",
    points=3,
    reference=truncated_bptt,
    outputs=GRADIENTS,
    convert=flat,
    forbids=(stateful_loss_and_gradients,),
    draw=_windowed(None, None),
    derives=True,
    contract=Contract(
        sizes="NDHO",
        zeros=("parameters", "x"),
        edges=(
            Case("windows of one step", draw=_windowed(5, 1)),
            Case("one window for all steps", draw=_windowed(5, 5)),
            Case("a window longer than the sequence", draw=_windowed(4, 6)),
            Case("a last window of one step", general=True, draw=_windowed(7, 3)),
            Case("windows that fit exactly", general=True, draw=_windowed(8, 4)),
            Case("one step", draw=_windowed(1, 2)),
        ),
    ),
    mistakes=mistakes_in(
        _truncated,
        _WINDOWS
        | {
            name: (MODEL | MODEL_BACK)[name]
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
