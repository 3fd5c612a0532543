"""The way back through a step of the LSTM, with the mistakes of `lstm_backward_words` made."""

from collections.abc import Sequence

import numpy as np

from rnn_utils.cells.activations import sigmoid
from rnn_utils.checks.shared_mistakes import gated
from rnn_utils.checks.shared_mistakes.lstm import BLOCKS, ORDERS, Gradients, LSTMStep
from rnn_utils.checks.shared_mistakes.step import Made


def _of_cell(
    made: Made, step: LSTMStep, dh_t: np.ndarray, dc_t: np.ndarray, c_prev: np.ndarray
) -> np.ndarray:
    """Return all that reaches c_t, with the mistakes made."""
    slope = step.slope_show(step.shown)
    if "cell without its tanh derivative" in made:
        slope = np.ones_like(slope)
    if "tanh derivative of the cell itself" in made:
        slope = 1 - step.c**2
    if "tanh derivative at h_t" in made:
        slope = 1 - step.h**2
    if "tanh derivative at tanh(h_t)" in made:
        slope = 1 - np.tanh(step.h) ** 2
    if "double derivative of the cell" in made:
        slope = 1 - np.tanh(step.shown) ** 2
    if "square of the cell inside tanh" in made:
        slope = 1 - np.tanh(step.c**2)
    if "square missing for the cell" in made:
        slope = 1 - step.shown
    if "bracket squared for the cell" in made:
        slope = (1 - step.shown) ** 2
    if "tanh derivative of the old cell" in made:
        slope = 1 - np.tanh(c_prev) ** 2
    through_h = dh_t * step.showing * slope
    if "way through h_t without o" in made:
        through_h = dh_t * slope
    if "o's derivative on the cell's way" in made:
        through_h = through_h * (1 - step.o)
    if "tanh for o on the cell's way" in made:
        through_h = dh_t * step.shown * slope
    if "dh_t added to dc_t" in made:
        through_h = dh_t
    if "way through h_t missing" in made:
        through_h = 0 * through_h
    if "tanh derivative on dc_t too" in made:
        dc_t = dc_t * slope
    if "dc_t through the output gate" in made:
        dc_t = dc_t * step.showing * slope
    return through_h if "cell's gradient overwritten" in made else dc_t + through_h


def _of_output_gate(
    made: Made, step: LSTMStep, dh_t: np.ndarray, dc_t: np.ndarray, total: np.ndarray
) -> np.ndarray:
    """Return the gradient of o, with the mistakes made."""
    do = dh_t * step.shown
    if "output gate missing" in made:
        do = 0 * do
    if "do without the tanh" in made:
        do = dh_t * step.c
    if "do with the state" in made:
        do = dh_t * step.h
    if "do with the tanh of the state" in made:
        do = dh_t * np.tanh(step.h)
    if "do from dc_t" in made:
        do = dc_t * step.shown
    if "do from the cell's gradient" in made:
        do = total * step.shown
    return do


