"""The way back through a sequence of the LSTM, for t = T … 1.

The total gradient of h_t is dh[t] and what step t + 1 hands back; of c_t, what step t + 1 hands back alone.
"""

import numpy as np

from rnn_utils.cells.lstm import lstm_backward
from rnn_utils.checks.framework.contract import Case, Contract
from rnn_utils.checks.framework.draws import Arguments, Sizes, scaled
from rnn_utils.checks.framework.exercise import Exercise
from rnn_utils.checks.lesson_12.lstm_forward import draw_sequence, forward_with_mistakes
from rnn_utils.checks.lesson_12.lstm_step_backward import WEIGHTS
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.clipping import clipped
from rnn_utils.checks.shared_mistakes.lstm import ORDERS, VARIANTS, Gradients, LSTMStep
from rnn_utils.checks.shared_mistakes.lstm_backward import step_backward_with_mistakes
from rnn_utils.checks.shared_mistakes.lstm_backward_words import BACKWARD
from rnn_utils.checks.shared_mistakes.lstm_time_words import TIME
from rnn_utils.checks.shared_mistakes.step import Made


def _draw_sequence_backward(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    forward = draw_sequence(rng, sizes)
    T, N, H = (sizes[letter] for letter in "TNH")
    return {"dh": rng.standard_normal((T, N, H))} | forward


def _many_to_one(rng: np.random.Generator, sizes: Sizes) -> Arguments:
    arguments = _draw_sequence_backward(rng, sizes)
    arguments["dh"][:-1] = 0.0
    return arguments


_CONTRACT = Contract(
    sizes="TNDH",
    edges=(
        Case("a long sequence", {"T": 9}, general=True),
        Case("a loss that reads the last state only", draw=_many_to_one),
        Case(
            "a large upstream gradient",
            general=True,
            draw=scaled(_draw_sequence_backward, dh=1000.0),
        ),
    ),
)


#: Mistakes of a step that come to the same as a mistake of the loop, or are rare in one.
_NOT_IN_TIME = {
    "cell's gradient overwritten",
    "dc_prev is zero",
    "dc_prev from dc_t alone",
    "upstream never read",
    "dc_prev without dh_t",
} | {f"{what} {order}" for what in ("joined", "stacked") for order in list(ORDERS)[3:]}


#: Mistakes of the loop and of its steps that are often made beside another.
_OFTEN_IN_TIME = (
    "state's gradient dropped",
    "cell's gradient dropped",
    "both gradients dropped",
    "dh of the last step at every step",
    "dh read at the last step only",
    "carries start at ones",
    "loop not reversed",
    "forward from zeros",
    "zeros instead of h0",
    "zeros instead of c0",
    "last of both before the first",
    "state of its own step",
    "cell of its own step",
    "weights overwritten",
    "mean over time",
    "dx in reverse",
    "dh0 is zero",
    "dc0 is zero",
    "tanh derivative of the cell itself",
    "double derivative of the cell",
    "dc_prev without the forget gate",
    "sigmoid derivative missing",
    "tanh derivative of g missing",
    "double derivative of g",
    "dh_prev through blocks transposed",
    "dW_h uses the new state",
    "bias with a kept axis",
    "mean over the batch",
    "joined i, f, o, g",
    "joined f, i, g, o",
    "order i, f, o, g",
    "order f, i, g, o",
    "no tanh on the cell",
)


#: Mistakes of the forward pass that the way back starts with, and what they are called there.
_IN_FORWARD = {
    "forward with nothing carried": "nothing carried",
    "cell dropped forward, kept on the way back": "cell forgotten",
    "old cell missing forward": "old cell missing",
    "forward from zeros": "zeros instead of both",
    "forward with a zero state": "zeros instead of h0",
    "forward with a zero cell": "zeros instead of c0",
    "forward without the cell": "cell forgotten",
    "forward with c0": "c not carried over",
    "forward with h0": "h not carried over",
}


#: Mistakes of the loop that are made inside its steps.
_IN_STEP = {"do from dh[t] alone", "cell's way from dh[t] alone", "old cell missing forward"}


#: Mistakes that multiply the carried cell by a forget gate of another step than its own.
_OTHER_FORGET_GATE = {
    "carried cell through its own forget gate",
    "carried cell through the forget gate before",
}


def _forget_gates(
    made: Made,
    t: int,
    x: np.ndarray,
    h: np.ndarray,
    c: np.ndarray,
    h0: np.ndarray,
    c0: np.ndarray,
    weights: tuple[np.ndarray, ...],
) -> tuple[np.ndarray, np.ndarray]:
    """Return the forget gate of step t and of the step before, where a mistake needs them."""
    if not made & (_OTHER_FORGET_GATE | {"carried cell through f twice"}):
        return c0, c0
    own, before = (
        LSTMStep(frozenset(), x[s], *((h[s - 1], c[s - 1]) if s > 0 else (h0, c0)), *weights).f
        for s in (t, max(t - 1, 0))
    )
    return own, before


def _lstm_backward(
    made: Made, dh: np.ndarray, x: np.ndarray, h0: np.ndarray, c0: np.ndarray, *weights: np.ndarray
) -> Gradients:
    """Return the gradients of a sequence, with the mistakes made."""
    W_x, W_h, b = weights
    h, c = forward_with_mistakes(
        (made & VARIANTS.keys()) | {_IN_FORWARD[name] for name in made & _IN_FORWARD.keys()},
        *(x, h0, c0, *weights),
    )
    if made & {"forward from zeros", "forward with a zero state"}:
        h0 = 0 * h0
    if made & {"forward from zeros", "forward with a zero cell"}:
        c0 = 0 * c0
    dx = np.zeros_like(x)
    totals: list[np.ndarray] = []
    dh_carried, dc_carried = _carried_at_the_end(made, dh, c0)
    immediate = _immediate(made, dh)
    for t in _order(made, len(x)):
        h_prev, c_prev = _read_by_step(made, t, h, c, h0, c0)
        if made & {"state's gradient dropped", "both gradients dropped"}:
            dh_carried = 0 * dh_carried
        if made & {"cell's gradient dropped", "both gradients dropped"}:
            dc_carried = 0 * dc_carried
        in_step = made & (BACKWARD.keys() | VARIANTS.keys() | _IN_STEP)
        own, before = _forget_gates(made, t, x, h, c, h0, c0, weights)
        to_c = dc_carried
        if "carried cell through its own forget gate" in made:
            to_c = to_c * own
        if "dh added to the cell" in made:
            to_c = to_c + dh[t]
        if made & _OTHER_FORGET_GATE or ("dc0 without the forget gate" in made and t == 0):
            in_step |= {"dc_prev without the forget gate"}
        dx[t], dh_prev, dc_prev, *of_step = step_backward_with_mistakes(
            in_step,
            immediate[t] + dh_carried,
            to_c,
            x[t],
            h_prev,
            c_prev,
            W_x,
            W_h,
            b,
            immediate[t],
        )
        if "carried cell through f twice" in made:
            dc_prev = dc_prev * own
        if "carried cell through the forget gate before" in made:
            dc_prev = dc_prev * before
        if "dc never handed on" in made:
            dc_prev = 0 * dc_prev
        dh_carried, dc_carried = _handed_on(made, dh_carried, dc_carried, dh_prev, dc_prev)
        first = not totals
        if first or "weights overwritten" in made:
            totals = of_step
        elif "weights of the last step only" not in made:
            totals = [total + part for total, part in zip(totals, of_step, strict=True)]
    totals = totals or [np.zeros_like(w) for w in weights]
    if "mean over time" in made:
        totals = [total / len(x) for total in totals]
    if "dx in reverse" in made:
        dx = dx[::-1]
    dh0, dc0 = _at_the_start(made, dh, dh_carried, dc_carried)
    return dx, dh0, dc0, *totals


def _carried_at_the_end(
    made: Made, dh: np.ndarray, c0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is carried to the last step, for its state and its cell, with the mistakes made."""
    dh_carried, dc_carried = np.zeros_like(c0), np.zeros_like(c0)
    if "carries start at ones" in made:
        dh_carried, dc_carried = dh_carried + 1, dc_carried + 1
    if "dc starts at ones" in made:
        dc_carried = dc_carried + 1
    if "last dh counted twice" in made:
        dh_carried = dh[-1]
    return dh_carried, dc_carried


def _order(made: Made, T: int) -> list[int]:
    """Return the steps in the order in which they are gone through, with the mistakes made."""
    steps = list(range(T)) if "loop not reversed" in made else list(range(T - 1, -1, -1))
    if "first step missing" in made:
        steps.remove(0)
    if "last step missing" in made:
        steps.remove(T - 1)
    return steps


def _read_by_step(
    made: Made, t: int, h: np.ndarray, c: np.ndarray, h0: np.ndarray, c0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the state and the cell that step t is taken to have read, with the mistakes made."""
    h_prev, c_prev = (h[t - 1], c[t - 1]) if t > 0 else _before(made, h, c, h0, c0)
    if made & {"forward without the cell", "forward with nothing carried"}:
        c_prev = 0 * c0
    if "forward with nothing carried" in made:
        h_prev = 0 * h0
    if "forward with c0" in made:
        c_prev = c0
    if "forward with h0" in made:
        h_prev = h0
    if made & {"state of its own step", "state and cell of their own step"}:
        h_prev = h[t]
    if made & {"cell of its own step", "state and cell of their own step"}:
        c_prev = c[t]
    return h_prev, c_prev


def _handed_on(
    made: Made,
    dh_carried: np.ndarray,
    dc_carried: np.ndarray,
    dh_prev: np.ndarray,
    dc_prev: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Return what a step carries to the one before, with the mistakes made."""
    grow = "both carries accumulate" in made
    grow_h, grow_c = "carried state accumulates" in made, "carried cell accumulates" in made
    dh_carried = dh_carried + dh_prev if grow or grow_h else dh_prev
    dc_carried = dc_carried + dc_prev if grow or grow_c else dc_prev
    for limit in (1, 5):
        if made & {f"carried dh clipped to {limit}", f"both carries clipped to {limit}"}:
            dh_carried = np.clip(dh_carried, -limit, limit)
        if f"both carries clipped to {limit}" in made:
            dc_carried = np.clip(dc_carried, -limit, limit)
    return dh_carried, dc_carried


def _at_the_start(
    made: Made, dh: np.ndarray, dh0: np.ndarray, dc0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return dh0 and dc0 from what the first step carries out, with the mistakes made."""
    if "dh0 is zero" in made:
        dh0 = 0 * dh0
    if "dc0 is zero" in made:
        dc0 = 0 * dc0
    if "dh[0] added to dh0" in made:
        dh0 = dh0 + dh[0]
    if "dh0 and dc0 exchanged" in made:
        dh0, dc0 = dc0, dh0
    return dh0, dc0


def _immediate(made: Made, dh: np.ndarray) -> np.ndarray:
    """Return what every step adds to the carried gradient of its state, with the mistakes made."""
    if "dh never read" in made:
        return np.ones_like(dh)
    if "dh of the last step at every step" in made:
        return np.broadcast_to(dh[-1], dh.shape)
    if "dh read at the last step only" in made:
        return np.concatenate([0 * dh[:-1], dh[-1:]])
    if "dh read from the other end" in made:
        return dh[::-1]
    if "dh of the step before" in made:
        return np.roll(dh, 1, axis=0)
    if "dh of the next step" in made:
        return np.roll(dh, -1, axis=0)
    if "dh of the next step, the last twice" in made:
        return np.concatenate([dh[1:], dh[-1:]])
    if "dh summed over the later steps" in made:
        return np.cumsum(dh[::-1], axis=0)[::-1]
    if "sum of dh at every step" in made:
        return np.broadcast_to(dh.sum(axis=0), dh.shape)
    return dh


def _before(
    made: Made, h: np.ndarray, c: np.ndarray, h0: np.ndarray, c0: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return what is taken for the state and the cell before the first step."""
    h_before, c_before = h0, c0
    if "zeros instead of h0" in made:
        h_before = 0 * h0
    if "zeros instead of c0" in made:
        c_before = 0 * c0
    if made & {"last state before the first", "last of both before the first"}:
        h_before = h[-1]
    if made & {"last cell before the first", "last of both before the first"}:
        c_before = c[-1]
    return h_before, c_before


EXERCISE = Exercise(
    name="lstm_backward",
    lesson="12_lstm",
    points=3,
    reference=lstm_backward,
    outputs={"dx": "T N D", "dh0": "N H", "dc0": "N H"} | WEIGHTS,
    draw=_draw_sequence_backward,
    derives=True,
    contract=_CONTRACT,
    diagnose=clipped(lstm_backward),
    mistakes=gated.mistakes_and_pairs(
        _lstm_backward,
        TIME | {name: BACKWARD[name] for name in BACKWARD if name not in _NOT_IN_TIME} | VARIANTS,
        _OFTEN_IN_TIME,
    ),
)