def _of_gates(
    made: Made,
    step: LSTMStep,
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    total: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the gradients of i, f and g, with the mistakes made; `total` is all that reaches c_t."""
    at_gates = total
    if "gates from dh_t" in made:
        at_gates = dh_t
    if "gates from dc_t alone" in made:
        at_gates = dc_t
    written, kept = at_gates * step.g, at_gates * c_prev
    di, df = written, kept
    if "f for i" in made:
        di, df = 0 * di, df + written
    if "i for f" in made:
        di, df = di + kept, df - kept
    if "1 − f for i" in made:
        di, df = 0 * di, df - written
    if "1 − f for f" in made:
        df = df - 2 * kept
    if "1 − i for f" in made:
        di, df = di - kept, 0 * df
    if "input gate missing" in made:
        di = 0 * di
    if "forget gate missing" in made:
        df = 0 * df
    if "df with the new cell" in made:
        df = at_gates * step.c
    if "df with the state" in made:
        df = at_gates * h_prev
    if "df with the tanh of the old cell" in made:
        df = at_gates * np.tanh(c_prev)
    if "di with the old cell" in made:
        di = at_gates * c_prev
    if made & {"di with i", "deltas of i and g exchanged"}:
        di = at_gates * step.i
    dg = at_gates * step.writing
    if "dg with the forget gate" in made:
        dg = at_gates * step.f
    if "dg without the input gate" in made:
        dg = at_gates
    if made & {"dg with g", "deltas of i and g exchanged"}:
        dg = at_gates * step.g
    if "di from dc_t alone" in made:
        di = dc_t * step.g
    if "df from dc_t alone" in made:
        df = dc_t * c_prev
    if "dg from dc_t alone" in made:
        dg = dc_t * step.writing
    return di, df, dg


def _slopes(made: Made, step: LSTMStep, of_gates: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Return the derivatives of the three sigmoids and of g's tanh, with the mistakes made."""
    di, df, dg, do = of_gates
    slopes = list(step.slopes)
    gates = (step.i, step.f, None, step.o)
    for k, s in enumerate(gates):
        if s is None:
            continue
        if "sigmoid derivative missing" in made:
            slopes[k] = np.ones_like(s)
        if "half the derivative of the sigmoid" in made:
            slopes[k] = 1 - s
        if "all derivatives missing" in made:
            slopes[k] = np.ones_like(s)
        if "double derivative of the sigmoid" in made:
            slopes[k] = sigmoid(s) * (1 - sigmoid(s))
        if "tanh derivative for the gates" in made:
            slopes[k] = 1 - s**2
        if "derivative at the sums" in made:
            slopes[k] = step.sums[k] * (1 - step.sums[k])
    for k, letter in enumerate(BLOCKS):
        if f"derivative of {letter} missing" in made:
            slopes[k] = np.ones_like(slopes[k])
        for j, other in enumerate(BLOCKS):
            if f"derivative of {letter} for {other}" in made:
                slopes[j] = step.slopes[k]
    if "derivative of g at its sum" in made:
        slopes[2] = 1 - step.sums[2] ** 2
    if "square of g's sum inside tanh" in made:
        slopes[2] = 1 - np.tanh(step.sums[2] ** 2)
    if "square of g inside tanh" in made:
        slopes[2] = 1 - np.tanh(step.g**2)
    if "bracket squared for g" in made:
        slopes[2] = (1 - step.g) ** 2
    if "slope of g from its gradient" in made:
        slopes[2] = 1 - dg**2
    if "slopes of the gates from their gradients" in made:
        slopes[0], slopes[1], slopes[3] = (d * (1 - d) for d in (di, df, do))
    if "square missing for g" in made:
        slopes[2] = 1 - step.g
    if made & {"tanh derivative of g missing", "all derivatives missing"}:
        slopes[2] = np.ones_like(step.g)
    if "double derivative of g" in made:
        slopes[2] = 1 - np.tanh(step.g) ** 2
    if "sigmoid derivative for g" in made:
        slopes[2] = step.g * (1 - step.g)
    return slopes


def _of_sums(
    made: Made,
    step: LSTMStep,
    of_gates: Sequence[np.ndarray],
    dc_t: np.ndarray,
    c_prev: np.ndarray,
) -> list[np.ndarray]:
    """Return the gradients of the four sums i, f, g, o, with the mistakes made."""
    slopes = _slopes(made, step, of_gates)
    a = [d * slope for d, slope in zip(of_gates, slopes, strict=True)]
    for limit in (1, 5):
        if f"da clipped to {limit}" in made:
            a = [np.clip(d, -limit, limit) for d in a]
    along_the_cell = dc_t * step.g, dc_t * c_prev, dc_t * step.writing
    for k, (letter, part) in enumerate(zip("ifg", along_the_cell, strict=True)):
        if made & {"brackets missing", f"bracket missing at {letter}"}:
            a[k] = a[k] + part * (1 - slopes[k])
    for k, name in enumerate(BLOCKS):
        if f"gradient of {name} missing" in made:
            a[k] = 0 * a[k]
        for j, other in enumerate(BLOCKS):
            if f"delta of {name} for {other}" in made:
                a[j] = a[k]
    for name, order in ORDERS.items():
        if f"joined {name}" in made:
            a = [a["ifgo".index(letter)] for letter in order]
    return a


def _of_old_cell(
    made: Made, step: LSTMStep, dc_t: np.ndarray, total: np.ndarray, c_prev: np.ndarray
) -> np.ndarray:
    """Return dc_prev, with the mistakes made."""
    dc_prev = (dc_t if "dc_prev from dc_t alone" in made else total) * step.keeping
    if "dc_prev from the way through h_t alone" in made:
        dc_prev = (total - dc_t) * step.keeping
    if "dc_prev without dh_t" in made:
        dc_prev = (dc_t + step.showing * step.slope_show(step.shown)) * step.keeping
    if "dc_prev with the cell" in made:
        dc_prev = total * c_prev
    if "dc_prev with dc_t added" in made:
        dc_prev = dc_prev + total
    if "dc_prev without the forget gate" in made:
        dc_prev = total
    if "dc_prev with the input gate" in made:
        dc_prev = total * step.i
    if "dc_prev is zero" in made:
        dc_prev = 0 * total
    return dc_prev


def step_backward_with_mistakes(
    made: Made,
    dh_t: np.ndarray,
    dc_t: np.ndarray,
    x_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
    W_x: np.ndarray,
    W_h: np.ndarray,
    b: np.ndarray,
    dh_alone: np.ndarray | None = None,
) -> Gradients:
    """Return the gradients of one step, with the mistakes made.

    `dh_alone` is dh_t without what was carried to it, for mistakes that leave that out.
    """
    step = LSTMStep(made, x_t, h_prev, c_prev, W_x, W_h, b)
    if "upstream never read" in made:
        dh_t = np.ones_like(dh_t)
    alone = dh_t if dh_alone is None else dh_alone
    to_o = alone if "do from dh[t] alone" in made else dh_t
    to_cell = alone if "cell's way from dh[t] alone" in made else dh_t
    total = _of_cell(made, step, to_cell, dc_t, c_prev)
    of_gates = (
        *_of_gates(made, step, to_cell, dc_t, total, h_prev, c_prev),
        _of_output_gate(made, step, to_o, dc_t, total),
    )
    a = _of_sums(made, step, of_gates, dc_t, c_prev)
    dc_prev = _of_old_cell(made, step, dc_t, total, c_prev)

    to_x = [d @ U * reads for d, U, reads in zip(a, step.U, step.reads_x, strict=True)]
    to_h = gated.through_W_h(made, BLOCKS, a, step.W, step.reads_h)
    dx_t, dh_prev = _through(made, "dx", to_x), _through(made, "dh_prev", to_h)
    if "dh_prev is zero" in made:
        dh_prev = 0 * dh_prev
    if "dx through dW_x" in made:
        dx_t = np.hstack(a) @ (np.hstack(a).T @ x_t)
    if "dh_prev through dW_h" in made:
        dh_prev = np.hstack(a) @ (np.hstack(a).T @ h_prev)
    if "dh_prev times the forget gate" in made:
        dh_prev = dh_prev * step.f
    if "dh_prev with dh_t added" in made:
        dh_prev = dh_prev + dh_t
    return dx_t, dh_prev, dc_prev, *_of_weights(made, step, a, x_t, h_prev, c_prev)


def _of_weights(
    made: Made,
    step: LSTMStep,
    a: list[np.ndarray],
    x_t: np.ndarray,
    h_prev: np.ndarray,
    c_prev: np.ndarray,
) -> tuple[np.ndarray, ...]:
    """Return dW_x, dW_h and db from the gradients of the four sums, with the mistakes made."""
    rows = slice(1 if "first sequence only" in made else None)
    seen = h_prev
    if "dW_h uses the new state" in made:
        seen = step.h
    if "dW_h uses the cell" in made:
        seen = c_prev
    dU = [d[rows].T @ x_t[rows] * reads for d, reads in zip(a, step.reads_x, strict=True)]
    dW = [d[rows].T @ seen[rows] * reads for d, reads in zip(a, step.reads_h, strict=True)]
    if "blocks of W_h transposed" in made:
        dW = [W.T for W in dW]
    if "bias with the batch" in made:
        stacked = [_stacked(made, step.rows, blocks) for blocks in (dU, dW)]
        return *stacked, np.concatenate(a, axis=1)
    db = [d[rows].sum(axis=0) * step.has_bias for d in a]
    dW_x, dW_h, db_all = (_stacked(made, step.rows, blocks) for blocks in (dU, dW, db))
    if "mean over the batch" in made:
        dW_x, dW_h, db_all = (d / len(x_t) for d in (dW_x, dW_h, db_all))
    if "db from dW_h" in made:
        db_all = dW_h.sum(axis=1)
    if "db from dW_x" in made:
        db_all = dW_x.sum(axis=1)
    if "db is one number" in made:
        db_all = db_all.sum()
    if "db is zero" in made:
        db_all = 0 * db_all
    if "bias with a kept axis" in made:
        db_all = db_all[None]
    return dW_x, dW_h, db_all


def _through(made: Made, name: str, parts: list[np.ndarray]) -> np.ndarray:
    """Return the sum of what comes back through the four blocks, with the mistakes made."""
    for part, letter in zip(parts, BLOCKS, strict=True):
        if f"{name} through {letter} alone" in made:
            return part
    kept = zip(parts, BLOCKS, strict=True)
    return np.sum([p for p, letter in kept if f"{name} without {letter}" not in made], axis=0)


def _stacked(made: Made, rows: np.ndarray, blocks: list[np.ndarray]) -> np.ndarray:
    """Put the blocks of i, f, g, o back where they were read, or where the mistakes say."""
    for name, order in ORDERS.items():
        if f"stacked {name}" in made:
            blocks = [blocks["ifgo".index(letter)] for letter in order]
    return gated.put_back(rows, blocks)
